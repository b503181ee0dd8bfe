import type { DECLINE_MESSAGES } from '../../domain/decline-messages.js';

type Told = readonly [meaning: string, remedy: string];

const ANOTHER = 'Ask the customer for another way to pay; the intent is kept.';
const CORRECT = 'Ask the customer to correct it, and confirm again.';
const QUIETLY = 'Show a plain decline, and not the reason. Ask for another card.';

type CardCode = keyof typeof DECLINE_MESSAGES;

/** A test holds that each code of the rails is here. */
type RailCode =
  | 'account_closed'
  | 'authentication_not_handled'
  | 'charge_exceeds_source_limit'
  | 'charge_exceeds_weekly_limit'
  | 'debit_not_authorized'
  | 'generic_could_not_process'
  | 'invalid_currency'
  | 'no_account'
  | 'payment_intent_authentication_failure'
  | 'payment_method_provider_decline'
  | 'setup_intent_authentication_failure';

/** What refuses a payment method: values of `code` and of `decline_code`. */
export const DECLINE_CODES: Readonly<Record<CardCode | RailCode, Told>> = {
  account_closed: ['The bank account is closed.', ANOTHER],
  authentication_not_handled: [
    'The bank wants to authenticate, and error_on_requires_action was set.',
    'Confirm without it, and let the customer authenticate.',
  ],
  authentication_required: [
    'The bank wants its customer to authenticate.',
    'Bring the customer back, and confirm on session.',
  ],
  card_declined: ['The bank refused; decline_code has the reason.', ANOTHER],
  card_velocity_exceeded: ['The card has reached a limit of its own.', ANOTHER],
  charge_exceeds_source_limit: ['The amount is above what the account may pay.', ANOTHER],
  charge_exceeds_weekly_limit: ['The amount is above what the account may pay a week.', ANOTHER],
  debit_not_authorized: ['The account’s holder did not agree to the debit.', ANOTHER],
  expired_card: ['The card has expired.', ANOTHER],
  fraudulent: ['The payment was taken for fraud.', QUIETLY],
  generic_could_not_process: ['The bank could not carry the payment out.', ANOTHER],
  generic_decline: ['The bank gives no reason.', ANOTHER],
  incorrect_cvc: ['The security code is wrong.', CORRECT],
  incorrect_number: ['The card number is wrong.', CORRECT],
  insufficient_funds: ['There is not enough money.', ANOTHER],
  invalid_currency: ['The account does not take this currency.', ANOTHER],
  invalid_cvc: ['The security code cannot be one.', CORRECT],
  invalid_expiry_month: ['The month of the expiry cannot be one.', CORRECT],
  invalid_expiry_year: ['The year of the expiry cannot be one.', CORRECT],
  invalid_number: ['The card number cannot be one.', CORRECT],
  live_mode_test_card: ['A test card was used in live mode.', 'Use a real card.'],
  lost_card: ['The card was reported lost.', QUIETLY],
  no_account: ['There is no such bank account.', CORRECT],
  payment_intent_authentication_failure: [
    'The customer did not pass the authentication, or gave it up.',
    'Confirm again: the intent is kept.',
  ],
  payment_method_provider_decline: ['The wallet cannot pay this.', ANOTHER],
  processing_error: ['The bank could not be asked.', 'Try again in a moment.'],
  setup_intent_authentication_failure: [
    'The customer did not pass the authentication, or gave it up.',
    'Confirm the setup intent again.',
  ],
  stolen_card: ['The card was reported stolen.', QUIETLY],
  test_mode_live_card: ['A real card was used in a sandbox.', 'Use a test card.'],
};
