/** A month, and a year of four digits. */
export interface Expiry {
  readonly month: number;
  readonly year: number;
}

/** `12 / 30` as the scripts send it, `12/2030`, `1230`; the ISO's `2030-12` and `2030-12-31`. */
const MONTH_FIRST = /^(\d{1,2})\s*[/-]\s*(\d{2}|\d{4})$|^(\d{2})(\d{2})$/;
const YEAR_FIRST = /^(\d{4})-(\d{2})(?:-\d{2})?$/;

/** Reads an expiry; null where it is none. Whether it is over is for the card's rail to say. */
export function readExpiry(text: string): Expiry | null {
  const trimmed = text.trim();
  const iso = YEAR_FIRST.exec(trimmed);
  if (iso !== null) return { month: Number(iso[2]), year: Number(iso[1]) };
  const match = MONTH_FIRST.exec(trimmed);
  if (match === null) return null;
  const month = Number(match[1] ?? match[3]);
  const year = Number(match[2] ?? match[4]);
  return { month, year: year < 100 ? 2000 + year : year };
}
