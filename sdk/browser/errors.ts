import { refusalText } from './messages.js';
import type { WireError } from './protocol.js';

/** The page's code is wrong, not its customer: thrown at once, for the developer to read. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError';
}

/** Throws for a call that cannot work. */
export function demand(condition: unknown, message: string): asserts condition {
  if (!condition) throw new IntegrationError(message);
}

/** Nothing answered: the request may or may not have arrived. */
export const UNREACHABLE: WireError = {
  type: 'api_connection_error',
  message:
    'We are experiencing issues connecting to our payments provider. Please check your ' +
    'connection and try again.',
};

/** A customer who did not prove who they are, in the words of the API. */
export function unauthenticated(kind: 'payment' | 'setup'): WireError {
  return {
    type: 'invalid_request_error',
    code: `${kind}_intent_authentication_failure`,
    message:
      'We are unable to authenticate your payment method. Please choose a different payment ' +
      'method and try again.',
  };
}

/** An intent that does not wait for its customer. */
export function notWaiting(name: string, kind: 'payment' | 'setup'): WireError {
  const object = kind === 'payment' ? 'PaymentIntent' : 'SetupIntent';
  return {
    type: 'invalid_request_error',
    code: `${kind}_intent_unexpected_state`,
    message: `${name}: The ${object} supplied is not in the requires_action state.`,
  };
}

/** What went wrong, in the customer's language where that is known. */
export function localized(error: WireError, locale: string): WireError {
  const declineCode = typeof error.decline_code === 'string' ? error.decline_code : null;
  const text = refusalText(locale, error.code ?? '', declineCode);
  return text === null ? error : { ...error, message: text };
}
