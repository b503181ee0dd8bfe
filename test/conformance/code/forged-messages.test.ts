import { equals, fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Message,
  MessageSchema,
  SendMessageRequestSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { embeddedBytes } from '../../../src/wire/code/raw-fields.js';
import { messageBytes, sendBytes, tenDollars } from '../../support/code-services.js';
import { keyOfSeed } from '../../support/wallets.js';
import { bill, endOf, key, openDesk, partial } from './request-desk.js';

const { services, stored, expectNothingStored } = openDesk();

describe('what was not sent by the rendezvous', () => {
  const rendezvous = tenDollars('1234');
  const message = messageBytes(
    bill({ additionalFees: [{ destination: key(9), feeBps: 100 }], domain: { value: 'a.com' } }),
  );
  const call = sendBytes(rendezvous, message);
  const inner = embeddedBytes(message, 5) ?? new Uint8Array();
  const header = message.subarray(0, message.length - inner.length);

  /** The end of a call as it comes over the wire; what cannot be decoded is the transport's. */
  async function received(bytes: Uint8Array, decoded = false): Promise<string> {
    try {
      fromBinary(SendMessageRequestSchema, bytes);
    } catch {
      return 'undecodable';
    }
    const { send, sendDecoded } = services();
    return endOf((decoded ? sendDecoded : send)(bytes));
  }

  test('is refused where a foreign key has signed it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (seed) => {
        const forged = sendBytes(rendezvous, message, keyOfSeed(seed).sign(message));
        expect(await received(forged)).toBe('Unauthenticated: ');
        expect(await received(forged, true)).toBe('Unauthenticated: ');
      }),
      { numRuns: 20 },
    );
    await expectNothingStored();
  });

  test('is refused where any of its bits is another', async () => {
    for (let bit = 0; bit < call.length * 8; bit += 1) {
      const flipped = call.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const end = await received(flipped);
      if (end !== 'ok') {
        expect(end, `bit ${bit}`).toMatch(/^(undecodable|Unauthenticated: |InvalidArgument: .*)$/);
        continue;
      }
      // Outside of what is signed, the decoder overlooks a wrong wire type: nothing else is said.
      expect(isSameCall(flipped, call), `bit ${bit}`).toBe(true);
      expect(bit, 'within the message').toBeGreaterThan((message.length + 2) * 8);
    }
    const bodies = (await stored('messages')).map(({ body }) => body);
    expect(bodies).toEqual([Buffer.from(message).toString('base64')]);
  });

  test('is refused where it is cut off', async () => {
    for (let length = 0; length < call.length; length += 1)
      expect(await received(call.subarray(0, length)), `${length} bytes`).toMatch(
        /^(undecodable|InvalidArgument: invalid SendMessageRequest\..*)$/,
      );
    for (let length = 0; length < message.length; length += 1) {
      const cut = sendBytes(rendezvous, message.subarray(0, length), rendezvous.sign(message));
      expect(await received(cut), `${length} bytes`).toMatch(
        /^(undecodable|Unauthenticated: |InvalidArgument: .*)$/,
      );
    }
    await expectNothingStored();
  });

  test('is refused where its fields were put into another order', async () => {
    const fields = splitFields(inner);
    expect(fields).toHaveLength(4);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async (order) => {
        const reordered = order.map((index) => fields[index] ?? new Uint8Array());
        const bytes = Buffer.concat([header, ...reordered]);
        const isSame = Buffer.compare(bytes, message) === 0;
        // The same message to whoever decodes it, but not the bytes that were signed.
        expect(contentOf(bytes)).toEqual(contentOf(message));
        const forged = sendBytes(rendezvous, bytes, rendezvous.sign(message));
        expect(await received(forged)).toBe(isSame ? 'ok' : 'Unauthenticated: ');
      }),
      { numRuns: 30 },
    );
  });

  test('is what it was signed as, in whatever order that was', async () => {
    const [first, ...others] = splitFields(inner);
    const bytes = Buffer.concat([header, ...others, first ?? new Uint8Array()]);
    // Without the bytes as they came only the canonical order can be tried.
    expect(await received(sendBytes(rendezvous, bytes), true)).toBe('Unauthenticated: ');
    await expectNothingStored();
    expect(await received(sendBytes(rendezvous, bytes))).toBe('ok');
    const body = bytes.toString('base64');
    expect(await stored('messages')).toMatchObject([{ body }]);
  });

  test('is refused where it was signed for another rendezvous', async () => {
    const elsewhere = tenDollars('elsewhere');
    const replayed = sendBytes(elsewhere, message, rendezvous.sign(message));
    expect(await received(replayed)).toBe('Unauthenticated: ');
    await expectNothingStored();
  });

  test('is refused where a second message would be merged into it', async () => {
    const more = messageBytes(partial('usd', 11));
    const twice = Buffer.concat([call, Uint8Array.of(0x0a, more.length, ...more)]);
    expect(await received(twice)).toBe('Unauthenticated: ');
    await expectNothingStored();
  });
});

/** The encoded fields of a message whose fields are all length-delimited and short. */
function splitFields(bytes: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    fields.push(bytes.subarray(at, end));
    at = end;
  }
  return fields;
}

/** Whether two calls say the same. */
function isSameCall(one: Uint8Array, other: Uint8Array): boolean {
  const schema = SendMessageRequestSchema;
  return equals(schema, fromBinary(schema, one), fromBinary(schema, other));
}

/** What bytes say, in whatever order. */
function contentOf(bytes: Uint8Array): Message {
  return fromBinary(MessageSchema, Uint8Array.from(bytes));
}
