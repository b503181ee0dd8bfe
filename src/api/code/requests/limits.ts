import { currencyDigits } from '../../../domain/currency.js';
import { currencyIndex } from '../../../wire/code/currencies.js';
import type { Rates } from '../rates.js';
import type { CodeSettings } from '../settings.js';

/** What a request may ask for, in whole units of its currency. */
export interface AmountLimits {
  readonly min: number;
  readonly max: number;
}

/** The limits of a currency by its lower-case code; null where none is asked for in it. */
export type LimitsOf = (currency: string) => AmountLimits | null;

/** A payload can carry these, but the published table has no limits for them. */
const REFUSED: ReadonlySet<string> = new Set(['ssp', 'stn', 'ves']);

const USD_MIN = 0.05;
const USD_MAX = 250;

/** In the published table the most is always a hundred times the least. */
const PUBLISHED_SPAN = 100;

/** Least amounts of the published table, as far as they were published in words. */
const PUBLISHED_MIN: Readonly<Record<string, number>> = {
  ...{ usd: 0.05, eur: 0.05, gbp: 0.05, cad: 0.05, aud: 0.05, chf: 0.05 },
  ...{ jpy: 5, kin: 2500, inr: 2 },
};

/**
 * The limits that the settings ask for. `usd250`: what 0.05 to 250 US dollars are at the present
 * rate. `published`: the published sequencer's, 0.05 to 5 US dollars; for the currencies whose
 * figures are not known, the round number nearest to that.
 */
export function makeLimits(kind: CodeSettings['limits'], rates: Pick<Rates, 'current'>): LimitsOf {
  return (currency) => {
    if (REFUSED.has(currency) || currencyIndex(currency) === null) return null;
    // Two codes of the protocol's table are of currencies that have ended.
    const digits = currencyDigits(currency);
    const { rates: perKin } = rates.current();
    const [rate, usd] = [perKin.get(currency), perKin.get('usd')];
    if (digits === null || rate === undefined || usd === undefined) return null;
    // Payloads count in hundredths, whatever the currency has.
    const step = 10 ** Math.min(digits, 2);
    if (kind === 'usd250') {
      const min = Math.ceil(stable(((USD_MIN * rate) / usd) * step)) / step;
      return { min, max: Math.floor(stable(((USD_MAX * rate) / usd) * step)) / step };
    }
    const round = Math.max(roundNumber((USD_MIN * rate) / usd), 1 / step);
    const min = PUBLISHED_MIN[currency] ?? round;
    return { min, max: (min * step * PUBLISHED_SPAN) / step };
  };
}

/** Without what the division of two doubles adds to or takes from a whole number. */
function stable(value: number): number {
  return Number(value.toPrecision(12));
}

/** The nearest of 1, 2, 3 and 5 times a power of ten, by ratio. */
function roundNumber(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  // Read from text, so that the double is the nearest one to the decimal number.
  const candidates = [1, 2, 3, 5, 10].map((digit) => Number(`${digit}e${exponent}`));
  const distance = (candidate: number): number => Math.abs(Math.log(candidate / value));
  return candidates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/** Why a request may not ask for an amount, in the published texts; null where it may. */
export function limitFault(limits: LimitsOf, currency: string, amount: number): string | null {
  const bounds = limits(currency);
  if (bounds === null) return `${currency} currency is not currently supported`;
  if (amount > bounds.max)
    return `${currency} currency has a maximum amount of ${bounds.max.toFixed(2)}`;
  if (amount < bounds.min)
    return `${currency} currency has a minimum amount of ${bounds.min.toFixed(2)}`;
  return null;
}
