import { isSameSecret } from '../../engine/same-secret.js';
import type { StripeErrorCode } from './error-codes.js';
import { Refusal, type StripeRequest } from './request.js';
import { invalidRequest, missingParam, type StripeError } from './wire-error.js';

/** What a client secret opens, as errors name it. */
type Opened = 'PaymentIntent' | 'SetupIntent';

const CODES: Record<Opened, StripeErrorCode> = {
  PaymentIntent: 'payment_intent_invalid_parameter',
  SetupIntent: 'setup_intent_invalid_parameter',
};

function wrongSecret(what: Opened): StripeError {
  const message =
    `The client_secret provided does not match any associated ${what} on this account. Ensure ` +
    `the provided client_secret is valid and matches the ${what}.`;
  return invalidRequest(message, 'client_secret', CODES[what]);
}

/**
 * A publishable key opens one intent, by its secret; a wrong secret is refused with any key.
 * Throws a Refusal.
 */
export function checkSecret(
  request: StripeRequest,
  what: Opened,
  stored: string,
  given: string | undefined,
): void {
  if (given === undefined) {
    if (request.view.publishable) throw new Refusal(missingParam('client_secret'));
    return;
  }
  if (!isSameSecret(given, stored)) throw new Refusal(wrongSecret(what));
}
