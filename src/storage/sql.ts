import type { Scalar } from './codec.js';
import { type ColumnKind, TABLES, type TableName } from './schema.js';
import { type Condition, FINDING_ROWS_MAX, type Finding, type PageRequest } from './store.js';

/** SQL text with its values, in the order of the placeholders. */
export interface Query {
  readonly sql: string;
  readonly values: Scalar[];
}

/** How an engine writes its n-th placeholder, from 1 on. */
export type Mark = (position: number) => string;

/** How a property is called in SQL: `dueAtMs` is `due_at_ms`. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const COLUMN_NAMES = Object.fromEntries(
  Object.values(TABLES).map(({ name, columns }) => [
    name,
    [...columns.map(([property]) => columnName(property)), 'detail'],
  ]),
) as { [T in TableName]: string[] };

/** A table's columns in the order of the codec, `detail` last. */
export function columnsOf(table: TableName): readonly string[] {
  return COLUMN_NAMES[table];
}

/** The kinds of those columns; `detail` is text. */
export function kindsOf(table: TableName): ColumnKind[] {
  return [...TABLES[table].columns.map(([, kind]) => kind), 'text'];
}

/** The beginning of every read of whole rows. */
export function selectFrom(table: TableName): string {
  return `SELECT ${columnsOf(table).join(', ')} FROM ${table}`;
}

/** `a = excluded.a, …` for the columns that an update may change. */
export function updateList(table: TableName): string {
  return columnsOf(table)
    .slice(2)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');
}

const OPERATORS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** A condition as SQL; `place` takes in a value and answers its placeholder. */
export function conditionSql(
  { column, comparison, value }: Condition,
  place: (value: Scalar) => string,
  prefix = '',
): string {
  const name = prefix + columnName(column);
  if (value === null) return `${name} IS NULL`;
  if (comparison !== 'in') return `${name} ${OPERATORS[comparison]} ${place(value as Scalar)}`;
  const list = (value as readonly string[]).map(place);
  return list.length === 0 ? '1 = 0' : `${name} IN (${list.join(', ')})`;
}

/**
 * A page as SQL with its values, in the order of the placeholders that `mark` makes from 1 on. With
 * `newerThan` the nearest rows come first, oldest of them first: the caller turns them round.
 */
export function pageSql(request: PageRequest, mark: Mark): Query {
  const values: Scalar[] = [request.account];
  const terms = [`account = ${mark(1)}`];
  const place = (value: Scalar): string => mark(values.push(value));
  for (const condition of request.conditions) terms.push(conditionSql(condition, place));
  if (request.olderThan !== undefined) terms.push(`id < ${place(request.olderThan)}`);
  if (request.newerThan !== undefined) terms.push(`id > ${place(request.newerThan)}`);
  const order = request.newerThan === undefined ? 'DESC' : 'ASC';
  const sql =
    `${selectFrom(request.table)} WHERE ${terms.join(' AND ')} ` +
    `ORDER BY id ${order} LIMIT ${place(request.limit)}`;
  return { sql, values };
}

/** What a finding reads: oldest first, at most `FINDING_ROWS_MAX` rows. */
export function findingSql({ table, account, where }: Finding, mark: Mark): Query {
  const term = where === undefined ? '' : ` AND ${columnName(where.column)} = ${mark(2)}`;
  return {
    sql:
      `${selectFrom(table)} WHERE account = ${mark(1)}${term} ` +
      `ORDER BY id LIMIT ${FINDING_ROWS_MAX}`,
    values: where === undefined ? [account] : [account, where.value],
  };
}

/** Non-zero balances, summed over their parts, in the order of their keys. */
export function balancesSql(account: string | null, mark: Mark): Query {
  return {
    sql:
      'SELECT account, ledger_account, currency, SUM(posted), SUM(pending) FROM balances ' +
      `${account === null ? '' : `WHERE account = ${mark(1)} `}` +
      'GROUP BY account, ledger_account, currency ' +
      'HAVING SUM(posted) <> 0 OR SUM(pending) <> 0 ' +
      'ORDER BY account, ledger_account, currency',
    values: account === null ? [] : [account],
  };
}

/**
 * Jobs that are due by their clocks: those that run with the wall's, those of accounts that are
 * ahead of it, and those of clocks that stand still, but for what is being advanced: there an
 * advance keeps the order. Each part goes by an index of its own.
 */
export function dueJobsSql(now: number, limit: number, mark: Mark): Query {
  const values: Scalar[] = [];
  const place = (value: Scalar): string => mark(values.push(value));
  const columns = columnsOf('jobs');
  const part = (name: string, from: string, columnsFrom: string): string =>
    `SELECT * FROM (SELECT ${columnsFrom} FROM ${from} ` +
    `ORDER BY due_at, account, id LIMIT ${place(limit)}) AS ${name}`;
  const own = columns.join(', ');
  const joined = columns.map((column) => `jobs.${column} AS ${column}`).join(', ');
  const running = `jobs WHERE clock_id IN ('account', 'wall') AND due_at <= ${place(now)}`;
  const parts = [part('running', running, own)];
  const ahead =
    'accounts JOIN jobs ON jobs.account = accounts.account ' +
    "WHERE accounts.clock_ahead_seconds > 0 AND jobs.clock_id = 'account' " +
    `AND jobs.due_at > ${place(now)} ` +
    `AND jobs.due_at <= accounts.clock_ahead_seconds + ${place(now)}`;
  parts.push(part('ahead', ahead, joined));
  const frozen =
    'clocks JOIN jobs ON jobs.account = clocks.account AND jobs.clock_id = clocks.id ' +
    "WHERE clocks.status <> 'deleted' AND clocks.status <> 'advancing' " +
    'AND jobs.due_at <= clocks.frozen_time';
  parts.push(part('frozen', frozen, joined));
  const sql =
    `SELECT ${own} FROM (${parts.join(' UNION ALL ')}) AS due ` +
    `ORDER BY due_at, account, id LIMIT ${place(limit)}`;
  return { sql, values };
}

/** The first job by one clock that is due until a time of that clock. */
export function nextJobSql(
  clock: { account: string; id: string },
  until: number,
  mark: Mark,
): Query {
  return {
    sql:
      `${selectFrom('jobs')} WHERE account = ${mark(1)} AND clock_id = ${mark(2)} ` +
      `AND due_at <= ${mark(3)} ORDER BY due_at, id LIMIT 1`,
    values: [clock.account, clock.id, until],
  };
}

/** Id and intent of an account's facts after one: whole facts are large. */
export function factsAfterSql(account: string, after: string, limit: number, mark: Mark): Query {
  return {
    sql:
      `SELECT id, intent_id FROM facts WHERE account = ${mark(1)} AND id > ${mark(2)} ` +
      `ORDER BY id LIMIT ${mark(3)}`,
    values: [account, after, limit],
  };
}

/** What `factsAfterSql` selects. */
export function decodeFactPlaces(
  rows: readonly Scalar[][],
): { id: string; intentId: string | null }[] {
  return rows.map(([id, intentId]) => ({ id: id as string, intentId: intentId as string | null }));
}

/** Account and id of the subscriptions that have deliveries due. */
export function dueSubscriptionsSql(nowMs: number, limit: number, mark: Mark): Query {
  return {
    sql:
      'SELECT DISTINCT account, subscription FROM deliveries ' +
      `WHERE state = 'waiting' AND due_at_ms <= ${mark(1)} LIMIT ${mark(2)}`,
    values: [nowMs, limit],
  };
}

/** By which column a table that is pruned ages, and what identifies its rows. */
export const PRUNED = {
  idempotency: { age: 'created_ms', key: 'account, id' },
  facts: { age: 'written_at', key: 'account, id' },
  deliveries: { age: 'created', key: 'account, id' },
  batches: { age: 'created_ms', key: 'id' },
  messages: { age: 'created', key: 'account, id' },
  mails: { age: 'created', key: 'account, id' },
  tallies: { age: 'changed', key: 'account, id' },
} as const;
