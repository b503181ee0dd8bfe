import { parentPort, workerData } from 'node:worker_threads';
import { auditPiece, type Piece } from '../engine/audit-piece.js';
import { openSqliteSnapshot } from '../storage/sqlite-snapshot.js';

/** A thread that audits pieces of one SQLite database, all of them as it was at one moment. */

/** What the threads are started with. */
export interface VerifySettings {
  readonly file: string;
  readonly cacheKibibytes: number;
}

/** `begin`: the moment is now. One request at a time. */
export type VerifyRequest =
  | { readonly kind: 'begin' }
  | { readonly kind: 'audit'; readonly piece: Piece }
  | { readonly kind: 'close' };

/** `rows` were read since the last message; all others answer a request. */
export type VerifyReply =
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'done'; readonly faults: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('verify-worker runs as a worker thread only');
const reply = (message: VerifyReply): void => port.postMessage(message);

const { store, begin, close } = openSqliteSnapshot(workerData as VerifySettings);
const counted: typeof store = {
  ...store,
  scan: async (table, after, limit, until) => {
    const rows = await store.scan(table, after, limit, until);
    reply({ kind: 'rows', rows: rows.length });
    return rows;
  },
};

async function answer(request: VerifyRequest): Promise<readonly string[]> {
  if (request.kind === 'audit') return auditPiece(counted, request.piece);
  if (request.kind === 'begin') begin();
  else close();
  return [];
}

port.on('message', async (request: VerifyRequest) => {
  try {
    reply({ kind: 'done', faults: await answer(request) });
  } catch (error) {
    reply({ kind: 'failed', message: (error as Error).message });
  }
  if (request.kind === 'close') port.close();
});
reply({ kind: 'done', faults: [] });
