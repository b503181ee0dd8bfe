import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import {
  RequestSchema,
  ResponseSchema,
} from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  AckMessagesRequestSchema,
  OpenMessageStreamRequestSchema,
  OpenMessageStreamResponseSchema,
} from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  GetStatusRequestSchema,
  GetStatusResponseSchema,
} from '../../src/wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import { rendezvousOf, webCurve } from '../wallet/curve.js';
import {
  ackRequest,
  type CallError,
  decodeReply,
  encodeCall,
  readMessages,
  readStatus,
  statusRequest,
  streamRequest,
} from './calls.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const body = Uint8Array.of(1, 2, 3, 4);
const id = Uint8Array.from({ length: 16 }, (_, index) => index);

describe('envelopes', () => {
  test('are what the schema says', () => {
    expect(fromBinary(RequestSchema, encodeCall('Messaging', 'sendMessage', body))).toMatchObject({
      version: '',
      service: 'Messaging',
      method: 'sendMessage',
      body,
    });
  });

  test('bring answers', () => {
    expect(decodeReply(toBinary(ResponseSchema, create(ResponseSchema, { body })))).toEqual(body);
    expect(decodeReply(new Uint8Array())).toEqual(new Uint8Array());
  });

  test('bring refusals with their code', () => {
    const refusal = (message: string) =>
      toBinary(ResponseSchema, create(ResponseSchema, { result: 1, message }));
    const thrown = (message: string): CallError => {
      try {
        decodeReply(refusal(message));
      } catch (error) {
        return error as CallError;
      }
      throw new Error('not refused');
    };
    expect(thrown('[invalid_argument] usd currency has a maximum amount of 5.00')).toMatchObject({
      code: 'invalid_argument',
      message: 'usd currency has a maximum amount of 5.00',
    });
    expect(thrown('[unauthenticated]').message).toBe('unauthenticated');
    expect(thrown('out of order')).toMatchObject({ code: 'unknown', message: 'out of order' });
  });

  test('of other bytes are errors', () => {
    expect(() => decodeReply(Uint8Array.of(0x12, 0xff))).toThrow();
  });
});

describe('the status of an intent', () => {
  test('is asked by its id', () => {
    const asked = fromBinary(GetStatusRequestSchema, statusRequest('1'.repeat(32)));
    expect(asked.intentId?.value).toEqual(new Uint8Array(32));
    expect(() => statusRequest('1')).toThrow('32 bytes');
  });

  test.each([
    [false, false, false, false],
    [true, false, false, false],
    [true, true, false, false],
    [true, false, true, false],
    [true, true, false, true],
  ])('is read: %s %s %s %s', (exists, codeScanned, intentSubmitted, requestOver) => {
    const status = { exists, codeScanned, intentSubmitted, requestOver };
    const reply = toBinary(GetStatusResponseSchema, create(GetStatusResponseSchema, status));
    expect(readStatus(reply)).toEqual(status);
  });
});

describe('a rendezvous', () => {
  test('is listened at with a signature over the request without it', async () => {
    const rendezvous = await rendezvousOf(new Uint8Array(20), webCurve);
    const request = fromBinary(OpenMessageStreamRequestSchema, await streamRequest(rendezvous));
    expect(hex(request.rendezvousKey?.value ?? id)).toBe(hex(rendezvous.publicKey));
    const signature = request.signature?.value ?? id;
    delete request.signature;
    const signed = toBinary(OpenMessageStreamRequestSchema, request);
    expect(await webCurve.verify(rendezvous.publicKey, signed, signature)).toBe(true);
  });

  test('is cleared with a signature over the request without it', async () => {
    const rendezvous = await rendezvousOf(new Uint8Array(20), webCurve);
    const bytes = await ackRequest(rendezvous, [id, id]);
    const request = fromBinary(AckMessagesRequestSchema, bytes);
    expect(request.messageIds.map(({ value }) => value)).toEqual([id, id]);
    // Field 3 is the signature: a tag, a length and 66 bytes at the end.
    const unsigned = bytes.subarray(0, bytes.length - 68);
    expect(await webCurve.verify(rendezvous.publicKey, unsigned, bytes.slice(-64))).toBe(true);
  });

  test('has messages of every kind', () => {
    const kinds = [
      ['codeScanned', {}],
      ['intentSubmitted', { intentId: { value: id } }],
      ['requestToReceiveBill', { requestorAccount: { value: id } }],
      ['clientRejectedPayment', { intentId: { value: id } }],
      ['clientRejectedLogin', {}],
      ['webhookCalled', {}],
      ['requestToLogin', {}],
    ] as const;
    const messages = kinds.map(([name, value]) => ({
      id: { value: id },
      sendMessageRequestSignature: { value: new Uint8Array(64) },
      kind: { case: name, value },
    }));
    const reply = create(OpenMessageStreamResponseSchema, { messages: messages as never });
    const read = readMessages(toBinary(OpenMessageStreamResponseSchema, reply));
    expect(read).toEqual(kinds.map(([kind]) => ({ id, kind })));
  });

  test('may have messages that nobody here knows', () => {
    // A message whose only field is 99.
    expect(readMessages(Uint8Array.of(0x0a, 0x03, 0x9a, 0x06, 0x00))).toEqual([]);
  });
});
