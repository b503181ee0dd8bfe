import type { IntentRow, Money } from '../../src/api/admin/schema.js';
import { shownMoney } from '../checkout/money.js';
import { digitsOf } from '../ui/currency-digits.js';

/** The reader's language. Browsers of a bare system name one that is none: `en-US@posix`. */
export function localeOf(language: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en-GB';
  } catch {
    return 'en-GB';
  }
}

export const locale = (): string => localeOf(globalThis.navigator?.language);

/** An amount as the reader writes it. */
export function money({ value, currency }: Money): string {
  try {
    return shownMoney({ value, currency }, locale());
  } catch {
    // A currency that the browser does not know: minor units, and said so.
    return `${value} ${currency}`;
  }
}

/** An amount in few letters, for an axis. */
export function shortMoney({ value, currency }: Money): string {
  const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const amount = value / 10 ** digitsOf(currency);
  if (currency === 'kin') return `${amount}`;
  return new Intl.NumberFormat(locale(), { ...options, notation: 'compact' }).format(amount);
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** A share from 0 to 1. */
export function share(value: number): string {
  const options = { style: 'percent', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** A day as `2026-11-21`, in words. */
export function dayWords(day: string): string {
  const options = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${day}T00:00:00Z`));
}

/** The time in the reader's zone: short, and whole. */
export function timeWords(ms: number): { readonly short: string; readonly whole: string } {
  const at = new Date(ms);
  const short = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  const whole = { dateStyle: 'full', timeStyle: 'long' } as const;
  return {
    short: new Intl.DateTimeFormat(locale(), { ...short, hourCycle: 'h23' }).format(at),
    whole: new Intl.DateTimeFormat(locale(), whole).format(at),
  };
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A duration in its two largest units: `2 d 4 h`, `1 min 5 s`, `850 ms`. */
export function duration(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const many = Math.floor(rest / size);
    rest -= many * size;
    if (many > 0) parts.push(`${many} ${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}

/** A state in a word and a shape. */
export interface Status {
  readonly shape: string;
  readonly word: string;
  readonly look: 'good' | 'attention' | 'failure' | 'plain';
}

const STATUSES: Readonly<Record<string, Status>> = {
  awaiting_method: { shape: '○', word: 'Awaiting', look: 'plain' },
  awaiting_confirmation: { shape: '○', word: 'Awaiting', look: 'plain' },
  awaiting_action: { shape: '◐', word: 'Action needed', look: 'attention' },
  processing: { shape: '◌', word: 'Processing', look: 'attention' },
  authorized: { shape: '◇', word: 'Authorized', look: 'attention' },
  captured: { shape: '●', word: 'Captured', look: 'good' },
  canceled: { shape: '✕', word: 'Canceled', look: 'plain' },
};

/** How an intent stands. A try that failed shows only while another is awaited. */
export function statusOf({
  state,
  captured,
  refunded,
  lastError,
}: Pick<IntentRow, 'state' | 'captured' | 'refunded' | 'lastError'>): Status {
  if (refunded > 0)
    return { shape: '↺', word: refunded < captured ? 'Part refunded' : 'Refunded', look: 'plain' };
  if (state === 'awaiting_method' && lastError !== '')
    return { shape: '▲', word: 'Failed', look: 'failure' };
  return STATUSES[state] ?? { shape: '○', word: wordOf(state), look: 'plain' };
}

/** A name of the API as a person reads it: `needs_response` is `Needs response`. */
export function wordOf(name: string): string {
  const words = name.replaceAll('_', ' ').replaceAll('.', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
