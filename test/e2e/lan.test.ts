import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './shop.js';
import { fillWallet, makeWallet, openWalletPage } from './wallet-page.js';

const START_MS_MAX = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'tender-lan-'));
const data = join(folder, 'data');
let child: ChildProcess;
let url: string;
let out = '';
let ended: Promise<unknown>;

/** As a person starts it, but for the address: a machine of tests may be in no network. */
function startLan(args: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['bin/tender.js', 'start', ...args], {
    env: { PATH: process.env.PATH, TENDER_DATA: data, PORT: '0', TENDER_READY_FD: '3', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

beforeAll(async () => {
  child = startLan(['--lan', '127.0.0.1']);
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  ended = once(child, 'close');
  const signal = AbortSignal.timeout(START_MS_MAX);
  const [line] = await Promise.race([
    once(child.stdio[3] as Readable, 'data', { signal }),
    ended.then(() => {
      throw new Error(`the server ended: ${err}`);
    }),
  ]);
  ({ publicUrl: url } = JSON.parse(String(line)));
});
afterAll(async () => {
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

const certificate = (): Buffer => readFileSync(join(data, 'lan-cert.pem'));

/** The status and headers that a client gets which trusts the certificate. */
async function ask(path: string, headers: Record<string, string> = {}) {
  // Node would compare a Host header with the certificate, rather than where it connects to.
  const checkServerIdentity = (): undefined => undefined;
  const options = { ca: certificate(), headers, agent: false, checkServerIdentity } as const;
  const request = get(`${url}${path}`, options);
  const [response] = await once(request, 'response');
  response.resume();
  return { status: response.statusCode as number, location: response.headers.location as string };
}

describe('a server of the local network', () => {
  test('answers by HTTPS, with a certificate for its address', async () => {
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask('/readyz')).status).toBe(200);
    const read = new X509Certificate(certificate());
    expect(read.checkIP('127.0.0.1')).toBeDefined();
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  });

  test('opens to the keys that it made, and to no other', async () => {
    const [secret = '', publishable = ''] = out.match(/[sp]k_test_[0-9A-Za-z]{24}/g) ?? [];
    const statusOf = async (key: string): Promise<number> => {
      const basic = Buffer.from(`${key}:`).toString('base64');
      return (await ask('/v1/balance', { authorization: `Basic ${basic}` })).status;
    };
    expect(secret).toMatch(/^sk_/);
    expect(publishable).toMatch(/^pk_/);
    expect(await statusOf(secret)).toBe(200);
    expect(await statusOf('sk_test_tender')).toBe(401);
    expect(statSync(join(data, 'lan-api-key')).mode & 0o077).toBe(0);
    expect(statSync(join(data, 'lan-key.pem')).mode & 0o077).toBe(0);
  });

  test('is known by the names of its certificate alone', async () => {
    expect((await ask('/readyz', { host: 'evil.example' })).status).toBe(403);
    expect((await ask('/readyz', { host: 'localhost' })).status).toBe(200);
  });

  test('tells a person how a phone gets there, and what it does not offer', async () => {
    const { location } = await ask('/wallet');
    expect(out).toContain(`Wallet       ${location.replace(/\/$/, '')}`);
    expect(out).toContain('not with --lan');
    expect(out).toMatch(/[█▀▄]{10}/);
    expect(out).not.toContain('any sk_test_… works');
  });

  test('has a wallet that works over it', async () => {
    const browser = await launchBrowser();
    const phone = await openWalletPage(browser, { tenderUrl: url });
    expect(phone.url).toMatch(/^https:/);
    expect(await phone.page.evaluate('isSecureContext')).toBe(true);
    await makeWallet(phone);
    await fillWallet(phone);
    // Nobody vouches for the certificate, and then a browser lets a page have no service worker.
    expect(phone.complaints.filter((text) => !text.includes('SSL certificate error'))).toEqual([]);
    await browser.close();
  });

  test('takes the official client that trusts its certificate', async () => {
    const { port } = new URL(url);
    const [secret = ''] = out.match(/sk_test_[0-9A-Za-z]{24}/) ?? [];
    const { Agent } = await import('node:https');
    const stripe = new Stripe(secret, {
      host: '127.0.0.1',
      port: Number(port),
      httpAgent: new Agent({ ca: certificate() }),
      maxNetworkRetries: 0,
    });
    expect((await stripe.balance.retrieve()).livemode).toBe(false);
  });
});

test.each([
  ['live mode', { TENDER_MODE: 'live', TENDER_KEY: 'ab'.repeat(32) }, 'is for a sandbox'],
  ['a host', { TENDER_HOST: '127.0.0.1' }, 'leave TENDER_HOST out'],
])('with %s, --lan is refused in one line', async (_, env, message) => {
  const run = startLan(['--lan'], { ...env, TENDER_DATA: join(folder, 'other') });
  let text = '';
  run.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(run, 'close');
  expect(code).toBe(1);
  expect(text).toMatch(/^tender: .*\n$/);
  expect(text).toContain(message);
});
