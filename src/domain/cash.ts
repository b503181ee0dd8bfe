import type { Intent } from './intent.js';

/** What a customer has sent ahead and not yet paid with. The row's id is the customer's. */
export interface CashBalance {
  account: string;
  id: string;
  created: number;
  /** Whether money that arrives pays what waits for it, the oldest first. */
  mode: 'automatic' | 'manual';
  /** Minor units by currency, as decimal text. */
  sums: Record<string, string>;
  /** What a transfer's text names, so that it is found to be this customer's. */
  reference: string;
  /** Intents that wait for money, the oldest first; some may have ended since. */
  waiting: string[];
}

/** Intents of one customer that wait for money at once. */
export const CASH_WAITING_MAX = 100;

/** One movement of a customer's cash. */
export interface CashMovement {
  account: string;
  id: string;
  customer: string;
  created: number;
  kind: 'funded' | 'applied_to_payment' | 'unapplied_from_payment' | 'refunded_from_payment';
  /** Signed, in minor units. */
  amount: bigint;
  endingBalance: bigint;
  currency: string;
  /** What it paid, or waited for in vain; null for money that arrived. */
  intent: string | null;
  /** What brought it back; null for all but refunds. */
  refund: string | null;
  /** What the payer wrote; null for a payment. */
  reference: string | null;
  /** The transfer that moved it. */
  transfer: string;
}

/** How much of an intent that waits for a bank transfer has arrived, in minor units. */
export function appliedTo({ asks }: Pick<Intent, 'asks'>): bigint {
  return asks?.kind === 'transfer' ? BigInt(asks.applied) : 0n;
}

/** How much it still waits for, in minor units. */
export function remainingOf(intent: Pick<Intent, 'asks' | 'amount'>): bigint {
  return intent.amount - appliedTo(intent);
}

/** What there is in a currency. */
export function cashIn(balance: CashBalance | null, currency: string): bigint {
  return BigInt(balance?.sums[currency] ?? '0');
}
