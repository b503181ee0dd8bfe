import { declineMessage } from '../../domain/decline-messages.js';
import type { Failure } from '../../domain/errors.js';
import { formatForError } from '../../domain/money.js';
import type { HttpReply } from '../http.js';
import { jsonReply } from '../own-page.js';
import type { AdminFault } from './schema.js';

/** Thrown where a call cannot be done; nothing of it is. */
export class AdminRefusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What is said where a call could not be done. */
export function refusalReply({ status, code, message }: AdminRefusal): HttpReply {
  const fault: AdminFault = { error: { code, message } };
  return jsonReply(fault, status);
}

/** Answers that there is no such thing. */
export function missing(what: string): AdminRefusal {
  return new AdminRefusal(404, 'missing', `There is no such ${what} in this account.`);
}

/** Answers that something was sent that cannot be. */
export function invalid(message: string): AdminRefusal {
  return new AdminRefusal(400, 'invalid', message);
}

/** A failure of the engine in words for whoever clicked. */
export function refusalOf(failure: Failure): AdminRefusal {
  const conflict = (message: string) => new AdminRefusal(409, failure.failure, message);
  switch (failure.failure) {
    case 'missing':
      return missing(failure.kind.replaceAll('_', ' '));
    case 'intent_state':
      return conflict(
        `A payment that is ${failure.intent.state.replaceAll('_', ' ')} does not allow this.`,
      );
    case 'declined':
      return conflict(declineMessage(failure.decline.code, failure.decline.declineCode));
    case 'refund_above_remaining':
      return conflict(
        `Only ${formatForError(failure.remaining, failure.currency)} can still be refunded.`,
      );
    case 'not_reversible':
      return conflict(REVERSAL_TEXTS[failure.reason]);
    case 'rail_cannot':
      return conflict(`A payment by ${failure.rail} does not allow this: ${failure.operation}.`);
    case 'overloaded':
      return new AdminRefusal(503, 'overloaded', 'The server is busy. Try again in a moment.');
    case 'limit_reached':
      return conflict(`There are ${failure.max} ${failure.what} already: that is the limit.`);
    default:
      return conflict(TEXTS[failure.failure] ?? 'This is not possible as things are.');
  }
}

const REVERSAL_TEXTS = {
  state: 'Only what was just paid or is held can be reversed.',
  another_day: 'A payment is reversed on its own day (UTC). Refund it instead.',
  captured_by_hand: 'What was captured by hand cannot be reversed. Refund it instead.',
  refunded: 'A part was refunded already. Refund the rest instead.',
  expired: 'The hold is over.',
} as const;

const TEXTS: { readonly [Code in Failure['failure']]?: string } = {
  already_refunded: 'All of it is refunded already.',
  refund_uncaptured: 'Nothing is captured yet. Cancel the payment instead.',
  no_charge_to_refund: 'Nothing was paid, so there is nothing to refund.',
  attempt_disputed: "The customer's bank has taken this money: answer the dispute.",
  amount_above_capturable: 'This is more than is held.',
  capture_released: 'The rest of the hold was released.',
  attempt_in_flight: 'A payment is on its way. Wait for its end.',
  dispute_closed: 'This dispute is decided.',
  key_over: 'This key is over already.',
  key_configured: 'This key is in the configuration: change it there.',
  clock_advancing: 'The clock is on its way already.',
  clock_not_later: 'A clock goes forward only.',
  idempotency_mismatch: 'This idempotency key was used with another body.',
  idempotency_other_path: 'This idempotency key was used for another call.',
  clock_too_far: 'A clock goes forward by two years at most at once.',
};
