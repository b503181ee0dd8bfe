import type { FailureDetails } from '../../domain/errors.js';
import { invalidRequest, type StripeError } from './wire-error.js';

type AccessFailure =
  | 'confirmation_used'
  | 'confirmation_expired'
  | 'key_configured'
  | 'key_over'
  | 'not_restricted';

/** What may be wrong with keys and with what browsers sent ahead. The texts are ours. */
export const ACCESS_ERRORS: {
  readonly [Code in AccessFailure]: (failure: FailureDetails[Code]) => StripeError;
} = {
  confirmation_used: ({ confirmation }) =>
    invalidRequest(
      `The provided ConfirmationToken ${confirmation} has already been used to confirm a ` +
        'PaymentIntent or SetupIntent. Please provide a new ConfirmationToken.',
      'confirmation_token',
    ),
  confirmation_expired: ({ confirmation }) =>
    invalidRequest(
      `The provided ConfirmationToken ${confirmation} has expired. Please provide a new ` +
        'ConfirmationToken.',
      'confirmation_token',
    ),
  key_configured: ({ key }) =>
    invalidRequest(
      `The API key ${key} comes from the server's configuration, and can only be changed there.`,
    ),
  key_over: ({ key }) =>
    invalidRequest(`The API key ${key} was revoked or has expired; it cannot be changed any more.`),
  not_restricted: ({ key }) =>
    invalidRequest(
      `The API key ${key} is not a restricted key: only those have permissions.`,
      'permissions',
    ),
};
