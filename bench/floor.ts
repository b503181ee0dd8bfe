import Database from 'libsql';
import pg from 'pg';
import { groupChanges, sumPostings } from '../src/storage/changes.js';
import type { Scalar } from '../src/storage/codec.js';
import { migrationsFor } from '../src/storage/migrate.js';
import {
  CHANGE_SQL,
  columnArrays,
  POSTINGS_SQL,
  postingArrays,
} from '../src/storage/postgres-sql.js';
import { columnsOf, updateList } from '../src/storage/sql.js';
import type { Changes } from '../src/storage/store.js';

/**
 * The yardstick of storage: the bare driver writes the rows that payments left, a transaction for
 * every 64 of them, with everything encoded before the clock starts. Nothing is read, decided or
 * answered.
 */

export const FLOOR_BATCH_PAYMENTS = 64;

interface Write {
  readonly sql: string;
  readonly runs: Scalar[][];
}

function sqliteSql(table: Parameters<typeof columnsOf>[0], kind: string): string {
  const columns = columnsOf(table);
  const insert = `INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`;
  return kind === 'insert'
    ? insert
    : `${insert} ON CONFLICT (account, id) DO UPDATE SET ${updateList(table)}`;
}

function batches(payments: Changes[][]): Changes[] {
  const merged: Changes[] = [];
  for (let at = 0; at < payments.length; at += FLOOR_BATCH_PAYMENTS) {
    const all = payments.slice(at, at + FLOOR_BATCH_PAYMENTS).flat();
    merged.push({
      changes: all.flatMap(({ changes }) => changes),
      postings: all.flatMap(({ postings }) => postings),
    });
  }
  return merged;
}

/** Rows that one payment writes, balances apart. */
export function rowsPerPayment(payments: Changes[][]): number {
  return payments.flat().reduce((sum, { changes }) => sum + changes.length, 0) / payments.length;
}

/** Bytes of values that one payment writes. */
export function bytesPerPayment(payments: Changes[][]): number {
  const rows = payments.flat().flatMap(({ changes }) => groupChanges(changes));
  const values = rows.flatMap((group) => group.rows.flat());
  const sum = values.reduce<number>((bytes, value) => bytes + String(value ?? '').length, 0);
  return Math.round(sum / payments.length);
}

const POSTING =
  "INSERT INTO balances VALUES (?, ?, ?, '', ?, ?) ON CONFLICT (account, ledger_account, " +
  'currency, part) DO UPDATE SET posted = posted + excluded.posted, ' +
  'pending = pending + excluded.pending';

/** Payments per second that libsql alone writes, in WAL mode with `synchronous = FULL`. */
export function sqliteFloor(file: string, payments: Changes[][]): number {
  const database = new Database(file);
  database.pragma('journal_mode = wal');
  database.pragma('synchronous = full');
  database.pragma('cache_size = -32768');
  for (const { statements } of migrationsFor({ key: 'text' }))
    for (const statement of statements) database.exec(statement);
  const prepared = batches(payments).map((batch): Write[] => [
    ...groupChanges(batch.changes).map(({ table, kind, rows }) => ({
      sql: sqliteSql(table, kind),
      runs: rows,
    })),
    {
      sql: POSTING,
      runs: sumPostings(batch.postings).map((sum) => [
        sum.account,
        sum.ledgerAccount,
        sum.currency,
        sum.posted,
        sum.pending,
      ]),
    },
  ]);
  const statements = new Map<string, Database.Statement>();
  const begin = performance.now();
  for (const writes of prepared) {
    database.exec('BEGIN IMMEDIATE');
    for (const { sql, runs } of writes) {
      const statement = statements.get(sql) ?? database.prepare(sql);
      statements.set(sql, statement);
      for (const values of runs) statement.run(values);
    }
    database.exec('COMMIT');
  }
  const seconds = (performance.now() - begin) / 1000;
  database.close();
  return payments.length / seconds;
}

/** The same with `pg`: one multi-row statement per table, one connection, the server's fsync. */
export async function postgresFloor(url: string, payments: Changes[][]): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const { statements } of migrationsFor({ key: 'text COLLATE "C"' }))
    for (const statement of statements) await client.query(statement);
  const prepared = batches(payments).map((batch, i) => [
    ...groupChanges(batch.changes).map((group) => ({
      name: `${group.kind} ${group.table}`,
      text: CHANGE_SQL[group.table][group.kind],
      values: columnArrays(group) as unknown[],
    })),
    {
      name: 'postings',
      text: POSTINGS_SQL,
      values: postingArrays(`floor${i}`, sumPostings(batch.postings)),
    },
  ]);
  const begin = performance.now();
  for (const writes of prepared) {
    await client.query('BEGIN');
    for (const write of writes) await client.query(write);
    await client.query('COMMIT');
  }
  const seconds = (performance.now() - begin) / 1000;
  await client.end();
  return payments.length / seconds;
}
