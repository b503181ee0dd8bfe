import { currencyDigits } from './currency.js';

/** An amount in the currency's minor units; `currency` is a lower-case code. */
export interface Money {
  readonly amount: bigint;
  readonly currency: string;
}

/** The largest amount that can be kept: both databases' integer columns are signed 64 bits. */
export const AMOUNT_MAX = 2n ** 63n - 1n;

/** The largest amount of one payment, in minor units: card networks settle eight digits. */
export const PAYMENT_AMOUNT_MAX = 99_999_999n;

/** Longer than any amount that fits, short enough that no text costs much to refuse. */
const TEXT_CHARS_MAX = 40;

/** `amount` is in minor units. */
export type MinorUnits =
  | { readonly ok: true; readonly amount: bigint }
  | {
      readonly ok: false;
      readonly reason: 'not_a_number' | 'too_many_digits' | 'too_large' | 'unknown_currency';
    };

/**
 * Reads plain decimal text (`12.50`, `-3`, no exponent, no grouping) as minor units. Refuses more
 * decimals than the currency has, zeros included: whoever writes `1.000` usd may mean a thousand.
 */
export function parseDecimal(text: string, currency: string): MinorUnits {
  if (text.length > TEXT_CHARS_MAX) return { ok: false, reason: 'too_large' };
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return { ok: false, reason: 'not_a_number' };
  const [, sign = '', whole = '', fraction = ''] = match;
  return toMinor(sign, whole + fraction, fraction.length, currency);
}

/**
 * Turns a double from the wire into minor units by its shortest decimal text, so that 0.1 is ten
 * cents and not 0.1000000000000000055. More decimals than the currency has is refused.
 */
export function doubleToMinor(value: number, currency: string): MinorUnits {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return { ok: false, reason: 'not_a_number' };
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  return toMinor(sign, whole + fraction, fraction.length - Number(exponent), currency);
}

/** `digits` is the number without its point, `scale` how many of them stand behind it. */
function toMinor(sign: string, digits: string, scale: number, currency: string): MinorUnits {
  const decimals = currencyDigits(currency);
  if (decimals === null) return { ok: false, reason: 'unknown_currency' };
  if (scale > decimals) return { ok: false, reason: 'too_many_digits' };
  const zeros = decimals - scale;
  if (digits.length + zeros > TEXT_CHARS_MAX + decimals) return { ok: false, reason: 'too_large' };
  const size = BigInt(digits) * 10n ** BigInt(zeros);
  if (size > AMOUNT_MAX) return { ok: false, reason: 'too_large' };
  return { ok: true, amount: sign === '-' ? -size : size };
}

/** `1099n, 'usd'` → `10.99`: no symbol, no grouping. Throws when there is no such currency. */
export function formatPlain(amount: bigint, currency: string): string {
  const { sign, whole, fraction } = split(amount, currency);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['usd', '$'],
  ['eur', '€'],
  ['gbp', '£'],
  ['jpy', '¥'],
]);

/**
 * An amount as error texts write it: `$1,010.99`, `¥500`, and with its code where no symbol is
 * unmistakable, `10.99 chf`. Throws when there is no such currency.
 */
export function formatForError(amount: bigint, currency: string): string {
  const { sign, whole, fraction } = split(amount, currency);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const number = fraction === '' ? grouped : `${grouped}.${fraction}`;
  const symbol = SYMBOLS.get(currency);
  return symbol === undefined ? `${sign}${number} ${currency}` : sign + symbol + number;
}

function split(amount: bigint, currency: string) {
  const decimals = currencyDigits(currency);
  if (decimals === null) throw new RangeError(`no such currency: ${currency}`);
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return { sign, whole: digits.slice(0, point), fraction: digits.slice(point) };
}

/**
 * Splits an amount in proportion to weights so that the parts sum to it exactly. What whole units
 * leave over goes, a unit each, to the largest remainders, and among equals to the earlier part.
 * Weights must not be negative nor all zero: that throws.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((so, weight) => so + weight, 0n);
  if (sum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RangeError('weights must not be negative nor all zero');
  }
  const size = total < 0n ? -total : total;
  const parts = weights.map((weight, index) => ({
    index,
    amount: (size * weight) / sum,
    remainder: (size * weight) % sum,
  }));
  const left = size - parts.reduce((so, part) => so + part.amount, 0n);
  const byRemainder = parts.toSorted(
    (a, b) => compare(b.remainder, a.remainder) || a.index - b.index,
  );
  for (const part of byRemainder.slice(0, Number(left))) part.amount += 1n;
  return parts.map((part) => (total < 0n ? -part.amount : part.amount));
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The smaller of two amounts of one currency. */
export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/**
 * So many hundredths of a percent of an amount, rounded to the nearest minor unit, halves away
 * from zero, as card fees are (2.5 % of 0.20 is half a cent and costs one).
 * `basisPoints` is a whole number, else it throws.
 */
export function share(amount: bigint, basisPoints: number): bigint {
  const product = amount * BigInt(basisPoints);
  const half = product < 0n ? -5_000n : 5_000n;
  return (product + half) / 10_000n;
}
