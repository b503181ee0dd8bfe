import { CURRENCY_TABLE } from './currency-table.js';

const DIGITS: ReadonlyMap<string, number> = new Map(Object.entries(CURRENCY_TABLE));

/**
 * How many decimals the currency's minor unit has (`usd` 2, `jpy` 0, `kwd` 3, `kin` 5).
 * Takes the lower-case ISO 4217 code; null when there is no such currency. A dialect that counts
 * otherwise keeps its own exceptions.
 */
export function currencyDigits(code: string): number | null {
  return DIGITS.get(code) ?? null;
}

/** Whether the lower-case code names a currency that an amount can be in. */
export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}
