import { FULL, INCOMPLETE, type Verdict, wrong } from './verdict.js';

/** A month, counted from 1. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

/** No card is valid for longer. */
const VALIDITY_YEARS_MAX = 50;

/** `MM / YY` of what is typed, pasted or filled in, a year of four digits included. */
export function formatExpiry(text: string): string {
  const parts = text.match(/\d+/g) ?? [];
  let digits = parts.join('');
  const isSeparated = parts.length > 1 || /\d\s*[/.-]/.test(text);
  // A first digit above 1 can only be a whole month; so can a second that makes more than twelve.
  const isWhole = /^([2-9]|1[3-9])/.test(digits) && parts[0]?.[0] !== '0';
  if (isWhole || (isSeparated && /^[1-9]$/.test(parts[0] ?? ''))) digits = `0${digits}`;
  digits = digits.replace(/^00+/, '0');
  if (digits.length < 2) return digits;
  // 2020 is over: a year that begins with 20 is one of four digits, until those are there.
  const year = digits.slice(2).replace(/^20(\d\d).*$/, '$1');
  return `${digits.slice(0, 2)} / ${year.startsWith('20') ? year.slice(0, 3) : year.slice(0, 2)}`;
}

/** The month that a whole text means, else null. */
export function parseExpiry(text: string): Month | null {
  const match = /^(0[1-9]|1[0-2]) \/ (\d\d)$/.exec(text);
  return match && { month: Number(match[1]), year: 2000 + Number(match[2]) };
}

/** Judges an expiry; a card is good to the end of its month. */
export function judgeExpiry(text: string, today: Month): Verdict {
  const expiry = parseExpiry(text);
  if (expiry === null) return INCOMPLETE;
  if (expiry.year < today.year) return wrong('invalid_expiry_year_past');
  if (expiry.year > today.year + VALIDITY_YEARS_MAX) return wrong('invalid_expiry_year');
  if (expiry.year === today.year && expiry.month < today.month)
    return wrong('invalid_expiry_month_past');
  return FULL;
}
