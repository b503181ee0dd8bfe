import type { AccountFault } from '../../domain/bank.js';
import type { ErrorCode, FailureDetails } from '../../domain/errors.js';
import type { Intent } from '../../domain/intent.js';
import type { StripeErrorCode } from './error-codes.js';
import { INTENT_STATUS, paymentIntentView } from './view/payment-intent.js';
import type { View } from './view/view.js';
import { invalidRequest, missingParam, type StripeError } from './wire-error.js';

type BankCode =
  | 'account_invalid'
  | 'type_currency'
  | 'type_capture'
  | 'no_types_left'
  | 'customer_required'
  | 'cash_amount'
  | 'cash_short';

const FAULTS: Record<
  Exclude<AccountFault, 'account_missing'>,
  readonly [string, StripeErrorCode]
> = {
  iban_invalid: ['The IBAN you provided is invalid.', 'invalid_bank_account_iban'],
  iban_country: [
    'The IBAN you provided is invalid: its country takes no part in SEPA.',
    'invalid_bank_account_iban',
  ],
  routing_number_invalid: [
    'The bank routing number provided is invalid.',
    'routing_number_invalid',
  ],
  account_number_invalid: [
    'The bank account number provided is invalid.',
    'account_number_invalid',
  ],
  test_account_required: [
    'You must use a test bank account number in test mode. Try 000123456789 or see more options ' +
      'at https://stripe.com/docs/connect/testing#account-numbers.',
    'account_number_invalid',
  ],
};

/** The intent does not wait for deposits to be confirmed, or for a bank transfer. */
export function notWaiting(
  operation: 'verify_deposits' | 'apply_cash',
  intent: Intent,
  view: View,
): StripeError {
  const status = INTENT_STATUS[intent.state];
  const [message, code]: readonly [string, StripeErrorCode] =
    operation === 'verify_deposits'
      ? [
          'You cannot verify microdeposits for this PaymentIntent because it has a status of ' +
            `${status} or is not waiting for microdeposits to be verified.`,
          'intent_invalid_state',
        ]
      : [
          'You cannot apply a customer balance to this PaymentIntent because it has a status of ' +
            `${status} or is not waiting for a bank transfer.`,
          'payment_intent_unexpected_state',
        ];
  const error = invalidRequest(message, undefined, code);
  return { ...error, payment_intent: paymentIntentView(intent, view) };
}

/** Errors of payments from bank accounts and by bank transfers. */
export const BANK_ERRORS: {
  [Code in BankCode & ErrorCode]: (failure: FailureDetails[Code], view: View) => StripeError;
} = {
  account_invalid: ({ reason, param }) => {
    if (reason === 'account_missing') return missingParam(param);
    const [message, code] = FAULTS[reason];
    return invalidRequest(message, param, code);
  },
  type_currency: ({ methodType, currency, takes }) =>
    invalidRequest(
      `The currency provided (${currency}) is invalid. Payments with ${methodType} support the ` +
        `following currencies: ${takes.join(', ')}.`,
      'currency',
    ),
  type_capture: ({ methodType }) =>
    invalidRequest(
      `\`capture_method=manual\` is not supported by payment method type \`${methodType}\`. ` +
        'Use a different capture method.',
      'capture_method',
    ),
  no_types_left: ({ setup }) =>
    invalidRequest(
      `No valid payment method types for this ${setup ? 'Setup' : 'Payment'} Intent. Please ` +
        'ensure that you have activated payment methods compatible with your chosen currency in ' +
        'your dashboard (https://dashboard.stripe.com/settings/payments).',
    ),
  customer_required: ({ intent }, view) => ({
    ...invalidRequest(
      'A customer is required to pay with `customer_balance`. Provide the `customer` parameter ' +
        'on the PaymentIntent.',
      'customer',
      'parameter_missing',
    ),
    payment_intent: paymentIntentView(intent, view),
  }),
  cash_amount: ({ intent }, view) => ({
    ...invalidRequest(
      `The amount to apply must be in ${intent.currency} and not be greater than the amount ` +
        'remaining on the PaymentIntent.',
      'amount',
    ),
    payment_intent: paymentIntentView(intent, view),
  }),
  cash_short: ({ intent }, view) => ({
    ...invalidRequest(
      "The customer's cash balance has insufficient funds to apply this amount.",
      'amount',
    ),
    payment_intent: paymentIntentView(intent, view),
  }),
};
