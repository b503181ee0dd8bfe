import { INSTALLATION, type RendezvousMessage } from '../../../domain/rendezvous.js';
import type { CodeDependencies } from '../settings.js';

/** How soon a stream learns of a message that another process has put down. */
const LOOK_MS = 500;
/**
 * How far each look reaches back: ids hold the time at which they were made, on clocks that differ,
 * and are seen only once their transaction has ended.
 */
const LOOK_BACK_MS = 5_000;
/** Messages read at a time; a look goes on until it has read what there is. */
const ROWS_MAX = 2_000;

/**
 * Looks for messages of other processes that share the database: one query for all streams, and
 * none while `isNeeded` says so. The same message is told several times. What was put down while
 * the store could not be read is told once it can be again. Returns how to stop.
 */
export function watchStore(
  { engine, logError }: Pick<CodeDependencies, 'engine' | 'logError'>,
  isNeeded: () => boolean,
  tell: (messages: readonly RendezvousMessage[]) => void,
): () => void {
  const mark = (): string => engine.newId('msg_', 24);
  // Of the looks that have succeeded: one that fails must not move the beginning of the next.
  const marks = [mark()];
  let busy = false;
  const read = async (since: string): Promise<void> => {
    for (let newerThan = since; ; ) {
      const page = { table: 'messages', account: INSTALLATION, conditions: [] } as const;
      const rows = await engine.page({ ...page, limit: ROWS_MAX, newerThan });
      const inOrder = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      tell(inOrder);
      if (rows.length < ROWS_MAX) return;
      newerThan = inOrder.at(-1)?.id ?? newerThan;
    }
  };
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const now = mark();
    try {
      // Whoever opens a stream reads by himself what waits there.
      if (isNeeded()) await read(marks[0] ?? now);
      marks.push(now);
      if (marks.length > LOOK_BACK_MS / LOOK_MS) marks.shift();
    } catch (error) {
      logError(error, 'looking for messages of other processes failed');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(timer);
}
