/**
 * How mutants of the domain and the engine are made and tried; scripts/prove/mutants.ts starts it.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['src/{domain,engine}/**/*.ts', '!src/**/*.test.ts', '!src/domain/currency-table.ts'],
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/sample.js'],
  checkers: ['sample'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // What only runs while modules load would cost a whole run of all tests each.
  ignoreStatic: true,
  // Nothing is compiled, and tests that read sources must find them as they are.
  disableTypeChecks: false,
  // Its paths need not be rewritten, and TypeScript 7 offers no way to.
  tsconfigFile: 'none',
  concurrency: 2,
  // Far from what a busy machine can cause: a mutant that is only slow must not count as found.
  timeoutMS: 60_000,
  timeoutFactor: 4,
  dryRunTimeoutMinutes: 20,
  ignorePatterns: ['/bench', '/demo', '/deploy', '/data', '/examples'],
  reporters: ['keep', 'progress-append-only'],
  allowConsoleColors: false,
};
