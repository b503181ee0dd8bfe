/** Characters of an IBAN by country, and those of its bank and branch codes within it. */
interface IbanShape {
  readonly length: number;
  readonly bank: readonly [from: number, to: number];
  readonly branch?: readonly [from: number, to: number];
}

/** The countries of SEPA whose accounts can be debited. Reference: the SWIFT IBAN registry. */
const SHAPES: Readonly<Record<string, IbanShape>> = {
  AD: { length: 24, bank: [4, 8], branch: [8, 12] },
  AT: { length: 20, bank: [4, 9] },
  BE: { length: 16, bank: [4, 7] },
  BG: { length: 22, bank: [4, 8], branch: [8, 12] },
  CH: { length: 21, bank: [4, 9] },
  CY: { length: 28, bank: [4, 7], branch: [7, 12] },
  CZ: { length: 24, bank: [4, 8] },
  DE: { length: 22, bank: [4, 12] },
  DK: { length: 18, bank: [4, 8] },
  EE: { length: 20, bank: [4, 6] },
  ES: { length: 24, bank: [4, 8], branch: [8, 12] },
  FI: { length: 18, bank: [4, 7] },
  FR: { length: 27, bank: [4, 9], branch: [9, 14] },
  GB: { length: 22, bank: [4, 8], branch: [8, 14] },
  GI: { length: 23, bank: [4, 8] },
  GR: { length: 27, bank: [4, 7], branch: [7, 11] },
  HR: { length: 21, bank: [4, 11] },
  HU: { length: 28, bank: [4, 7], branch: [7, 11] },
  IE: { length: 22, bank: [4, 8], branch: [8, 14] },
  IS: { length: 26, bank: [4, 8] },
  IT: { length: 27, bank: [5, 10], branch: [10, 15] },
  LI: { length: 21, bank: [4, 9] },
  LT: { length: 20, bank: [4, 9] },
  LU: { length: 20, bank: [4, 7] },
  LV: { length: 21, bank: [4, 8] },
  MC: { length: 27, bank: [4, 9], branch: [9, 14] },
  MT: { length: 31, bank: [4, 8], branch: [8, 13] },
  NL: { length: 18, bank: [4, 8] },
  NO: { length: 15, bank: [4, 8] },
  PL: { length: 28, bank: [4, 12] },
  PT: { length: 25, bank: [4, 8], branch: [8, 12] },
  RO: { length: 24, bank: [4, 8] },
  SE: { length: 24, bank: [4, 7] },
  SI: { length: 19, bank: [4, 9] },
  SK: { length: 24, bank: [4, 8] },
  SM: { length: 27, bank: [5, 10], branch: [10, 15] },
};

/** An IBAN taken apart. */
export interface Iban {
  readonly iban: string;
  readonly country: string;
  readonly bankCode: string;
  readonly branchCode: string | null;
}

/** The longest IBAN has 34 characters, with something between each of them twice that. */
const IBAN_CHARS_MAX = 70;

/** Reads an IBAN, spaces and hyphens dropped, and checks country, length and check digits. */
export function parseIban(typed: string): Iban | 'iban_invalid' | 'iban_country' {
  if (typed.length > IBAN_CHARS_MAX) return 'iban_invalid';
  const iban = typed.replace(/[\s-]/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(iban)) return 'iban_invalid';
  const country = iban.slice(0, 2);
  const shape = Object.hasOwn(SHAPES, country) ? SHAPES[country] : undefined;
  if (shape === undefined) return 'iban_country';
  if (iban.length !== shape.length || remainder(iban) !== 1) return 'iban_invalid';
  return {
    iban,
    country,
    bankCode: iban.slice(...shape.bank),
    branchCode: shape.branch === undefined ? null : iban.slice(...shape.branch),
  };
}

/** ISO 7064, modulo 97: the first four characters go last, and A counts as 10. */
function remainder(iban: string): number {
  const moved = iban.slice(4) + iban.slice(0, 4);
  let rest = 0;
  for (const character of moved)
    for (const digit of Number.parseInt(character, 36).toString()) rest = (rest * 10 + +digit) % 97;
  return rest;
}
