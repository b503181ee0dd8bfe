/** Rows after a look at the newest page. */
export interface Merged<T> {
  readonly rows: readonly T[];
  /** How many stand before those that were known. */
  readonly added: number;
  /** Whether the page joins what is known; where not, rows between the two are missing. */
  readonly joins: boolean;
}

/**
 * Puts the newest page before and into the rows that are known, newest first. Rows that the page
 * has anew take the place of the old ones. Where it holds none that is known, only the page is
 * kept: what lies between would be missing without a word.
 */
export function mergeNewest<T extends { readonly id: string }>(
  known: readonly T[],
  page: readonly T[],
): Merged<T> {
  const fresh = new Map(page.map((row) => [row.id, row]));
  const ids = new Set(known.map(({ id }) => id));
  const before = page.filter(({ id }) => !ids.has(id));
  const joins = known.length === 0 || before.length < page.length;
  if (!joins) return { rows: page, added: page.length, joins };
  // An object that did not change stays the same: its line need not be drawn again.
  const kept = known.map((row) => {
    const now = fresh.get(row.id);
    return now === undefined || JSON.stringify(now) === JSON.stringify(row) ? row : now;
  });
  return { rows: [...before, ...kept], added: before.length, joins };
}
