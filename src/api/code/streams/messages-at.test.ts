import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import type { RendezvousMessage } from '../../../domain/rendezvous.js';
import { end, type Hub, makeHub } from './hub.js';
import { messagesAt } from './messages-at.js';

/** A store of messages whose reads can be held back, and the engine's word of new ones. */
function fakeEngine() {
  const stored: RendezvousMessage[] = [];
  const listeners: ((messages: readonly RendezvousMessage[]) => void)[] = [];
  let hold: Promise<void> = Promise.resolve();
  let reads = 0;
  const message = (number: number): RendezvousMessage => ({
    account: '',
    id: `msg_${String(number).padStart(6, '0')}`,
    request: 'here',
    created: 0,
    uuid: '',
    kind: '',
    body: '',
    signature: null,
  });
  return {
    /** Makes a message durable, then tells of it, as the engine does. */
    put: (number: number) => {
      const made = message(number);
      stored.push(made);
      for (const listener of listeners) listener([made]);
    },
    /** The next reads have seen what is there now, and answer when they are let go. */
    holdReads: () => {
      let release = (): void => {};
      hold = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    reads: () => reads,
    engine: {
      onMessages: (listener: (messages: readonly RendezvousMessage[]) => void) =>
        void listeners.push(listener),
      read: async () => {
        reads += 1;
        const seen = [...stored];
        await hold;
        return seen;
      },
    } as never,
  };
}

function open(messages_per_request_max = 4) {
  const fake = fakeEngine();
  const limits = {
    messages_per_request_max,
    streams_max: 10,
    streams_per_address_max: 10,
  } as never;
  const deps = { engine: fake.engine, limits, isShared: false, logError: () => {} };
  const hub: Hub = makeHub(deps);
  const listener = hub.listen('here', '127.0.0.1');
  const leaving = new AbortController();
  const stream = messagesAt(deps, listener, leaving.signal);
  /** The numbers of the next messages; `null` where the stream has nothing more to say now. */
  const take = async (count: number): Promise<(number | null)[]> => {
    const numbers: (number | null)[] = [];
    while (numbers.length < count) {
      const { value, done } = await stream.next();
      if (done === true) break;
      numbers.push(value === null ? null : Number(value.id.slice(4)));
    }
    return numbers;
  };
  return { ...fake, hub, listener, leaving, stream, take };
}

describe('what happens at a rendezvous', () => {
  test('comes once, though it is told of while it is read', async () => {
    const { put, holdReads, take } = open();
    put(1);
    const release = holdReads();
    const first = take(4);
    put(2);
    put(3);
    release();
    expect(await first).toEqual([1, 2, 3, null]);
    put(4);
    expect(await take(2)).toEqual([4, null]);
  });

  test('is read again where more came than the queue holds, nothing lost or doubled', async () => {
    const { put, take, reads } = open(4);
    put(1);
    expect(await take(2)).toEqual([1, null]);
    for (let number = 2; number <= 12; number++) put(number);
    expect(await take(12)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, null]);
    expect(reads()).toBe(2);
  });

  test('wakes a stream that waits', async () => {
    const { put, take } = open();
    expect(await take(1)).toEqual([null]);
    const waiting = take(1);
    await Promise.resolve();
    put(1);
    expect(await waiting).toEqual([1]);
  });

  test('ends for who leaves, and with an error for whom the hub ends', async () => {
    const left = open();
    await left.take(1);
    const waiting = left.take(1);
    left.leaving.abort();
    expect(await waiting).toEqual([]);
    const ended = open();
    await ended.take(1);
    const failing = ended.stream.next();
    end(ended.listener, new ConnectError('too slow', Code.Aborted));
    await expect(failing).rejects.toThrow('[aborted] too slow');
  });

  test('is nobody’s any more once they left, and nobody’s new once the hub stopped', async () => {
    const { hub, listener, stream } = open();
    expect(hub.open).toBe(1);
    hub.leave(listener);
    hub.leave(listener);
    expect(hub.open).toBe(0);
    await stream.return(undefined);
    hub.stop();
    expect(() => hub.listen('here', '127.0.0.1')).toThrow('[unavailable]');
  });
});
