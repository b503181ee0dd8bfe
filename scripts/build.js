/**
 * Builds `dist`: the server by the TypeScript compiler, what it reads beside its code by copying,
 * and the workspaces that have a build of their own. Everything goes to a folder of its own first
 * and takes dist's place only when it is whole; a build that fails leaves the old one.
 *
 *   node scripts/build.js [--if-needed]
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a build is made from; `scripts/build.js` itself, so that a new way of building builds. */
const INPUTS = ['src', 'proto', 'sdk', 'web', 'package.json', 'scripts/build.js'];
const CONFIGS = /^tsconfig.*\.json$/;
const SKIPPED = new Set(['node_modules', 'dist']);
const ASSETS = new Set(['.sql', '.html', '.css', '.svg']);
const STAMP = '.stamp';
const SWAP_TRIES_MAX = 5;

/** A failure that its message explains in full: shown without a stack. */
export class BuildError extends Error {}

/** Files below a path with their state, sorted. @param {string} path @returns {string[]} */
function filesBelow(path) {
  const state = statSync(path, { throwIfNoEntry: false });
  if (state === undefined) return [];
  if (!state.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      return entry.isDirectory() ? filesBelow(below) : [below];
    });
}

/** @param {string} path */
const isTest = (path) => /\.test\.[a-z]+$/.test(path);

/**
 * One word for the state of everything that a build is made from: names, sizes, times. Contents are
 * not read, so that asking costs a few milliseconds.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256');
  const configs = readdirSync(root).filter((name) => CONFIGS.test(name));
  for (const input of [...INPUTS, ...configs.sort()]) {
    for (const path of filesBelow(join(root, input))) {
      if (isTest(path)) continue;
      const { size, mtimeMs } = statSync(path);
      hash.update(`${relative(root, path)}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/** @param {string} root */
function stampOf(root) {
  const path = join(root, 'dist', STAMP);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Runs a program; its output belongs to the error if it fails. @returns {Promise<void>} */
function run(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {import('node:child_process').ExecFileOptions} */ options,
) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...options, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new BuildError(`${stdout}${stderr}`.trim() || error.message));
    });
  });
}

/** The compiler's script, or undefined where the development packages are not installed. */
function findCompiler(/** @type {string} */ root) {
  try {
    const require = createRequire(join(root, 'package.json'));
    const manifest = require.resolve('typescript/package.json');
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
    return join(dirname(manifest), bin.tsc);
  } catch {
    return undefined;
  }
}

/** @param {string} root @param {string} staged */
function copyAssets(root, staged) {
  const source = join(root, 'src');
  for (const path of filesBelow(source)) {
    if (!ASSETS.has(extname(path))) continue;
    cpSync(path, join(staged, relative(source, path)));
  }
}

/**
 * Workspaces that have a build script, in the order of who needs whom. Each is told by
 * TENDER_BUILD_DIR where the new dist is being put together.
 * @param {string} root @param {string} staged
 */
async function buildWorkspaces(root, staged) {
  for (const name of ['sdk', 'web']) {
    const manifest = join(root, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { scripts } = JSON.parse(readFileSync(manifest, 'utf8'));
    if (scripts?.build === undefined) continue;
    await run('npm', ['run', '--silent', 'build'], {
      cwd: join(root, name),
      env: { ...process.env, TENDER_BUILD_DIR: staged },
      // npm is a batch file on Windows, which only a shell can start.
      shell: process.platform === 'win32',
    });
  }
}

/** What builds that were killed left behind; a folder is named for the process that made it. */
function removeLeftovers(/** @type {string} */ staging) {
  if (!existsSync(staging)) return;
  for (const name of readdirSync(staging)) {
    const pid = Number.parseInt(name, 10);
    if (Number.isInteger(pid) && pid !== process.pid && isAlive(pid)) continue;
    rmSync(join(staging, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive too, though not ours to signal.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Puts the staged folder in dist's place. Two renames, as no system has one for two full folders;
 * another build may come in between, then the later one wins.
 * @param {string} staged @param {string} dist
 */
function swap(staged, dist) {
  const old = `${staged}.old`;
  for (let tries = 1; ; tries += 1) {
    try {
      if (existsSync(dist)) renameSync(dist, old);
      renameSync(staged, dist);
      break;
    } catch (error) {
      if (existsSync(old) && !existsSync(dist)) renameSync(old, dist);
      if (tries === SWAP_TRIES_MAX) throw error;
    }
    rmSync(old, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/**
 * Compiles into a bench, whose folder `src` becomes the new dist. What the source takes only types
 * from lies beside it and is thrown away.
 * @param {string} compiler @param {string} root @param {string} bench @param {string} staged
 */
async function buildInto(compiler, root, bench, staged) {
  mkdirSync(staged, { recursive: true });
  await run(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--outDir', bench, '--noEmitOnError'],
    { cwd: root },
  );
  copyAssets(root, staged);
  await buildWorkspaces(root, staged);
}

/**
 * Builds dist.
 * @param {{ ifNeeded?: boolean, root?: string }} [options] `ifNeeded`: not if dist is newer than
 *   everything it is made from. `root`: the repository; this one unless told otherwise.
 * @returns {Promise<string>} one line: what was done
 * @throws {BuildError} whose message is the output of what failed; dist is as it was
 */
export async function build({ ifNeeded = false, root = ROOT } = {}) {
  const sources = filesBelow(join(root, 'src')).filter((path) => /\.ts$/.test(path));
  const dist = join(root, 'dist');
  if (!sources.some((path) => !isTest(path))) return 'build: no source, nothing to do';
  const stamp = fingerprint(root);
  if (ifNeeded && stampOf(root) === stamp) return 'build: dist is up to date';
  const compiler = findCompiler(root);
  if (compiler === undefined) {
    if (existsSync(dist)) return 'build: no compiler installed, dist is kept';
    throw new BuildError('The compiler is not installed. Run npm install, without --omit=dev.');
  }
  const started = Date.now();
  const staging = join(root, 'dist.next');
  removeLeftovers(staging);
  const bench = join(staging, String(process.pid));
  const staged = join(bench, 'src');
  try {
    await buildInto(compiler, root, bench, staged);
    // The stamp of before: what changed during the build is then built the next time.
    writeFileSync(join(staged, STAMP), stamp);
    swap(staged, dist);
  } finally {
    rmSync(bench, { recursive: true, force: true });
    removeIfEmpty(staging);
  }
  return `build: dist in ${((Date.now() - started) / 1000).toFixed(1)} s`;
}

/** @param {string} folder */
function removeIfEmpty(folder) {
  try {
    rmdirSync(folder);
  } catch {
    // Another build is at work in it.
  }
}

// The path may lead here over a link (npm link, a mounted folder): compare where it ends.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(await build({ ifNeeded: process.argv.includes('--if-needed') }));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`${error.message}\nbuild: failed; dist is as it was`);
    process.exitCode = 1;
  }
}
