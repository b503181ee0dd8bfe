import type { FailureDetails } from '../../domain/errors.js';
import { invalidRequest, type StripeError } from './wire-error.js';

type ClockFailure =
  | 'clock_advancing'
  | 'clock_not_later'
  | 'clock_too_far'
  | 'clock_of_account'
  | 'customer_on_clock';

/** What may be wrong with moving a clock. The live texts are on no record: these are ours. */
export const CLOCK_ERRORS: {
  readonly [Code in ClockFailure]: (failure: FailureDetails[Code]) => StripeError;
} = {
  clock_advancing: ({ clock }) =>
    invalidRequest(
      `Test clock ${clock} is being advanced. Wait until its status is ready, then try again.`,
    ),
  clock_not_later: ({ at }) =>
    invalidRequest(
      `Invalid frozen_time: it must be after the clock's current frozen time, ${at}.`,
      'frozen_time',
    ),
  clock_too_far: ({ latest }) =>
    invalidRequest(
      'Invalid frozen_time: a clock cannot be advanced by more than two years at once; the ' +
        `latest is ${latest}.`,
      'frozen_time',
    ),
  clock_of_account: () =>
    invalidRequest('The clock of the account can be advanced, and cannot be deleted.'),
  customer_on_clock: ({ customer, clock }) =>
    invalidRequest(
      `The customer ${customer} already belongs to the test clock ${clock}. Customers cannot be ` +
        'moved to another clock.',
      'customer',
    ),
};
