import { describe, expect, test, vi } from 'vitest';
import { makeInbox } from './inbox.js';

const open = (items_max = 100) => {
  const calls = { full: vi.fn(), roomy: vi.fn() };
  const inbox = makeInbox<number>(items_max, calls);
  return { inbox, ...calls, reader: inbox[Symbol.asyncIterator]() };
};

describe('an inbox', () => {
  test('gives what came before and what comes while it is read, then ends', async () => {
    const { inbox } = open();
    inbox.put(1);
    inbox.put(2);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of inbox) seen.push(item);
    })();
    await vi.waitFor(() => expect(seen).toEqual([1, 2]), { timeout: 30_000 });
    inbox.put(3);
    inbox.put(4);
    inbox.end();
    inbox.put(5);
    await reading;
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('says once that it is full, and once that it is empty again', async () => {
    const { inbox, full, roomy, reader } = open(2);
    for (const item of [1, 2, 3]) inbox.put(item);
    expect(full).toHaveBeenCalledOnce();
    await reader.next();
    await reader.next();
    expect(roomy).not.toHaveBeenCalled();
    await reader.next();
    expect(roomy).toHaveBeenCalledOnce();
  });

  test('that its reader leaves takes nothing more', async () => {
    const { inbox, full, reader } = open(1);
    await reader.return?.();
    inbox.put(1);
    expect(full).not.toHaveBeenCalled();
    expect((await reader.next()).done).toBe(true);
  });
});
