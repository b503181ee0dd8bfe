import { KEY_BYTES, SIGNATURE_BYTES } from '../../../wire/code/payload.js';
import type {
  Message,
  RequestToLogin,
  RequestToReceiveBill,
  SendMessageRequest,
} from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';

const DOMAIN_CHARS_MAX = 253;
const FEES_MAX = 3;
const BASIS_POINTS_MAX = 10_000;

interface Wrapped {
  readonly value: Uint8Array;
}

/** What the contract says of single fields, whatever else is known: the first fault as a text. */
export function shapeFault(request: SendMessageRequest): string | null {
  const { message, rendezvousKey, signature } = request;
  if (message === undefined) return 'invalid SendMessageRequest.Message: value is required';
  return (
    kindFault(message) ??
    bytesFault('SendMessageRequest.RendezvousKey', rendezvousKey, KEY_BYTES) ??
    bytesFault('SendMessageRequest.Signature', signature, SIGNATURE_BYTES)
  );
}

/** The fault of a field that holds bytes: it must be there, with so many of them. */
export function bytesFault(name: string, field: Wrapped | undefined, bytes: number): string | null {
  if (field === undefined) return `invalid ${name}: value is required`;
  return optionalFault(name, field, bytes);
}

function optionalFault(name: string, field: Wrapped | undefined, bytes: number): string | null {
  if (field === undefined || field.value.length === bytes) return null;
  return `invalid ${name}: value length must be ${bytes} bytes`;
}

function kindFault({ kind }: Message): string | null {
  switch (kind.case) {
    case 'requestToReceiveBill':
      return billFault(kind.value);
    case 'requestToLogin':
      return loginFault(kind.value);
    case 'requestToGrabBill':
      return bytesFault(
        'RequestToGrabBill.RequestorAccount',
        kind.value.requestorAccount,
        KEY_BYTES,
      );
    case 'clientRejectedPayment':
      return bytesFault('ClientRejectedPayment.IntentId', kind.value.intentId, KEY_BYTES);
    case 'codeScanned':
      return kind.value.timestamp ? null : 'invalid CodeScanned.Timestamp: value is required';
    case 'clientRejectedLogin':
      return kind.value.timestamp
        ? null
        : 'invalid ClientRejectedLogin.Timestamp: value is required';
    default:
      return null;
  }
}

function billFault(bill: RequestToReceiveBill): string | null {
  const own = 'RequestToReceiveBill';
  return (
    bytesFault(`${own}.RequestorAccount`, bill.requestorAccount, KEY_BYTES) ??
    exchangeFault(bill) ??
    (bill.domain === undefined ? null : domainFault(own, bill.domain.value)) ??
    optionalFault(`${own}.Verifier`, bill.verifier, KEY_BYTES) ??
    optionalFault(`${own}.Signature`, bill.signature, SIGNATURE_BYTES) ??
    optionalFault(`${own}.RendezvousKey`, bill.rendezvousKey, KEY_BYTES) ??
    feesFault(bill)
  );
}

function exchangeFault({ exchangeData: { case: name, value } }: RequestToReceiveBill) {
  if (name === undefined) return null;
  const own = name === 'exact' ? 'ExchangeData' : 'ExchangeDataWithoutRate';
  if (!/^[a-z]{3}$/.test(value.currency))
    return `invalid ${own}.Currency: value does not match regex pattern "^[a-z]{3}$"`;
  // Written so that what is no number is refused, too.
  if (!(value.nativeAmount > 0)) return `invalid ${own}.NativeAmount: value must be greater than 0`;
  if (name === 'partial') return null;
  if (!(value.exchangeRate > 0)) return `invalid ${own}.ExchangeRate: value must be greater than 0`;
  return value.quarks > 0n ? null : `invalid ${own}.Quarks: value must be greater than 0`;
}

function domainFault(own: string, domain: string): string | null {
  if (domain.length >= 1 && domain.length <= DOMAIN_CHARS_MAX) return null;
  return `invalid ${own}.Domain: value length must be between 1 and 253 runes, inclusive`;
}

function feesFault({ additionalFees }: RequestToReceiveBill): string | null {
  if (additionalFees.length > FEES_MAX)
    return `invalid RequestToReceiveBill.AdditionalFees: value must contain no more than 3 item(s)`;
  for (const { destination, feeBps } of additionalFees) {
    const fault = bytesFault('AdditionalFeePayment.Destination', destination, KEY_BYTES);
    if (fault !== null) return fault;
    if (feeBps < 1 || feeBps > BASIS_POINTS_MAX)
      return 'invalid AdditionalFeePayment.FeeBps: value must be inside range [1, 10000]';
  }
  return null;
}

function loginFault(login: RequestToLogin): string | null {
  const own = 'RequestToLogin';
  if (login.domain === undefined) return `invalid ${own}.Domain: value is required`;
  return (
    domainFault(own, login.domain.value) ??
    bytesFault(`${own}.Verifier`, login.verifier, KEY_BYTES) ??
    bytesFault(`${own}.Signature`, login.signature, SIGNATURE_BYTES) ??
    bytesFault(`${own}.RendezvousKey`, login.rendezvousKey, KEY_BYTES)
  );
}

/** What only the server says, by the names that the published texts have for it. */
const SERVER_KINDS = {
  intentSubmitted: 'intent_submitted',
  webhookCalled: 'webhook_called',
  airdropReceived: 'airdrop_received',
} as const;

/** What a client may send. */
export type ClientKind = Exclude<NonNullable<Message['kind']['case']>, keyof typeof SERVER_KINDS>;

/** What a client may not set in a message; the first fault as a text. */
export function clientFault({ id, sendMessageRequestSignature, kind }: Message): string | null {
  if (id !== undefined) return 'message.id cannot be set by clients';
  if (sendMessageRequestSignature !== undefined)
    return 'message.send_message_request_signature cannot be set by clients';
  if (kind.case === undefined) return 'message.kind must be set';
  if (kind.case in SERVER_KINDS)
    return `message.kind cannot be ${SERVER_KINDS[kind.case as keyof typeof SERVER_KINDS]}`;
  return null;
}
