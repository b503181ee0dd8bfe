import type { Attempt } from '../domain/attempt.js';
import type { Failure } from '../domain/errors.js';
import {
  FAILED_TRIES_MAX,
  HISTORY_ENTRIES_MAX,
  type HistoryEntry,
  type HistoryKind,
  isFull,
  triesOf,
  withEntry,
} from '../domain/history.js';
import type { Intent } from '../domain/intent.js';
import type { Work } from './work.js';

type History = HistoryEntry[] | null;

/** What was tried or paid with: of an attempt, of a setup's, or of a method that got no attempt. */
type Payer = Pick<Attempt, 'card' | 'billing' | 'method'> & Partial<Pick<Attempt, 'approval'>>;

/** A line to be noted. */
interface Note {
  readonly kind: HistoryKind;
  readonly amount: bigint;
  /** Empty where there is no row of it. */
  readonly subject: string;
  readonly payer: Payer | null;
  readonly tip?: string | null;
}

/** The history with one line more, of this moment; null where none is kept. */
export function noted(work: Work, history: History, note: Note): History {
  return history && withEntry(history, historyEntry(work.now(), note));
}

/** A line of a history; `at` is business time, Unix seconds. */
export function historyEntry(at: number, note: Note): HistoryEntry {
  const { kind, amount, subject, payer, tip = null } = note;
  const card = payer?.card ?? null;
  return {
    kind,
    at,
    subject,
    amount: amount.toString(),
    tip,
    card: card && {
      brand: card.brand,
      last4: card.last4,
      expMonth: card.expMonth,
      expYear: card.expYear,
      funding: card.funding,
    },
    holder: payer?.billing.name ?? null,
    method: payer?.method ?? null,
    authorizationCode: payer?.approval?.authorizationCode ?? null,
  };
}

/** Why no further try is allowed after those that a history tells of; null where one is. */
export function triesFault(history: History): Failure | null {
  if (history === null || triesOf(history) < FAILED_TRIES_MAX) return null;
  return { failure: 'limit_reached', what: 'tries to pay', max: FAILED_TRIES_MAX };
}

/**
 * The same of an intent that keeps no history: its failed attempts are counted. `work` has the list
 * of its attempts.
 */
export function attemptsFault(work: Work, { id, history }: Intent): Failure | null {
  if (history !== null) return triesFault(history);
  const failed = work.list('attempts', 'intent', id).filter(({ state }) => state === 'failed');
  if (failed.length < FAILED_TRIES_MAX) return null;
  return { failure: 'limit_reached', what: 'tries to pay', max: FAILED_TRIES_MAX };
}

/** Why no further capture or refund is allowed; null where one is. */
export function movesFault(history: History): Failure | null {
  if (history === null || !isFull(history)) return null;
  return { failure: 'limit_reached', what: 'captures and refunds', max: HISTORY_ENTRIES_MAX };
}
