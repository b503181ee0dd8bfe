import { balanceRail } from './rails/balance/rail.js';
import { cashRail, makeBankSimulator } from './rails/bank/simulator.js';
import { cardSimulator } from './rails/card/simulator.js';
import type { Rail } from './rails/rail.js';

/** A rail with the method types that pay by it. */
interface MethodRail {
  readonly methodTypes: readonly string[];
  readonly rail: Rail;
}

/** The rails of a sandbox, which only simulate. */
const SIMULATORS: readonly MethodRail[] = [
  { methodTypes: ['card'], rail: cardSimulator },
  { methodTypes: ['sepa_debit', 'us_bank_account'], rail: makeBankSimulator({ testNames: true }) },
  { methodTypes: ['customer_balance'], rail: cashRail },
];

/**
 * The rails of a server. Wallets pay for real in every mode: on our own ledger, or where there is
 * one, by the rail of a chain.
 */
export function methodRails(mode: 'sandbox' | 'live', chain: Rail | null): MethodRail[] {
  const simulators = mode === 'sandbox' ? SIMULATORS : [];
  return [...simulators, { methodTypes: ['crypto'], rail: chain ?? balanceRail }];
}
