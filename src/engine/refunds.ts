import type { Attempt } from '../domain/attempt.js';
import { allowsRefund } from '../domain/dispute.js';
import { type Failure, isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import type { JsonObject, Metadata } from '../domain/json.js';
import { LEDGER, refundEntries } from '../domain/ledger.js';
import type { Refund } from '../domain/refund.js';
import { railBar } from './abilities.js';
import { moveCash } from './cash-books.js';
import { type Command, done, type Need, refused } from './command.js';
import { heedWarning, needObjections } from './disputes.js';
import { movesFault, noted } from './history.js';
import { changedFields } from './previous.js';
import { prospectOf, refundJobId } from './refund-life.js';
import {
  needWalletRefund,
  payWalletBack,
  walletPaymentOf,
  walletRefundBar,
  walletRefundShort,
} from './wallet-refunds.js';
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

/** Names the rows that paying back reads. */
export function needTarget(need: Need, input: Pick<RefundInput, 'attempt' | 'intent'>): void {
  const named = need('attempts', input.attempt);
  const intent = need('intents', input.intent ?? named?.intent);
  const latest = intent && need('attempts', intent.latestAttempt);
  if ((named ?? latest)?.methodType === 'customer_balance') need('cash_balances', intent?.customer);
  for (const attempt of [named, latest]) {
    if (!attempt) continue;
    needObjections(need, attempt);
    needWalletRefund(need, attempt);
  }
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

function refundFault(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  amount: bigint | null,
): Failure | null {
  if (attempt.state === 'authorized' && attempt.captured === 0n)
    return { failure: 'refund_uncaptured', intent: intent.id };
  if (attempt.captured === 0n) return { failure: 'no_charge_to_refund', intent: intent.id };
  const barred = refundBar(work, attempt);
  if (barred !== null) return barred;
  const remaining = attempt.captured - attempt.refunded;
  if (remaining === 0n) return { failure: 'already_refunded', attempt };
  if (amount !== null && amount > remaining) {
    const { currency } = attempt;
    return { failure: 'refund_above_remaining', amount, remaining, currency };
  }
  return movesFault(intent.history) ?? walletRefundShort(work, attempt, amount ?? remaining);
}

/** What forbids to pay an attempt back, whatever the amount; null where nothing does. */
export function refundBar(work: Work, attempt: Attempt): Failure | null {
  const dispute = attempt.dispute && work.get('disputes', attempt.dispute);
  if (dispute && !allowsRefund(dispute))
    return { failure: 'attempt_disputed', attempt: attempt.id };
  return (
    railBar(work, attempt.methodType, 'refund', attempt.rail) ?? walletRefundBar(work, attempt)
  );
}

/**
 * Pays back, whole or in part. Errors: missing, no_charge_to_refund, refund_uncaptured,
 * attempt_disputed, already_refunded, refund_above_remaining, limit_reached, rail_cannot,
 * refund_balance_short.
 */
export function createRefund(account: string, input: RefundInput): Command<Refund> {
  return {
    account,
    needs: (need) => needTarget(need, input),
    decide: (work) => {
      const found = target(work, input);
      if (isFailure(found)) return refused(found);
      const { intent, attempt } = found;
      const fault = refundFault(work, intent, attempt, input.amount);
      if (fault !== null) return refused(fault);
      return done(payBack(work, intent, attempt, input, 'refund'));
    },
  };
}

/** Writes a refund, or the reversal of a whole payment, that the caller has checked. */
export function payBack(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  input: RefundInput,
  kind: Refund['kind'],
): Refund {
  const amount = input.amount ?? attempt.captured - attempt.refunded;
  const now = work.now();
  const id = work.context.newId('re_', 24);
  const { state, settlesIn } = prospectOf(attempt, asksPayee(attempt, input));
  const { account } = intent;
  const transfer = work.post({
    kind: 'refund',
    intent: intent.id,
    source: id,
    amount: -amount,
    currency: intent.currency,
    description: attempt.description,
    lines: refundEntries(amount, payeeOf(intent, attempt, input)),
  });
  const refund: Refund = work.insert('refunds', {
    account,
    id,
    intent: intent.id,
    attempt: attempt.id,
    state,
    amount,
    currency: intent.currency,
    created: now,
    kind,
    reason: input.reason,
    transfer: transfer.id,
    metadata: input.metadata,
    instructionsEmail: input.instructionsEmail,
    failureReason: null,
    returnTransfer: null,
    wire: input.wire,
  });
  if (settlesIn !== null) {
    const job = { id: refundJobId(id), dueAt: now + settlesIn, subject: id };
    work.schedule({ ...job, kind: 'settle_refund' });
  }
  const refundedAttempt = { ...attempt, refunded: attempt.refunded + amount };
  const refundedIntent: Intent = {
    ...intent,
    refunded: intent.refunded + amount,
    reversed: kind === 'reversal' ? true : intent.reversed,
    history: noted(work, intent.history, {
      kind: kind === 'reversal' ? 'reversed' : 'refunded',
      amount,
      subject: id,
      payer: attempt,
    }),
  };
  work.update('attempts', refundedAttempt);
  work.update('intents', refundedIntent);
  work.record('refund.created', { refund, attempt: refundedAttempt, intent: refundedIntent });
  if (goesToCash(attempt, input)) {
    const { customer, currency } = intent;
    if (customer === null) throw new Error(`${intent.id} was paid with nobody's cash`);
    const move = { customer, amount, currency, refund: id, transfer: transfer.id };
    moveCash(work, { ...move, kind: 'refunded_from_payment' });
  }
  payWalletBack(work, attempt, id, amount);
  heedWarning(work, attempt, refundedAttempt);
  return refund;
}

/** Unless its payee is to name an account, cash goes back to where it was paid from. */
function goesToCash(attempt: Attempt, input: RefundInput): boolean {
  return attempt.methodType === 'customer_balance' && !asksPayee(attempt, input);
}

/** The ledger account that a refund goes to; what a payee's bank gets leaves by the bank. */
function payeeOf(intent: Intent, attempt: Attempt, input: RefundInput): string {
  if (walletPaymentOf(attempt) !== null) return LEDGER.wallets;
  if (goesToCash(attempt, input)) return LEDGER.cash(intent.customer ?? '');
  return asksPayee(attempt, input) ? LEDGER.bank : LEDGER.network;
}

/** Money that came by bank transfer goes back to an account that its payee has to name. */
function asksPayee(attempt: Attempt, { instructionsEmail }: RefundInput): boolean {
  return attempt.methodType === 'customer_balance' && instructionsEmail !== null;
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
