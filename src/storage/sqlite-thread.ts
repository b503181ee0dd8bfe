import { Worker } from 'node:worker_threads';
import type { Scalar } from './codec.js';
import type { Step, WorkerReply, WorkerRequest, WorkerSettings } from './sqlite-worker.js';
import { ConstraintViolation, RolledBack } from './store.js';

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
 * Compiled, the thread's file runs as it is. From source (tests, tools) TypeScript must be loaded
 * in the thread first, which `--import` does too late for the thread's own file.
 */
function startWorker(workerData: WorkerSettings): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./sqlite-worker.js', import.meta.url), { workerData });
  const tsx = import.meta.resolve('tsx/esm/api');
  const file = new URL('./sqlite-worker.ts', import.meta.url).href;
  const script =
    `import(${JSON.stringify(tsx)}).then(({ register }) => ` +
    `(register(), import(${JSON.stringify(file)})))`;
  return new Worker(script, { workerData, eval: true, execArgv: [] });
}

/** Starts the thread. One that dies fails everything that waits for it and all that follows. */
export function startSqliteThread(settings: WorkerSettings): SqliteThread {
  const worker = startWorker(settings);
  const waiting = new Map<number, Waiter>();
  let lastId = 0;
  let dead: Error | null = null;
  const fail = (error: Error): void => {
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
      await ask('close', []);
      await worker.terminate();
    },
  };
}
