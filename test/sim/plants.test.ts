import { expect, test } from 'vitest';
import { PLANTS } from './plants.js';
import { runWorld } from './world.js';

/** More worlds than any of them was ever found to take: see docs/operate/reliability.md. */
const WORLDS_MAX = 60;

test('ten kinds of bug are planted', () => {
  expect(PLANTS.length).toBe(10);
});

test.each(PLANTS.map((plant) => [plant.name, plant] as const))(
  'the simulation finds that %s',
  async (_, plant) => {
    for (let seed = 1; seed <= WORLDS_MAX; seed++) {
      const { faults, steps } = await runWorld(seed, { plant });
      if (faults.length === 0) continue;
      process.stdout.write(`${plant.name}: world ${seed}, step ${steps}: ${faults[0]}\n`);
      return;
    }
    throw new Error(`not found in ${WORLDS_MAX} worlds`);
  },
);
