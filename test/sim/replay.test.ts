import { expect, test } from 'vitest';
import { PLANTS } from './plants.js';
import { runWorld } from './world.js';

test.each([1, 2, 3, 4])('the world of seed %d is the same each time', async (seed) => {
  const first = await runWorld(seed);
  expect(await runWorld(seed)).toEqual(first);
});

test('another seed makes another world', async () => {
  const [one, other] = [await runWorld(1), await runWorld(2)];
  expect(one.trace).not.toBe(other.trace);
});

test('a fault is seen again at the same step', async () => {
  const plant = PLANTS.find(({ name }) => name.includes('balance'));
  if (plant === undefined) throw new Error('there is no such plant');
  const first = await runWorld(2, { plant });
  expect(first.faults).not.toEqual([]);
  expect(await runWorld(2, { plant })).toEqual(first);
});

test('time and chance are the real ones again after a run', async () => {
  const before = [globalThis.setTimeout, globalThis.setImmediate, performance.now, Math.random];
  await runWorld(1);
  expect([globalThis.setTimeout, globalThis.setImmediate, performance.now, Math.random]).toEqual(
    before,
  );
});
