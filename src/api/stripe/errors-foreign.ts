import type { FailureDetails } from '../../domain/errors.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** Failures of what only other dialects offer; part of the whole record in `errors.ts`. */
export const FOREIGN_ERRORS = {
  change_not_allowed: ({ what }: FailureDetails['change_not_allowed']): StripeError =>
    invalidRequest(`The ${what} of this PaymentIntent may not be changed by its customer.`),
  not_reversible: (): StripeError =>
    invalidRequest('This PaymentIntent cannot be reversed. Refund it instead.'),
  setup_unfit: (): StripeError =>
    invalidRequest('There is no saved payment method that this PaymentIntent could be paid with.'),
  terminal_busy: ({ terminal }: FailureDetails['terminal_busy']): StripeError =>
    invalidRequest(`Terminal ${terminal} is busy.`),
  terminal_offline: ({ terminal }: FailureDetails['terminal_offline']): StripeError =>
    invalidRequest(`Terminal ${terminal} is offline.`),
  terminal_state: ({ session }: FailureDetails['terminal_state']): StripeError =>
    invalidRequest(`Terminal session ${session.id} is over or not at that step.`),
};
