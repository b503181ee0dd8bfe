import type { Attempt } from '../../domain/attempt.js';
import { declineMessage } from '../../domain/decline-messages.js';
import type { Intent } from '../../domain/intent.js';
import { CARD_BRANDS } from '../hosted-text.js';
import type { AdminDependencies } from './request.js';
import type { IntentRow, Money, Words } from './schema.js';

/** An amount as the dashboard gets it. */
export function moneyOf(value: bigint, currency: string): Money {
  return { value: Number(value), currency };
}

const TYPES: Readonly<Record<string, string>> = {
  card: 'Card',
  crypto: 'Wallet',
  sepa_debit: 'SEPA debit',
  us_bank_account: 'US bank account',
  customer_balance: 'Bank transfer',
};

/** How somebody paid or pays, in a few words: `Visa •••• 4242`, `Wallet`. */
export function methodLabel({ card, methodType }: Pick<Attempt, 'card' | 'methodType'>): string {
  if (card !== null) return `${CARD_BRANDS[card.brand] ?? card.brand} •••• ${card.last4}`;
  return TYPES[methodType] ?? methodType;
}

/** The state of an intent in every dialect's word. */
export function statusWords({ words }: Pick<AdminDependencies, 'words'>, intent: Intent): Words {
  const { stripe, dojo, code } = words;
  return {
    stripe: stripe.status(intent),
    dojo: dojo.status(intent),
    code: code.status(intent),
  };
}

/** One line of the list; `attempt` is the intent's latest. */
export function intentRow(
  deps: Pick<AdminDependencies, 'words'>,
  intent: Intent,
  attempt: Attempt | null,
): IntentRow {
  const { id, created, amount, currency, state, dialect, lastError } = intent;
  return {
    id,
    createdMs: created * 1000,
    amount: moneyOf(amount, currency),
    captured: Number(intent.captured),
    refunded: Number(intent.refunded),
    state,
    words: statusWords(deps, intent),
    dialect,
    method: attempt === null ? '' : methodLabel(attempt),
    customer: intent.customer ?? '',
    description: intent.description ?? '',
    lastError: lastError === null ? '' : declineMessage(lastError.code, lastError.declineCode),
    metadata: intent.metadata,
  };
}
