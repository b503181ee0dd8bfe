import type { Attempt } from '../domain/attempt.js';
import { type Failure, isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import type { JsonObject, Metadata } from '../domain/json.js';
import { entryRows, refundEntries } from '../domain/ledger.js';
import type { Refund } from '../domain/refund.js';
import { type Command, done, type Need, refused } from './command.js';
import { changedFields } from './previous.js';
import type { Work } from './work.js';

export interface RefundInput {
  /** Either of the two names what is paid back. */
  attempt: string | null;
  intent: string | null;
  /** Minor units; null pays back all that is left. */
  amount: bigint | null;
  reason: Refund['reason'];
  metadata: Metadata;
  instructionsEmail: string | null;
  wire: JsonObject;
}

function needTarget(need: Need, input: RefundInput): void {
  const named = need('attempts', input.attempt);
  const intent = need('intents', input.intent ?? named?.intent);
  if (intent) need('attempts', intent.latestAttempt);
}

function target(work: Work, input: RefundInput): { intent: Intent; attempt: Attempt } | Failure {
  if (input.attempt !== null) {
    const attempt = work.get('attempts', input.attempt);
    if (attempt === null) {
      const param = 'charge';
      return { failure: 'missing', kind: 'attempt', id: input.attempt, where: 'body', param };
    }
    const intent = work.get('intents', attempt.intent);
    if (intent === null) throw new Error(`attempt ${attempt.id} has no intent`);
    return { intent, attempt };
  }
  const id = input.intent ?? '';
  const intent = work.get('intents', id);
  if (intent === null)
    return { failure: 'missing', kind: 'intent', id, where: 'body', param: 'payment_intent' };
  const attempt = intent.latestAttempt && work.get('attempts', intent.latestAttempt);
  return attempt ? { intent, attempt } : { failure: 'no_charge_to_refund', intent: id };
}

function refundFault(intent: Intent, attempt: Attempt, amount: bigint | null): Failure | null {
  if (attempt.state === 'authorized' && attempt.captured === 0n)
    return { failure: 'refund_uncaptured', intent: intent.id };
  if (attempt.captured === 0n) return { failure: 'no_charge_to_refund', intent: intent.id };
  const remaining = attempt.captured - attempt.refunded;
  if (remaining === 0n) return { failure: 'already_refunded', attempt };
  if (amount !== null && amount > remaining) {
    const { currency } = attempt;
    return { failure: 'refund_above_remaining', amount, remaining, currency };
  }
  return null;
}

/**
 * Pays back, whole or in part. Errors: missing, no_charge_to_refund, refund_uncaptured,
 * already_refunded, refund_above_remaining, rail_cannot.
 */
export function createRefund(account: string, input: RefundInput): Command<Refund> {
  return {
    account,
    needs: (need) => needTarget(need, input),
    decide: (work) => {
      const found = target(work, input);
      if (isFailure(found)) return refused(found);
      const { intent, attempt } = found;
      const fault = refundFault(intent, attempt, input.amount);
      if (fault !== null) return refused(fault);
      const rail = work.context.railFor(attempt.methodType);
      if (!rail?.abilities.refund)
        return refused({ failure: 'rail_cannot', rail: attempt.rail, operation: 'refund' });
      return done(payBack(work, intent, attempt, input));
    },
  };
}

function payBack(work: Work, intent: Intent, attempt: Attempt, input: RefundInput): Refund {
  const amount = input.amount ?? attempt.captured - attempt.refunded;
  const now = work.now();
  const id = work.context.newId('re_', 24);
  const { account } = intent;
  const transfer = work.transfer(null, {
    account,
    id: work.context.newId('txn_', 24),
    kind: 'refund',
    state: 'posted',
    intent: intent.id,
    source: id,
    amount: -amount,
    fee: 0n,
    settled: -amount,
    currency: intent.currency,
    created: now,
    availableOn: now,
    description: attempt.description,
    entries: entryRows(refundEntries(amount)),
  });
  const refund: Refund = work.insert('refunds', {
    account,
    id,
    intent: intent.id,
    attempt: attempt.id,
    state: 'succeeded',
    amount,
    currency: intent.currency,
    created: now,
    kind: 'refund',
    reason: input.reason,
    transfer: transfer.id,
    metadata: input.metadata,
    instructionsEmail: input.instructionsEmail,
    wire: input.wire,
  });
  const refundedAttempt = { ...attempt, refunded: attempt.refunded + amount };
  const refundedIntent = { ...intent, refunded: intent.refunded + amount };
  work.update('attempts', refundedAttempt);
  work.update('intents', refundedIntent);
  work.record('refund.created', { refund, attempt: refundedAttempt, intent: refundedIntent });
  return refund;
}

/** Changes a refund's metadata. Errors: missing. */
export function updateRefund(
  account: string,
  id: string,
  metadata: (old: Metadata) => Metadata,
): Command<Refund> {
  return {
    account,
    needs: (need) => {
      const refund = need('refunds', id);
      if (refund) need('attempts', refund.attempt);
    },
    decide: (work) => {
      const refund = work.get('refunds', id);
      if (refund === null)
        return refused({ failure: 'missing', kind: 'refund', id, where: 'path', param: 'id' });
      const next = work.update('refunds', { ...refund, metadata: metadata(refund.metadata) });
      const attempt = work.get('attempts', next.attempt);
      if (attempt === null) throw new Error(`refund ${id} has no attempt`);
      work.record('refund.updated', { refund: next, attempt }, changedFields(refund, next));
      return done(next);
    },
  };
}

export interface AttemptChanges {
  customer?: string | null;
  description?: string | null;
  metadata?: (old: Metadata) => Metadata;
  receiptEmail?: string | null;
  shipping?: JsonObject | null;
  wire?: JsonObject;
}

/** Changes what a merchant may still say of an attempt. Errors: missing. */
export function updateAttempt(
  account: string,
  id: string,
  changes: AttemptChanges,
): Command<Attempt> {
  return {
    account,
    needs: (need) => {
      need('attempts', id);
      need('customers', changes.customer);
    },
    decide: (work) => {
      const attempt = work.get('attempts', id);
      if (attempt === null)
        return refused({ failure: 'missing', kind: 'attempt', id, where: 'path', param: 'charge' });
      const { metadata, wire, customer, ...plain } = changes;
      if (customer && !work.get('customers', customer)) {
        const param = 'customer';
        const kind = 'customer' as const;
        return refused({ failure: 'missing', kind, id: customer, where: 'body', param });
      }
      const next: Attempt = { ...attempt, ...plain };
      if (customer !== undefined) next.customer = customer;
      if (metadata !== undefined) next.metadata = metadata(attempt.metadata);
      if (wire !== undefined) next.wire = { ...attempt.wire, ...wire };
      work.update('attempts', next);
      work.record('attempt.updated', { attempt: next }, changedFields(attempt, next));
      return done(next);
    },
  };
}
