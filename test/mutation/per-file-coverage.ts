import { beforeAll, beforeEach } from 'vitest';

interface Stryker {
  mutantCoverage?: { perTest: object };
}

/** Tests that read the sources, which are not themselves when they hold mutants. */
const READERS = ['each fault that the audit can find is planted'];

/**
 * Test files that share a process would each report what all before them covered, once more and
 * with all its counts. Each begins anew instead; Stryker adds them up.
 */
beforeAll(() => {
  const { __stryker__: stryker } = globalThis as { __stryker__?: Stryker };
  if (stryker?.mutantCoverage !== undefined) stryker.mutantCoverage.perTest = {};
});

beforeEach(({ task, skip }) => {
  if (READERS.includes(task.name)) skip();
});
