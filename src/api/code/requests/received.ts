import { type DescMessage, type MessageShape, toBinary } from '@bufbuild/protobuf';
import {
  type Message,
  MessageSchema,
  RequestToLoginSchema,
  RequestToReceiveBillSchema,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { embeddedBytes, withoutField } from '../../../wire/code/raw-fields.js';

/** The message's field in a SendMessageRequest. */
const MESSAGE_FIELD = 1;

/** The fields of requests within a message, and those of their verifiers' signatures. */
const BILL = { field: 5, signature: 6 } as const;
const LOGIN = { field: 10, signature: 5 } as const;

/**
 * The bytes of a message that its signature is to be over: as they were received; where the
 * transport has kept none, in the canonical order. Null where no one run of bytes is the message.
 */
export function signedBytes(message: Message, received: Uint8Array | null): Uint8Array | null {
  if (received === null) return toBinary(MessageSchema, message);
  return embeddedBytes(received, MESSAGE_FIELD);
}

/**
 * The bytes that a domain's key has signed: the request within the message, without that
 * signature. `received` is what the transport has kept of the whole call.
 */
export function verifierBytes({ kind }: Message, received: Uint8Array | null): Uint8Array | null {
  switch (kind.case) {
    case 'requestToReceiveBill':
      return unsigned(RequestToReceiveBillSchema, kind.value, received, BILL);
    case 'requestToLogin':
      return unsigned(RequestToLoginSchema, kind.value, received, LOGIN);
    default:
      return null;
  }
}

function unsigned<D extends DescMessage>(
  schema: D,
  request: MessageShape<D>,
  received: Uint8Array | null,
  { field, signature }: { readonly field: number; readonly signature: number },
): Uint8Array | null {
  if (received === null) return withoutField(toBinary(schema, request), signature);
  const message = embeddedBytes(received, MESSAGE_FIELD);
  const bytes = message && embeddedBytes(message, field);
  return bytes && withoutField(bytes, signature);
}
