import type { FailureDetails } from '../../domain/errors.js';
import type { SetupIntent } from '../../domain/setup.js';
import { paymentIntentView } from './view/payment-intent.js';
import { paymentMethodView } from './view/payment-method.js';
import { SETUP_STATUS, setupErrorView, setupIntentView } from './view/setup-intent.js';
import { type View, type WireObject, withoutNulls } from './view/view.js';
import { invalidRequest, type StripeError } from './wire-error.js';

type SetupFailure =
  | 'setup_method_type'
  | 'setup_method_customer'
  | 'setup_state'
  | 'setup_method_required'
  | 'setup_declined'
  | 'mandate_required'
  | 'mandate_unfit'
  | 'deposits_refused';

const UNEXPECTED = 'setup_intent_unexpected_state';

/** An error with the setup that it is about, where that is stored. */
function about(setup: SetupIntent | null, error: StripeError, view: View): StripeError {
  return setup === null ? error : { ...error, setup_intent: setupIntentView(setup, view) };
}

function stateError({ operation, setup }: FailureDetails['setup_state']): StripeError {
  const status = SETUP_STATUS[setup.state];
  const unexpected = (text: string) => invalidRequest(text, undefined, UNEXPECTED);
  if (operation === 'verify_deposits')
    return invalidRequest(
      `You cannot verify microdeposits for this SetupIntent because it has a status of ${status} ` +
        'or is not waiting for microdeposits to be verified.',
      undefined,
      'intent_invalid_state',
    );
  if (operation === 'answer_challenge')
    return unexpected('This SetupIntent is not waiting for the authentication that was answered.');
  if (operation === 'cancel') {
    if (setup.state === 'canceled')
      return unexpected('You cannot cancel this SetupIntent because it is already canceled.');
    return unexpected(
      `You cannot cancel this SetupIntent because it has a status of ${status}. Only a ` +
        'SetupIntent with one of the following statuses may be canceled: ' +
        '`requires_payment_method`, `requires_confirmation`, or `requires_action`.',
    );
  }
  const reasons: Partial<Record<SetupIntent['state'], string>> = {
    succeeded: 'it has already succeeded',
    canceled: 'it has been canceled',
  };
  const reason = reasons[setup.state] ?? `it has a status of ${status}`;
  return unexpected(`You cannot ${operation} this SetupIntent because ${reason}.`);
}

function declinedError(
  { setup, decline, method }: FailureDetails['setup_declined'],
  view: View,
): StripeError {
  return withoutNulls({
    status: 402,
    code: decline.code,
    decline_code: decline.declineCode,
    advice_code: decline.adviceCode,
    network_advice_code: decline.networkAdviceCode,
    network_decline_code: decline.networkDeclineCode,
    ...setupErrorView(decline),
    payment_method: paymentMethodView(method, view),
    setup_intent: setupIntentView(setup, view),
  }) as unknown as StripeError;
}

function depositsError({ reason, triesLeft }: FailureDetails['deposits_refused']): StripeError {
  const code = `payment_method_microdeposit_verification_${reason}` as const;
  const left = `You have ${triesLeft} verification attempts remaining.`;
  switch (reason) {
    case 'amounts_invalid':
      return invalidRequest('You must provide exactly two microdeposit amounts.', 'amounts', code);
    case 'amounts_mismatch':
      return invalidRequest(
        'The amounts provided do not match the amounts that were sent to the bank account. ' +
          `${left}`,
        undefined,
        code,
      );
    case 'descriptor_code_mismatch':
      return invalidRequest(
        'The verification code provided does not match the one sent to the bank account. ' +
          `${left}`,
        undefined,
        code,
      );
    case 'attempts_exceeded':
    case 'timeout': {
      const codes = { adviceCode: null, networkAdviceCode: null, networkDeclineCode: null };
      const shown = setupErrorView({ code, declineCode: null, ...codes });
      return invalidRequest(shown.message as string, undefined, code);
    }
  }
}

function mandateRequired(
  { intent, setup }: FailureDetails['mandate_required'],
  view: View,
): StripeError {
  const text = (noun: string): string =>
    `This ${noun} requires a mandate, but no existing mandate was found. Collect mandate ` +
    'acceptance from the customer and try again, providing acceptance data in the mandate_data ' +
    'parameter.';
  if (intent === null) {
    const error = invalidRequest(text('SetupIntent'), undefined, 'setup_intent_mandate_invalid');
    return about(setup, error, view);
  }
  const shown: WireObject = { payment_intent: paymentIntentView(intent, view) };
  const code = 'payment_intent_mandate_invalid';
  return { ...invalidRequest(text('PaymentIntent'), undefined, code), ...shown };
}

/** What may be wrong with saving a method, and with a customer's permission to charge it. */
export const SETUP_ERRORS: {
  readonly [Code in SetupFailure]: (failure: FailureDetails[Code], view: View) => StripeError;
} = {
  setup_method_type: ({ method, allowed, setup }, view) => {
    const message =
      `The PaymentMethod provided (${method.type}) is not allowed for this SetupIntent. Please ` +
      `attempt with one of the following payment method types: ${allowed.join(', ')}.`;
    const code = 'payment_intent_incompatible_payment_method';
    return about(setup, invalidRequest(message, 'payment_method', code), view);
  },
  setup_method_customer: ({ method, customer, setup }, view) => {
    const message =
      customer === null
        ? `The payment method supplied (${method.id}) belongs to the Customer ` +
          `${method.customer}. Please include the Customer in the \`customer\` parameter on the ` +
          'SetupIntent.'
        : `The PaymentMethod ${method.id} does not belong to the Customer you supplied ` +
          `${customer}. Please use this PaymentMethod with the Customer that it belongs to ` +
          'instead.';
    return about(setup, invalidRequest(message, 'payment_method'), view);
  },
  setup_state: (failure, view) => about(failure.setup, stateError(failure), view),
  setup_method_required: ({ setup }, view) => {
    const message =
      "You cannot confirm this SetupIntent because it's missing a payment method. You can either " +
      'update the SetupIntent with a payment method and then confirm it again, or confirm it ' +
      'again directly with a payment method or ConfirmationToken.';
    return about(setup, invalidRequest(message, undefined, UNEXPECTED), view);
  },
  setup_declined: declinedError,
  mandate_required: mandateRequired,
  mandate_unfit: ({ intent }, view) => ({
    ...invalidRequest(
      'The provided mandate is invalid and can not be used for the payment intent.',
      'mandate',
      'payment_intent_mandate_invalid',
    ),
    payment_intent: paymentIntentView(intent, view),
  }),
  deposits_refused: (failure, view) => about(failure.setup, depositsError(failure), view),
};
