import type { Piece } from '../engine/audit-piece.js';
import { startWorkerFile } from '../storage/worker-file.js';
import type { VerifyReply, VerifyRequest, VerifySettings } from './verify-worker.js';

/** The main thread's end of a thread that audits; it is asked one thing at a time. */
export interface VerifyThread {
  /** Its moment is now. */
  begin(): Promise<void>;
  audit(piece: Piece): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Waiter {
  resolve(faults: readonly string[]): void;
  reject(error: Error): void;
}

/** What is read lives as long as a page: with room for some, little of it is ever copied. */
const LIMITS = { maxYoungGenerationSizeMb: 128 };

/**
 * Starts such a thread; `count` is told how many rows it has read. What it is asked fails when the
 * database cannot be read, or the thread has died.
 */
export async function startVerifyThread(
  settings: VerifySettings,
  count: (rows: number) => void,
): Promise<VerifyThread> {
  const worker = startWorkerFile(new URL('./verify-worker.js', import.meta.url), settings, LIMITS);
  let waiter: Waiter | null = null;
  let dead: Error | null = null;
  const fail = (error: Error): void => {
    dead = error;
    waiter?.reject(error);
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the verifying thread ended with code ${code}`)));
  worker.on('message', (reply: VerifyReply) => {
    if (reply.kind === 'rows') count(reply.rows);
    else if (reply.kind === 'done') waiter?.resolve(reply.faults);
    else waiter?.reject(new Error(reply.message));
  });
  const answer = (request: VerifyRequest | null): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      if (dead !== null) return reject(dead);
      waiter = { resolve, reject };
      if (request !== null) worker.postMessage(request);
    });
  // It says that it has opened the database.
  await answer(null);
  return {
    begin: async () => void (await answer({ kind: 'begin' })),
    audit: (piece) => answer({ kind: 'audit', piece }),
    close: async () => {
      if (dead !== null) return;
      await answer({ kind: 'close' });
      await worker.terminate();
    },
  };
}
