import { Code, ConnectError } from '@connectrpc/connect';
import { acknowledge } from '../../../engine/rendezvous.js';
import {
  AckMessagesRequestSchema,
  AckMesssagesResponse_Result,
  type Messaging,
  PollMessagesRequestSchema,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { callEngine } from '../call.js';
import type { Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { rendezvousOf, signatureRequired } from './signed.js';
import { readMessages, toWire } from './stored.js';

/** Fields of the contract; the acknowledgement's is ours. */
const POLL_SIGNATURE_FIELD = 2;
const ACK_SIGNATURE_FIELD = 3;

const ACK_IDS_MAX = 1024;
const ID_BYTES = 16;

/** PollMessages: what waits at a rendezvous, in the order in which it was put down. */
export function makePollMessages({
  engine,
  limits,
}: CodeDependencies): NonNullable<Service<typeof Messaging>['pollMessages']> {
  return async (call, { received }) => {
    const signed = {
      schema: PollMessagesRequestSchema,
      call,
      received,
      field: POLL_SIGNATURE_FIELD,
    };
    const id = await rendezvousOf(signed, signatureRequired());
    const messages = await readMessages(engine, id);
    return { messages: messages.slice(0, limits.poll_messages_max).map(toWire) };
  };
}

/**
 * AckMessages: removes what its receiver has. The published server asks for no signature, so that
 * whoever knows the public key can remove messages; ours must be right where there is one.
 */
export function makeAckMessages({
  engine,
  settings,
}: CodeDependencies): NonNullable<Service<typeof Messaging>['ackMessages']> {
  return async (call, { received }) => {
    const { messageIds } = call;
    const signed = { schema: AckMessagesRequestSchema, call, received, field: ACK_SIGNATURE_FIELD };
    const id = await rendezvousOf(signed, settings.acceptsUnsigned || signatureRequired());
    const fault = idsFault(messageIds);
    if (fault !== null) throw new ConnectError(fault, Code.InvalidArgument);
    const uuids = messageIds.map(({ value }) => Buffer.from(value).toString('hex'));
    await callEngine(engine, acknowledge(id, uuids));
    return { result: AckMesssagesResponse_Result.OK };
  };
}

function idsFault(ids: readonly { readonly value: Uint8Array }[]): string | null {
  const call = 'invalid AckMessagesRequest.MessageIds';
  if (ids.length === 0 || ids.length > ACK_IDS_MAX)
    return `${call}: value must contain between 1 and ${ACK_IDS_MAX} items, inclusive`;
  if (ids.every(({ value }) => value.length === ID_BYTES)) return null;
  return `invalid MessageId.Value: value length must be ${ID_BYTES} bytes`;
}
