import { type CashBalance, cashIn } from '../domain/cash.js';
import type { Balance } from '../domain/ledger.js';

/**
 * What is wrong with a customer's cash: it is what the ledger says, and never below zero. `own` are
 * the balances of its ledger account.
 */
export function cashFaults(cash: CashBalance, own: readonly Balance[]): string[] {
  const faults: string[] = [];
  const currencies = new Set([...Object.keys(cash.sums), ...own.map(({ currency }) => currency)]);
  for (const currency of currencies) {
    const held = cashIn(cash, currency);
    const posted = own.find((balance) => balance.currency === currency)?.posted ?? 0n;
    if (held !== posted) faults.push(`${held} ${currency}, the ledger has ${posted}`);
    if (held < 0n) faults.push(`${held} ${currency} are less than nothing`);
  }
  return faults;
}
