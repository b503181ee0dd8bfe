import Database from 'libsql';
import type { Scalar } from './codec.js';

/** How a connection is opened. */
export interface ConnectionSettings {
  file: string;
  /** It cannot write at all. */
  readOnly: boolean;
  cacheKibibytes: number;
}

/** One statement run for every `width` values of `values`. */
export interface Step {
  sql: string;
  width: number;
  values: Scalar[];
}

/** One SQLite connection, which blocks its thread. It knows SQL only as text. */
export interface Connection {
  readonly database: Database.Database;
  prepared(sql: string): Database.Statement;
  /** All steps; per step, per run, the rows. */
  read(steps: readonly Step[]): Scalar[][][][];
}

/** Calls `run` for every `width` values of a step; once where it takes none. */
export function forEachRun({ width, values }: Step, run: (values: Scalar[]) => void): void {
  if (width === 0) run([]);
  for (let at = 0; at < values.length; at += width) run(values.slice(at, at + width));
}

/** Opens a connection in this thread. Throws what SQLite throws. */
export function openConnection(settings: ConnectionSettings): Connection {
  const database = new Database(settings.file);
  database.pragma('busy_timeout = 5000');
  database.pragma(`cache_size = -${settings.cacheKibibytes}`);
  database.pragma('temp_store = memory');
  if (settings.readOnly) database.pragma('query_only = on');
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      // libsql throws where a statement returns no rows; those need neither setting.
      if (/^\s*(SELECT|WITH)|\bRETURNING\b/i.test(sql)) statement.raw(true).safeIntegers(true);
      statements.set(sql, statement);
    }
    return statement;
  };
  const read = (steps: readonly Step[]): Scalar[][][][] =>
    steps.map((step) => {
      const statement = prepared(step.sql);
      const results: Scalar[][][] = [];
      // `all`, never `get`: libsql 0.5 answers a miss with the previous hit in raw mode.
      forEachRun(step, (values) => results.push(statement.all(values) as Scalar[][]));
      return results;
    });
  return { database, prepared, read };
}
