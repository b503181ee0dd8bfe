import { declineMessage } from '../../domain/decline-messages.js';
import type { ErrorCode, Failure, FailureDetails, ObjectKind } from '../../domain/errors.js';
import type { Intent } from '../../domain/intent.js';
import { wireId } from './ids.js';
import { invalidField, type Problem } from './problem.js';
import type { View } from './request.js';
import { intentStatus, setupStatus } from './status.js';

/** Each object as a sentence names it. */
const NOUNS: Record<ObjectKind, string> = {
  intent: 'payment intent',
  attempt: 'payment',
  refund: 'refund',
  customer: 'customer',
  method: 'payment method',
  token: 'token',
  confirmation: 'confirmation',
  key: 'key',
  ephemeral_key: 'key',
  fact: 'event',
  subscription: 'subscription',
  delivery: 'delivery',
  transfer: 'transaction',
  dispute: 'dispute',
  warning: 'warning',
  cash_movement: 'transaction',
  clock: 'clock',
  setup: 'setup intent',
  setup_attempt: 'payment',
  mandate: 'mandate',
  terminal: 'terminal',
  terminal_session: 'terminal session',
  rule: 'rule',
};

type Errors = {
  [Code in ErrorCode]: (failure: FailureDetails[Code], view: View) => Problem;
};

function bad(detail: string): Problem {
  return { status: 400, title: 'Bad Request', detail };
}

/** It does not fit to the state of what it is about. */
function conflict(detail: string): Problem {
  return { status: 409, title: 'Conflict', detail };
}

function notAllowed(detail: string): Problem {
  return { status: 405, title: 'Method Not Allowed', detail };
}

/** What a payment of some status cannot be, in the words of Dojo's samples. */
const OPERATIONS: Record<FailureDetails['intent_state']['operation'], string> = {
  confirm: 'paid',
  capture: 'captured',
  cancel: 'canceled',
  change_amount: 'given another amount',
  update: 'changed',
  answer_challenge: 'authenticated',
  increment: 'raised',
  verify_deposits: 'verified',
  apply_cash: 'paid with cash',
  reverse: 'reversed',
  change_tips: 'given a tip',
  send_receipt: 'sent a receipt of',
  charge: 'charged',
};

function cannot(intent: Intent, what: string): string {
  return `A payment with status ${intentStatus(intent)} cannot be ${what}.`;
}

/** Each as Dojo documents it for its operation; what it does not document is a bad request. */
function stateProblem({ operation, intent }: FailureDetails['intent_state']): Problem {
  const detail = cannot(intent, OPERATIONS[operation]);
  switch (operation) {
    case 'capture':
    case 'cancel':
    case 'reverse':
      return conflict(detail);
    case 'change_amount':
    case 'change_tips':
      return notAllowed(detail);
    default:
      return bad(detail);
  }
}

/** An id in the path leads to a 404; one in the body is a mistake in its field. */
function missingProblem({ kind, where, param }: FailureDetails['missing']): Problem {
  const detail = `There is no such ${NOUNS[kind]}.`;
  if (where === 'path') return { status: 404, title: 'Not Found', detail };
  return param === null ? bad(detail) : invalidField(param, detail);
}

const NOT_REVERSIBLE: Record<
  FailureDetails['not_reversible']['reason'],
  (intent: Intent) => string
> = {
  state: (intent) => cannot(intent, 'reversed'),
  another_day: () => 'A captured payment can only be reversed on the day of the payment.',
  captured_by_hand: () => 'A payment that was captured manually cannot be reversed. Refund it.',
  refunded: () => 'A payment that was refunded cannot be reversed.',
  expired: () => 'The time in which the payment could be reversed is over.',
};

const SETUP_UNFIT: Record<FailureDetails['setup_unfit']['reason'], string> = {
  none: 'The payment intent names no setup intent to charge.',
  state: 'The setup intent has no card that can be charged.',
  currency: 'The card of the setup intent cannot be charged in this currency.',
};

function unavailable(detail: string): Problem {
  return { ...conflict(detail), code: 'TERMINAL_UNAVAILABLE' };
}

/** What is refused before any bank is asked, or by it, in words for the card's holder. */
function declinedProblem(code: string, declineCode: string | null): Problem {
  return { status: 402, title: 'Payment Declined', detail: declineMessage(code, declineCode) };
}

/** What no client of this dialect can ask for; told plainly where it happens all the same. */
const FOREIGN = {
  method_type: () => bad('This payment cannot be made with that kind of payment method.'),
  setup_method_type: () => bad('That kind of payment method cannot be saved.'),
  token_used: () => bad('That token was used before.'),
  confirmation_used: () => bad('What was entered was used before.'),
  confirmation_expired: () => bad('What was entered is too old.'),
  key_configured: () => bad('That key is set by the configuration.'),
  key_over: () => bad('That key has ended.'),
  not_restricted: () => bad('That is no restricted key.'),
  account_invalid: () => bad('That cannot be a bank account.'),
  type_currency: () => bad('That kind of payment method does not pay in this currency.'),
  type_capture: () => bad('That kind of payment method cannot be captured later.'),
  no_types_left: () => bad('No kind of payment method is left to pay with.'),
  customer_required: () => bad('The payment names no customer.'),
  cash_amount: () => bad('That is not what the payment waits for.'),
  cash_short: () => bad("The customer's balance is too small."),
  return_url_required: () => bad('The page to return to is missing.'),
  not_capturable_in_parts: () => conflict('This payment can only be captured whole.'),
  dispute_closed: () => conflict('The dispute is closed.'),
  refund_not_cancelable: () => conflict('The refund cannot be canceled.'),
  refund_not_expirable: () => conflict('The refund cannot expire.'),
  increment_not_above: () => bad('The amount is not above what is authorized.'),
  increments_used_up: () => conflict('The payment cannot be raised again.'),
  action_refused: () => conflict('The payment needs its customer to act.'),
  clock_advancing: () => conflict('The clock is being moved.'),
  clock_not_later: () => bad('A clock only goes forward.'),
  clock_too_far: () => bad('The clock cannot be moved as far at once.'),
  clock_of_account: () => bad("The account's own clock cannot be deleted."),
  customer_on_clock: () => bad('The customer lives by another clock.'),
  mandate_required: () => bad('That payment method needs its holder’s agreement.'),
  mandate_unfit: () => bad('The agreement does not cover this payment.'),
  deposits_refused: () => bad('The deposits could not be verified.'),
  submission_refused: () => bad('The payment was refused.'),
} satisfies Partial<Record<ErrorCode, () => Problem>>;

const ERRORS: Errors = {
  ...FOREIGN,
  missing: missingProblem,
  intent_state: stateProblem,
  method_required: () => bad('There is nothing to pay with.'),
  method_customer_missing: () => bad('That card is saved for another customer.'),
  method_customer_mismatch: () => bad('That card is saved for another customer.'),
  setup_method_customer: () => bad('That card is saved for another customer.'),
  method_consumed: () => bad('That card cannot be used again.'),
  method_not_attached: () => conflict('That card is not saved.'),
  method_already_attached: () => conflict('That card is saved already.'),
  card_invalid: ({ reason }) => bad(declineMessage(reason, null)),
  attach_declined: ({ decline }) => declinedProblem(decline.code, decline.declineCode),
  attempt_in_flight: () => conflict('A payment is in progress. Wait for its outcome.'),
  amount_above_capturable: () => invalidField('Amount', 'The amount is above what is authorized.'),
  capture_released: ({ intent }) =>
    conflict(
      intent.state === 'captured'
        ? 'Nothing is left to be captured: the rest was released.'
        : 'The time in which the payment could be captured is over.',
    ),
  change_not_allowed: ({ what }) =>
    notAllowed(
      what === 'tips'
        ? 'The payment intent does not allow tips: see config.payment.tipsAllowed.'
        : 'The amount cannot be changed: see config.payment.customAmountAllowed.',
    ),
  not_reversible: ({ reason, intent }) => conflict(NOT_REVERSIBLE[reason](intent)),
  setup_unfit: ({ reason }) => bad(SETUP_UNFIT[reason]),
  terminal_busy: ({ terminal }, { livemode }) =>
    unavailable(`Terminal ${wireId('terminal', terminal, livemode)} is busy.`),
  terminal_offline: ({ terminal }, { livemode }) =>
    unavailable(`Terminal ${wireId('terminal', terminal, livemode)} is offline.`),
  terminal_state: ({ operation }) => ({
    status: 422,
    title: 'Unprocessable Entity',
    detail:
      operation === 'cancel'
        ? 'The terminal session can no longer be canceled.'
        : 'The terminal session does not wait for a signature.',
    code: 'INVALID_REQUEST',
  }),
  no_charge_to_refund: () => conflict('A payment that is not captured cannot be refunded.'),
  refund_uncaptured: () => conflict('A payment with status Authorized cannot be refunded.'),
  refund_above_remaining: () => invalidField('Amount', 'The amount is above what is left.'),
  refund_balance_short: () =>
    conflict('The account has not got what this refund would pay back to a wallet.'),
  already_refunded: () => conflict('A payment that was paid back whole cannot be refunded.'),
  attempt_disputed: () => conflict('A payment that is disputed cannot be paid back.'),
  rail_cannot: ({ operation }) => conflict(`A payment of this kind allows no ${operation}.`),
  declined: ({ decline }) => declinedProblem(decline.code, decline.declineCode),
  setup_state: ({ operation, setup }) => {
    const what = `A setup intent with status ${setupStatus(setup, false)} cannot be`;
    // A new secret is refused as that of a payment intent is.
    return operation === 'cancel' ? conflict(`${what} canceled.`) : bad(`${what} changed.`);
  },
  setup_method_required: () => bad('There is no card to save.'),
  setup_declined: ({ decline }) => declinedProblem(decline.code, decline.declineCode),
  idempotency_mismatch: () =>
    conflict('The idempotency key was used before, for a request with another body.'),
  idempotency_other_path: () => conflict('The idempotency key was used before.'),
  idempotency_in_flight: () =>
    conflict('A request with this idempotency key is being worked on. Try again.'),
  overloaded: () => ({
    status: 429,
    title: 'Too Many Requests',
    detail: 'There is more to do than can be done at once. Try again.',
  }),
  limit_reached: ({ what, max }) => bad(`No more than ${max} ${what} are allowed.`),
};

/** The failure as a problem of this dialect. */
export function problemOf(failure: Failure, view: View): Problem {
  const problem = ERRORS[failure.failure] as (failure: Failure, view: View) => Problem;
  return problem(failure, view);
}
