import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';
import type { Scalar } from './codec.js';

/**
 * The thread that holds one SQLite connection. It knows SQL only as text: what tables mean stays
 * on the main thread. A writer runs whole transactions; a reader cannot write at all.
 */

export interface WorkerSettings {
  file: string;
  readOnly: boolean;
  cacheKibibytes: number;
}

/** One statement run for every `width` values of `values`. */
export interface Step {
  sql: string;
  width: number;
  values: Scalar[];
}

export interface WorkerRequest {
  id: number;
  /** `write`: all steps in one transaction. `read`: all steps, each answering its rows. */
  kind: 'read' | 'write' | 'close';
  steps: Step[];
}

export interface WorkerReply {
  id: number;
  /** Of a read: per step, per run, the rows. */
  rows?: Scalar[][][][];
  error?: { message: string; code: string | null };
}

const settings = workerData as WorkerSettings;
const port = parentPort;
if (port === null) throw new Error('sqlite-worker runs as a worker thread only');

const database = new Database(settings.file);
database.pragma('busy_timeout = 5000');
database.pragma(`cache_size = -${settings.cacheKibibytes}`);
database.pragma('temp_store = memory');
if (settings.readOnly) {
  database.pragma('query_only = on');
} else {
  database.pragma('journal_mode = wal');
  // FULL: an acknowledged commit is on disk, not only with the operating system.
  database.pragma('synchronous = full');
}

const statements = new Map<string, Database.Statement>();

function prepared(sql: string): Database.Statement {
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = database.prepare(sql);
    // libsql throws where a statement returns no rows; those need neither setting.
    if (/^\s*(SELECT|WITH)|\bRETURNING\b/i.test(sql)) statement.raw(true).safeIntegers(true);
    statements.set(sql, statement);
  }
  return statement;
}

function forEachRun(step: Step, run: (values: Scalar[]) => void): void {
  const { width, values } = step;
  if (width === 0) run([]);
  for (let at = 0; at < values.length; at += width) run(values.slice(at, at + width));
}

function read(steps: Step[]): Scalar[][][][] {
  return steps.map((step) => {
    const statement = prepared(step.sql);
    const results: Scalar[][][] = [];
    // `all`, never `get`: libsql 0.5 answers a miss with the previous hit in raw mode.
    forEachRun(step, (values) => results.push(statement.all(values) as Scalar[][]));
    return results;
  });
}

function write(steps: Step[]): Scalar[][][][] {
  database.exec('BEGIN IMMEDIATE');
  try {
    const answers = steps.map((step) => {
      const statement = prepared(step.sql);
      const results: Scalar[][][] = [];
      const answersRows = /\bRETURNING\b/i.test(step.sql);
      forEachRun(step, (values) => {
        if (answersRows) results.push(statement.all(values) as Scalar[][]);
        else statement.run(values);
      });
      return results;
    });
    database.exec('COMMIT');
    return answers;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

port.on('message', (request: WorkerRequest) => {
  if (request.kind === 'close') {
    database.close();
    port.postMessage({ id: request.id, rows: [] } satisfies WorkerReply);
    port.close();
    return;
  }
  try {
    const rows = request.kind === 'read' ? read(request.steps) : write(request.steps);
    port.postMessage({ id: request.id, rows } satisfies WorkerReply);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    port.postMessage({ id: request.id, error: { message, code: code ?? null } });
  }
});
