/**
 * The one command before a commit: format, lint, types, unused code, tests. `--all` adds the slower
 * suites, and the files of the others that `vitest.config.ts` calls dear (`npm test`, which is what
 * CI runs). The quick checks run beside each other and first; then the tests, whose output is shown
 * as it comes. Stops at what fails first.
 *
 * The last line is `N passed, N failed`, summed over all runs of vitest.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const QUICK = ['unit', 'contract', 'conformance', 'tidy'];
const SLOW = ['sim', 'postgres', 'crash', 'e2e'];

/**
 * @typedef {{ name: string, args: string[], show?: boolean, report?: string,
 *   env?: Record<string, string> }} Step
 */
/** @typedef {{ code: number, output: string }} Result */

/** The script behind a package's command: starts faster than npx, and on every system. */
function command(/** @type {string} */ name, packageName = name) {
  const require = createRequire(join(ROOT, 'package.json'));
  const paths = require.resolve.paths(packageName) ?? [];
  // Not by `resolve`: a package need not export its own manifest.
  const folder = paths.map((path) => join(path, packageName)).find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`${packageName} is not installed. Run npm ci.`);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[name]);
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs one step. Its output is kept, or with `show` goes where ours goes.
 * @param {Step} step @returns {Promise<Result>}
 */
function run({ args, show = false, env = {} }) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(!show && process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
  });
  running.add(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** One aligned line: result, name, seconds. @param {Step} step @param {boolean} ok */
function announce({ name }, ok, /** @type {number} */ started) {
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(6);
  const colored = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  const word = ok ? 'ok    ' : 'failed';
  const shown = colored ? `\u001b[${ok ? 32 : 31}m${word}\u001b[0m` : word;
  console.log(`${shown} ${name.padEnd(8)} ${seconds} s`);
}

/** Runs a step and says how it went. @param {Step} step @returns {Promise<boolean>} */
async function perform(step) {
  const started = Date.now();
  const { code, output } = await run(step);
  // A step that was ended because another one failed has no result of its own.
  if (stopping) return false;
  if (code !== 0) stop(step.name);
  announce(step, code === 0, started);
  if (code !== 0 && output !== '') console.log(`\n${output.trimEnd()}\n`);
  return code === 0;
}

let stopping = false;
let stoppedAt = '';
/** Ends what runs and lets nothing more start. */
function stop(/** @type {string} */ reason) {
  stopping = true;
  stoppedAt = reason;
  for (const child of running) child.kill('SIGTERM');
}

/** Steps one after the other, up to the first that fails. @param {Step[]} steps */
async function lane(steps) {
  for (const step of steps) {
    if (!(await perform(step))) return false;
  }
  return true;
}

/** @param {string} name @param {string[]} projects @param {string} folder @returns {Step} */
function tests(name, projects, folder) {
  const report = join(folder, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const chosen = projects.map((project) => `--project=${project}`);
  return { name, args: [command('vitest'), 'run', ...chosen, ...reporters], show: true, report };
}

/**
 * What a run of vitest counted. A test file that could not be loaded counts as one failure, and so
 * does a run that failed otherwise or left no report: no run that failed counts "0 failed".
 * @param {string} report @param {boolean} ok
 */
function count(report, ok) {
  /** @type {{ numPassedTests: number, numFailedTests: number, testResults: any[] } | undefined} */
  const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  const passed = found?.numPassedTests ?? 0;
  const unloaded = (found?.testResults ?? []).filter(
    ({ status, assertionResults }) =>
      status === 'failed' &&
      !assertionResults.some((/** @type {any} */ result) => result.status === 'failed'),
  );
  const failed = (found?.numFailedTests ?? 0) + unloaded.length;
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}

/** Lets the compiler look only at what changed since the last time. @param {string} project */
function remembered(project) {
  const file = `types-${project === '.' ? 'server' : project}.tsbuildinfo`;
  return ['--incremental', '--tsBuildInfoFile', join(ROOT, 'node_modules/.cache/tender', file)];
}

/** @param {boolean} all @param {string} folder for the reports @returns {Promise<boolean>} */
async function check(all, folder) {
  const biome = { name: 'biome', args: [command('biome', '@biomejs/biome'), 'check', '.'] };
  // The server's, and those of the workspaces that run in browsers.
  const types = ['.', 'sdk', 'web']
    .filter((path) => existsSync(join(ROOT, path, 'tsconfig.json')))
    .map((path) => ({
      name: path === '.' ? 'types' : `  ${path}`,
      args: [command('tsc', 'typescript'), '--noEmit', '-p', path, ...remembered(path)],
    }));
  const unused = { name: 'unused', args: [command('knip'), '--no-progress'] };
  const dist = { name: 'build', args: [join(ROOT, 'scripts/build.js'), '--if-needed'] };
  // Two lanes for two cores: the compiler uses both for a moment, the others one each.
  // Until there is a composition root nothing is used by anything.
  const rooted = existsSync(join(ROOT, 'src/main.ts'));
  const lanes = [rooted ? [biome, unused] : [biome], all ? [...types, dist] : types];
  const quick = await Promise.all(lanes.map(lane));
  let [ok, passed, failed] = [quick.every(Boolean), 0, 0];
  const suites = all
    ? [tests('tests', QUICK, folder), tests('slow', SLOW, folder)]
    : [{ ...tests('tests', QUICK, folder), env: { TENDER_TEST_QUICK: '1' } }];
  for (const suite of suites) {
    if (!ok) break;
    ok = await perform(suite);
    const counted = count(suite.report ?? '', ok);
    passed += counted.passed;
    failed += counted.failed;
  }
  if (stopping) console.log(`\nStopped at ${stoppedAt}.`);
  console.log(`${passed} passed, ${failed} failed`);
  return ok;
}

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(signal, () => {
    stop(signal);
    process.exitCode = code;
  });
}
const folder = mkdtempSync(join(tmpdir(), 'tender-check-'));
try {
  const ok = await check(process.argv.includes('--all'), folder);
  if (!ok) process.exitCode ??= 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
