import type { Money } from '../../src/api/checkout/schema.js';

/** ISO 4217 knows no kin: it has five digits below the whole. */
const KIN_DIGITS = 5;
/** More than that no amount of the API has. */
const WHOLE_DIGITS_MAX = 12;

/** Digits below the whole unit of a currency, by ISO 4217. */
export function digitsOf(currency: string): number {
  if (currency === 'kin') return KIN_DIGITS;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount as a reader of `locale` writes it. For display only. */
export function shownMoney({ value, currency }: Money, locale: string): string {
  const digits = digitsOf(currency);
  const amount = value / 10 ** digits;
  if (currency === 'kin') {
    const format = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
    return `${format.format(amount)} kin`;
  }
  const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  return new Intl.NumberFormat(locale, options).format(amount);
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
