import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TurnQueue } from './queue.js';

function filled(items: readonly [string, number][]): TurnQueue<string> {
  const queue = new TurnQueue<string>();
  for (const [account, i] of items) queue.push(account, `${account}${i}`, account === 'own');
  return queue;
}

describe('TurnQueue', () => {
  test('accounts take turns', () => {
    const queue = filled([
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['b', 1],
      ['c', 1],
      ['b', 2],
    ]);
    expect(queue.take(4)).toEqual(['a1', 'b1', 'c1', 'a2']);
    expect(queue.take(10)).toEqual(['a3', 'b2']);
    expect(queue.size).toBe(0);
  });

  test('whoever was served begins the next round last', () => {
    const queue = filled([
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ]);
    expect(queue.take(1)).toEqual(['a1']);
    expect(queue.take(1)).toEqual(['b1']);
    expect(queue.take(2)).toEqual(['a2', 'b2']);
  });

  test('our own work goes where callers leave room', () => {
    const queue = filled([
      ['own', 1],
      ['a', 1],
      ['a', 2],
    ]);
    expect(queue.take(2)).toEqual(['a1', 'a2']);
    expect(queue.take(2)).toEqual(['own1']);
  });

  test('nothing is lost or doubled, and each account keeps its order', () => {
    const account = fc.constantFrom('a', 'b', 'c', 'own');
    fc.assert(
      fc.property(fc.array(account), fc.integer({ min: 1, max: 5 }), (accounts, size) => {
        const items = accounts.map((name, i): [string, number] => [name, i]);
        const queue = filled(items);
        const taken: string[] = [];
        while (queue.size > 0) {
          const some = queue.take(size);
          expect(some.length).toBeGreaterThan(0);
          taken.push(...some);
        }
        for (const name of ['a', 'b', 'c', 'own'])
          expect(taken.filter((item) => item.startsWith(name))).toEqual(
            items.filter(([of]) => of === name).map(([of, i]) => `${of}${i}`),
          );
        expect(taken).toHaveLength(items.length);
      }),
    );
  });
});
