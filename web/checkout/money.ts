import type { Money } from '../../src/api/checkout/schema.js';
import { digitsOf } from '../ui/currency-digits.js';

/** More than that no amount of the API has. */
const WHOLE_DIGITS_MAX = 12;

/** An amount as a reader of `locale` writes it. For display only. */
export function shownMoney({ value, currency }: Money, locale: string): string {
  const digits = digitsOf(currency);
  const amount = value / 10 ** digits;
  if (currency === 'kin') {
    const format = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
    return `${format.format(amount)} kin`;
  }
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}

/** An amount as it is typed into a field: digits, and a mark before the smaller unit. */
export function fieldMoney({ value, currency }: Money, locale: string): string {
  const digits = digitsOf(currency);
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
    numberingSystem: 'latn',
  }).format(value / 10 ** digits);
}

/**
 * Minor units of what somebody typed, with a comma or a point before the smaller unit.
 * @returns null for what is no amount, or has more digits than the currency
 */
export function typedMoney(text: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const [, whole, part = ''] = /^(\d+)(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || whole.length > WHOLE_DIGITS_MAX || part.length > digits) return null;
  return Number(whole + part.padEnd(digits, '0'));
}

/** A share of an amount in minor units, rounded half up. `basisPoints`: of 10,000. */
export function shareOf(value: number, basisPoints: number): number {
  return Math.floor((value * basisPoints) / 10_000 + 0.5);
}

/** A share of 10,000 as a reader of `locale` writes a percentage. */
export function shownShare(basisPoints: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  return format.format(basisPoints / 10_000);
}
