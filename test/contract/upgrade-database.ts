import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { type Migration, migrationsFor } from '../../src/storage/migrate.js';
import { openSqlite } from '../../src/storage/sqlite.js';
import type { Store } from '../../src/storage/store.js';
import {
  newDatabaseFolder,
  newPostgresDatabase,
  ON_POSTGRES,
  openPostgresAt,
  postgresSql,
} from '../support/stores.js';
import type { Recorded } from '../support/upgrade-scene.js';

const FOLDER = new URL('./upgrade/', import.meta.url);

/** A database as an earlier version left it, written by `scripts/record-database.ts`. */
export interface Recording extends Recorded {
  /** Unix seconds: its clocks, expiries and idempotency keys are of then. */
  readonly recordedAt: number;
  readonly masterKey: string;
  readonly tables: Readonly<
    Record<string, { readonly columns: string[]; readonly rows: (string | null)[][] }>
  >;
}

/** The recordings, oldest first; each is named for the last migration of its version. */
export const RECORDINGS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

/** Reads one of the recordings. */
export function readRecording(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}

/** A database that no code of today has opened yet. */
export interface OldDatabase {
  /** PostgreSQL's connection URL, or SQLite's file. */
  readonly location: string;
  /** Opens it as a process of today does, with the migrations that it lacks. */
  open(): Promise<Store>;
  /** Runs SQL past the store. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Every store of it has to be closed. */
  remove(): void;
}

/** The migrations as the store of this run has them. */
export function migrationsHere(): Migration[] {
  return migrationsFor(
    ON_POSTGRES ? { key: 'text COLLATE "C"' } : { key: 'text', clustered: 'WITHOUT ROWID' },
  );
}

/** The migrations that a recording's version had made. */
export function migrationsOf(recording: Recording): string[] {
  return (recording.tables.migrations?.rows ?? []).map(([name]) => String(name));
}

/** Makes the database of a recording, in SQLite or PostgreSQL as the run says. */
export async function restoreOld(recording: Recording): Promise<OldDatabase> {
  const old = ON_POSTGRES ? await emptyPostgres() : emptySqlite();
  await old.sql(`${schemaOf(recording)};\n${rowsOf(recording)}`);
  return old;
}

async function emptyPostgres(): Promise<OldDatabase> {
  const url = await newPostgresDatabase();
  return {
    location: url,
    open: () => openPostgresAt(url),
    sql: (text) => postgresSql(url, text),
    // It goes with the server.
    remove: () => {},
  };
}

function emptySqlite(): OldDatabase {
  const folder = newDatabaseFolder();
  const file = join(folder, 'tender.db');
  return {
    location: file,
    open: () => openSqlite({ file, cache_kibibytes: 4096 }),
    sql: async (text) => {
      const database = new Database(file);
      try {
        if (/^SELECT\b/.test(text))
          return database.prepare(text).all([]) as Record<string, unknown>[];
        database.exec(text);
        return [];
      } finally {
        database.close();
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Released migrations are never edited: today's first ones are those of then. */
function schemaOf(recording: Recording): string {
  const names = migrationsOf(recording);
  const made = migrationsHere().filter(({ name }) => names.includes(name));
  const table = 'CREATE TABLE migrations (name text NOT NULL PRIMARY KEY, at_ms bigint NOT NULL)';
  return [table, ...made.flatMap(({ statements }) => statements)].join(';\n');
}

function rowsOf({ tables }: Recording): string {
  return Object.entries(tables)
    .map(([table, { columns, rows }]) => {
      const values = rows.map((row) => `(${row.map(quoted).join(', ')})`);
      return `INSERT INTO ${table} (${columns.join(', ')}) VALUES\n${values.join(',\n')};`;
    })
    .join('\n');
}

/** Whole numbers are quoted, too: both engines give them the type of their column. */
function quoted(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}
