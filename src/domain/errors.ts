import type { Attempt } from './attempt.js';
import type { AccountFault } from './bank.js';
import type { DepositOutcome } from './deposits.js';
import type { Intent } from './intent.js';
import type { PaymentMethod } from './payment-method.js';
import type { SetupIntent } from './setup.js';
import type { SubmissionFault } from './submission.js';
import type { TerminalSession } from './terminal.js';

export type ObjectKind =
  | 'intent'
  | 'attempt'
  | 'refund'
  | 'customer'
  | 'method'
  | 'token'
  | 'confirmation'
  | 'key'
  | 'ephemeral_key'
  | 'fact'
  | 'subscription'
  | 'delivery'
  | 'transfer'
  | 'setup'
  | 'setup_attempt'
  | 'mandate'
  | 'clock'
  | 'dispute'
  | 'warning'
  | 'cash_movement'
  | 'terminal'
  | 'terminal_session'
  | 'rule';

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

/** A refusal of our own: no bank was asked, so none gives advice. */
export function silentDecline(code: string, declineCode: string | null = null): DeclineCodes {
  const silent = { adviceCode: null, networkAdviceCode: null, networkDeclineCode: null };
  return { code, declineCode, ...silent };
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
    operation:
      | 'confirm'
      | 'capture'
      | 'cancel'
      | 'change_amount'
      | 'update'
      | 'answer_challenge'
      | 'increment'
      | 'verify_deposits'
      | 'apply_cash'
      | 'reverse'
      | 'change_tips'
      | 'send_receipt'
      | 'charge';
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
  /** The same three for a setup; null where it is not stored yet. */
  setup_method_type: { method: PaymentMethod; allowed: string[]; setup: SetupIntent | null };
  setup_method_customer: {
    method: PaymentMethod;
    customer: string | null;
    setup: SetupIntent | null;
  };
  /** The method was used up or detached. */
  method_consumed: { method: string };
  method_not_attached: { method: string };
  method_already_attached: { method: string };
  token_used: { token: string };
  /** What a browser entered was used for an intent, or is too old. */
  confirmation_used: { confirmation: string };
  confirmation_expired: { confirmation: string };
  /** A key of the configuration, or one that has ended, is not to be changed here. */
  key_configured: { key: string };
  key_over: { key: string };
  not_restricted: { key: string };
  /** Card data that cannot be a card; refused before any bank is asked. */
  card_invalid: { reason: CardFault; param: string };
  /** What was typed cannot be a bank account. */
  account_invalid: { reason: AccountFault; param: string };
  /** A type that an intent names does not pay in its currency, or cannot be captured later. */
  type_currency: { methodType: string; currency: string; takes: readonly string[] };
  type_capture: { methodType: string };
  /** Of the types that an intent could take, all were excluded. */
  no_types_left: { setup: boolean };
  /** Only a customer can have sent money ahead. */
  customer_required: { intent: Intent };
  /** Not the currency, or more than the amount, of what waits for money. */
  cash_amount: { intent: Intent };
  cash_short: { intent: Intent };
  /** The bank refused to have the card saved. */
  attach_declined: { decline: DeclineCodes };
  return_url_required: { intent: Intent | null };
  /** A remote rail is still at work on it: canceling could lose a payment. */
  attempt_in_flight: { intent: Intent };
  amount_above_capturable: { intent: Intent };
  /** Nothing is left that a capture could take. */
  capture_released: { intent: Intent };
  not_capturable_in_parts: { intent: Intent };
  /** Its creator did not allow it to be changed so. */
  change_not_allowed: { what: 'amount' | 'tips'; intent: Intent };
  /** A reversal undoes a whole payment of the same day, captured at once, or a whole hold. */
  not_reversible: {
    reason: 'state' | 'another_day' | 'captured_by_hand' | 'refunded' | 'expired';
    intent: Intent;
  };
  /** The saved card that a payment without its holder needs: none named, or it is over. */
  setup_unfit: { reason: 'none' | 'state' | 'currency'; intent: Intent };
  /** A card machine is at work already, or cannot be reached. */
  terminal_busy: { terminal: string };
  terminal_offline: { terminal: string };
  /** The session's state does not allow it. */
  terminal_state: { operation: 'cancel' | 'sign'; session: TerminalSession };
  no_charge_to_refund: { intent: string };
  refund_uncaptured: { intent: string };
  refund_above_remaining: { amount: bigint; remaining: bigint; currency: string };
  already_refunded: { attempt: Attempt };
  /** A wallet is paid back from the merchant's ledger account, which has not got as much. */
  refund_balance_short: { attempt: string };
  /** The bank has taken the money back, or kept it: there is nothing to refund. */
  attempt_disputed: { attempt: string };
  /** The dispute is decided or given up. */
  dispute_closed: { dispute: string };
  refund_not_cancelable: { refund: string };
  /** Only a refund that awaits its payee's bank details can run out of time. */
  refund_not_expirable: { refund: string };
  /** More than the hold was asked for before, and no more often than a hold allows. */
  increment_not_above: { intent: Intent };
  increments_used_up: { intent: Intent; max: number };
  rail_cannot: { rail: string; operation: string };
  /** The bank or the network refused; the attempt and its events are kept. */
  declined: DeclineDetails;
  /** The caller asked not to be sent through an action, and one is needed. */
  action_refused: { intent: Intent };
  /** A clock goes forward only, so far at once, and one advance after the other. */
  clock_advancing: { clock: string };
  clock_not_later: { at: number };
  clock_too_far: { latest: number };
  /** The setup's state does not allow the operation. */
  setup_state: {
    operation: 'confirm' | 'cancel' | 'update' | 'answer_challenge' | 'verify_deposits';
    setup: SetupIntent;
  };
  /** Nothing to save. */
  setup_method_required: { setup: SetupIntent };
  /** Banks let a method be taken from an account only with its holder's agreement. */
  mandate_required: { method: PaymentMethod; intent: Intent | null; setup: SetupIntent | null };
  /** The mandate was given for another method or another sum, or is over. */
  mandate_unfit: { mandate: string; intent: Intent };
  /** Amounts or code are not those of the deposits, or came too late or too often. */
  deposits_refused: {
    reason: Exclude<DepositOutcome, 'verified'>;
    triesLeft: number;
    setup: SetupIntent | null;
    intent?: Intent | null;
  };
  /** The bank refused to have the method saved; the attempt and its events are kept. */
  setup_declined: { setup: SetupIntent; decline: DeclineCodes; method: PaymentMethod };
  /** The account's own clock cannot be deleted. */
  clock_of_account: object;
  /** The customer lives by a clock already. */
  customer_on_clock: { customer: string; clock: string };
  /** What a wallet has signed is not carried out. */
  submission_refused: SubmissionFault;
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
