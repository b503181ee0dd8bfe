import { LEDGER, postingsOf, type Transfer } from '../domain/ledger.js';

/** Whose side of the books a ledger account is on. */
export const SIDES = [
  'card',
  'bank',
  'wallet',
  'customers',
  'destinations',
  'fees',
  'merchant',
  'other',
] as const;
export type Side = (typeof SIDES)[number];

/** What a transfer has moved on each side, in minor units, signed: positive is into it. */
export type Sides = Record<Side, bigint>;

const FIXED: ReadonlyMap<string, Side> = new Map([
  [LEDGER.network, 'card'],
  [LEDGER.bank, 'bank'],
  [LEDGER.wallets, 'wallet'],
  [LEDGER.fees, 'fees'],
  [LEDGER.available, 'merchant'],
]);

/** Ledger accounts of which there are many: by customer, by wallet, by day. */
const PREFIXES: ReadonlyMap<string, Side> = new Map([
  ['merchant', 'merchant'],
  ['cash', 'customers'],
  ['applied', 'customers'],
  ['wallet', 'destinations'],
]);

/** The side that a ledger account is on; `other` for one that reports do not know. */
export function sideOf(ledgerAccount: string): Side {
  const prefix = ledgerAccount.slice(0, Math.max(0, ledgerAccount.indexOf(':')));
  return FIXED.get(ledgerAccount) ?? PREFIXES.get(prefix) ?? 'other';
}

/** Nothing moved. */
export function noSides(): Sides {
  return Object.fromEntries(SIDES.map((side) => [side, 0n])) as Sides;
}

/** What a transfer has posted on each side; a hold posts nothing. */
export function sidesOf(transfer: Transfer): Sides {
  const sides = noSides();
  for (const { ledgerAccount, posted } of postingsOf(transfer))
    sides[sideOf(ledgerAccount)] += posted;
  return sides;
}
