import type { Attempt } from '../domain/attempt.js';
import { refundReturnEntries } from '../domain/ledger.js';
import { step } from '../domain/lifecycle.js';
import { REFUND_DETAILS_SECONDS, REFUND_LIFECYCLE, type Refund } from '../domain/refund.js';
import type { Job } from '../domain/subscription.js';
import { type Command, done, type Need, refused } from './command.js';
import { noted } from './history.js';
import { changedFields } from './previous.js';
import type { Work } from './work.js';

/** What happens to a refund after it was made, and when. */
interface Prospect {
  readonly state: Refund['state'];
  /** Seconds until the next step; null where there is none. */
  readonly settlesIn: number | null;
}

/** Banks take days; a sandbox shows the same steps within seconds. */
const SETTLES_SECONDS = 15;

/** Bank debits are paid back by bank transfers, which take their time. */
const SLOW_TYPES: ReadonlySet<string> = new Set(['sepa_debit', 'us_bank_account']);

/** How the refund of an attempt begins. `asksPayee`: the payee is asked for bank details first. */
export function prospectOf(attempt: Attempt, asksPayee: boolean): Prospect {
  if (asksPayee) return { state: 'awaiting_action', settlesIn: REFUND_DETAILS_SECONDS };
  if (SLOW_TYPES.has(attempt.methodType) || attempt.approval?.aftermath === 'refund_pending')
    return { state: 'pending', settlesIn: SETTLES_SECONDS };
  const fails = attempt.approval?.aftermath === 'refund_fails';
  return { state: 'succeeded', settlesIn: fails ? SETTLES_SECONDS : null };
}

/** The id of the job that takes a refund's next step, found from the refund. */
export function refundJobId(refund: string): string {
  return `job_refund_${refund}`;
}

function needRefund(need: Need, id: string): void {
  const refund = need('refunds', id);
  need('jobs', refundJobId(id));
  if (!refund) return;
  need('attempts', refund.attempt);
  need('intents', refund.intent);
  need('transfers', refund.transfer);
}

/** Takes the step that was due: a slow refund arrives, one that fails comes back. */
export function settleRefund(job: Job): Command<null> {
  return {
    account: job.account,
    needs: (need) => needRefund(need, job.subject),
    decide: (work) => {
      const due = work.get('jobs', job.id);
      const refund = work.get('refunds', job.subject);
      if (due === null || refund === null || work.now() < due.dueAt) return done(null);
      work.remove('jobs', due);
      if (refund.state === 'pending') {
        const next = work.update('refunds', { ...refund, state: 'succeeded' });
        const attempt = attemptOf(work, refund);
        work.record('refund.updated', { refund: next, attempt }, changedFields(refund, next));
      } else if (refund.state === 'succeeded') {
        giveBack(work, refund, 'failed', 'expired_or_canceled_card');
      } else if (refund.state === 'awaiting_action') {
        giveBack(work, refund, 'failed', 'unknown');
      }
      return done(null);
    },
  };
}

function attemptOf(work: Work, refund: Refund): Attempt {
  const attempt = work.get('attempts', refund.attempt);
  if (attempt === null) throw new Error(`refund ${refund.id} has no attempt`);
  return attempt;
}

/** Ends a refund without the payee having the money: it is the merchant's again. */
function giveBack(
  work: Work,
  refund: Refund,
  state: 'failed' | 'canceled',
  reason: string | null,
): Refund {
  const attempt = attemptOf(work, refund);
  const intent = work.get('intents', refund.intent);
  const sent = refund.transfer && work.get('transfers', refund.transfer);
  if (intent === null || !sent) throw new Error(`refund ${refund.id} hangs in the air`);
  const { amount, currency } = refund;
  const transfer = work.post({
    kind: 'refund_failure',
    intent: intent.id,
    source: refund.id,
    amount,
    currency,
    description: attempt.description,
    lines: refundReturnEntries(sent),
  });
  const ended: Refund = { ...refund, state, failureReason: reason, returnTransfer: transfer.id };
  work.update('refunds', ended);
  const kept = work.update('attempts', { ...attempt, refunded: attempt.refunded - amount });
  const paid = work.update('intents', {
    ...intent,
    refunded: intent.refunded - amount,
    reversed: refund.kind === 'reversal' ? null : intent.reversed,
    history: noted(work, intent.history, {
      kind: 'refund_failed',
      amount,
      subject: refund.id,
      payer: attempt,
    }),
  });
  const type = state === 'failed' ? 'refund.failed' : 'refund.updated';
  work.record(type, { refund: ended, attempt: kept, intent: paid }, changedFields(refund, ended));
  return ended;
}

/** Calls off a refund that awaits its payee. Errors: missing, refund_not_cancelable. */
export function cancelRefund(account: string, id: string): Command<Refund> {
  return endWaiting(account, id, 'canceled');
}

/** As if its payee had run out of time. Errors: missing, refund_not_expirable. */
export function expireRefund(account: string, id: string): Command<Refund> {
  return endWaiting(account, id, 'failed');
}

function endWaiting(account: string, id: string, end: 'canceled' | 'failed'): Command<Refund> {
  return {
    account,
    needs: (need) => needRefund(need, id),
    decide: (work) => {
      const refund = work.get('refunds', id);
      if (refund === null)
        return refused({ failure: 'missing', kind: 'refund', id, where: 'path', param: 'id' });
      const failure = end === 'canceled' ? 'refund_not_cancelable' : 'refund_not_expirable';
      // `cancel` leads on from the one state in which a refund still waits for somebody.
      if (step(REFUND_LIFECYCLE, refund.state, 'cancel') === null)
        return refused({ failure, refund: id });
      work.unschedule(refundJobId(id));
      return done(giveBack(work, refund, end, end === 'failed' ? 'unknown' : null));
    },
  };
}
