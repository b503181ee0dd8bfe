import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import pg from 'pg';
import type { Balance } from '../../src/domain/ledger.js';
import { openPostgres } from '../../src/storage/postgres.js';
import { TABLE_NAMES, type TableName } from '../../src/storage/schema.js';
import { openSqlite } from '../../src/storage/sqlite.js';
import type { Change, Store } from '../../src/storage/store.js';
import { createDatabase } from './postgres.js';

/** True where the environment asks for PostgreSQL. */
export const ON_POSTGRES = process.env.TENDER_TEST_STORE === 'postgres';

/** A store of a test file's own: SQLite in a temporary folder, or a new PostgreSQL database. */
export interface TestStore {
  readonly store: Store;
  /** PostgreSQL's connection URL, or SQLite's file. */
  readonly location: string;
  /** Empties the store, which is much quicker than opening another. */
  fresh(): Promise<Store>;
  /** Opens the same database once more, as another process would; the caller closes it. */
  again(): Promise<Store>;
  /** Runs SQL past the store and answers its rows as objects. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Closes the store and removes its data. */
  close(): Promise<void>;
}

/** Opens the store that the environment names in TENDER_TEST_STORE; SQLite without it. */
export function openTestStore(): Promise<TestStore> {
  return ON_POSTGRES ? openPostgresForTest() : openSqliteForTest();
}

/** PostgreSQL with the settings that tests use. */
export function openPostgresAt(url: string): Promise<Store> {
  return openPostgres({
    url,
    connections_max: 8,
    statement_timeout_ms: 10_000,
    profile: 'postgres',
  });
}

/** An empty database, without a schema, on the server of this test run; its URL. */
export function newPostgresDatabase(): Promise<string> {
  const server = process.env.TENDER_TEST_DATABASE_URL;
  if (server === undefined) throw new Error('TENDER_TEST_DATABASE_URL names no server');
  return createDatabase(server);
}

/** Runs SQL on a connection of its own. */
export async function postgresSql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function openPostgresForTest(): Promise<TestStore> {
  const url = await newPostgresDatabase();
  const store = await openPostgresAt(url);
  return {
    store,
    location: url,
    fresh: () => empty(store),
    again: () => openPostgresAt(url),
    sql: (text) => postgresSql(url, text),
    // The database goes with the server: dropping it here would take longer than a test.
    close: () => store.close(),
  };
}

/** A new folder for a database of a test, which the test removes. */
export function newDatabaseFolder(): string {
  return mkdtempSync(join(process.env.TENDER_TEST_DATABASES ?? tmpdir(), 'tender-store-'));
}

function sqliteSql(file: string, text: string): Record<string, unknown>[] {
  const database = new Database(file);
  try {
    if (/^\s*(SELECT|EXPLAIN)\b/i.test(text))
      return database.prepare(text).all([]) as Record<string, unknown>[];
    database.exec(text);
    return [];
  } finally {
    database.close();
  }
}

async function openSqliteForTest(): Promise<TestStore> {
  const folder = newDatabaseFolder();
  const file = join(folder, 'tender.db');
  const open = (): Promise<Store> => openSqlite({ file, cache_kibibytes: 4096 });
  const store = await open();
  return {
    store,
    location: file,
    fresh: () => empty(store),
    again: open,
    sql: async (text) => sqliteSql(file, text),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const SCAN_ROWS = 5_000;

/** Deletes every row and balances every account to nothing, by the store's own means. */
async function empty(store: Store): Promise<Store> {
  const [balances, ...tables] = await Promise.all([store.balances(null), ...TABLE_NAMES.map(all)]);
  const changes = tables.flat();
  if (changes.length === 0 && balances.length === 0) return store;
  await store.transact(`empty_${crypto.randomUUID()}`, async ({ write }) => {
    await write({ changes, postings: balances.map(negative) });
  });
  return empty(store);

  async function all(table: TableName): Promise<Change[]> {
    const rows = await store.scan(table, null, SCAN_ROWS);
    return rows.map((row) => ({ table, kind: 'delete', row }));
  }
}

function negative(balance: Balance): Balance {
  return { ...balance, posted: -balance.posted, pending: -balance.pending };
}
