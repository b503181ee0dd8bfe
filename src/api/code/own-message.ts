import { randomUUID } from 'node:crypto';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import type { MessageInput } from '../../engine/rendezvous.js';
import { MessageSchema } from '../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { wireKey } from './wire-key.js';

type Kind = Extract<
  NonNullable<MessageInitShape<typeof MessageSchema>['kind']>,
  { readonly case: string }
>;

/** A message's id on the wire: 16 random bytes as hexadecimal digits. */
export function newMessageId(): string {
  return randomUUID().replaceAll('-', '');
}

/** A message of the server's own, to be put down at a rendezvous: nobody has signed it. */
export function ownMessage(kind: Kind): MessageInput {
  const message = toBinary(MessageSchema, create(MessageSchema, { kind }));
  const body = Buffer.from(message).toString('base64');
  return { uuid: newMessageId(), kind: kind.case, body, signature: null };
}

/**
 * Tells who waits at a rendezvous (base58) that it is done; by whom and how is not for everybody
 * there to know.
 */
export function submittedMessage(rendezvous: string): MessageInput {
  return ownMessage({ case: 'intentSubmitted', value: { intentId: wireKey(rendezvous) } });
}
