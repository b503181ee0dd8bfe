import type { Attempt } from './attempt.js';
import type { Intent } from './intent.js';
import type { PaymentMethod } from './payment-method.js';

export type ObjectKind =
  | 'intent'
  | 'attempt'
  | 'refund'
  | 'customer'
  | 'method'
  | 'token'
  | 'fact'
  | 'subscription'
  | 'delivery'
  | 'transfer';

export type CardFault =
  | 'incorrect_number'
  | 'invalid_number'
  | 'invalid_expiry_month'
  | 'invalid_expiry_year'
  | 'invalid_cvc';

/** A refusal in the codes of banks and networks. */
export interface DeclineCodes {
  code: string;
  declineCode: string | null;
  adviceCode: string | null;
  networkAdviceCode: string | null;
  networkDeclineCode: string | null;
}

/** What a bank or network said when it refused, with what was tried. */
export interface DeclineDetails {
  decline: DeclineCodes;
  attempt: string | null;
  intent: Intent | null;
  method: PaymentMethod | null;
}

/**
 * The one catalogue of operating errors, each with what its text needs. A dialect maps every code;
 * programmer errors are not here, they are thrown.
 */
export interface FailureDetails {
  /** Nothing of that id in this account. `where` says whether the path or a parameter named it. */
  missing: { kind: ObjectKind; id: string; where: 'path' | 'body'; param: string | null };
  /** The intent's state does not allow the operation. */
  intent_state: {
    operation: 'confirm' | 'capture' | 'cancel' | 'change_amount' | 'update' | 'answer_challenge';
    intent: Intent;
  };
  /** Nothing to pay with. */
  method_required: { intent: Intent };
  /** The method's type is not among those the intent takes. */
  method_type: { method: PaymentMethod; allowed: string[]; intent: Intent | null };
  /** The method is a customer's, and the intent names none. */
  method_customer_missing: { method: PaymentMethod };
  /** The method is another customer's. */
  method_customer_mismatch: { method: PaymentMethod; customer: string };
  /** The method was used up or detached. */
  method_consumed: { method: string };
  method_not_attached: { method: string };
  method_already_attached: { method: string };
  token_used: { token: string };
  /** Card data that cannot be a card; refused before any bank is asked. */
  card_invalid: { reason: CardFault; param: string };
  /** The bank refused to have the card saved. */
  attach_declined: { decline: DeclineCodes };
  return_url_required: { intent: Intent | null };
  /** A remote rail is still at work on it: canceling could lose a payment. */
  attempt_in_flight: { intent: Intent };
  amount_above_capturable: { intent: Intent };
  /** Nothing is left that a capture could take. */
  capture_released: { intent: Intent };
  not_capturable_in_parts: { intent: Intent };
  no_charge_to_refund: { intent: string };
  refund_uncaptured: { intent: string };
  refund_above_remaining: { amount: bigint; remaining: bigint; currency: string };
  already_refunded: { attempt: Attempt };
  refund_not_cancelable: { refund: string };
  rail_cannot: { rail: string; operation: string };
  /** The bank or the network refused; the attempt and its events are kept. */
  declined: DeclineDetails;
  /** The caller asked not to be sent through an action, and one is needed. */
  action_refused: { intent: Intent };
  idempotency_mismatch: { key: string };
  idempotency_other_path: { key: string; used: string; asked: string };
  idempotency_in_flight: { key: string };
  overloaded: { waited_ms: number };
  limit_reached: { what: string; max: number };
}

export type ErrorCode = keyof FailureDetails;

/** An operating error as a value. */
export type Failure = {
  [Code in ErrorCode]: { failure: Code } & FailureDetails[Code];
}[ErrorCode];

/** Tells a failure from the object that would have been the result. */
export function isFailure(result: object): result is Failure {
  return 'failure' in result;
}
