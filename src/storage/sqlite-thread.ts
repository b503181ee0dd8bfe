import type { Scalar } from './codec.js';
import type { ConnectionSettings, Step } from './sqlite-connection.js';
import type { WorkerReply, WorkerRequest } from './sqlite-worker.js';
import { ConstraintViolation, RolledBack } from './store.js';
import { startWorkerFile } from './worker-file.js';

/** The main thread's end of one SQLite connection: requests are answered in their order. */
export interface SqliteThread {
  read(steps: Step[]): Promise<Scalar[][][][]>;
  write(steps: Step[]): Promise<Scalar[][][][]>;
  /** Everything that it is asked fails. */
  readonly isDead: boolean;
  close(): Promise<void>;
}

interface Waiter {
  resolve: (rows: Scalar[][][][]) => void;
  reject: (error: Error) => void;
}

function errorOf({ message, code }: { message: string; code: string | null }): Error {
  if (code?.startsWith('SQLITE_CONSTRAINT')) return new ConstraintViolation(message);
  if (code?.startsWith('SQLITE_BUSY')) return new RolledBack(message);
  return new Error(`SQLite: ${message}`);
}

/**
 * Starts the thread. One that dies fails everything that waits for it and all that follows, and
 * `died` is told why.
 */
export function startSqliteThread(
  settings: ConnectionSettings,
  died: (error: Error) => void = () => {},
): SqliteThread {
  const worker = startWorkerFile(new URL('./sqlite-worker.js', import.meta.url), settings);
  const waiting = new Map<number, Waiter>();
  let lastId = 0;
  let dead: Error | null = null;
  let closing = false;
  const fail = (error: Error): void => {
    if (dead === null && !closing) died(error);
    dead = error;
    for (const waiter of waiting.values()) waiter.reject(error);
    waiting.clear();
  };
  worker.on('message', (reply: WorkerReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error !== undefined) waiter?.reject(errorOf(reply.error));
    else waiter?.resolve(reply.rows ?? []);
  });
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the SQLite thread ended with code ${code}`)));
  const ask = (kind: WorkerRequest['kind'], steps: Step[]): Promise<Scalar[][][][]> =>
    new Promise((resolve, reject) => {
      if (dead !== null) return reject(dead);
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, kind, steps } satisfies WorkerRequest);
    });
  return {
    read: (steps) => ask('read', steps),
    write: (steps) => ask('write', steps),
    get isDead() {
      return dead !== null;
    },
    close: async () => {
      if (dead !== null) return;
      closing = true;
      await ask('close', []);
      await worker.terminate();
    },
  };
}
