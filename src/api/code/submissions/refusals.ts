import type { SubmissionFault } from '../../../domain/submission.js';
import { SubmitIntentResponse_Error_Code } from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';

const Code = SubmitIntentResponse_Error_Code;

/** Why a submission is refused, as its wallet is told. */
export interface Refusal {
  readonly code: SubmitIntentResponse_Error_Code;
  /** The published text, where there is one. */
  readonly reason: string;
}

/** A submission that can never be carried out. */
export function invalid(reason: string): Refusal {
  return { code: Code.INVALID_INTENT, reason };
}

/** One that could be, had the wallet known what is so now. */
export function stale(reason: string): Refusal {
  return { code: Code.STALE_STATE, reason };
}

function denied(reason: string): Refusal {
  return { code: Code.DENIED, reason };
}

/** A text about one action, in the published form. */
export function ofAction(action: number, reason: string): Refusal {
  return invalid(`actions[${action}]: ${reason}`);
}

/** Tells a refusal from what was read. */
export function isRefusal(read: object): read is Refusal {
  return 'reason' in read;
}

type Worded = { [F in SubmissionFault['fault']]: (fault: FaultOf<F>) => Refusal };
type FaultOf<F> = Extract<SubmissionFault, { fault: F }>;

/** What is not published is worded alike. */
const REFUSALS: Worded = {
  intent_exists: () => stale('intent already exists'),
  id_reserved: () => denied('intent id is reserved for a request'),
  payment_not_asked: () => invalid("request doesn't require payment"),
  request_over: ({ expired }) =>
    stale(expired ? 'payment request has expired' : 'payment request was canceled'),
  payment_failed: () => stale('payment request has failed'),
  other_destination: ({ destination }) =>
    invalid(`payment has a request to destination ${destination}`),
  other_currency: ({ currency }) => invalid(`payment has a request for ${currency} currency`),
  other_amount: ({ nativeAmount }) =>
    invalid(`payment has a request for ${nativeAmount.toFixed(2)} native amount`),
  other_quarks: () => invalid('payment native amount and quark value mismatch'),
  fee_not_asked: () => invalid("intent doesn't require a fee payment"),
  fee_count: ({ expected }) => invalid(`expected ${expected} third party fee payment action`),
  fee_destination: ({ action, destination }) =>
    ofAction(action, `fee payment destination must be ${destination}`),
  fee_amount: ({ action, basisPoints }) =>
    ofAction(action, `fee payment amount must be for ${basisPoints} bps of total amount`),
  source_unknown: () => invalid('source is not an open account'),
  source_not_owned: () => denied('source is not an account of the owner'),
  balance_short: () => invalid('insufficient balance to perform action'),
  nonce_lapsed: () => stale('nonce is no longer reserved for the intent'),
  tip_user_unknown: () => invalid('twitter user is not registered with code'),
  tip_destination: ({ destination }) => invalid(`tip destination must be ${destination}`),
  account_taken: ({ address }) => denied(`${address} is an account of another owner`),
  relationship_exists: ({ domain }) =>
    stale(`a relationship with ${domain} was established by another key`),
};

/** A fault of the engine's in the words of the protocol. The record is total. */
export function refusalOf(fault: SubmissionFault): Refusal {
  const word = REFUSALS[fault.fault] as (fault: SubmissionFault) => Refusal;
  return word(fault);
}
