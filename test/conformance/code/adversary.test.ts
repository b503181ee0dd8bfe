import {
  create,
  createRegistry,
  type DescMessage,
  equals,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/engine/audit.js';
import {
  GetTokenAccountInfosRequestSchema,
  IsCodeAccountRequestSchema,
} from '../../../src/wire/code/proto/code/account/v1/account_pb.js';
import {
  AckMessagesRequestSchema,
  Messaging,
  OpenMessageStreamRequestSchema,
  OpenMessageStreamWithKeepAliveRequestSchema,
  PollMessagesRequestSchema,
  PollMessagesResponseSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  AirdropRequestSchema,
  GetIntentMetadataRequestSchema,
  GetLimitsRequestSchema,
  GetPaymentHistoryRequestSchema,
} from '../../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import {
  GetLoginForThirdPartyAppRequestSchema,
  LoginToThirdPartyAppRequestSchema,
} from '../../../src/wire/code/proto/code/user/v1/user_pb.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { keyOf, type TestKey } from '../../support/wallets.js';
import { leave, newRendezvous, openSocket, post, type TestSocket } from './envelope-client.js';

/** Whoever has no key, or uses a signature for what it was not given for. */

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender({ code: { acceptsUnsigned: false } });
});
afterAll(async () => {
  expect(await audit(tender.store)).toEqual([]);
  expect(tender.errors).toEqual([]);
  await tender.stop();
});

const keyField = (key: TestKey) => ({ value: key.bytes });

/** A call that its key signs: the same bytes with the signature in it. */
interface SignedCall {
  readonly service: string;
  readonly method: string;
  /** The call without its signature. */
  readonly unsigned: Uint8Array;
  readonly with: (signature: Uint8Array) => Uint8Array;
  /** Whether bytes say what this call says with a signature. */
  readonly saidBy: (bytes: Uint8Array, signature: Uint8Array) => boolean;
  /** Whether it changes anything. */
  readonly writes: boolean;
}

function callOf<D extends DescMessage>(
  name: string,
  schema: D,
  init: MessageInitShape<D>,
  writes = false,
): SignedCall {
  const [service = '', method = ''] = name.split('.');
  const bytes = (more: object) =>
    toBinary(schema, create(schema, { ...(init as object), ...more } as never));
  const signed = (value: Uint8Array) => bytes({ signature: { value } });
  return {
    service,
    method,
    unsigned: bytes({}),
    with: signed,
    saidBy: (said, signature) => {
      try {
        const one = fromBinary(schema, said);
        const options = { unknown: true, registry: createRegistry() };
        return equals(schema, one, fromBinary(schema, signed(signature)), options);
      } catch {
        return false;
      }
    },
    writes,
  };
}

const ID = new Uint8Array(16).fill(7);

/** All calls that are signed, as if one key were owner, rendezvous, verifier and user at once. */
function callsOf(key: TestKey): SignedCall[] {
  const [rendezvousKey, owner, intentId] = [keyField(key), keyField(key), keyField(key)];
  return [
    callOf('Messaging.pollMessages', PollMessagesRequestSchema, { rendezvousKey }),
    callOf(
      'Messaging.ackMessages',
      AckMessagesRequestSchema,
      { rendezvousKey, messageIds: [{ value: ID }] },
      true,
    ),
    callOf('Account.isCodeAccount', IsCodeAccountRequestSchema, { owner }),
    callOf('Account.getTokenAccountInfos', GetTokenAccountInfosRequestSchema, { owner }),
    callOf('Transaction.getLimits', GetLimitsRequestSchema, { owner }),
    callOf('Transaction.getPaymentHistory', GetPaymentHistoryRequestSchema, { owner }),
    callOf('Transaction.getIntentMetadata', GetIntentMetadataRequestSchema, { intentId, owner }),
    callOf('Transaction.airdrop', AirdropRequestSchema, { owner, airdropType: 2 }, true),
    callOf(
      'Identity.loginToThirdPartyApp',
      LoginToThirdPartyAppRequestSchema,
      { intentId, userId: owner },
      true,
    ),
    callOf('Identity.getLoginForThirdPartyApp', GetLoginForThirdPartyAppRequestSchema, {
      intentId,
      verifier: owner,
    }),
  ];
}

async function sent({ service, method }: SignedCall, body: Uint8Array): Promise<string> {
  const { status, envelope } = await post(tender.url, service, method, body);
  expect(status, `${service}.${method}`).not.toBe(500);
  return envelope.message;
}

const CALLS = callsOf(keyOf('one for all'));
const NAMED = CALLS.map((call) => [`${call.service}.${call.method}`, call] as const);
const WRONG = '[unauthenticated]';

describe('a signed call', () => {
  test.each(NAMED)('%s is refused without the key', async (_, call) => {
    const thief = keyOf('thief');
    for (const signature of [
      thief.sign(call.unsigned),
      new Uint8Array(64),
      new Uint8Array(64).fill(255),
    ])
      expect((await sent(call, call.with(signature))).trim()).toBe(WRONG);
    for (const bytes of [0, 1, 63, 65, 128])
      expect(await sent(call, call.with(new Uint8Array(bytes)))).toMatch(/^\[invalid_argument\]/);
    expect(await sent(call, call.unsigned)).toMatch(/^\[(invalid_argument|unauthenticated)\] ./);
  });

  test.each(NAMED)('%s is refused where a bit of it was changed', async (_, call) => {
    const signature = keyOf('one for all').sign(call.unsigned);
    const body = call.with(signature);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: body.length * 8 - 1 }), async (bit) => {
        const flipped = body.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // Outside of what is signed, the decoder overlooks a wrong wire type.
        fc.pre(!call.saidBy(flipped, signature));
        expect(await sent(call, flipped), `bit ${bit}`).toMatch(
          /^\[(invalid_argument|unauthenticated)\]/,
        );
      }),
      { numRuns: 40 },
    );
  });

  test.each(NAMED)('%s is refused where it was cut off', async (_, call) => {
    const body = call.with(keyOf('one for all').sign(call.unsigned));
    for (let length = 0; length < body.length; length += 7)
      expect(await sent(call, body.subarray(0, length)), `${length} bytes`).toMatch(
        /^\[(invalid_argument|unauthenticated)\]/,
      );
  });

  test('that changes something takes no signature that was given for another', () => {
    const text = (call: SignedCall) => Buffer.from(call.unsigned).toString('hex');
    const shared = CALLS.filter(({ writes }) => writes).flatMap((write) =>
      CALLS.filter((call) => call !== write && text(call) === text(write)).map(
        (call) => `${write.method} takes that of ${call.method}`,
      ),
    );
    // The protocol's own: who may be read of and who logs in stand in the same field. A login by
    // an owner's or a verifier's key is refused for what the key is.
    expect(shared).toEqual([
      'loginToThirdPartyApp takes that of getIntentMetadata',
      'loginToThirdPartyApp takes that of getLoginForThirdPartyApp',
    ]);
  });
});

/** Keys that everybody can sign for: by a scalar of zero, and a point that is guessed. */
const NOBODYS = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`];

describe('a key of small order', () => {
  test.each(NOBODYS)('opens nothing: %s', async (hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const key: TestKey = { address: '', bytes, sign: () => Buffer.alloc(64) };
    for (const call of callsOf(key))
      for (const point of NOBODYS) {
        const forged = Buffer.concat([Buffer.from(point, 'hex'), Buffer.alloc(32)]);
        expect((await sent(call, call.with(forged))).trim(), call.method).toBe(WRONG);
      }
  });
});

describe('where signatures are asked for', () => {
  const waiting = async (key: TestKey): Promise<Uint8Array[]> => {
    const [poll] = callsOf(key) as [SignedCall];
    const body = poll.with(key.sign(poll.unsigned));
    const { envelope } = await post(tender.url, 'Messaging', 'pollMessages', body);
    const { messages } = fromBinary(PollMessagesResponseSchema, envelope.body);
    return messages.map(({ id }) => id?.value ?? new Uint8Array());
  };

  test('nobody without the key takes a message away', async () => {
    const key = newRendezvous();
    await leave(tender.url, key, 1);
    const ids = await waiting(key);
    expect(ids).toHaveLength(1);
    const init = { rendezvousKey: keyField(key), messageIds: ids.map((value) => ({ value })) };
    const ack = callOf('Messaging.ackMessages', AckMessagesRequestSchema, init, true);
    expect(await sent(ack, ack.unsigned)).toBe('[unauthenticated] signature is required');
    const [poll] = callsOf(key) as [SignedCall];
    for (const signature of [keyOf('thief').sign(ack.unsigned), key.sign(poll.unsigned)])
      expect((await sent(ack, ack.with(signature))).trim()).toBe(WRONG);
    expect(await waiting(key)).toEqual(ids);
    expect(await sent(ack, ack.with(key.sign(ack.unsigned)))).toBe('');
    expect(await waiting(key)).toEqual([]);
  });

  test('nobody without the key opens or occupies a stream', async () => {
    const key = newRendezvous();
    await leave(tender.url, key, 1);
    const schema = OpenMessageStreamRequestSchema;
    const open = callOf('Messaging.openMessageStream', schema, { rendezvousKey: keyField(key) });
    const forged = open.with(keyOf('thief').sign(open.unsigned));
    for (const body of [open.unsigned, forged]) {
      const socket = await openSocket(tender.url);
      socket.send('Messaging', 'openMessageStream', body);
      expect((await socket.next()).message).toMatch(/^\[unauthenticated\]/);
      const kept = await openSocket(tender.url);
      const request = { case: 'request', value: fromBinary(schema, body) } as const;
      const first = create(OpenMessageStreamWithKeepAliveRequestSchema, { requestOrPong: request });
      const bytes = toBinary(OpenMessageStreamWithKeepAliveRequestSchema, first);
      kept.send('Messaging', 'openMessageStreamWithKeepAlive', bytes);
      expect((await kept.next()).message).toMatch(/signature is nil|^\[unauthenticated\]/);
      for (const { socket: each } of [socket, kept]) each.close();
    }
    expect(tender.open.streams).toBe(0);
  });

  test('nobody without the key reads by gRPC', async () => {
    const transport = createGrpcTransport({ baseUrl: tender.url });
    const client = createClient(Messaging, transport);
    const rendezvousKey = keyField(newRendezvous());
    const read = async () => {
      for await (const _ of client.openMessageStream({ rendezvousKey })) return 'read';
      return 'ended';
    };
    expect(await codeOf(read())).toBe(Code.Unauthenticated);
    expect(await codeOf(client.pollMessages({ rendezvousKey }))).toBe(Code.Unauthenticated);
    const messageIds = [{ value: ID }];
    expect(await codeOf(client.ackMessages({ rendezvousKey, messageIds }))).toBe(
      Code.Unauthenticated,
    );
    expect(tender.open.streams).toBe(0);
  });
});

async function codeOf(call: Promise<unknown>): Promise<Code | 'ok'> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return ConnectError.from(error).code;
  }
}

describe('a message', () => {
  test('that is longer than any request is refused, and fills nothing', async () => {
    const key = newRendezvous();
    // A scan, with a field behind it that nobody knows.
    const padded = (bytes: number): Uint8Array =>
      Buffer.concat([
        Buffer.from('3204', 'hex'),
        Buffer.from('0a02', 'hex'),
        Buffer.from('0801', 'hex'),
        unknownField(bytes),
      ]);
    const bodyOf = (message: Uint8Array) => sendMessageBytes(key, message);
    const send = async (bytes: number) =>
      (await post(tender.url, 'Messaging', 'sendMessage', bodyOf(padded(bytes)))).envelope.message;
    expect(await send(5000)).toBe('[invalid_argument] a message has at most 4096 bytes');
    expect(await send(900_000)).toBe('[invalid_argument] a message has at most 4096 bytes');
    expect(await send(3000)).toBe('');
  });
});

/** A length-delimited field that no message has. */
function unknownField(bytes: number): Uint8Array {
  return Buffer.concat([varint((1000 << 3) | 2), varint(bytes), Buffer.alloc(bytes, 65)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

function sendMessageBytes(key: TestKey, message: Uint8Array): Uint8Array {
  const field = (tag: number, bytes: Uint8Array) =>
    Buffer.concat([Uint8Array.of(tag), varint(bytes.length), bytes]);
  return Buffer.concat([
    field(0x0a, message),
    field(0x12, field(0x0a, key.bytes)),
    field(0x1a, field(0x0a, key.sign(message))),
  ]);
}

describe('a socket', () => {
  const status = async (): Promise<number> =>
    (await fetch(`${tender.url}/v1/getStatus?intent=${keyOf('one for all').address}`)).status;

  /** Sends frames and waits for the end of it: an error, or that it is closed. */
  const flooded = async (frames: readonly (Uint8Array | string)[]): Promise<void> => {
    const opened: TestSocket = await openSocket(tender.url);
    for (const frame of frames) opened.socket.send(frame);
    opened.socket.close();
    await opened.closed;
  };

  test('of noise, texts and calls one upon another does nobody harm', async () => {
    const [poll] = callsOf(newRendezvous()) as [SignedCall];
    await flooded(['a text']);
    await flooded(Array.from({ length: 500 }, () => 'a text'));
    await flooded([new Uint8Array(0), Uint8Array.of(255, 255, 255, 255, 255)]);
    const frames = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 });
    await fc.assert(fc.asyncProperty(frames, flooded), { numRuns: 30 });
    const asked = Array.from({ length: 300 }, () => poll.unsigned);
    await flooded(asked);
    expect(await status()).toBe(200);
  });
});
