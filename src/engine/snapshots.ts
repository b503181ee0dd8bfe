import type { Fact } from '../domain/fact.js';
import { rowOfSnapshot } from '../storage/codec.js';
import type { RowTypes } from '../storage/schema.js';

/** The tables behind a fact's subjects. */
export const SUBJECT_TABLES = {
  intent: 'intents',
  attempt: 'attempts',
  refund: 'refunds',
  customer: 'customers',
  method: 'methods',
  dispute: 'disputes',
  inquiry: 'disputes',
  warning: 'warnings',
  clock: 'clocks',
  setup: 'setups',
  mandate: 'mandates',
  cash: 'cash_movements',
} as const;

type Subject = keyof typeof SUBJECT_TABLES;

/** An object as it was when the fact was recorded; null where the fact is not about one. */
export function subjectOf<S extends Subject>(
  fact: Fact,
  subject: S,
): RowTypes[(typeof SUBJECT_TABLES)[S]] | null {
  const text = fact[subject];
  return text === null ? null : rowOfSnapshot(SUBJECT_TABLES[subject], text);
}
