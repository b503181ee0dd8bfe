import { create, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { MessageSchema, SendMessageRequestSchema } from './proto/code/messaging/v1/messaging_pb.js';
import { embeddedBytes, withoutField } from './raw-fields.js';

const message = create(MessageSchema, {
  kind: { case: 'codeScanned', value: { timestamp: { seconds: 5n } } },
});
const request = toBinary(
  SendMessageRequestSchema,
  create(SendMessageRequestSchema, {
    message,
    rendezvousKey: { value: new Uint8Array(32).fill(7) },
    signature: { value: new Uint8Array(64).fill(9) },
  }),
);

test('an embedded message is found as it was encoded', () => {
  expect(embeddedBytes(request, 1)).toEqual(toBinary(MessageSchema, message));
});

test('a field is taken out and the others stay as they are', () => {
  const bytes = withoutField(request, 3);
  expect(bytes).toEqual(request.subarray(0, request.length - 68));
  expect(withoutField(request, 9)).toEqual(request);
});

test('an embedded message in two parts is none', () => {
  const twice = Uint8Array.of(0x0a, 2, 0x32, 0, ...request);
  expect(embeddedBytes(twice, 1)).toBeNull();
  expect(embeddedBytes(request, 4)).toBeNull();
});

test('a number where a message belongs is none', () => {
  expect(embeddedBytes(Uint8Array.of(0x08, 1), 1)).toBeNull();
});

test('what is cut off within a field is no message', () => {
  // After each whole field the bytes are a message, shorter by those that follow.
  const ends = new Set([0, 8, 44]);
  for (let length = 0; length < request.length; length += 1) {
    const part = request.subarray(0, length);
    expect(withoutField(part, 15) === null, `${length} bytes`).toBe(!ends.has(length));
  }
});
