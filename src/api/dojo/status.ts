import type { Intent } from '../../domain/intent.js';
import type { SetupIntent } from '../../domain/setup.js';

/** Statuses of a payment intent, in the wire's words. */
export const INTENT_STATUSES = [
  'Created',
  'Authorized',
  'Captured',
  'Reversed',
  'Refunded',
  'Canceled',
] as const;
export type IntentStatus = (typeof INTENT_STATUSES)[number];

/** What Dojo calls the state of an intent, whichever dialect created or changed it. */
export function intentStatus(intent: Intent): IntentStatus {
  const { state, captured, refunded, authorized } = intent;
  if (intent.reversed === true) return 'Reversed';
  // A part that was captured counts, though the rest is still held.
  if (state === 'captured') return refunded === captured ? 'Refunded' : 'Captured';
  if (state === 'authorized') return captured > 0n ? 'Captured' : 'Authorized';
  if (state === 'canceled') return authorized > 0n ? 'Reversed' : 'Canceled';
  return 'Created';
}

/** Statuses of a setup intent, in the wire's words. */
export type SetupStatus =
  | 'Created'
  | 'Authorized'
  | 'Canceled'
  | 'Completed'
  | 'Expired'
  | 'CardExpired'
  | 'Closed';

/** What Dojo calls the state of a setup. `cardIsOver`: the saved card's last month has passed. */
export function setupStatus(setup: SetupIntent, cardIsOver: boolean): SetupStatus {
  if (setup.spent === 'completed') return 'Completed';
  if (setup.spent === 'closed') return 'Closed';
  if (setup.state === 'canceled')
    return setup.cancellationReason === 'expired' ? 'Expired' : 'Canceled';
  if (setup.state !== 'succeeded') return 'Created';
  return cardIsOver ? 'CardExpired' : 'Authorized';
}
