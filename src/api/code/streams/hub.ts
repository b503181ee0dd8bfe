import { Code, ConnectError } from '@connectrpc/connect';
import type { RendezvousMessage } from '../../../domain/rendezvous.js';
import { type Admission, makeAdmission } from '../admission.js';
import type { CodeDependencies } from '../settings.js';
import { watchStore } from './watch-store.js';

/** An open stream, as the hub reaches it. */
export interface Listener {
  readonly request: string;
  readonly address: string;
  /** Messages that were put down since the stream was opened, in that order. */
  readonly queue: RendezvousMessage[];
  /** More came than the queue holds: what lies in the store is to be read again. */
  missed: boolean;
  /** Ids of messages that need not be sent again. */
  readonly sent: Set<string>;
  /** Of a stream that is kept alive: its other side is to be asked whether it is there. */
  pingDue: boolean;
  /** When it last said so, on the monotonic clock. */
  pongMs: number;
  /** Called when there is something to look at; the stream sets it while it waits. */
  wake: (() => void) | null;
  /** Why the stream must end. */
  ended: ConnectError | null;
}

/** Tells open streams of the messages that are put down at their rendezvous. */
export interface Hub {
  /** Throws ConnectError (resource_exhausted) where too many are open already. */
  listen(request: string, address: string): Listener;
  leave(listener: Listener): void;
  readonly open: number;
  /** Ends every stream, and refuses more. */
  stop(): void;
}

type Dependencies = Pick<CodeDependencies, 'engine' | 'limits' | 'isShared' | 'logError'>;

/** Builds the hub over the engine's durable messages, and other processes' where there are any. */
export function makeHub(deps: Dependencies): Hub {
  const { engine, limits } = deps;
  const listeners = new Map<string, Listener[]>();
  const { streams_max, streams_per_address_max } = limits;
  const admission: Admission = makeAdmission('streams', streams_max, streams_per_address_max);
  let stopped: ConnectError | null = null;
  const tell = (messages: readonly RendezvousMessage[]): void => {
    for (const message of messages)
      for (const listener of listeners.get(message.request) ?? [])
        offer(listener, message, limits.messages_per_request_max);
  };
  engine.onMessages(tell);
  const stopWatching = deps.isShared ? watchStore(deps, () => listeners.size > 0, tell) : () => {};
  return {
    listen: (request, address) => {
      if (stopped !== null) throw stopped;
      const fault = admission.fault(address);
      if (fault !== null) throw new ConnectError(fault, Code.ResourceExhausted);
      admission.enter(address);
      const listener: Listener = {
        request,
        address,
        queue: [],
        missed: true,
        sent: new Set(),
        pingDue: false,
        pongMs: performance.now(),
        wake: null,
        ended: null,
      };
      const others = listeners.get(request);
      if (others === undefined) listeners.set(request, [listener]);
      else others.push(listener);
      return listener;
    },
    leave: (listener) => {
      const all = listeners.get(listener.request);
      const at = all?.indexOf(listener) ?? -1;
      if (all === undefined || at < 0) return;
      if (all.length === 1) listeners.delete(listener.request);
      else all.splice(at, 1);
      admission.leave(listener.address);
    },
    get open() {
      return admission.open;
    },
    stop: () => {
      stopped = new ConnectError('the server is stopping, open it again', Code.Unavailable);
      stopWatching();
      for (const all of listeners.values()) for (const listener of all) end(listener, stopped);
    },
  };
}

function offer(listener: Listener, message: RendezvousMessage, queue_max: number): void {
  if (listener.sent.has(message.id)) return;
  if (listener.queue.length < queue_max) listener.queue.push(message);
  else {
    // A reader this slow gets them from the store when it has caught up.
    listener.queue.length = 0;
    listener.missed = true;
  }
  wake(listener);
}

/** Ends a stream with an error, now if it waits. */
export function end(listener: Listener, error: ConnectError): void {
  listener.ended ??= error;
  wake(listener);
}

/** Lets a stream look again, if it waits. */
export function wake(listener: Listener): void {
  const { wake: waiting } = listener;
  listener.wake = null;
  waiting?.();
}
