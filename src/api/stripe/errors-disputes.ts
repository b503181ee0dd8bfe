import type { FailureDetails } from '../../domain/errors.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** How failures about disputes read; part of the whole record in `errors.ts`. */
export const DISPUTE_ERRORS = {
  attempt_disputed: ({ attempt }: FailureDetails['attempt_disputed']): StripeError =>
    invalidRequest(
      `Charge ${attempt} has been charged back; cannot issue a refund.`,
      undefined,
      'charge_disputed',
    ),
  dispute_closed: (): StripeError => invalidRequest('This dispute is already closed'),
};
