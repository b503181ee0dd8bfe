import { expect, test } from 'vitest';
import type { Chaos } from './chaos.js';
import { runWorld } from './world.js';

/** One small world, in which the process dies at each of its steps in turn. */

const CALM: Partial<Chaos> = {
  clients: 2,
  operationsPerClient: 3,
  stepsPerCrash: null,
  jumps: false,
  fullDisks: false,
  network: { lost: 0, answerLost: 0, late: 0, refused: 0 },
  store: { read: 0, rolledBack: 0, writeFails: 0, answerLost: 0, slow: 0, diskFull: false },
};

/** Faults are taken away in place, so every world gets its own. */
const chaosOf = (over: Partial<Chaos>): Partial<Chaos> => structuredClone({ ...CALM, ...over });

test.each([
  ['one process, whose cards are elsewhere', 5, { shared: false, remoteCards: true }],
  ['one of two processes', 8, { shared: true, remoteCards: false }],
] as const)('a crash at any step of %s loses nothing', async (_, seed, over) => {
  const whole = await runWorld(seed, { chaos: chaosOf(over) });
  expect(whole.faults).toEqual([]);
  expect(whole.roughSteps).toBeGreaterThan(50);
  const wrong: string[] = [];
  let crashes = 0;
  for (let step = 0; step < whole.roughSteps; step++) {
    const outcome = await runWorld(seed, { chaos: chaosOf(over), crashAtStep: step });
    crashes += outcome.crashes;
    wrong.push(...outcome.faults.map((fault) => `crash at ${step}: ${fault}`));
  }
  expect(wrong).toEqual([]);
  expect(crashes).toBe(whole.roughSteps);
});
