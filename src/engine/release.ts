import { type Attempt, advanceAttempt } from '../domain/attempt.js';
import { advance, type CancellationReason, capturable, type Intent } from '../domain/intent.js';
import { stopWaiting } from './cash-books.js';
import { callOffExpiry } from './expiry.js';
import { noted } from './history.js';
import { expiryJobId, recoveryJobId } from './pay.js';
import { tellRequestPaid } from './request-payments.js';
import type { Work } from './work.js';

/**
 * Ends an intent that will not be paid (further): voids what is held of its authorization or ends
 * the attempt that is under way, gives back what its customer sent for it, drops the job, tells it.
 * One of which a part was captured is paid, and ends as `captured`. The
 * caller has checked that the state allows it.
 */
export function release(
  work: Work,
  intent: Intent,
  how: 'cancel' | 'expire',
  reason: CancellationReason | null,
): Intent {
  const remainder = capturable(intent);
  const isUnderWay = intent.state === 'processing';
  stopWaiting(work, intent);
  callOffExpiry(work, intent);
  let attempt: Attempt | null = null;
  if (remainder > 0n) attempt = releaseHold(work, intent, remainder);
  else if (isUnderWay) attempt = callOff(work, intent);
  const released = intent.released + remainder;
  const ended: Intent = { ...intent, released, captureOpen: false, challenge: null, asks: null };
  if (attempt !== null && intent.captured > 0n) {
    const paid = work.update('intents', { ...ended, state: advance(intent, 'capture') });
    work.record('intent.captured', { intent: paid, attempt });
    tellRequestPaid(work, paid, attempt);
    return paid;
  }
  const next: Intent = {
    ...ended,
    state: advance(intent, how),
    canceledAt: work.now(),
    cancellationReason: reason,
    history: noted(work, intent.history, {
      kind: remainder > 0n ? 'reversed' : 'canceled',
      amount: remainder > 0n ? remainder : intent.amount,
      subject: attempt?.id ?? '',
      payer: attempt,
    }),
  };
  work.update('intents', next);
  const canceled = isUnderWay ? 'intent.called_off' : 'intent.canceled';
  work.record(
    how === 'expire' ? 'intent.expired' : canceled,
    attempt === null ? { intent: next } : { intent: next, attempt },
  );
  return next;
}

/** Ends an attempt that its rail has only begun to work on. */
function callOff(work: Work, intent: Intent): Attempt {
  const attempt = work.get('attempts', intent.latestAttempt ?? '');
  if (attempt === null) throw new Error(`intent ${intent.id} is processing without an attempt`);
  work.unschedule(recoveryJobId(attempt.id));
  return work.update('attempts', { ...attempt, state: advanceAttempt(attempt, 'fail') });
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
