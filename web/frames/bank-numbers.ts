import { COMPLETE, FULL, INCOMPLETE, type Verdict, wrong } from './verdict.js';

/** Lengths of the IBANs of countries that take part in SEPA. */
const IBAN_LENGTHS =
  'AD24 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 ' +
  'IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SM27 VA22';

const LENGTHS: ReadonlyMap<string, number> = new Map(
  IBAN_LENGTHS.split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN_CHARS_MAX = 34;

const compact = (text: string): string => text.toUpperCase().replace(/[^A-Z\d]/g, '');

/** An IBAN in groups of four. */
export function formatIban(text: string): string {
  const iban = compact(text);
  const length = LENGTHS.get(iban.slice(0, 2)) ?? IBAN_CHARS_MAX;
  return iban.slice(0, length).replace(/(.{4})(?=.)/g, '$1 ');
}

/** Remainder of the IBAN as a number by 97 (ISO 13616); 1 for a right one. */
function remainder(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Judges an IBAN: its country, its length, its check digits. */
export function judgeIban(text: string): Verdict {
  const iban = compact(text);
  if (iban.length < 2) return INCOMPLETE;
  const length = LENGTHS.get(iban.slice(0, 2));
  if (length === undefined || !/^[A-Z]{2}\d{0,2}([A-Z\d]|$)/.test(iban))
    return wrong('invalid_iban');
  if (iban.length < length) return INCOMPLETE;
  return remainder(iban) === 1 ? FULL : wrong('invalid_iban');
}

/** Judges the nine digits of an American bank, by their weights 3, 7, 1. */
export function judgeRouting(text: string): Verdict {
  if (text.length < 9) return INCOMPLETE;
  const sum = [...text].reduce((all, digit, i) => all + Number(digit) * ([3, 7, 1][i % 3] ?? 0), 0);
  return sum % 10 === 0 ? FULL : wrong('invalid_routing_number');
}

/** Judges an American account number: 4 to 17 digits. */
export function judgeAccount(text: string): Verdict {
  return text.length >= 4 ? COMPLETE : INCOMPLETE;
}
