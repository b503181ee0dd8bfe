import type { Attempt } from '../../../domain/attempt.js';
import type { HistoryEntry } from '../../../domain/history.js';
import type { Intent } from '../../../domain/intent.js';
import type { Refund } from '../../../domain/refund.js';
import { historyEntry } from '../../../engine/history.js';
import { wireId } from '../ids.js';
import type { View, WireObject } from '../request.js';
import { wireTime } from './time.js';

/** The rows that tell what has moved where an intent has no history of its own. */
export interface Moves {
  readonly attempt: Attempt | null;
  readonly refunds: readonly Refund[];
}

/**
 * The history of an intent. One that another dialect has made keeps none: it is read off what was
 * tried last and what was paid back, so that tries before the last are not told.
 */
export function historyOf(intent: Intent, { attempt, refunds }: Moves): readonly HistoryEntry[] {
  if (intent.history !== null) return intent.history;
  const told = attempt === null ? [] : attemptEntries(intent, attempt);
  const back = refunds
    .filter(({ state }) => state === 'succeeded' || state === 'pending')
    .map(({ id: subject, created, amount, kind: made }) => {
      const kind = made === 'reversal' ? 'reversed' : 'refunded';
      return historyEntry(created, { kind, amount, subject, payer: null });
    });
  const { canceledAt, released: amount } = intent;
  if (canceledAt === null) return [...told, ...back];
  const kind = intent.authorized > 0n ? 'reversed' : 'canceled';
  return [...told, ...back, historyEntry(canceledAt, { kind, amount, subject: '', payer: null })];
}

function attemptEntries(intent: Intent, attempt: Attempt): HistoryEntry[] {
  const { id, created, amount, state, captured, transfer } = attempt;
  if (state === 'started') return [];
  const note = { amount, subject: id, payer: attempt };
  if (state === 'failed') return [historyEntry(created, { ...note, kind: 'declined' })];
  const agreed = historyEntry(created, { ...note, kind: 'authorized' });
  const subject = transfer ?? id;
  const taken = historyEntry(created, { ...note, kind: 'captured', amount: captured, subject });
  if (intent.captureMethod !== 'manual') return [taken];
  return captured === 0n ? [agreed] : [agreed, taken];
}

/** The captures that a merchant has made by hand, oldest first. */
export function capturesView(history: readonly HistoryEntry[], view: View): WireObject[] {
  return history
    .filter(({ kind }) => kind === 'captured')
    .map(({ subject, amount, tip, at }) => ({
      id: wireId('capture', subject, view.livemode),
      amount: Number(BigInt(amount) - BigInt(tip ?? 0)),
      ...(tip === null ? {} : { tipsAmount: Number(tip) }),
      status: 'Successful',
      createdAt: wireTime(at),
    }));
}

/** Why money was paid back, in the words of who asked for it. */
export interface KeptRefund {
  refundReason?: string;
  notes?: string;
  previousTransactionId?: string;
}

/** A refund; what another dialect has made shows the reason that it gave. */
export function refundView(refund: Refund, { livemode }: View): WireObject {
  const { refundReason, notes } = (refund.wire.dojo ?? {}) as KeptRefund;
  return {
    paymentIntentId: wireId('intent', refund.intent, livemode),
    refundId: wireId('refund', refund.id, livemode),
    refundReason: refundReason ?? refund.reason,
    notes: notes ?? null,
  };
}
