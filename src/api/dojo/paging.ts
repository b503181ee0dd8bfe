import type { RowTypes, TableName } from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';
import { invalidField, Refusal } from './problem.js';
import type { DojoRequest } from './request.js';
import { int, type ObjectOf, text } from './schema/shape.js';

/** Entries of a page: as many as the description says. */
export const PAGE_DEFAULT = 50;
const PAGE_MAX = 100;
const CURSOR_CHARS_MAX = 200;

/** The fields that ask for a page. */
export const CURSOR_FIELDS = {
  limit: int(1, PAGE_MAX),
  before: text({ max: CURSOR_CHARS_MAX }),
  after: text({ max: CURSOR_CHARS_MAX }),
};
export type Cursor = ObjectOf<typeof CURSOR_FIELDS>;

/** A page, newest first, with the cursors of its neighbours; null where there is none. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly before: string | null;
  readonly after: string | null;
}

/** The cursor that stands at a row. */
export function cursorAt(id: string): string {
  return Buffer.from(JSON.stringify(id)).toString('base64');
}

/** The id in a cursor; refuses what is none of ours. */
function idAt(field: string, cursor: string): string {
  const [, id] = /^"([0-9A-Za-z_]{1,80})"$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (id === undefined || cursorAt(id) !== cursor)
    throw new Refusal(invalidField(field, `The field ${field} is not a cursor.`));
  return id;
}

/** Where a page begins; refuses two answers to that. */
export function placeOf({ before, after }: Cursor): { olderThan?: string; newerThan?: string } {
  if (before !== undefined && after !== undefined)
    throw new Refusal(invalidField('After', 'Only one of before and after may be used.'));
  if (before !== undefined) return { newerThan: idAt('Before', before) };
  return after === undefined ? {} : { olderThan: idAt('After', after) };
}

/** Reads one page of the account's rows. */
export async function readPage<T extends TableName>(
  { engine, account }: Pick<DojoRequest, 'engine' | 'account'>,
  table: T,
  conditions: Parameters<Engine['page']>[0]['conditions'],
  cursor: Cursor,
): Promise<Page<RowTypes[T]>> {
  const { limit = PAGE_DEFAULT } = cursor;
  const place = placeOf(cursor);
  const found = await engine.page({ table, account, conditions, limit: limit + 1, ...place });
  const more = found.length > limit;
  const goesBack = cursor.before !== undefined;
  // What is too much lies on the far side, seen from the cursor.
  const rows = goesBack ? found.slice(-limit) : found.slice(0, limit);
  const [first, last] = [rows[0], rows.at(-1)];
  const hasNewer = goesBack ? more : cursor.after !== undefined;
  const hasOlder = goesBack || more;
  return {
    rows,
    before: first !== undefined && hasNewer ? cursorAt(first.id) : null,
    after: last !== undefined && hasOlder ? cursorAt(last.id) : null,
  };
}
