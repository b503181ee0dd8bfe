import { expect, it } from 'vitest';
import { makeHolds } from './holds.js';

/** Of a hundred: read before a pause, as a chain's answer is. */
function purse() {
  const holds = makeHolds();
  const left = async (): Promise<bigint> => {
    const quarks = 100n - holds.of('owner');
    await new Promise((resolve) => setImmediate(resolve));
    return quarks;
  };
  return { holds, left };
}

it('promises the same money once, however many ask at once', async () => {
  const { holds, left } = purse();
  const asked = [60n, 60n, 40n, 1n].map((quarks) => holds.take('owner', quarks, left));
  const taken = await Promise.all(asked);
  expect(taken.map((hold) => hold !== null)).toEqual([true, false, true, false]);
  expect(holds.of('owner')).toBe(100n);
  taken[0]?.giveBack();
  taken[0]?.giveBack();
  expect(holds.of('owner')).toBe(40n);
  expect(holds.of('other')).toBe(0n);
});

it('goes on where what is left cannot be read', async () => {
  const { holds, left } = purse();
  const failing = holds.take('owner', 1n, () => Promise.reject(new Error('away')));
  const next = holds.take('owner', 100n, left);
  await expect(failing).rejects.toThrow('away');
  expect(await next).not.toBeNull();
});
