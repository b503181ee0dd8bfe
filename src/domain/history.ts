import type { Card } from './payment-method.js';

/** What can be noted of an intent's payment, in the order in which it happens. */
export type HistoryKind =
  | 'challenged'
  | 'declined'
  | 'authorized'
  | 'captured'
  | 'refunded'
  | 'refund_failed'
  | 'reversed'
  | 'canceled';

/** One line of an intent's history. */
export interface HistoryEntry {
  kind: HistoryKind;
  /** Business time, Unix seconds. */
  at: number;
  /** What it is about: an attempt, a capture's transfer, a refund; empty where there is none. */
  subject: string;
  /** Minor units, decimal text. */
  amount: string;
  /** Of a capture: the part of the amount that is a tip; null where none was said. */
  tip: string | null;
  /** What was tried or paid with; null where it was no card, or the line is about no card. */
  card: Pick<Card, 'brand' | 'last4' | 'expMonth' | 'expYear' | 'funding'> | null;
  /** The card holder's name as typed. */
  holder: string | null;
  method: string | null;
  /** The bank's code for its agreement. */
  authorizationCode: string | null;
}

/** Lines kept of one intent. Beyond it the oldest tries that paid nothing are forgotten. */
export const HISTORY_ENTRIES_MAX = 250;

/** Tries to pay one intent that may fail: more than people make, and a limit to card testing. */
export const FAILED_TRIES_MAX = 50;

/** How many tries were made, whatever came of them: a token for one try names this number. */
export function triesOf(history: readonly HistoryEntry[]): number {
  return history.filter(({ kind }) => TRIES.has(kind)).length;
}

const TRIES: ReadonlySet<HistoryKind> = new Set(['challenged', 'declined']);

/** With one line more; beyond the limit the oldest try is forgotten for it. */
export function withEntry(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const next = [...history, entry];
  const oldest = next.findIndex(({ kind }) => TRIES.has(kind));
  return next.length > HISTORY_ENTRIES_MAX && oldest >= 0 ? next.toSpliced(oldest, 1) : next;
}

/**
 * Whether it takes no further capture or refund: lines about money are never forgotten. What
 * happens by itself, such as a refund that comes back, is noted all the same.
 */
export function isFull(history: readonly HistoryEntry[]): boolean {
  return history.length - triesOf(history) >= HISTORY_ENTRIES_MAX;
}
