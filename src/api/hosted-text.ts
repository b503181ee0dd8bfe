import { formatPlain } from '../domain/money.js';

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** A day as it is read, in UTC; `seconds` are Unix seconds. */
export function dayText(seconds: number): string {
  return DAY.format(seconds * 1000);
}

/** A sum with its currency; minor units. */
export function moneyText(amount: bigint, currency: string): string {
  return `${formatPlain(amount, currency)} ${currency.toUpperCase()}`;
}
