import type { Attempt } from '../domain/attempt.js';
import {
  advanceDispute,
  DISPUTE_FEE,
  type Dispute,
  type DisputeReason,
  type Evidence,
  evidenceDueBy,
  isActionable,
  isClosed,
  isInquiry,
  type Movement,
  rulingOn,
} from '../domain/dispute.js';
import type { FactType } from '../domain/fact.js';
import type { Metadata } from '../domain/json.js';
import { disputeEntries, disputeReversalEntries } from '../domain/ledger.js';
import type { Job } from '../domain/subscription.js';
import { railBar } from './abilities.js';
import { type Command, type Decision, done, type Need, refused } from './command.js';
import { changedFields } from './previous.js';
import type { Subjects, Work } from './work.js';

/** Seconds that the simulated bank looks at evidence. */
const REVIEW_SECONDS = 5;

/** The test cards whose payments are disputed: why, and whether the bank only asks at first. */
const OBJECTIONS: ReadonlyMap<string | null, readonly [DisputeReason, isInquiry: boolean]> =
  new Map([
    ['dispute_fraudulent', ['fraudulent', false]],
    ['dispute_not_received', ['product_not_received', false]],
    ['dispute_inquiry', ['fraudulent', true]],
  ]);

/** The id of the job for a dispute's deadline or its decision, found from the dispute. */
export function disputeJobId(dispute: string): string {
  return `job_dispute_${dispute}`;
}

/** An attempt whose money has just been taken, with what its bank made of that at once. */
interface Aftermath {
  readonly attempt: Attempt;
  /** For the fact that tells of the capture, so that its events come in the recorded order. */
  readonly subjects: Subjects;
}

/**
 * Lets a test card's bank object to a capture. Of several captures it is the first that it objects
 * to. The caller writes the attempt.
 */
export function captureAftermath(work: Work, attempt: Attempt): Aftermath {
  const what = attempt.approval?.aftermath ?? null;
  const isFirst = attempt.dispute === null;
  const objection = OBJECTIONS.get(what);
  const mayObject = railBar(work, attempt.methodType, 'dispute', attempt.rail) === null;
  if (objection !== undefined && isFirst && mayObject) {
    const dispute = openDispute(work, attempt, ...objection);
    const subjects = isInquiry(dispute) ? { inquiry: dispute } : { dispute };
    return { attempt: { ...attempt, dispute: dispute.id }, subjects };
  }
  if (what !== 'early_fraud_warning' || attempt.warning !== null) return { attempt, subjects: {} };
  const warning = work.insert('warnings', {
    account: attempt.account,
    id: work.context.newId('issfr_', 24),
    intent: attempt.intent,
    attempt: attempt.id,
    created: work.now(),
    fraudType: 'misc',
  });
  return { attempt: { ...attempt, warning: warning.id }, subjects: { warning } };
}

function openDispute(
  work: Work,
  attempt: Attempt,
  reason: DisputeReason,
  asInquiry: boolean,
): Dispute {
  const now = work.now();
  const opened: Dispute = {
    account: attempt.account,
    id: work.context.newId('du_', 24),
    intent: attempt.intent,
    attempt: attempt.id,
    state: asInquiry ? 'warning_needs_response' : 'needs_response',
    amount: attempt.captured,
    fee: 0n,
    currency: attempt.currency,
    created: now,
    reason,
    dueBy: evidenceDueBy(now),
    evidence: {},
    submissions: 0,
    submittedAt: null,
    submissionMethod: null,
    withdrawn: null,
    reinstated: null,
    metadata: {},
  };
  awaitStep(work, opened, opened.dueBy);
  return work.insert('disputes', asInquiry ? opened : withdraw(work, opened));
}

/** The bank takes the disputed amount back, and a fee beside it. */
function withdraw(work: Work, dispute: Dispute): Dispute {
  const fee = DISPUTE_FEE;
  return { ...dispute, fee, withdrawn: move(work, { ...dispute, fee }, 'dispute') };
}

function move(work: Work, dispute: Dispute, kind: 'dispute' | 'dispute_reversal'): Movement {
  const { id, intent, currency, amount } = dispute;
  const isWithdrawal = kind === 'dispute';
  const transfer = work.post({
    kind,
    intent,
    source: id,
    amount: isWithdrawal ? -amount : amount,
    fee: isWithdrawal ? dispute.fee : 0n,
    currency,
    lines: isWithdrawal ? disputeEntries(amount, dispute.fee) : disputeReversalEntries(amount),
  });
  return { transfer: transfer.id, at: transfer.created };
}

/** Puts the dispute's one job to another moment. A new dispute has none yet. */
function awaitStep(work: Work, { id, submissions }: Dispute, dueAt: number): void {
  const job = submissions === 0 ? null : work.get('jobs', disputeJobId(id));
  if (job !== null) work.update('jobs', { ...job, dueAt, tries: 0 });
  else work.schedule({ id: disputeJobId(id), dueAt, kind: 'advance_dispute', subject: id });
}

function needDispute(need: Need, id: string): void {
  const dispute = need('disputes', id);
  need('jobs', disputeJobId(id));
  if (!dispute) return;
  need('attempts', dispute.attempt);
  // It lives by the clock of its payment.
  need('intents', dispute.intent);
}

function attemptOf(work: Work, dispute: Dispute): Attempt {
  const attempt = work.get('attempts', dispute.attempt);
  if (attempt === null) throw new Error(`dispute ${dispute.id} has no attempt`);
  return attempt;
}

/** Writes a changed dispute and tells of it. */
function put(work: Work, before: Dispute, after: Dispute, type: FactType): Dispute {
  const attempt = attemptOf(work, after);
  work.update('disputes', after);
  work.record(type, { dispute: after, attempt }, changedFields(before, after));
  return after;
}

/** Ends a dispute for good; its job has nothing left to do. */
function conclude(
  work: Work,
  dispute: Dispute,
  ruling: 'win' | 'lose' | 'end',
  type: FactType,
): Dispute {
  work.unschedule(disputeJobId(dispute.id));
  const ended: Dispute = { ...dispute, state: advanceDispute(dispute, ruling) };
  const reinstated = ruling === 'win' ? move(work, dispute, 'dispute_reversal') : null;
  return put(work, dispute, { ...ended, reinstated }, type);
}

export interface DisputeChanges {
  /** Laid over what was given before; null takes a field back. */
  evidence?: Evidence;
  /** True hands all evidence to the bank; false only keeps it. */
  submit: boolean;
  submissionMethod?: string;
  metadata?: (old: Metadata) => Metadata;
}

/** Changes a dispute, and submits its evidence. Errors: missing, dispute_closed. */
export function updateDispute(
  account: string,
  id: string,
  changes: DisputeChanges,
): Command<Dispute> {
  return {
    account,
    needs: (need) => needDispute(need, id),
    decide: (work) => {
      const dispute = work.get('disputes', id);
      if (dispute === null)
        return refused({ failure: 'missing', kind: 'dispute', id, where: 'path', param: null });
      const touches = changes.evidence !== undefined || changes.submit;
      if (touches && isClosed(dispute)) return refused({ failure: 'dispute_closed', dispute: id });
      return change(work, dispute, changes);
    },
  };
}

function change(work: Work, dispute: Dispute, changes: DisputeChanges): Decision<Dispute> {
  const { evidence, metadata, submit, submissionMethod } = changes;
  const next: Dispute = { ...dispute };
  if (evidence !== undefined) next.evidence = { ...dispute.evidence, ...evidence };
  if (metadata !== undefined) next.metadata = metadata(dispute.metadata);
  if (submissionMethod !== undefined) next.submissionMethod = submissionMethod;
  if (!submit) return done(put(work, dispute, next, 'dispute.updated'));
  next.state = advanceDispute(dispute, 'respond');
  next.submissions += 1;
  next.submittedAt = work.now();
  if (rulingOn(next) === null) work.unschedule(disputeJobId(next.id));
  else awaitStep(work, next, next.submittedAt + REVIEW_SECONDS);
  return done(put(work, dispute, next, 'dispute.submitted'));
}

/** Gives a dispute up. Errors: missing, dispute_closed. */
export function closeDispute(account: string, id: string): Command<Dispute> {
  return {
    account,
    needs: (need) => needDispute(need, id),
    decide: (work) => {
      const dispute = work.get('disputes', id);
      if (dispute === null)
        return refused({ failure: 'missing', kind: 'dispute', id, where: 'path', param: null });
      if (isClosed(dispute)) return refused({ failure: 'dispute_closed', dispute: id });
      return done(conclude(work, dispute, givenUp(dispute), 'dispute.accepted'));
    },
  };
}

/** How it ends when the merchant has nothing to say. */
function givenUp(dispute: Dispute): 'end' | 'lose' {
  return isInquiry(dispute) ? 'end' : 'lose';
}

/** Takes the step that was due: the time for evidence is over, or the bank has decided about it. */
export function advanceDueDispute(job: Job): Command<null> {
  return {
    account: job.account,
    needs: (need) => needDispute(need, job.subject),
    decide: (work) => {
      const due = work.get('jobs', job.id);
      const dispute = work.get('disputes', job.subject);
      if (due === null || dispute === null || work.now() < due.dueAt) return done(null);
      const waits =
        dispute.state === 'needs_response' || dispute.state === 'warning_needs_response';
      const ruling = waits ? givenUp(dispute) : rulingOn(dispute);
      if (ruling === 'escalate') escalate(work, dispute);
      else if (ruling === 'win') conclude(work, dispute, ruling, 'dispute.won');
      else if (ruling !== null) conclude(work, dispute, ruling, 'dispute.closed');
      else work.remove('jobs', due);
      return done(null);
    },
  };
}

/** The bank is not content with the answer, and takes what was not refunded meanwhile. */
function escalate(work: Work, dispute: Dispute): void {
  const attempt = attemptOf(work, dispute);
  const amount = attempt.captured - attempt.refunded;
  if (amount === 0n) {
    conclude(work, dispute, 'end', 'dispute.closed');
    return;
  }
  const dueBy = evidenceDueBy(work.now());
  const state = advanceDispute(dispute, 'escalate');
  const next = withdraw(work, { ...dispute, state, amount, dueBy });
  awaitStep(work, next, dueBy);
  put(work, dispute, next, 'dispute.escalated');
}

/** Names the rows that a refund has to ask about, and to tell about. */
export function needObjections(need: Need, attempt: Attempt): void {
  need('disputes', attempt.dispute);
  need('warnings', attempt.warning);
}

/** Tells that a warned merchant has paid everything back, so that nothing is left to be done. */
export function heedWarning(work: Work, before: Attempt, after: Attempt): void {
  if (after.warning === null || !isActionable(before) || isActionable(after)) return;
  const warning = work.get('warnings', after.warning);
  if (warning === null) throw new Error(`attempt ${after.id} has lost its warning`);
  work.record('warning.updated', { warning, attempt: after });
}
