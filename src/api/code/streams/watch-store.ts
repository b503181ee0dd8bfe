import { INSTALLATION, type RendezvousMessage } from '../../../domain/rendezvous.js';
import type { CodeDependencies } from '../settings.js';

/** How soon a stream learns of a message that another process has put down. */
const LOOK_MS = 500;
/**
 * How far each look reaches back: ids hold the time at which they were made, on clocks that differ,
 * and are seen only once their transaction has ended.
 */
const LOOK_BACK_MS = 5_000;
/** Messages read at a time; what is beyond it is found by the next looks, or on reopening. */
const ROWS_MAX = 2_000;

/**
 * Looks for messages of other processes that share the database: one query for all streams, and
 * none while `isNeeded` says so. The same message is told several times. Returns how to stop.
 */
export function watchStore(
  { engine, logError }: Pick<CodeDependencies, 'engine' | 'logError'>,
  isNeeded: () => boolean,
  tell: (messages: readonly RendezvousMessage[]) => void,
): () => void {
  const mark = (): string => engine.newId('msg_', 24);
  const marks = [mark()];
  let busy = false;
  const look = async (): Promise<void> => {
    const since = marks[0] ?? mark();
    if (marks.push(mark()) > LOOK_BACK_MS / LOOK_MS) marks.shift();
    if (busy || !isNeeded()) return;
    busy = true;
    try {
      const rows = await engine.page({
        table: 'messages',
        account: INSTALLATION,
        conditions: [],
        limit: ROWS_MAX,
        newerThan: since,
      });
      tell(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    } catch (error) {
      logError(error, 'looking for messages of other processes failed');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(timer);
}
