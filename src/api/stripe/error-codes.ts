import type { ErrorEntry } from '../openapi.js';
import { DECLINE_CODES } from './decline-codes.js';

type Told = readonly [statuses: readonly number[], meaning: string, remedy: string];

/** Every `code` of an error that is refused without a bank; `invalidRequest` takes no other. */
const ERROR_CODES = {
  account_invalid: [
    [403],
    'The key has no access to the account that Stripe-Account names.',
    'Name an account in the form acct_ and letters and digits, with a secret key.',
  ],
  account_number_invalid: [
    [400],
    'A bank account number cannot be one, or is no test number in a sandbox.',
    'Send 000123456789 or another test number.',
  ],
  amount_too_large: [
    [400],
    'The amount is above what the currency, or the hold, allows.',
    'Send a smaller amount.',
  ],
  amount_too_small: [
    [400],
    'The amount is below the smallest that the currency allows.',
    'Send a larger amount.',
  ],
  api_key_expired: [[401], 'The key was rolled or revoked.', 'Use the key that replaced it.'],
  balance_insufficient: [
    [400],
    'There is not enough money to pay this back from.',
    'Pay back less, or later.',
  ],
  charge_already_captured: [[400], 'The charge was captured before.', 'Nothing: it is done.'],
  charge_already_refunded: [[400], 'The charge was paid back whole.', 'Nothing: it is done.'],
  charge_disputed: [
    [400],
    'The bank has taken the money of this charge back.',
    'Answer the dispute instead of refunding.',
  ],
  email_invalid: [[400], 'The text is no e-mail address.', 'Send name@domain.'],
  intent_invalid_state: [
    [400],
    'The intent does not wait for microdeposits to be verified.',
    'Read its status and next_action first.',
  ],
  invalid_bank_account_iban: [
    [400],
    'The IBAN is wrong, or its country takes no part in SEPA.',
    'Ask the customer again, or send a test IBAN.',
  ],
  parameter_invalid_empty: [
    [400],
    'A parameter that cannot be unset was sent empty.',
    'Leave it out, or send a value.',
  ],
  parameter_invalid_integer: [
    [400],
    'The value is no whole number, or is out of range.',
    'Send a whole number within the range that the reference gives.',
  ],
  parameter_missing: [[400], 'A parameter that is needed was not sent.', 'Send it: see param.'],
  parameter_unknown: [
    [400],
    'The method has no such parameter.',
    'Check its spelling; the reference lists all.',
  ],
  parameters_exclusive: [
    [400],
    'Of several parameters only one may be sent.',
    'Send one of those that the message names.',
  ],
  payment_intent_incompatible_payment_method: [
    [400],
    'The payment method is of a type that the intent does not take.',
    'Pay with one of its payment_method_types.',
  ],
  payment_intent_invalid_parameter: [
    [400],
    'A parameter does not fit to the intent, such as a wrong client secret.',
    'Read the message; fetch the intent again.',
  ],
  payment_intent_mandate_invalid: [
    [400],
    'The customer’s agreement is missing, over, or for something else.',
    'Collect it, and send mandate_data.',
  ],
  payment_intent_unexpected_state: [
    [400],
    'The status of the intent does not allow this.',
    'Read payment_intent of the error: it is the intent as it stands.',
  ],
  payment_method_microdeposit_verification_amounts_invalid: [
    [400],
    'Not exactly two amounts were sent.',
    'Send both amounts.',
  ],
  payment_method_microdeposit_verification_amounts_mismatch: [
    [400],
    'The amounts are not those that were sent to the account.',
    'Ask the customer again: the message says how often.',
  ],
  payment_method_microdeposit_verification_attempts_exceeded: [
    [400],
    'The deposits were answered wrongly too often.',
    'Begin again, with another payment method.',
  ],
  payment_method_microdeposit_verification_descriptor_code_mismatch: [
    [400],
    'The code is not the one that was sent to the account.',
    'Ask the customer again: the message says how often.',
  ],
  payment_method_microdeposit_verification_timeout: [
    [400],
    'The deposits were answered too late.',
    'Begin again, with another payment method.',
  ],
  resource_missing: [
    [400, 404],
    'There is no such object in this account.',
    'Check the id, and that the key is of the same account.',
  ],
  routing_number_invalid: [
    [400],
    'The routing number of the bank is wrong.',
    'Ask the customer again, or send 110000000.',
  ],
  secret_key_required: [
    [403],
    'A publishable key may not do this.',
    'Call from the server, with the secret key.',
  ],
  setup_intent_invalid_parameter: [
    [400],
    'A parameter does not fit to the setup, such as a wrong client secret.',
    'Read the message; fetch the setup intent again.',
  ],
  setup_intent_mandate_invalid: [
    [400],
    'The customer’s agreement is missing.',
    'Collect it, and send mandate_data.',
  ],
  setup_intent_unexpected_state: [
    [400],
    'The status of the setup intent does not allow this.',
    'Read setup_intent of the error: it is the setup as it stands.',
  ],
  token_already_used: [[400], 'A token works once.', 'Make a new token.'],
  url_invalid: [
    [400],
    'The address is none, or not one that may be called.',
    'Send an absolute http or https address that Tender can reach.',
  ],
} as const satisfies Readonly<Record<string, Told>>;

/** A code that a request is refused with, before any bank is asked. */
export type StripeErrorCode = keyof typeof ERROR_CODES;

/** Codes of errors that have more to say than a message. */
const OTHER_CODES: Readonly<Record<string, Told>> = {
  idempotency_key_in_use: [
    [409],
    'The first request with this idempotency key is not answered yet.',
    'Wait, and send it again.',
  ],
  rate_limit: [
    [429],
    'More requests wait than can be worked on. Nothing was done.',
    'Send it again after a short pause.',
  ],
};

/** The dialect's catalogue, by code. */
export function errorEntries(): ErrorEntry[] {
  const told: Record<string, Told> = { ...ERROR_CODES, ...OTHER_CODES };
  const refusals = Object.entries(told).map(([code, [statuses, meaning, remedy]]) => ({
    code,
    statuses,
    meaning,
    remedy,
  }));
  const declines = Object.entries(DECLINE_CODES).map(([code, [meaning, remedy]]) => ({
    code,
    statuses: [402],
    meaning,
    remedy,
  }));
  return [...refusals, ...declines].sort((a, b) => (a.code < b.code ? -1 : 1));
}
