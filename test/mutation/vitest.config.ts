import { relative } from 'node:path';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What holds the domain and the engine without a server: seconds for a mutant. */
const CLOSE = ['src/{domain,engine}/**/*.test.ts', 'test/contract/**/*.test.ts'];
/** What drives them over HTTP: minutes, for what the others let live. */
const WIDE = [
  'test/conformance/{admin,checkout,code,dojo,stripe}/**/*.test.ts',
  'test/conformance/security-{sessions,vault}.test.ts',
];
const isWide = process.env.TENDER_MUTANTS_TESTS === 'wide';

/**
 * Storage's own tests, and those that write databases of earlier versions: they find nothing in the
 * engine that others do not, and are slow. So are noise on the wire and pages; documents have no
 * mutants.
 */
const LEFT_OUT = [
  'test/contract/{store*,upgrade*,races}.test.ts',
  'test/conformance/code/{transports,adversary-noise}.test.ts',
  'test/conformance/dojo/{adversary-bodies,every-*,seed-document}.test.ts',
  'test/conformance/stripe/{browser,compat,hostile*,seed-document,slow-client,text}.test.ts',
];

/**
 * The first failure ends a run, so that goes first which has most of the tests that run the mutant:
 * Stryker names a file once for each of them.
 */
class MostCoveringFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const named = (this.ctx as { filenamePattern?: string[] }).filenamePattern ?? [];
    const tests = new Map<string, number>();
    for (const file of named) tests.set(file, (tests.get(file) ?? 0) + 1);
    const count = ({ moduleId }: TestSpecification): number =>
      tests.get(relative(process.cwd(), moduleId)) ?? 0;
    return files.sort((a, b) => count(b) - count(a));
  }
}

/** One process, whose files share what they import: importing is most of a mutant's time. */
export default defineConfig({
  ssr: {
    resolve: {
      conditions: ['tender-source', ...defaultServerConditions.filter((one) => one !== 'module')],
    },
  },
  test: {
    include: isWide ? WIDE : CLOSE,
    exclude: LEFT_OUT,
    env: { TENDER_TEST_STORE: 'sqlite' },
    setupFiles: ['test/mutation/per-file-coverage.ts'],
    isolate: false,
    sequence: { sequencer: MostCoveringFirst },
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
