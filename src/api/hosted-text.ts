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

/** Brands of cards as people write them. */
export const CARD_BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};
