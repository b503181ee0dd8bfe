import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Suites that run on every store: on SQLite, and in the project `postgres` on a server. Files of
 * most projects share a process: they leave no state in modules, and most of their time went
 * into importing.
 */
const contract = ['test/contract/**/*.test.ts'];
const conformance = ['test/conformance/**/*.test.ts'];

/**
 * What `npm run check` leaves to `npm test` (scripts/check.js says which of the two it is): builds
 * of whole packages, databases of earlier versions, nonsense by the thousand, and matrices over
 * HTTP whose tables test/contract walks on the engine. Without the word, Vitest runs them all.
 */
const dear = [
  'scripts/{build,sdk-package}.test.ts',
  'test/contract/upgrade.test.ts',
  'test/conformance/{abuse,across-walk,fuzz-requests}.test.ts',
  'test/conformance/code/adversary-noise.test.ts',
  'test/conformance/dojo/{adversary-bodies,every-body,hostile,lifecycle-matrix}.test.ts',
  'test/conformance/stripe/hostile*.test.ts',
  'test/fuzz/readers.test.ts',
];
const left = process.env.TENDER_TEST_QUICK === undefined ? [] : dear;

export default defineConfig({
  // What imports the SDK by its name gets its source, not what was built of it.
  // Vitest itself leaves `module` out: what that names is often written for bundlers, not for Node.
  ssr: {
    resolve: {
      conditions: ['tender-source', ...defaultServerConditions.filter((one) => one !== 'module')],
    },
  },
  test: {
    passWithNoTests: true,
    // Native addons (libsql) are not safe to load in several worker threads of one process.
    pool: 'forks',
    // Both of two cores: the default leaves one free, and the suites wait for disks and sockets.
    maxWorkers: 2,
    globalSetup: ['test/support/run-folder.ts'],
    // What hangs is ended; a machine that does much else at once is waited for.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,sdk,web,scripts,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...left],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'tidy',
          include: ['test/tidy.test.ts', 'test/{tidy,support,openapi,fuzz}/**/*.test.ts'],
          exclude: ['test/support/postgres.test.ts', ...left],
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: contract,
          exclude: left,
          env: { TENDER_TEST_STORE: 'sqlite' },
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: conformance,
          exclude: left,
          env: { TENDER_TEST_STORE: 'sqlite' },
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: [...contract, ...conformance, 'test/support/postgres.test.ts'],
          // Sockets, parsers, pages and passwords are the same whatever is behind them; of the two
          // matrices the engine's own runs here.
          exclude: [
            'test/conformance/{abuse,docs-pages,examples,fuzz-wire,metrics,openapi*}.test.ts',
            'test/conformance/{traces,webhook-verification}.test.ts',
            'test/conformance/admin/session.test.ts',
            'test/conformance/code/{transports,adversary-noise}.test.ts',
            'test/conformance/dojo/{adversary-bodies,every-*,lifecycle-matrix}.test.ts',
            'test/conformance/stripe/{hostile*,text}.test.ts',
          ],
          env: { TENDER_TEST_STORE: 'postgres' },
          isolate: false,
          globalSetup: ['test/support/postgres.ts'],
        },
      },
      // Kills servers and counts on their load: one file at a time.
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/unpack-browser.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          isolate: false,
          testTimeout: 300_000,
        },
      },
    ],
  },
});
