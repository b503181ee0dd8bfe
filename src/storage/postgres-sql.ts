import type { Posting } from '../domain/ledger.js';
import type { ChangeGroup } from './changes.js';
import type { Scalar } from './codec.js';
import type { LabelRow } from './labels.js';
import { arraysOf } from './postgres-arrays.js';
import type { Profile } from './profiles.js';
import { TABLE_NAMES, type TableName } from './schema.js';
import { LABEL_COLUMNS, labelValues } from './search-sql.js';
import { columnsOf, kindsOf, PRUNED, selectFrom, updateList } from './sql.js';
import type { Change, PrunedTable } from './store.js';

/** PostgreSQL's placeholders: `$1`, `$2` … */
export const mark = (position: number): string => `$${position}`;

const KEYS = '(SELECT * FROM unnest($1::text[], $2::text[]))';

function perTable<T>(make: (table: TableName) => T): { readonly [Table in TableName]: T } {
  return Object.fromEntries(TABLE_NAMES.map((table) => [table, make(table)])) as {
    [Table in TableName]: T;
  };
}

/** Reads rows by two arrays, accounts and ids. */
export const LOAD_SQL = perTable((table) => `${selectFrom(table)} WHERE (account, id) IN ${KEYS}`);

/** The same, locking the rows in the order of their keys, so that no two batches cross. */
export const LOCK_SQL = perTable((table) => `${LOAD_SQL[table]} ORDER BY account, id FOR UPDATE`);

function changeSql(table: TableName, kind: Change['kind']): string {
  if (kind === 'delete') return `DELETE FROM ${table} WHERE (account, id) IN ${KEYS}`;
  const arrays = kindsOf(table).map(
    (column, i) => `${mark(i + 1)}::${column === 'text' ? 'text' : 'bigint'}[]`,
  );
  const insert =
    `INSERT INTO ${table} (${columnsOf(table).join(', ')}) ` +
    `SELECT * FROM unnest(${arrays.join(', ')})`;
  if (kind === 'insert') return insert;
  return `${insert} ON CONFLICT (account, id) DO UPDATE SET ${updateList(table)}`;
}

/** Writes all rows of a group by one array a column. */
export const CHANGE_SQL = perTable((table) => ({
  insert: changeSql(table, 'insert'),
  update: changeSql(table, 'update'),
  delete: changeSql(table, 'delete'),
}));

/**
 * Rows in the order of their keys, as one array a column: batches that write the same rows then
 * meet at the first of them instead of waiting for each other crosswise.
 */
export function columnsInOrder({ rows }: Pick<ChangeGroup, 'rows'>): Scalar[][] {
  const sorted = rows.toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return (sorted[0] ?? []).map((_, column) => sorted.map((row) => row[column] as Scalar));
}

/** What a statement of `CHANGE_SQL` is sent. */
export function columnArrays(group: ChangeGroup): Buffer[] {
  return arraysOf(kindsOf(group.table), columnsInOrder(group));
}

function compare(a: Scalar | undefined, b: Scalar | undefined): number {
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

const LABEL_ARRAYS = 'unnest($1::text[], $2::bigint[], $3::text[], $4::text[])';

/** Writes labels by one array a column; one that is there stays. */
export const LABEL_SQL =
  `INSERT INTO labels (${LABEL_COLUMNS}) ` + `SELECT * FROM ${LABEL_ARRAYS} ON CONFLICT DO NOTHING`;

export const UNLABEL_SQL =
  `DELETE FROM labels WHERE (${LABEL_COLUMNS}) ` + `IN (SELECT * FROM ${LABEL_ARRAYS})`;

/** Labels as one array a column, in the order of their keys, as rows are. */
export function labelArrays(labels: readonly LabelRow[]): Buffer[] {
  const sorted = labels.map(labelValues).sort((a, b) => {
    const place = a.findIndex((value, i) => value !== b[i]);
    return place < 0 ? 0 : (a[place] as string) < (b[place] as string) ? -1 : 1;
  });
  const columns = [0, 1, 2, 3].map((column) => sorted.map((values) => values[column] as Scalar));
  return arraysOf(['text', 'int', 'text', 'text'], columns);
}

/** One delta per ledger account, named after the batch: no row that two batches could want. */
export const POSTINGS_SQL =
  'INSERT INTO balances (account, ledger_account, currency, part, posted, pending) ' +
  'SELECT account, ledger_account, currency, $1::text, posted, pending ' +
  'FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) ' +
  'AS delta (account, ledger_account, currency, posted, pending)';

/** What `POSTINGS_SQL` is sent. */
export function postingArrays(part: string, sums: readonly Posting[]): (string | Buffer)[] {
  const columns = [
    sums.map(({ account }) => account),
    sums.map(({ ledgerAccount }) => ledgerAccount),
    sums.map(({ currency }) => currency),
    sums.map(({ posted }) => posted),
    sums.map(({ pending }) => pending),
  ];
  return [part, ...arraysOf(['text', 'text', 'text', 'money', 'money'], columns)];
}

/** The server's clock, so that processes whose clocks differ agree on the age of a batch. */
const NOW_MS = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Answers one row unless the batch was committed before; waits for one that is being committed. */
export const BATCH_SQL =
  `INSERT INTO batches (id, created_ms) VALUES ($1, ${NOW_MS}) ` +
  'ON CONFLICT (id) DO NOTHING RETURNING id';

const NOTED = 'INSERT INTO migrations (name, at_ms)';

/** Notes that a migration is applied; another process may have done the same. */
export const MIGRATION_SQL = `${NOTED} VALUES ($1, ${NOW_MS}) ON CONFLICT (name) DO NOTHING`;

function forUpdate({ hasSkipLocked }: Profile): string {
  // Without it a second process waits, then finds that the rows no longer fit, and takes fewer.
  return hasSkipLocked ? 'FOR UPDATE SKIP LOCKED' : 'FOR UPDATE';
}

/** Moves the due time of one subscription's due deliveries ($1) and answers them. */
export function claimSql(profile: Profile): string {
  const columns = columnsOf('deliveries').map((column) => `delivery.${column}`);
  // A common table expression is evaluated once; a subquery with a lock and a limit may not be.
  return (
    "WITH due AS (SELECT account, id FROM deliveries WHERE state = 'waiting' " +
    'AND account = $2 AND subscription = $3 AND due_at_ms <= $4 ' +
    `ORDER BY id LIMIT $5 ${forUpdate(profile)}) ` +
    'UPDATE deliveries AS delivery SET due_at_ms = $1 FROM due ' +
    'WHERE delivery.account = due.account AND delivery.id = due.id ' +
    `RETURNING ${columns.join(', ')}`
  );
}

/** Makes up to $3 of an account's deliveries due that wait for another try. */
export function hurrySql(profile: Profile): string {
  return (
    "WITH later AS (SELECT account, id FROM deliveries WHERE state = 'waiting' " +
    'AND account = $2 AND due_at_ms > $1 ' +
    `AND json_array_length(detail::json -> 'tries') > 0 LIMIT $3 ${forUpdate(profile)}) ` +
    'UPDATE deliveries AS delivery SET due_at_ms = $1 FROM later ' +
    'WHERE delivery.account = later.account AND delivery.id = later.id'
  );
}

/** Takes up to $1 deltas away and adds their sums to the balances, in one statement. */
export function foldSql(profile: Profile): string {
  const key = 'account, ledger_account, currency';
  return (
    `WITH picked AS (SELECT ${key}, part FROM balances WHERE part <> '' ` +
    `ORDER BY ${key}, part LIMIT $1 ${forUpdate(profile)}), ` +
    'gone AS (DELETE FROM balances AS delta USING picked ' +
    'WHERE delta.account = picked.account AND delta.ledger_account = picked.ledger_account ' +
    'AND delta.currency = picked.currency AND delta.part = picked.part ' +
    'RETURNING delta.account, delta.ledger_account, delta.currency, ' +
    'delta.posted, delta.pending), ' +
    'added AS (INSERT INTO balances (account, ledger_account, currency, part, posted, pending) ' +
    `SELECT ${key}, '', SUM(posted)::bigint, SUM(pending)::bigint FROM gone ` +
    `GROUP BY ${key} ORDER BY ${key} ` +
    'ON CONFLICT (account, ledger_account, currency, part) DO UPDATE SET ' +
    'posted = balances.posted + excluded.posted, pending = balances.pending + excluded.pending) ' +
    'SELECT COUNT(*) FROM gone'
  );
}

/** Deletes up to $2 rows older than $1. */
export function pruneSql(table: PrunedTable, profile: Profile): string {
  const { age, key } = PRUNED[table];
  return (
    `WITH old AS (SELECT ${key} FROM ${table} WHERE ${age} < $1 LIMIT $2 ${forUpdate(profile)}) ` +
    `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM old)`
  );
}
