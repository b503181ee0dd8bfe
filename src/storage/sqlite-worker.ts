import { parentPort, workerData } from 'node:worker_threads';
import type { Scalar } from './codec.js';
import {
  type ConnectionSettings,
  forEachRun,
  openConnection,
  type Step,
} from './sqlite-connection.js';

/**
 * The thread that holds one SQLite connection. It knows SQL only as text: what tables mean stays
 * on the main thread. A writer runs whole transactions; a reader cannot write at all.
 */

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

const settings = workerData as ConnectionSettings;
const port = parentPort;
if (port === null) throw new Error('sqlite-worker runs as a worker thread only');

const { database, prepared, read } = openConnection(settings);
if (!settings.readOnly) {
  database.pragma('journal_mode = wal');
  // FULL: an acknowledged commit is on disk, not only with the operating system.
  database.pragma('synchronous = full');
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
