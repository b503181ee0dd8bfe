import { COMPLETE, FULL, INCOMPLETE, type Verdict, wrong } from './verdict.js';

/** Digits alone, at most so many. */
export function formatDigits(text: string, digitsMax: number): string {
  return text.replace(/\D/g, '').slice(0, digitsMax);
}

/** Judges a security code of `length` digits, 3 or 4; null where the card's brand is not known. */
export function judgeCvc(text: string, length: number | null): Verdict {
  if (text.length === (length ?? 4)) return FULL;
  return length === null && text.length === 3 ? COMPLETE : INCOMPLETE;
}

const POSTAL_CHARS_MAX = 10;
/** Where a code has a form that can be told to be whole. */
const POSTAL_FORMS: Readonly<Record<string, RegExp>> = {
  US: /^\d{5}$/,
  CA: /^[A-Z]\d[A-Z] \d[A-Z]\d$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/,
};

/** A postal code as a country writes it. */
export function formatPostal(text: string, country: string): string {
  const upper = text.toUpperCase().replace(/[^A-Z\d -]/g, '');
  if (country === 'US') return formatDigits(upper, 5);
  if (country === 'CA') {
    const code = upper.replace(/[ -]/g, '').slice(0, 6);
    return code.length > 3 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
  }
  return upper.trimStart().slice(0, POSTAL_CHARS_MAX);
}

/** Judges a postal code; of most countries it is only known that it has some characters. */
export function judgePostal(text: string, country: string): Verdict {
  const form = POSTAL_FORMS[country];
  if (form !== undefined) return form.test(text) ? FULL : INCOMPLETE;
  return text.trim().length >= 3 ? COMPLETE : INCOMPLETE;
}

/**
 * The country whose form of postal code a card field asks for, which knows no country: that of the
 * customer's language. A code with letters is not American.
 */
export function postalCountry(region: string, text: string): string {
  return region === 'US' && !/[A-Z]/i.test(text) ? 'US' : '';
}

/** Judges an e-mail address as far as a browser would. */
export function judgeEmail(text: string): Verdict {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text.trim())) return COMPLETE;
  return /\s\S|@.*@/.test(text.trim()) ? wrong('invalid_email') : INCOMPLETE;
}

/** Judges a name. */
export function judgeName(text: string): Verdict {
  return text.trim() === '' ? INCOMPLETE : COMPLETE;
}
