import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { INSTALLATION, type RendezvousMessage } from '../../../domain/rendezvous.js';
import type { Engine } from '../../../engine/engine.js';
import {
  type Message,
  MessageSchema,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';

/** Reads what waits at a rendezvous, in the order in which it was put down. */
export async function readMessages(
  engine: Pick<Engine, 'read'>,
  request: string,
): Promise<RendezvousMessage[]> {
  const rows = await engine.read(
    INSTALLATION,
    (need) => void need.list('messages', 'request', request),
    (found) => found.list('messages', 'request', request),
  );
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** A stored message as receivers get it: what its sender signed, with our id and that signature. */
export function toWire({ uuid, body, signature }: RendezvousMessage): Message {
  const ours = create(MessageSchema, {
    id: { value: Buffer.from(uuid, 'hex') },
    ...(signature === null
      ? {}
      : { sendMessageRequestSignature: { value: Buffer.from(signature, 'base64') } }),
  });
  // Two encodings one after the other are one message with the fields of both.
  const bytes = Buffer.concat([Buffer.from(body, 'base64'), toBinary(MessageSchema, ours)]);
  return fromBinary(MessageSchema, bytes);
}
