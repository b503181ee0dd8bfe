import { Code, ConnectError } from '@connectrpc/connect';
import type { MessageInput } from '../../../engine/rendezvous.js';
import { leaveMessage, type RequestMark } from '../../../engine/requests.js';
import { toBase58 } from '../../../wire/code/base58.js';
import {
  type Message,
  type Messaging,
  type SendMessageRequest,
  SendMessageResponse_Result,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { callEngine } from '../call.js';
import type { Domains } from '../domains.js';
import { newMessageId } from '../own-message.js';
import type { CallContext, Service } from '../service.js';
import type { CodeDependencies } from '../settings.js';
import { isSignedBy } from '../signatures.js';
import { makeLimits } from './limits.js';
import { makeRequests } from './make-request.js';
import { signedBytes } from './received.js';
import type { SentMessage } from './sent-message.js';
import { clientFault, shapeFault } from './shape.js';

/** What a wallet's messages mark on the request; the others are only passed on. */
const MARKS: { readonly [K in NonNullable<Message['kind']['case']>]?: RequestMark } = {
  codeScanned: 'scannedAt',
  clientRejectedPayment: 'rejectedAt',
  clientRejectedLogin: 'rejectedAt',
};

/**
 * Builds SendMessage: checks a message by the published rules, in their order and with their texts,
 * and puts it down at its rendezvous. A request is made with its message, or neither. Answers the
 * message's id; the same request again is answered with that of the one that lies there.
 * A message to grab a bill is kept whether or not anybody listens.
 */
export function makeSendMessage(
  deps: CodeDependencies,
  domains: Domains,
): NonNullable<Service<typeof Messaging>['sendMessage']> {
  const { engine, limits } = deps;
  const amounts = makeLimits(deps.settings.limits, deps.rates);
  const requests = makeRequests({ ...deps, domains, amounts });
  return async (request, context) => {
    const sent = await authenticated(request, context, limits.message_bytes_max);
    const { id, kept } = sent;
    const { kind } = sent.message;
    if (kind.case === 'requestToReceiveBill') return answer(await requests.bill(kind.value, sent));
    if (kind.case === 'requestToLogin') return answer(await requests.login(kind.value, sent));
    if (kind.case === 'clientRejectedPayment' && toBase58(bytesOf(kind.value.intentId)) !== id)
      throw new ConnectError(`intent id must be ${id}`, Code.InvalidArgument);
    const mark = (kind.case && MARKS[kind.case]) ?? null;
    const command = leaveMessage(id, kept, mark, limits.messages_per_request_max);
    return answer(await callEngine(engine, command));
  };
}

/** What is wrong with a message before anything stored is looked at; then its signature. */
async function authenticated(
  request: SendMessageRequest,
  { received }: CallContext,
  bytes_max: number,
): Promise<SentMessage> {
  const misshapen = shapeFault(request);
  if (misshapen !== null) throw new ConnectError(misshapen, Code.InvalidArgument);
  const { message, rendezvousKey, signature } = request;
  if (message === undefined) throw new Error('a message that is required was not checked for');
  const fault = clientFault(message);
  if (fault !== null) throw new ConnectError(fault, Code.InvalidArgument);
  const rendezvous = bytesOf(rendezvousKey);
  const signed = signedBytes(message, received);
  if (signed !== null && signed.length > bytes_max)
    throw new ConnectError(`a message has at most ${bytes_max} bytes`, Code.InvalidArgument);
  if (signed === null || !(await isSignedBy(rendezvous, signed, bytesOf(signature))))
    throw new ConnectError('', Code.Unauthenticated);
  return {
    message,
    rendezvous,
    id: toBase58(rendezvous),
    received,
    kept: {
      uuid: newMessageId(),
      kind: message.kind.case ?? '',
      body: Buffer.from(signed).toString('base64'),
      signature: Buffer.from(bytesOf(signature)).toString('base64'),
    },
  };
}

function bytesOf(field: { readonly value: Uint8Array } | undefined): Uint8Array {
  if (field === undefined) throw new Error('a field that is required was not checked for');
  return field.value;
}

function answer({ uuid }: Pick<MessageInput, 'uuid'>) {
  const value = new Uint8Array(Buffer.from(uuid, 'hex'));
  return { result: SendMessageResponse_Result.OK, messageId: { value } };
}
