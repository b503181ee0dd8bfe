import { advanceAttempt } from '../domain/attempt.js';
import { advance, type CancellationReason, capturable, type Intent } from '../domain/intent.js';
import { expiryJobId } from './pay.js';
import type { Work } from './work.js';

/**
 * Ends an intent that will not be paid (further): voids what is held of its authorization, drops
 * the expiry job, tells it. One of which a part was captured is paid, and ends as `captured`. The
 * caller has checked that the state allows it.
 */
export function release(
  work: Work,
  intent: Intent,
  how: 'cancel' | 'expire',
  reason: CancellationReason | null,
): Intent {
  const remainder = capturable(intent);
  const attempt = remainder > 0n ? releaseHold(work, intent, remainder) : null;
  const released = intent.released + remainder;
  const ended: Intent = { ...intent, released, captureOpen: false, challenge: null };
  if (attempt !== null && intent.captured > 0n) {
    const paid = work.update('intents', { ...ended, state: advance(intent, 'capture') });
    work.record('intent.captured', { intent: paid, attempt });
    return paid;
  }
  const next: Intent = {
    ...ended,
    state: advance(intent, how),
    canceledAt: work.now(),
    cancellationReason: reason,
  };
  work.update('intents', next);
  const type = how === 'expire' ? 'intent.expired' : 'intent.canceled';
  work.record(type, attempt === null ? { intent: next } : { intent: next, attempt });
  return next;
}

function releaseHold(work: Work, intent: Intent, remainder: bigint) {
  const attempt = work.get('attempts', intent.latestAttempt ?? '');
  const hold = attempt?.hold ? work.get('transfers', attempt.hold) : null;
  if (attempt === null || hold === null) throw new Error(`intent ${intent.id} holds nothing`);
  work.transfer(hold, { ...hold, state: hold.settled > 0n ? 'posted' : 'voided' });
  work.unschedule(expiryJobId(attempt.id));
  return work.update('attempts', {
    ...attempt,
    state: advanceAttempt(attempt, attempt.captured > 0n ? 'capture' : 'release'),
    released: attempt.released + remainder,
    captureBefore: null,
  });
}
