import { assertStorable, decodeAll, decodePacked, type Scalar } from './codec.js';
import { digestOf } from './labels.js';
import type { RowTypes, TableName } from './schema.js';
import { columnName, columnsOf, kindsOf, type Mark, type Query, selectFrom } from './sql.js';
import type { AuditStore, Gathering, KeyRange, Labelling, RowPlace } from './store.js';

/** How an engine reads a list that is one value, JSON: a text with 500 marks is slow to prepare. */
export interface ListWords {
  /** The list as a table called `wanted`; `place` is the JSON's placeholder. */
  from(place: string): string;
  /** An element that is text. */
  readonly text: string;
  /** One part of an element that is a list, as text. */
  part(index: number): string;
  /** A read of many whole rows; `rest` is what follows the table's name. */
  select(table: TableName, rest: string): string;
  /** What that answers. */
  decode<T extends TableName>(table: T, rows: readonly Scalar[][]): RowTypes[T][];
}

/**
 * Rows as one text, a JSON array of pairs: a row's columns, and its `detail`. One text is handed
 * over, and parsed, much faster than many values; money is text, as JSON's numbers are not exact.
 */
function packedFrom(table: TableName, rest: string): string {
  const kinds = kindsOf(table);
  const columns = columnsOf(table)
    .slice(0, -1)
    .map((column, i) => (kinds[i] === 'money' ? `CAST(${column} AS text)` : column));
  const row = `'[' || json_array(${columns.join(', ')}) || ',' || detail || ']'`;
  return (
    "SELECT '[' || group_concat(row, ',') || ']' FROM " +
    `(SELECT ${row} AS row FROM ${table} ${rest})`
  );
}

/** SQLite's words. */
export const SQLITE_LIST: ListWords = {
  from: (place) => `json_each(${place}) AS wanted`,
  text: 'wanted.value',
  part: (index) => `json_extract(wanted.value, '$[${index}]')`,
  select: packedFrom,
  // Of no rows the text is null.
  decode: (table, rows) => decodePacked(table, (rows[0]?.[0] as string | null) ?? '[]'),
};

/** PostgreSQL's words. */
export const POSTGRES_LIST: ListWords = {
  from: (place) => `json_array_elements(${place}::json) AS wanted(value)`,
  text: "(wanted.value #>> '{}')",
  part: (index) => `(wanted.value ->> ${index})`,
  select: (table, rest) => `${selectFrom(table)} ${rest}`,
  decode: decodeAll,
};

function gatherSql(request: Gathering, mark: Mark, words: ListWords): Query {
  const { table, account, column, values, limit } = request;
  values.forEach(assertStorable);
  return {
    sql: words.select(
      table,
      `WHERE account = ${mark(1)} AND ${columnName(column)} IN ` +
        `(SELECT ${words.text} FROM ${words.from(mark(2))}) LIMIT ${mark(3)}`,
    ),
    values: [account, JSON.stringify(values), limit],
  };
}

function missingSql(
  table: TableName,
  account: string,
  ids: readonly string[],
  mark: Mark,
  words: ListWords,
): Query {
  ids.forEach(assertStorable);
  return {
    sql:
      `SELECT ${words.text} FROM ${words.from(mark(1))} WHERE NOT EXISTS ` +
      `(SELECT 1 FROM ${table} WHERE account = ${mark(2)} AND id = ${words.text})`,
    values: [JSON.stringify(ids), account],
  };
}

/** Answers the places, in the list, of the labels that no row of `labels` has. */
function unlabelledSql(
  table: TableName,
  account: string,
  labellings: readonly Labelling[],
  mark: Mark,
  words: ListWords,
): Query {
  const list = labellings.map(({ id, label }, i) => [String(digestOf(label)), id, i]);
  const stored =
    `SELECT 1 FROM labels WHERE account = ${mark(2)} AND owner = ${mark(3)} ` +
    `AND label = CAST(${words.part(0)} AS bigint) AND id = ${words.part(1)}`;
  return {
    sql: `SELECT ${words.part(2)} FROM ${words.from(mark(1))} WHERE NOT EXISTS (${stored})`,
    values: [JSON.stringify(list), account, table],
  };
}

/** The next rows of a table in (account, id) order. */
function scanSql(
  table: TableName,
  range: KeyRange,
  limit: number,
  mark: Mark,
  words: ListWords,
): Query {
  const { where, values } = rangeSql(range, '', mark);
  const place = mark(values.push(limit));
  return {
    sql: words.select(table, `WHERE ${where} ORDER BY account, id LIMIT ${place}`),
    values,
  };
}

/** The key that is `rows` keys after another: by the index of the keys, the rows are not read. */
function placeSql(table: TableName, after: RowPlace | null, rows: number, mark: Mark): Query {
  const { where, values } = rangeSql({ after, until: null }, '', mark);
  const place = mark(values.push(rows - 1));
  return {
    sql:
      `SELECT account, id FROM ${table} WHERE ${where} ` +
      `ORDER BY account, id LIMIT 1 OFFSET ${place}`,
    values,
  };
}

function straysSql(
  table: TableName,
  column: string,
  parent: TableName,
  range: KeyRange,
  mark: Mark,
): Query {
  const { where, values } = rangeSql(range, 'child.', mark);
  const name = `child.${columnName(column)}`;
  return {
    sql:
      `SELECT child.account, child.id FROM ${table} AS child WHERE ${where} ` +
      `AND ${name} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${parent} AS parent ` +
      `WHERE parent.account = child.account AND parent.id = ${name})`,
    values,
  };
}

function rangeSql(
  { after, until }: KeyRange,
  prefix: string,
  mark: Mark,
): { where: string; values: Scalar[] } {
  const values: Scalar[] = [];
  const terms = [after && (['>', after] as const), until && (['<=', until] as const)].flatMap(
    (bound) => {
      if (bound === null) return [];
      const [comparison, { account, id }] = bound;
      const places = [mark(values.push(account)), mark(values.push(id))];
      return [`(${prefix}account, ${prefix}id) ${comparison} (${places.join(', ')})`];
    },
  );
  return { where: terms.length === 0 ? '1 = 1' : terms.join(' AND '), values };
}

type AuditReads = Omit<AuditStore, 'load' | 'page' | 'balances'>;

/** What audits and exports read of a store, many rows at a time. Reads of rows throw DamagedRow. */
export function auditReads(
  ask: (query: Query) => Promise<Scalar[][]>,
  mark: Mark,
  words: ListWords,
): AuditReads {
  const plain: ListWords = { ...words, select: POSTGRES_LIST.select, decode: decodeAll };
  const rowsOf = async <T extends TableName>(
    table: T,
    queryBy: (words: ListWords) => Query,
  ): Promise<RowTypes[T][]> => {
    const answer = await ask(queryBy(words));
    try {
      return words.decode(table, answer);
    } catch {
      // The text of many rows does not say which of them is damaged; by itself, each does.
      return plain.decode(table, await ask(queryBy(plain)));
    }
  };
  return {
    scan: (table, after, limit, until = null) =>
      rowsOf(table, (by) => scanSql(table, { after, until }, limit, mark, by)),
    placeAfter: async (table, after, rows) => {
      const [row] = await ask(placeSql(table, after, rows, mark));
      return row === undefined ? null : placeOf(row);
    },
    gather: (request) => rowsOf(request.table, (by) => gatherSql(request, mark, by)),
    missing: async (table, account, ids) => {
      if (ids.length === 0) return [];
      const rows = await ask(missingSql(table, account, ids, mark, words));
      return rows.map(([id]) => id as string);
    },
    unlabelled: async (table, account, labellings) => {
      if (labellings.length === 0) return [];
      const rows = await ask(unlabelledSql(table, account, labellings, mark, words));
      return rows.flatMap(([place]) => labellings[Number(place)] ?? []);
    },
    strays: async (table, column, parent, range) =>
      (await ask(straysSql(table, column, parent, range, mark))).map(placeOf),
    count: async (table) => {
      const rows = await ask({ sql: `SELECT count(*) FROM ${table}`, values: [] });
      return Number(rows[0]?.[0]);
    },
  };
}

function placeOf([account, id]: readonly Scalar[]): RowPlace {
  return { account: account as string, id: id as string };
}
