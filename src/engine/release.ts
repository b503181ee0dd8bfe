import { advanceAttempt } from '../domain/attempt.js';
import { advance, type CancellationReason, capturable, type Intent } from '../domain/intent.js';
import { expiryJobId } from './pay.js';
import type { Work } from './work.js';

/**
 * Ends an intent that will not be paid (further): voids what is held of its authorization, drops
 * the expiry job, tells it. The caller has checked that the state allows it.
 */
export function release(
  work: Work,
  intent: Intent,
  how: 'cancel' | 'expire',
  reason: CancellationReason | null,
): Intent {
  const remainder = capturable(intent);
  const attempt = remainder > 0n ? releaseHold(work, intent, remainder) : null;
  const next: Intent = {
    ...intent,
    state: advance(intent, how),
    released: intent.released + remainder,
    captureOpen: false,
    challenge: null,
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
  const job = work.get('jobs', expiryJobId(attempt.id));
  if (job !== null) work.remove('jobs', job);
  return work.update('attempts', {
    ...attempt,
    state: advanceAttempt(attempt, 'release'),
    released: attempt.released + remainder,
    captureBefore: null,
  });
}
