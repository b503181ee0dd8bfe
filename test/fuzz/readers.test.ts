import { describe, expect, test } from 'vitest';
import { TARGETS } from './targets.js';

/**
 * Some inputs for each reader; `npm run prove -- --only fuzz` tries a million. None throws what it
 * does not say that it throws, believes what was not signed, or reaches a prototype; what can be
 * encoded comes back.
 */

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const RUNS = 150;

describe(`with TENDER_SEED=${SEED}`, () => {
  test.each(TARGETS.map(({ name, run }) => [name, run] as const))(
    '%s are read or refused, and break nothing',
    async (_, run) => {
      await expect(run(RUNS, SEED)).resolves.toBeUndefined();
    },
  );
});
