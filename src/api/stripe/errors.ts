import { declineMessage } from '../../domain/decline-messages.js';
import type { ErrorCode, Failure, FailureDetails, ObjectKind } from '../../domain/errors.js';
import { INTENT_LIFECYCLE, type Intent, type IntentTransition } from '../../domain/intent.js';
import { statesAllowing } from '../../domain/lifecycle.js';
import { formatAmount } from './currencies.js';
import { ACCESS_ERRORS } from './errors-access.js';
import { BANK_ERRORS, notWaiting } from './errors-banks.js';
import { CLOCK_ERRORS } from './errors-clocks.js';
import { DISPUTE_ERRORS } from './errors-disputes.js';
import { FOREIGN_ERRORS } from './errors-foreign.js';
import { SETUP_ERRORS } from './errors-setups.js';
import { docUrl } from './view/doc-url.js';
import { INTENT_STATUS, paymentErrorMessage, paymentIntentView } from './view/payment-intent.js';
import { paymentMethodView } from './view/payment-method.js';
import { type View, type WireObject, withoutNulls } from './view/view.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** How Stripe names an object in `No such …`. */
const NOUNS: Record<ObjectKind, string> = {
  intent: 'payment_intent',
  attempt: 'charge',
  refund: 'refund',
  customer: 'customer',
  method: 'PaymentMethod',
  token: 'token',
  confirmation: 'confirmation_token',
  key: 'api_key',
  ephemeral_key: 'ephemeral_key',
  fact: 'event',
  subscription: 'webhook endpoint',
  delivery: 'delivery',
  transfer: 'balance transaction',
  dispute: 'dispute',
  warning: 'early_fraud_warning',
  cash_movement: 'customer_cash_balance_transaction',
  clock: 'test_clock',
  setup: 'setupintent',
  setup_attempt: 'setup_attempt',
  mandate: 'mandate',
  terminal: 'terminal',
  terminal_session: 'terminal session',
  rule: 'rule',
};

/** The parameter that an error about an id in the path names. */
const PATH_PARAMS: Record<ObjectKind, string> = {
  intent: 'intent',
  attempt: 'id',
  refund: 'id',
  customer: 'id',
  method: 'payment_method',
  token: 'token',
  confirmation: 'confirmation_token',
  key: 'api_key',
  ephemeral_key: 'ephemeral_key',
  fact: 'id',
  subscription: 'webhook_endpoint',
  delivery: 'id',
  transfer: 'id',
  dispute: 'dispute',
  warning: 'early_fraud_warning',
  cash_movement: 'id',
  clock: 'test_clock',
  setup: 'intent',
  setup_attempt: 'id',
  mandate: 'mandate',
  terminal: 'id',
  terminal_session: 'id',
  rule: 'rule',
};

type Errors = {
  [Code in ErrorCode]: (failure: FailureDetails[Code], view: View) => StripeError;
};

function unexpectedState(message: string, intent: Intent, view: View, param?: string): StripeError {
  return {
    ...invalidRequest(message, param, 'payment_intent_unexpected_state'),
    payment_intent: paymentIntentView(intent, view),
  };
}

function statusList(transition: IntentTransition): string {
  const statuses = statesAllowing(INTENT_LIFECYCLE, transition);
  return statuses.map((state) => INTENT_STATUS[state]).join(', ');
}

/**
 * The live API lists statuses that Tender's lifecycle does not have: clients may compare the whole
 * text, so it stands as recorded.
 */
const CANCELABLE =
  'requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, ' +
  'requires_action, expired, processing';

function stateError(
  { operation, intent }: FailureDetails['intent_state'],
  view: View,
): StripeError {
  const status = INTENT_STATUS[intent.state];
  switch (operation) {
    case 'capture':
      return unexpectedState(
        `This PaymentIntent could not be captured because it has a status of ${status}. Only a ` +
          'PaymentIntent with one of the following statuses may be captured: requires_capture.',
        intent,
        view,
      );
    case 'cancel':
      return unexpectedState(
        `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a ` +
          `PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE}.`,
        intent,
        view,
      );
    case 'change_amount':
      return unexpectedState(
        `This PaymentIntent's amount could not be updated because it has a status of ${status}. ` +
          'You may only update the amount of a PaymentIntent with one of the following statuses: ' +
          `${statusList('change_amount')}.`,
        intent,
        view,
        'amount',
      );
    case 'update':
      return unexpectedState(
        `This PaymentIntent could not be updated because it has a status of ${status}. You may ` +
          'only change how a PaymentIntent is paid in one of the following statuses: ' +
          `${statusList('choose_method')}.`,
        intent,
        view,
      );
    case 'answer_challenge':
      return unexpectedState(
        'This PaymentIntent is not waiting for the authentication that was answered.',
        intent,
        view,
      );
    case 'increment':
      return unexpectedState(
        `This PaymentIntent's authorization could not be incremented because it has a status of ` +
          `${status} or was captured in part. Only a PaymentIntent with one of the following ` +
          'statuses may be incremented: requires_capture.',
        intent,
        view,
      );
    case 'reverse':
    case 'change_tips':
    case 'send_receipt':
    case 'charge':
      return unexpectedState(
        `This PaymentIntent has a status of ${status}, which does not allow that.`,
        intent,
        view,
      );
    case 'verify_deposits':
    case 'apply_cash':
      return notWaiting(operation, intent, view);
    case 'confirm':
      return unexpectedState(confirmText(intent), intent, view);
  }
}

function confirmText(intent: Intent): string {
  const status = INTENT_STATUS[intent.state];
  if (intent.state === 'captured')
    return (
      'You cannot confirm this PaymentIntent because it has already succeeded after being ' +
      'previously confirmed.'
    );
  return (
    `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a ` +
    'PaymentIntent with one of the following statuses may be confirmed: ' +
    'requires_confirmation, requires_payment_method, requires_action.'
  );
}

function methodRequiredText(intent: Intent): string {
  const text =
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either " +
    'update the PaymentIntent with a payment method and then confirm it again, or confirm it ' +
    'again directly with a payment method or ConfirmationToken.';
  if (intent.customer === null) return text;
  return (
    "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm the " +
    `PaymentIntent with ${intent.customer}, specify a payment method attached to this customer ` +
    'along with the customer ID.'
  );
}

function declinedError({ decline, ...found }: FailureDetails['declined'], view: View): StripeError {
  const { code, declineCode } = decline;
  const type = found.method?.type ?? 'card';
  const failedChallenge = code === 'payment_intent_authentication_failure';
  return withoutNulls({
    status: 402,
    type: failedChallenge ? 'invalid_request_error' : 'card_error',
    code,
    message: paymentErrorMessage(code, declineCode, type),
    decline_code: declineCode,
    advice_code: decline.adviceCode,
    network_advice_code: decline.networkAdviceCode,
    network_decline_code: decline.networkDeclineCode,
    charge: found.attempt,
    payment_intent: found.intent && paymentIntentView(found.intent, view),
    payment_method: found.method && paymentMethodView(found.method, view),
    payment_method_type: found.method?.type ?? null,
  }) as unknown as StripeError;
}

function cardError(code: string, param: string | undefined): StripeError {
  const error: StripeError = {
    status: 402,
    type: 'card_error',
    message: declineMessage(code, null),
    code,
  };
  if (param !== undefined) error.param = param;
  return error;
}

const CONSUMED =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer ' +
  'attachment, shared with a connected account without Customer attachment, or was detached from ' +
  'a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach ' +
  'it to a Customer first.';

const RETURN_URL =
  'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because ' +
  'some of these payment methods might redirect your customer off of your page, you must provide ' +
  "a `return_url`. If you don't want to accept redirect-based payment methods, set " +
  '`automatic_payment_methods[enabled]` to `true` and ' +
  '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and ' +
  'Payment Intents.';

function missingError({ kind, id, where, param }: FailureDetails['missing']): StripeError {
  const shown = id.slice(0, 200);
  if (kind === 'token' && where === 'body' && !id.startsWith('tok_'))
    return invalidRequest(`Invalid token id: ${shown}`, 'token');
  // A refund of a charge that does not exist is a 404 although a parameter named it.
  const isRefunded = kind === 'attempt' && param === 'charge';
  const named = where === 'path' ? PATH_PARAMS[kind] : (param ?? undefined);
  return {
    ...invalidRequest(
      `No such ${NOUNS[kind]}: '${shown}'`,
      isRefunded ? 'id' : named,
      'resource_missing',
    ),
    status: where === 'path' || isRefunded ? 404 : 400,
  };
}

const ERRORS: Errors = {
  ...FOREIGN_ERRORS,
  missing: missingError,
  intent_state: stateError,
  method_required: ({ intent }, view) => unexpectedState(methodRequiredText(intent), intent, view),
  method_type: ({ method, allowed, intent }, view) => ({
    ...invalidRequest(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please ` +
        'attempt with one of the following payment method types: ' +
        `${allowed.join(', ')}.`,
      'payment_method',
      'payment_intent_incompatible_payment_method',
    ),
    ...(intent === null ? {} : { payment_intent: paymentIntentView(intent, view) }),
  }),
  method_customer_missing: ({ method }) =>
    invalidRequest(
      `The \`payment_method\` parameter supplied ${method.id} belongs to the Customer ` +
        `${method.customer}. Please include the Customer in the \`customer\` parameter on the ` +
        'PaymentIntent.',
      'source',
      'parameter_missing',
    ),
  method_customer_mismatch: ({ method, customer }) =>
    invalidRequest(
      `The PaymentMethod ${method.id} does not belong to the Customer you supplied ${customer}. ` +
        'Please use this PaymentMethod with the Customer that it belongs to instead.',
      'payment_method',
    ),
  method_consumed: () => invalidRequest(CONSUMED),
  method_not_attached: () =>
    invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    ),
  method_already_attached: () =>
    invalidRequest('The payment method you provided has already been attached to a customer.'),
  token_used: ({ token }) =>
    invalidRequest(
      `You cannot use a Stripe token more than once: ${token}.`,
      'token',
      'token_already_used',
    ),
  card_invalid: ({ reason, param }) => cardError(reason, param),
  attach_declined: ({ decline }) =>
    withoutNulls({
      ...cardError(decline.code, ''),
      message: declineMessage(decline.code, decline.declineCode),
      decline_code: decline.declineCode,
      advice_code: decline.adviceCode,
      network_advice_code: decline.networkAdviceCode,
      network_decline_code: decline.networkDeclineCode,
    } as WireObject) as unknown as StripeError,
  return_url_required: () => invalidRequest(RETURN_URL),
  attempt_in_flight: ({ intent }, view) =>
    unexpectedState(
      'You cannot cancel this PaymentIntent because a payment is in progress. Wait for its ' +
        'outcome.',
      intent,
      view,
    ),
  amount_above_capturable: ({ intent }, view) => ({
    ...invalidRequest(
      'The payment could not be captured because the requested capture amount is greater than ' +
        'the amount you can capture for this charge. Contact us via ' +
        'https://support.stripe.com/contact/ for help.',
      undefined,
      'amount_too_large',
    ),
    payment_intent: paymentIntentView(intent, view),
  }),
  capture_released: ({ intent }, view) =>
    unexpectedState(
      'The remaining amount on this PaymentIntent could not be captured because the remainder of ' +
        'the authorized amount has been released.',
      intent,
      view,
    ),
  not_capturable_in_parts: ({ intent }, view) =>
    unexpectedState('This PaymentIntent can only be captured whole.', intent, view),
  no_charge_to_refund: ({ intent }) =>
    invalidRequest(`This PaymentIntent (${intent}) does not have a successful charge to refund.`),
  refund_uncaptured: ({ intent }) =>
    invalidRequest(
      `This uncaptured Charge was created by a PaymentIntent (${intent}). You must cancel the ` +
        'PaymentIntent to reverse the authorization instead of refunding the Charge directly. ' +
        'For more information, see ' +
        'https://stripe.com/docs/payments/place-a-hold-on-a-payment-method',
    ),
  refund_above_remaining: ({ amount, remaining, currency }) =>
    invalidRequest(
      `Refund amount (${formatAmount(amount, currency)}) is greater than unrefunded amount on ` +
        `charge (${formatAmount(remaining, currency)})`,
      'amount',
    ),
  refund_balance_short: () =>
    invalidRequest(
      'Your ledger account holds less of the wallet currency than this refund would pay back.',
      undefined,
      'balance_insufficient',
    ),
  already_refunded: ({ attempt }) =>
    invalidRequest(
      `Charge ${attempt.id} has already been refunded.`,
      undefined,
      'charge_already_refunded',
    ),
  refund_not_cancelable: () => invalidRequest('Canceling this refund is unsupported.'),
  refund_not_expirable: () =>
    invalidRequest('Only a refund with a status of requires_action can be expired.'),
  increment_not_above: ({ intent }, view) => ({
    ...invalidRequest(
      `The new amount must be greater than the amount that is authorized (${intent.authorized}).`,
      'amount',
      'payment_intent_invalid_parameter',
    ),
    payment_intent: paymentIntentView(intent, view),
  }),
  increments_used_up: ({ intent, max }, view) =>
    unexpectedState(
      `A PaymentIntent can be incremented ${max} times at most, refused tries included.`,
      intent,
      view,
    ),
  rail_cannot: ({ rail, operation }) =>
    invalidRequest(`Payments by ${rail} do not support this operation: ${operation}.`),
  declined: declinedError,
  action_refused: ({ intent }, view) => ({
    status: 402,
    type: 'card_error',
    code: 'authentication_required',
    message:
      'This payment required an authentication action to complete, but ' +
      '`error_on_requires_action` was set. When you’re ready, you can upgrade your integration ' +
      'to handle actions at ' +
      'https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.',
    decline_code: 'authentication_not_handled',
    payment_intent: paymentIntentView(intent, view),
  }),
  ...BANK_ERRORS,
  ...CLOCK_ERRORS,
  ...SETUP_ERRORS,
  ...ACCESS_ERRORS,
  ...DISPUTE_ERRORS,
  submission_refused: ({ fault }) =>
    invalidRequest(`What the wallet has signed is not carried out: ${fault}.`),
  idempotency_mismatch: ({ key }) => ({
    status: 400,
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first ' +
      `used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  }),
  idempotency_other_path: ({ key, used, asked }) => ({
    status: 400,
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used for the same endpoint they were first used ' +
      `for ('${used}' vs '${asked}'). Try using a key other than '${key}' if you meant to ` +
      'execute a different request.',
  }),
  idempotency_in_flight: ({ key }) => ({
    status: 409,
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message:
      'There is currently another in-progress request using this Idempotent Key (that probably ' +
      `means you submitted twice, and the other request is still going through): ${key}`,
  }),
  overloaded: () => ({
    status: 429,
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Too many requests are waiting at this moment. Nothing was done; send the request again ' +
      'after a short pause.',
  }),
  limit_reached: ({ what, max }) =>
    invalidRequest(`You have reached the maximum of ${max} ${what} for this account.`),
};

/** The failure as an error of this dialect. The record is total: a new failure must be worded. */
export function stripeError(failure: Failure, view: View): StripeError {
  const make = ERRORS[failure.failure] as (details: Failure, view: View) => StripeError;
  return make(failure, view);
}

/** The body of an error: `error` around its fields, with the address that explains the code. */
export function errorBody(error: StripeError): WireObject {
  const { status: _, code, message, ...rest } = error;
  const explained = code === undefined ? {} : { code, doc_url: docUrl(code) };
  return { error: { ...explained, message, ...rest } as WireObject };
}
