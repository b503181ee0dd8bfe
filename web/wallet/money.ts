import { QUARKS_PER_KIN, worthOf } from '../../sdk/wallet/amounts.js';
import type { Rates } from '../../sdk/wallet/wallet.js';
import { digitsOf } from '../ui/currency-digits.js';

/** An amount as the reader writes it. What is below the smallest coin keeps its digits. */
export function shownAmount(amount: number, currency: string): string {
  if (currency === 'kin') return `${kinFormat.format(amount)} kin`;
  const digits = digitsOf(currency);
  const isFine = amount > 0 && amount < 10 ** -digits;
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(isFine
      ? { maximumSignificantDigits: 2 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }).format(amount);
}

/**
 * A part of an amount: with two digits more than its currency has, where it needs them, so that the
 * parts that a person reads add up to the whole.
 */
export function shownPart(amount: number, currency: string): string {
  if (currency === 'kin') return shownAmount(amount, currency);
  const digits = digitsOf(currency);
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits + 2,
  }).format(amount);
}

const kinFormat = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

/** Quarks in kin, to two digits. */
export function shownKin(quarks: bigint): string {
  return shownAmount(Number(quarks) / Number(QUARKS_PER_KIN), 'kin');
}

/** Quarks in a currency; in kin where there is no rate for it. */
export function shownQuarks(quarks: bigint, currency: string, rates: Rates | null): string {
  const rate = rates?.rates.get(currency);
  if (currency === 'kin' || rate === undefined) return shownKin(quarks);
  return shownAmount(worthOf(quarks, rate), currency);
}

/** A share of 10,000 as the reader writes a percentage. */
export function shownShare(basisPoints: number): string {
  const format = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 });
  return format.format(basisPoints / 10_000);
}

const names = new Intl.DisplayNames(undefined, { type: 'currency' });

/** A currency's code and name, like "USD, US Dollar". */
export function currencyName(code: string): string {
  if (code === 'kin') return 'Kin';
  const upper = code.toUpperCase();
  const name = names.of(upper) ?? upper;
  return name === upper ? upper : `${upper}, ${name}`;
}

/**
 * An amount that somebody typed, with a comma or a point before the smaller unit.
 * @returns null for what is none, or not above zero
 */
export function typedAmount(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^\d{1,12}(\.\d{1,5})?$/.test(plain)) return null;
  const amount = Number(plain);
  return amount > 0 ? amount : null;
}

/** The beginning and end of an address: enough to tell two apart, short enough to read. */
export function shortAddress(address: string): string {
  return address.length <= 12 ? address : `${address.slice(0, 4)}…${address.slice(-4)}`;
}
