import { decodeRow, type Scalar } from './codec.js';
import { digestOf, type LabelRow } from './labels.js';
import type { RowTypes, TableName } from './schema.js';
import { columnName, columnsOf, conditionSql, type Mark, type Query } from './sql.js';
import type { SearchAnswer, SearchRequest, SearchSource } from './store.js';

/** The columns of `labels`, in the order of `labelValues`. */
export const LABEL_COLUMNS = 'account, label, owner, id';

/** A label's values, in the order of the columns. */
export function labelValues({ account, label, owner, id }: LabelRow): Scalar[] {
  return [account, label, owner, id];
}

/**
 * One window of a search as SQL. The window's ids come from an index, so that however few of its
 * rows fit, no more than the window is looked at. It answers at least one line: the oldest id of
 * the window and how many it has, then a row's columns, all null where none fits.
 */
export function searchSql(request: SearchRequest, mark: Mark): Query {
  const { table, account, sources, conditions, limit } = request;
  const values: Scalar[] = [];
  const place = (value: Scalar): string => mark(values.push(value));
  const terms = (): string => {
    const older = request.olderThan === undefined ? '' : ` AND id < ${place(request.olderThan)}`;
    return `${older} ORDER BY id DESC LIMIT ${place(request.window)}`;
  };
  const idsOf = (source: SearchSource): string => {
    if ('column' in source)
      return (
        `SELECT id FROM ${table} WHERE account = ${place(account)} ` +
        `AND ${columnName(source.column)} = ${place(source.value)}${terms()}`
      );
    return (
      `SELECT id FROM labels WHERE account = ${place(account)} ` +
      `AND label = ${place(digestOf(source.label))} AND owner = ${place(table)}${terms()}`
    );
  };
  const [first, ...more] = sources;
  let window: string;
  if (first === undefined)
    window = `SELECT id FROM ${table} WHERE account = ${place(account)}${terms()}`;
  else if (more.length === 0) window = idsOf(first);
  else {
    const parts = sources.map((source, i) => `SELECT id FROM (${idsOf(source)}) AS source_${i}`);
    window =
      `SELECT id FROM (${parts.join(' UNION ')}) AS found ` +
      `ORDER BY id DESC LIMIT ${place(request.window)}`;
  }
  const columns = columnsOf(table);
  // SQLite keeps the order of a cross join: it would rather begin with all rows of the account.
  const fitting =
    `SELECT ${columns.map((column) => `own.${column} AS ${column}`).join(', ')} FROM looked ` +
    `CROSS JOIN ${table} AS own WHERE own.account = ${place(account)} AND own.id = looked.id` +
    conditions.map((condition) => ` AND ${conditionSql(condition, place, 'own.')}`).join('') +
    ` ORDER BY own.id DESC LIMIT ${place(limit)}`;
  const sql =
    `WITH looked AS (${window}) SELECT edge.oldest, edge.looked_at, ` +
    `${columns.map((column) => `fitting.${column}`).join(', ')} ` +
    'FROM (SELECT MIN(id) AS oldest, COUNT(*) AS looked_at FROM looked) AS edge ' +
    `LEFT JOIN (${fitting}) AS fitting ON 1 = 1 ORDER BY fitting.id DESC`;
  return { sql, values };
}

/** What `searchSql` answered. */
export function decodeSearch<T extends TableName>(
  { table, limit, window }: SearchRequest<T>,
  lines: readonly Scalar[][],
): SearchAnswer<T> {
  const found = lines.filter((line) => line[2] !== null);
  const rows: RowTypes[T][] = found.map((line) => decodeRow(table, line.slice(2)));
  const [oldest, count] = lines[0] ?? [null, 0];
  // A full answer may leave fitting rows of the window out: what follows begins at its last row.
  const last = rows.length === limit ? (rows.at(-1)?.id ?? null) : (oldest as string | null);
  const examined = Number(count);
  return { rows, examined, last, ended: examined < window && rows.length < limit };
}
