import { assertStorable, decodeAll, decodePacked, type Scalar } from './codec.js';
import { digestOf } from './labels.js';
import type { RowTypes, TableName } from './schema.js';
import { columnName, columnsOf, kindsOf, type Mark, type Query, selectFrom } from './sql.js';
import type { Gathering, Labelling, Store } from './store.js';

/** How an engine reads a list that is one value, JSON: a text with 500 marks is slow to prepare. */
export interface ListWords {
  /** The list as a table called `wanted`; `place` is the JSON's placeholder. */
  from(place: string): string;
  /** An element that is text. */
  readonly text: string;
  /** One part of an element that is a list, as text. */
  part(index: number): string;
  /** The beginning of a read of many whole rows. */
  select(table: TableName): string;
  /** What that answers. */
  decode<T extends TableName>(table: T, rows: readonly Scalar[][]): RowTypes[T][];
}

/**
 * A row as one text: its columns as a JSON array, a line's end, and `detail`. Threads hand one text
 * over much faster than its many values; money is text, as JSON's numbers are not exact.
 */
function packedFrom(table: TableName): string {
  const kinds = kindsOf(table);
  const columns = columnsOf(table)
    .slice(0, -1)
    .map((column, i) => (kinds[i] === 'money' ? `CAST(${column} AS text)` : column));
  return `SELECT json_array(${columns.join(', ')}) || char(10) || detail FROM ${table}`;
}

/** SQLite's words. */
export const SQLITE_LIST: ListWords = {
  from: (place) => `json_each(${place}) AS wanted`,
  text: 'wanted.value',
  part: (index) => `json_extract(wanted.value, '$[${index}]')`,
  select: packedFrom,
  decode: (table, rows) => rows.map(([text]) => decodePacked(table, text as string)),
};

/** PostgreSQL's words. */
export const POSTGRES_LIST: ListWords = {
  from: (place) => `json_array_elements(${place}::json) AS wanted(value)`,
  text: "(wanted.value #>> '{}')",
  part: (index) => `(wanted.value ->> ${index})`,
  select: selectFrom,
  decode: decodeAll,
};

function gatherSql(request: Gathering, mark: Mark, words: ListWords): Query {
  const { table, account, column, values, limit } = request;
  values.forEach(assertStorable);
  return {
    sql:
      `${words.select(table)} WHERE account = ${mark(1)} AND ${columnName(column)} IN ` +
      `(SELECT ${words.text} FROM ${words.from(mark(2))}) LIMIT ${mark(3)}`,
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
  after: { account: string; id: string } | null,
  limit: number,
  mark: Mark,
  words: ListWords,
): Query {
  return afterSql(words.select(table), after, limit, mark);
}

function linksSql(
  table: TableName,
  column: string,
  after: { account: string; id: string } | null,
  limit: number,
  mark: Mark,
): Query {
  return afterSql(`SELECT account, id, ${columnName(column)} FROM ${table}`, after, limit, mark);
}

function afterSql(
  select: string,
  after: { account: string; id: string } | null,
  limit: number,
  mark: Mark,
): Query {
  const order = 'ORDER BY account, id LIMIT';
  if (after === null) return { sql: `${select} ${order} ${mark(1)}`, values: [limit] };
  return {
    sql: `${select} WHERE (account, id) > (${mark(1)}, ${mark(2)}) ${order} ${mark(3)}`,
    values: [after.account, after.id, limit],
  };
}

type AuditReads = Pick<Store, 'scan' | 'gather' | 'missing' | 'unlabelled' | 'links' | 'count'>;

/** What audits and exports read of a store, many rows at a time. */
export function auditReads(
  ask: (query: Query) => Promise<Scalar[][]>,
  mark: Mark,
  words: ListWords,
): AuditReads {
  return {
    scan: async (table, after, limit) =>
      words.decode(table, await ask(scanSql(table, after, limit, mark, words))),
    gather: async (request) =>
      words.decode(request.table, await ask(gatherSql(request, mark, words))),
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
    links: async (table, column, after, limit) => {
      const rows = await ask(linksSql(table, column, after, limit, mark));
      return rows.map(([account, id, value]) => ({
        account: account as string,
        id: id as string,
        value: value as string | null,
      }));
    },
    count: async (table) => {
      const rows = await ask({ sql: `SELECT count(*) FROM ${table}`, values: [] });
      return Number(rows[0]?.[0]);
    },
  };
}
