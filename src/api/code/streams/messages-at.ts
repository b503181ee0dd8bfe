import type { RendezvousMessage } from '../../../domain/rendezvous.js';
import type { CodeDependencies } from '../settings.js';
import { type Listener, wake } from './hub.js';
import { readMessages } from './stored.js';

/** Beyond so many times what may wait at once, the oldest sent ids are forgotten. */
const SENT_FACTOR = 4;

type Dependencies = Pick<CodeDependencies, 'engine' | 'limits'>;

/**
 * Everything that happens at a rendezvous while `use` goes on: what waits there, in the order in
 * which it was put down, then what comes; nothing twice, nothing left out. `null` stands for a
 * moment at which there may be something else to do. Throws what the hub ends it with.
 */
export async function* messagesAt(
  deps: Dependencies,
  listener: Listener,
  signal: AbortSignal,
): AsyncGenerator<RendezvousMessage | null> {
  const sent_max = deps.limits.messages_per_request_max * SENT_FACTOR;
  const gone = (): void => wake(listener);
  signal.addEventListener('abort', gone, { once: true });
  try {
    while (!signal.aborted) {
      if (listener.ended !== null) throw listener.ended;
      if (listener.missed) {
        listener.missed = false;
        // What comes during the read is in the queue, and may be in the answer, too.
        for (const message of await readMessages(deps.engine, listener.request)) {
          if (signal.aborted) return;
          if (isNew(listener, message, sent_max)) yield message;
        }
        continue;
      }
      const next = listener.queue.shift();
      if (next === undefined) {
        yield null;
        if (isQuiet(listener) && !signal.aborted) await woken(listener);
      } else if (isNew(listener, next, sent_max)) yield next;
    }
  } finally {
    signal.removeEventListener('abort', gone);
  }
}

function isQuiet({ queue, missed, ended, pingDue }: Listener): boolean {
  return queue.length === 0 && !missed && ended === null && !pingDue;
}

function woken(listener: Listener): Promise<void> {
  return new Promise((resolve) => {
    listener.wake = resolve;
  });
}

function isNew({ sent }: Listener, { id }: RendezvousMessage, sent_max: number): boolean {
  if (sent.has(id)) return false;
  sent.add(id);
  const [oldest = ''] = sent.size > sent_max ? sent : [];
  sent.delete(oldest);
  return true;
}
