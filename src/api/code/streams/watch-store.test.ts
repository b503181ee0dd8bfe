import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchStore } from './watch-store.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('messages of other processes are looked for from seconds back, in order', async () => {
  const asked: (string | undefined)[] = [];
  const rows = [{ id: 'msg_2' }, { id: 'msg_1' }];
  const told: string[][] = [];
  let needed = true;
  let made = 0;
  const engine = {
    newId: () => `msg_${String(made++).padStart(4, '0')}`,
    page: async ({ newerThan }: { newerThan?: string }) => {
      asked.push(newerThan);
      return rows;
    },
  };
  const stop = watchStore(
    { engine: engine as never, logError: () => {} },
    () => needed,
    (messages) => told.push(messages.map(({ id }) => id)),
  );
  await vi.advanceTimersByTimeAsync(500);
  expect(told).toEqual([['msg_1', 'msg_2']]);
  await vi.advanceTimersByTimeAsync(9_500);
  expect(asked).toHaveLength(20);
  // Each look makes a mark; the oldest that is kept is ten looks, five seconds, old.
  expect(asked[0]).toBe('msg_0000');
  expect(asked[19]).toBe('msg_0010');
  needed = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(20);
  needed = true;
  stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(20);
});

test('a look that fails is noted, and the next one goes on', async () => {
  const logError = vi.fn();
  const tell = vi.fn();
  let fails = true;
  const engine = {
    newId: () => 'msg_',
    page: async () => {
      if (fails) throw new Error('no connection');
      return [];
    },
  };
  const stop = watchStore({ engine: engine as never, logError }, () => true, tell);
  await vi.advanceTimersByTimeAsync(500);
  expect(logError).toHaveBeenCalledOnce();
  fails = false;
  await vi.advanceTimersByTimeAsync(500);
  expect(tell).toHaveBeenCalledOnce();
  stop();
});
