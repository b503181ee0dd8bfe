import type { Money } from '../schema/fields.js';

/** An amount of the core's (minor units, lower case code) as the wire shows it. */
export function moneyView(amount: bigint | number | string, currency: string): Money {
  return { value: Number(amount), currencyCode: currency.toUpperCase() };
}
