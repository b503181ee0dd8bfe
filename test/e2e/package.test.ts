import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/build.js';
import { until } from '../support/sink.js';

/** The package as others install it: unpacked beside its dependencies, without this checkout. */

const INSTALL_MS_MAX = 120_000;
const START_MS_MAX = 30_000;

/** What `npm pack --json` says of a package. */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'tender-package-'));
const installed = join(folder, 'node_modules', 'tender');
let packed: Packed;
let server: ChildProcess | undefined;
let url: string;

beforeAll(async () => {
  await build({ ifNeeded: true });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  // A warning of npm's goes to stderr.
  const answer = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  packed = Object.values(JSON.parse(answer) as Record<string, Packed>)[0] as Packed;
  mkdirSync(installed, { recursive: true });
  const archive = join(folder, packed.filename);
  execFileSync('tar', ['-xzf', archive, '-C', installed, '--strip-components=1']);
  rmSync(archive);
  installDependencies();
}, INSTALL_MS_MAX);

afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Locked {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

/**
 * Copies what `npm install --omit=dev` would bring, as the lock file has it; a link would lead
 * Node back into this checkout, where everything is found. Of what is optional only SQLite's
 * programs for this platform.
 */
function installDependencies(): void {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const wanted = Object.entries(lock.packages as Record<string, Locked>)
    .filter(([path, { dev, devOptional, link }]) => {
      return path.startsWith('node_modules/') && !dev && !devOptional && !link;
    })
    .filter(([path, { optional }]) => !optional || path.startsWith('node_modules/@libsql/'))
    .map(([path]) => path);
  for (const path of wanted) {
    if (existsSync(path)) cpSync(path, join(folder, path), { recursive: true });
  }
}

/** Runs the installed command in the folder, with nothing of this process's settings. */
function tender(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(installed, 'bin', 'tender.js'), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PORT: '0', TENDER_LOG: 'warn', TENDER_READY_FD: '3' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

/** What a command prints, all of it. */
function textOf(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  return () => text;
}

test('holds what runs and what is read, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of [
    'bin/tender.js',
    'dist/cli/main.js',
    'dist/storage/migrations/0001-initial.sql',
    'dist/web/dashboard/index.html',
    'dist/sdk/stripe.js',
    'demo/server.js',
    'docs/operate/deploy.md',
    'deploy/systemd/tender.service',
    'LICENSE',
  ])
    expect(paths).toContain(path);
  const unwanted = /\.map$|\.test\.|\.ts$|\.stamp$|^(src|test|scripts|bench|node_modules)\//;
  expect(paths.filter((path) => unwanted.test(path))).toEqual([]);
});

test('starts in an empty folder, and sells in the demo shop', async () => {
  server = tender(['start']);
  const text = textOf(server);
  const signal = AbortSignal.timeout(START_MS_MAX);
  const [line] = await Promise.race([
    once(server.stdio[3] as Readable, 'data', { signal }),
    once(server, 'exit').then(() => {
      throw new Error(`it ended: ${text()}`);
    }),
  ]);
  url = JSON.parse(String(line)).url;
  const shop = (await fetch(`${url}/demo`)).url;
  const ordered = await fetch(`${shop}orders`, {
    method: 'POST',
    body: new URLSearchParams({ tote: '2' }),
  });
  expect(ordered.url).toMatch(/\/orders\/[\w-]+\/checkout$/);
  expect(await ordered.text()).toContain('/v3/');
  const headers = { authorization: 'Bearer sk_test_demo' };
  const list = await fetch(`${url}/v1/payment_intents?limit=1`, { headers });
  const { data } = (await list.json()) as { data: [{ id: string }] };
  const paid = await fetch(`${url}/v1/payment_intents/${data[0].id}/confirm`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ payment_method: 'pm_card_visa', return_url: `${shop}verify` }),
  });
  expect(await paid.json()).toMatchObject({ status: 'succeeded' });
  const order = ordered.url.replace(/checkout$/, 'state');
  await until(async () => (await (await fetch(order)).text()).includes('"paid"'));
});

test.each([
  ['/', 'Tender is running'],
  ['/dashboard', '<script'],
  ['/docs', 'Deploy and upgrade'],
  ['/docs/integrate/checkout', '<img'],
  ['/wallet', '<script'],
  ['/v3/', 'Stripe'],
  ['/v1/code.js', 'export'],
  ['/payments/v1/client.js', 'Dojo'],
])('serves %s with all that belongs to it', async (path, words) => {
  const page = await fetch(url + path);
  expect(page.status).toBe(200);
  const text = await page.text();
  expect(text).toContain(words);
  const parts = [...text.matchAll(/<(?:script|link|img)\b[^>]* (?:src|href)="([^"]+)"/g)];
  for (const [, part = ''] of parts.filter(([, at = '']) => !at.startsWith('data:')))
    expect([part, (await fetch(new URL(part, page.url))).status]).toEqual([part, 200]);
});

test('ends in order, and its books are whole', async () => {
  if (server === undefined) throw new Error('it does not run');
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  const verify = tender(['verify']);
  const text = textOf(verify);
  expect([await once(verify, 'close'), text()]).toEqual([[0, null], text()]);
  expect(existsSync(join(folder, 'data', 'tender.db'))).toBe(true);
});
