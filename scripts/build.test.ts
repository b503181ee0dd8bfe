import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuildError, build } from './build.js';

const repository = fileURLToPath(new URL('..', import.meta.url));
let root = '';

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const built = (path: string) => readFileSync(join(root, 'dist', path), 'utf8');
const install = () => symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tender-build-'));
  write('package.json', '{"type":"module"}');
  const options = { module: 'nodenext', target: 'es2023', rootDir: '.', types: [] };
  write('tsconfig.build.json', JSON.stringify({ compilerOptions: options, include: ['src'] }));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('build', () => {
  test('compiles code, copies assets, leaves nothing else behind', async () => {
    install();
    write('src/main.ts', 'export const one: number = 1;\n');
    write('src/storage/migrations/0001.sql', 'CREATE TABLE a (b);\n');
    write('src/notes.txt', 'not for the server\n');
    expect(await build({ root })).toMatch(/^build: dist in /);
    expect(built('main.js')).toContain('export const one = 1;');
    expect(built('storage/migrations/0001.sql')).toBe('CREATE TABLE a (b);\n');
    expect(existsSync(join(root, 'dist/notes.txt'))).toBe(false);
    expect(existsSync(join(root, 'dist.next'))).toBe(false);
  });

  test('a failed build says why and leaves the old dist', async () => {
    install();
    write('src/main.ts', 'export const one = 1;\n');
    await build({ root });
    write('src/main.ts', "export const one: number = 'two';\n");
    const failed = build({ root, ifNeeded: true });
    await expect(failed).rejects.toThrow(BuildError);
    await expect(failed).rejects.toThrow('TS2322');
    expect(built('main.js')).toContain('one = 1');
    expect(existsSync(join(root, 'dist.next'))).toBe(false);
  });

  test('builds only if needed when asked so', async () => {
    install();
    write('src/main.ts', 'export const one = 1;\n');
    const ifNeeded = () => build({ root, ifNeeded: true });
    expect(await ifNeeded()).toMatch(/dist in/);
    expect(await ifNeeded()).toMatch(/up to date/);
    write('src/main.test.ts', 'export const test = 1;\n');
    expect(await ifNeeded()).toMatch(/up to date/);
    utimesSync(join(root, 'src/main.ts'), 1, 1);
    expect(await ifNeeded()).toMatch(/dist in/);
    write('src/more.ts', 'export const two = 2;\n');
    expect(await ifNeeded()).toMatch(/dist in/);
    rmSync(join(root, 'src/more.ts'));
    expect(await ifNeeded()).toMatch(/dist in/);
    expect(existsSync(join(root, 'dist/more.js'))).toBe(false);
    rmSync(join(root, 'dist'), { recursive: true });
    expect(await ifNeeded()).toMatch(/dist in/);
  }, 30_000);

  test('a workspace builds into the new dist, and its failure keeps the old one', async () => {
    install();
    write('src/main.ts', 'export const one = 1;\n');
    write('web/package.json', JSON.stringify({ scripts: { build: 'node build.js' } }));
    write(
      'web/build.js',
      "require('node:fs').mkdirSync(process.env.TENDER_BUILD_DIR + '/web');\n" +
        "require('node:fs').writeFileSync(process.env.TENDER_BUILD_DIR + '/web/page', 'page');\n",
    );
    await build({ root });
    expect(built('web/page')).toBe('page');
    write('web/build.js', "throw new Error('no page today');\n");
    await expect(build({ root, ifNeeded: true })).rejects.toThrow('no page today');
    expect(built('web/page')).toBe('page');
  });

  test('without source there is nothing to do', async () => {
    expect(await build({ root })).toBe('build: no source, nothing to do');
    write('src/main.test.ts', 'export const test = 1;\n');
    expect(await build({ root })).toBe('build: no source, nothing to do');
  });

  test('without a compiler the dist that is there is kept', async () => {
    write('src/main.ts', 'export const one = 1;\n');
    await expect(build({ root })).rejects.toThrow('npm install');
    write('dist/main.js', 'export const old = 1;\n');
    expect(await build({ root })).toBe('build: no compiler installed, dist is kept');
    expect(built('main.js')).toContain('old');
  });

  test('removes what a killed build left, not what another one is making', async () => {
    install();
    write('src/main.ts', 'export const one = 1;\n');
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    write(`dist.next/${dead}/main.js`, '');
    write(`dist.next/${process.ppid}/main.js`, '');
    await build({ root });
    expect(existsSync(join(root, `dist.next/${dead}`))).toBe(false);
    expect(existsSync(join(root, `dist.next/${process.ppid}`))).toBe(true);
  });
});

describe('bin/tender.js', () => {
  /** The launcher in a folder of its own, as an installed package has it. */
  const launch = (nodeVersion?: string, ...args: string[]) => {
    write('bin/tender.js', readFileSync(join(repository, 'bin/tender.js'), 'utf8'));
    const define = (object: string, key: string, value: string) =>
      `Object.defineProperty(${object}, '${key}', { value: '${value}' });`;
    const pretend = nodeVersion
      ? `Object.defineProperty(process, 'versions', { value: { ...process.versions } });` +
        define('process.versions', 'node', nodeVersion) +
        define('process', 'version', `v${nodeVersion}`)
      : '';
    return spawnSync(
      process.execPath,
      [`--import=data:text/javascript,${encodeURIComponent(pretend)}`, 'bin/tender.js', ...args],
      { cwd: root, encoding: 'utf8' },
    );
  };

  test('refuses an old Node in one line', () => {
    const { status, stderr } = launch('20.18.3');
    expect(status).toBe(1);
    expect(stderr).toBe('Tender needs Node.js 20.19 or newer; this is v20.18.3.\n');
  });

  test('runs the command line of dist with its arguments', () => {
    write(
      'dist/cli/main.js',
      'export const run = async (argv) => console.log(argv.slice(2).join());\n',
    );
    for (const version of ['20.19.0', '24.0.0', undefined]) {
      expect(launch(version, 'start', '--port', '1')).toMatchObject({
        status: 0,
        stdout: 'start,--port,1\n',
      });
    }
  });

  test('says so when it is not built', () => {
    expect(launch()).toMatchObject({
      status: 1,
      stderr: 'Tender is not built. Run npm run build.\n',
    });
  });

  test('builds a source checkout first', () => {
    install();
    write('scripts/build.js', readFileSync(join(repository, 'scripts/build.js'), 'utf8'));
    write('src/cli/main.ts', "export const run = async () => console.log('built');\n");
    expect(launch()).toMatchObject({ status: 0, stdout: 'built\n' });
    write('src/cli/main.ts', "export const run: number = 'broken';\n");
    const { status, stderr } = launch();
    expect(status).toBe(1);
    expect(stderr).toContain('Tender was not started: its build failed.');
  });
});

test('asking whether a build is needed is cheap', () => {
  const script = `
    import { build } from ${JSON.stringify(join(repository, 'scripts/build.js'))};
    const before = process.cpuUsage();
    await build({ ifNeeded: true, root: ${JSON.stringify(root)} });
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  install();
  for (let file = 0; file < 400; file += 1) write(`src/many/file-${file}.ts`, 'export {};\n');
  const ask = () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString());
  ask();
  // Work, not time: the machine may be busy with other tests. A build takes ten times that.
  expect(Math.min(ask(), ask(), ask())).toBeLessThan(200);
});
