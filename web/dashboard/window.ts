/** Rows drawn above and below what is seen, so that a scroll finds them there. */
const AROUND = 8;

/** What a list of rows of one height has to draw. */
export interface Seen {
  readonly first: number;
  /** Not drawn any more. */
  readonly end: number;
}

/**
 * The rows that are seen, and some around them.
 * @param top how far the list's upper edge is above the upper edge of what is seen, in px
 */
export function seenRows(count: number, rowHeight: number, top: number, height: number): Seen {
  const first = Math.max(0, Math.floor(top / rowHeight) - AROUND);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + AROUND);
  return { first: Math.min(first, count), end: Math.max(end, 0) };
}

/** What to draw, in order: the rows that are seen, and one that stays wherever it is. */
export function withRow({ first, end }: Seen, row: number): readonly number[] {
  const seen = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  if (row < 0 || (row >= first && row < end)) return seen;
  return row < first ? [row, ...seen] : [...seen, row];
}
