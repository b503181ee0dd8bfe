import type { Account } from '../domain/account.js';
import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import type { Card } from '../domain/payment-method.js';
import {
  type CountAttribute,
  countedBy,
  countOf,
  type TryEnd,
  tallyId,
  withTry,
} from '../domain/tally.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { DecisionContext, Work } from './work.js';

/** Whether a merchant's rules ask how often was tried; a mark of the row that is always at hand. */
export function countsTries(account: Pick<Account, 'wire'> | null | undefined): boolean {
  return account?.wire.countsTries === true;
}

/** What a card is whose row is not stored: a number as typed, or the name of a test card. */
export type FingerprintOf = (text: string) => string | null;

/** Finds fingerprints before a command decides, by what decisions have for it. */
export function fingerprinter({ cards, vault }: DecisionContext): FingerprintOf {
  // Only the number matters: these months are no more over than any.
  const expiry = { expMonth: 1, expYear: 2000, cvc: null };
  return (text) => {
    const named = cards.fromMethodName(text, 0) ?? cards.fromTokenName(text, 0);
    if (named !== null) return vault.fingerprint(named.number);
    const typed = cards.create({ number: text, ...expiry }, 0);
    return typed.ok ? vault.fingerprint(typed.number) : null;
  };
}

/**
 * The tallies of what a command names, which may come to pay: a customer, and the card of a method
 * or token. `row` is undefined until it is loaded.
 */
export function talliesOf<T extends TableName>(
  table: T,
  id: string,
  row: RowTypes[T] | null | undefined,
  fingerprintOf: FingerprintOf,
): string[] {
  if (table === 'customers') return [tallyId('customer', id)];
  if ((table !== 'methods' && table !== 'tokens') || row === undefined) return [];
  const card = (row as { card?: Card | null } | null)?.card;
  const fingerprint = row === null ? fingerprintOf(id) : card?.fingerprint;
  return fingerprint ? [tallyId('card_number', fingerprint)] : [];
}

/**
 * Counts for a rule: tries before this one, null where nothing is known of that subject. A rule
 * counts from the batch after the one that made it.
 */
export function tryCounter(
  work: Work,
  { customer, clockId }: Intent,
  card: Card,
): (attribute: CountAttribute) => bigint | null {
  return (attribute) => {
    const by = countedBy(attribute);
    const value = by === 'customer' ? customer : card.fingerprint;
    if (value === null) return null;
    const tally = work.peek('tallies', tallyId(by, value));
    return tally === undefined ? null : countOf(tally, attribute, work.now(), clockId);
  };
}

/** Remembers how a try ended, where the merchant's rules ask for that. */
export function noteTry(work: Work, intent: Intent, { card }: Attempt, end: TryEnd): void {
  if (card === null || !countsTries(work.account())) return;
  const ids = [tallyId('card_number', card.fingerprint)];
  if (intent.customer !== null) ids.push(tallyId('customer', intent.customer));
  for (const id of ids) {
    const tally = work.peek('tallies', id);
    if (tally === undefined) continue;
    const tries = withTry(tally?.tries ?? [], [work.now(), end, intent.clockId]);
    const next = { account: work.accountId, id, changed: work.wallNow(), tries };
    if (tally === null) work.insert('tallies', next);
    else work.update('tallies', next);
  }
}
