import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The package as others get it: built, packed, and unpacked in a folder that has nothing else. */

const SDK = fileURLToPath(new URL('../sdk/', import.meta.url));
const TSC = fileURLToPath(new URL('../node_modules/typescript/lib/tsc.js', import.meta.url));
const VITE = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
const BUILD_MS_MAX = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'tender-sdk-'));
const run = promisify(execFile);
let packed: string[] = [];

/** Runs a program; what it said is part of the error where it fails. */
async function node(args: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, NODE_OPTIONS: '', ...more };
  return run(process.execPath, args, { cwd, env }).catch((error: { stdout: string }) => {
    throw new Error(`${args[0]}: ${error.stdout}${error}`);
  });
}

beforeAll(async () => {
  const made = join(folder, 'made');
  mkdirSync(made);
  cpSync(join(SDK, 'package.json'), join(made, 'package.json'));
  const dist = join(made, 'dist');
  // The types go into the folder that the bundles empty first.
  await node([VITE, 'build', '--mode', 'package'], SDK, { TENDER_PACKAGE_DIR: dist });
  await node([TSC, '-p', 'tsconfig.package.json', '--outDir', join(dist, 'types')], SDK);
  const asked = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', asked, { cwd: made, shell: process.platform === 'win32' });
  const [{ filename, files }] = JSON.parse(stdout);
  packed = files.map(({ path }: { path: string }) => path);
  const target = join(folder, 'shop/node_modules/@tender/sdk');
  mkdirSync(target, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1']);
  writeFileSync(join(folder, 'shop/package.json'), '{ "type": "module" }');
}, BUILD_MS_MAX);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shop = join(folder, 'shop');

/** Writes a file into the folder of somebody who has installed the package. */
function put(name: string, text: string): string {
  const path = join(shop, name);
  writeFileSync(path, text);
  return path;
}

test('it has what its exports name, and no source, test or dependency', () => {
  const manifest = JSON.parse(readFileSync(join(SDK, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  const entries = Object.values<Record<string, string>>(manifest.exports);
  const named = entries.flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry.types, entry.default],
  );
  expect(named).toHaveLength(8);
  for (const path of named) expect(packed).toContain(path?.slice(2));
  expect(packed.filter((path) => !/^(package\.json|dist\/.*\.(js|d\.ts))$/.test(path))).toEqual([]);
});

test('its types lead to each other, and to no package', () => {
  const types = packed.filter((path) => path.endsWith('.d.ts'));
  const lost = types.flatMap((path) => {
    const text = readFileSync(join(shop, 'node_modules/@tender/sdk', path), 'utf8');
    return [...text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)]
      .map(([, name = '']) => posix.join(dirname(path), name.replace(/\.js$/, '.d.ts')))
      .filter((target) => !packed.includes(target))
      .map((target) => `${path} → ${target}`);
  });
  expect(types.length).toBeGreaterThan(5);
  expect(lost).toEqual([]);
});

test(
  'plain Node imports each entry, and finds what it offers',
  async () => {
    const program = put(
      'main.js',
      `const names = ['', '/webhooks', '/browser', '/code'];
     for (const name of names) {
       const entry = await import('@tender/sdk' + name);
       console.log(Object.keys(entry).sort().join(' '));
     }`,
    );
    const { stdout } = await node([program], shop);
    expect(stdout.trim().split('\n')).toEqual([
      'TenderError makeTender',
      'WebhookError verifyCodeWebhook verifyDojoWebhook verifyStripeWebhook',
      'loadTender',
      'makeCode',
    ]);
  },
  BUILD_MS_MAX,
);

const CONSUMER = `
import { makeTender, TenderError, type IntentDetail, type Tender } from '@tender/sdk';
import { loadTender } from '@tender/sdk/browser';
import { makeCode } from '@tender/sdk/code';
import { verifyCodeWebhook, verifyStripeWebhook } from '@tender/sdk/webhooks';

const tender: Tender = makeTender({ baseUrl: 'http://127.0.0.1:4400', key: 'sk_test_x' });

export async function paid(id: string): Promise<number> {
  const { intent }: IntentDetail = await tender.intents.retrieve(id);
  for await (const row of tender.intents.list({ state: 'captured' })) if (row.id === id) break;
  return intent.captured;
}
export const type = async (): Promise<string> =>
  (await verifyStripeWebhook({ body: '', signature: null, secret: 'x' })).type;
export const page: Promise<{ version: string }> = loadTender('http://127.0.0.1:4400');
export { makeCode, TenderError, verifyCodeWebhook };
// @ts-expect-error: there is no such state of the query
tender.intents.page({ status: 1 });
// @ts-expect-error: a key is needed
makeTender({ baseUrl: 'http://127.0.0.1:4400' });
`;

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'its types hold for who resolves by %s, %s',
  async (module, moduleResolution) => {
    put('main.ts', CONSUMER);
    const compilerOptions = { module, moduleResolution, target: 'es2022', strict: true };
    // The declarations themselves are checked, too.
    const checked = { ...compilerOptions, noEmit: true, skipLibCheck: false, types: [] };
    const config = { compilerOptions: checked, files: ['main.ts'] };
    put('tsconfig.json', JSON.stringify(config));
    await node([TSC, '-p', 'tsconfig.json'], shop);
  },
  BUILD_MS_MAX,
);

describe('a bundle', () => {
  async function bundled(text: string): Promise<string> {
    const entry = put('entry.js', text);
    const output = await build({
      root: shop,
      configFile: false,
      logLevel: 'error',
      build: { write: false, minify: false, lib: { entry, formats: ['es'], fileName: 'x' } },
    });
    const [first] = [output].flat();
    if (first === undefined || !('output' in first)) throw new Error('nothing was built');
    return first.output.map((part) => ('code' in part ? part.code : '')).join('');
  }

  test(
    'of one verification has nothing of the others, nor of the client',
    async () => {
      const text = "export { verifyStripeWebhook } from '@tender/sdk/webhooks';";
      const code = await bundled(text);
      expect(code).toContain('stripe-signature');
      for (const other of ['dojo-signature', 'EdDSA', 'jwks', '/admin/v1', 'idempotency-key'])
        expect(code).not.toContain(other);
      const all = await bundled("export * from '@tender/sdk/webhooks';");
      expect(all).toContain('dojo-signature');
      expect(code.length).toBeLessThan(all.length / 2);
    },
    BUILD_MS_MAX,
  );

  test(
    'of an import that is not used is empty',
    async () => {
      expect((await bundled("import '@tender/sdk'; import '@tender/sdk/code';")).trim()).toBe('');
    },
    BUILD_MS_MAX,
  );
});
