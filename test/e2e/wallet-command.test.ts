import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { loginIntents, paymentIntents } from '@code-wallet/client';
import { encode } from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** `tender wallet` as a person types it, beside a running server whose data folder it shares. */

const START_MS_MAX = 30_000;
const VERIFIER = Keypair.fromSeed(new Uint8Array(32).fill(9));
const LOGIN = { domain: 'shop.example', verifier: VERIFIER.getPublicKey().toBase58() };

let folder: string;
let server: ChildProcess;
let site: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tender-wallet-'));
  site = createServer((_, response) => {
    response.end(JSON.stringify({ public_keys: [LOGIN.verifier] }));
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  server = spawn(process.execPath, ['bin/tender.js', 'start'], {
    env: {
      ...environment(),
      ...{ PORT: '0', TENDER_READY_FD: '3', TENDER_CODE_DOMAINS: `${LOGIN.domain}=${origin}` },
    },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const signal = AbortSignal.timeout(START_MS_MAX);
  const [line] = await once(server.stdio[3] as Readable, 'data', { signal });
  url = JSON.parse(String(line)).url;
}, START_MS_MAX);

afterAll(async () => {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  site.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  PATH: process.env.PATH ?? '',
  TENDER_DATA: join(folder, 'data'),
  TENDER_LOG: 'warn',
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `tender wallet …`; `typed` is what the person answers. */
async function wallet(args: readonly string[], typed = ''): Promise<Ended> {
  const child = spawn(process.execPath, ['bin/tender.js', 'wallet', ...args], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const read = (stream: Readable): (() => string) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    return () => text;
  };
  const [out, err] = [read(child.stdout), read(child.stderr)];
  child.stdin.end(typed);
  const [code] = await once(child, 'close');
  expect(err()).not.toContain('Warning');
  return { code, out: out(), err: err() };
}

/** The same with --json, and what it printed. */
// biome-ignore lint/suspicious/noExplicitAny: each command prints another object
async function json(args: readonly string[], code = 0): Promise<any> {
  const ended = await wallet([...args, '--json']);
  expect(ended).toMatchObject({ code, err: '' });
  return JSON.parse(ended.out);
}

let orders = 0;

/** The link of a button that the unmodified client's request belongs to. */
async function ask(over: object = {}): Promise<string> {
  orders += 1;
  const options = {
    ...{ mode: 'payment', amount: 0.05, currency: 'usd', endpoint: `${url}/v1` },
    destination: Keypair.generate().getPublicKey().toBase58(),
    idempotencyKey: `order-${orders}`,
    ...over,
  };
  const isLogin = options.mode === 'login';
  const made = await (isLogin ? loginIntents : paymentIntents).create(options as never);
  const shown = encode({ ...options, clientSecret: made.clientSecret, signers: [] } as never);
  return `codewallet://x/v1/elements/payment-request-modal-mobile/#/c/p=${shown}`;
}

const confirmParams = {
  success: { url: 'https://shop.example/done/{{INTENT_ID}}' },
  cancel: { url: 'https://shop.example/cart' },
};

describe('a wallet in the data folder', () => {
  test('is made once, for its owner alone', async () => {
    const none = await wallet(['balance']);
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toContain('Make one: tender wallet new');
    const made = await wallet(['new']);
    expect(made).toMatchObject({ code: 0, err: '' });
    const file = join(folder, 'data', 'wallet.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { address } = await json(['address']);
    expect(made.out).toContain(`Address  ${address}`);
    const again = await wallet(['new']);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('already');
    expect((await json(['address'])).address).toBe(address);
  });

  test('shows its phrase to who asks twice, and is restored from it', async () => {
    const hidden = await wallet(['phrase']);
    expect(hidden).toMatchObject({ code: 1, out: '' });
    const shown = await wallet(['phrase'], 'y\n');
    expect(shown.out).toMatch(/ 1 \w+ +2 \w+/);
    const { phrase } = await json(['phrase', '--yes']);
    const other = ['--wallet', join(folder, 'restored.json')];
    const restored = await wallet(['new', '--restore', ...other], `${phrase.toUpperCase()}\n`);
    expect(restored.code).toBe(0);
    expect((await json(['address', ...other])).address).toBe((await json(['address'])).address);
    const wrong = join(folder, 'wrong.json');
    const refused = await wallet(['new', '--restore', '--wallet', wrong], 'one two three\n');
    expect(refused.code).toBe(1);
    expect(existsSync(wrong)).toBe(false);
  });

  test('that others can read is not used', async () => {
    const file = join(folder, 'open.json');
    await wallet(['new', '--wallet', file]);
    chmodSync(file, 0o644);
    const refused = await wallet(['address', '--wallet', file]);
    expect(refused.err).toContain(`chmod 600`);
  });

  test('gets test money and shows what that is worth', async () => {
    const got = await wallet(['faucet']);
    expect(got.out).toMatch(/^● Received [\d,]+ kin\. You have [\d,]+ kin\.\n$/);
    const { quarks, worth } = await json(['balance', '--currency', 'usd,eur']);
    expect(BigInt(quarks) > 0n).toBe(true);
    expect(worth.map(({ currency }: { currency: string }) => currency)).toEqual(['usd', 'eur']);
    const shown = await wallet(['balance', '-c', 'jpy']);
    expect(shown.out).toMatch(/Balance {2}[\d,]+ kin\n +¥[\d,]+\n/);
    const odd = await wallet(['balance', '-c', 'xyz']);
    expect(odd.err).toContain('no exchange rate for XYZ');
  });

  test('says which server does not answer', async () => {
    const args = ['balance', '--url', 'http://127.0.0.1:9'];
    expect((await wallet(args)).err).toBe('tender: 127.0.0.1:9 does not answer. Try again.\n');
    expect(await json(args, 1)).toMatchObject({ error: { code: 'unreachable' } });
  });
});

describe('a payment', () => {
  test('is shown whole, and made only on a yes', async () => {
    const taker = Keypair.generate().getPublicKey().toBase58();
    const fees = [{ destination: taker, basisPoints: 250 }];
    const code = await ask({ fees, confirmParams, login: LOGIN, signers: [VERIFIER] });
    const before = (await json(['balance'])).quarks;
    for (const typed of ['', 'n\n', 'what?\n']) {
      const refused = await wallet(['pay', code], typed);
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.err).toContain('Nothing was done.');
    }
    expect((await json(['balance'])).quarks).toBe(before);
    const paid = await wallet(['pay', code], 'y\n');
    expect(paid.code).toBe(0);
    for (const words of [
      /Amount +\$0\.05\n/,
      /5,000 kin {2}1 kin is 0\.00001 USD/,
      new RegExp(`Of that, fees +125 kin \\(2\\.5 %\\) to ${taker}`),
      /From +shop\.example {2}● verified/,
      /You have +[\d,]+ kin/,
    ]) {
      expect(paid.err).toMatch(words);
    }
    expect(paid.out).toMatch(/^● Paid 5,000 kin \(\$0\.05\)\./);
    expect(paid.out).toMatch(/shop\.example knows this wallet as \w{32,44}\./);
    expect(paid.out).toMatch(/Next: https:\/\/shop\.example\/done\/\w{43,44}\n$/);
    expect(BigInt((await json(['balance'])).quarks)).toBe(BigInt(before) - 500_000_000n);
    expect(await json(['pay', code, '--yes'], 1)).toMatchObject({ error: { code: 'paid' } });
  });

  test('in a program’s hands is one line of JSON', async () => {
    const receipt = await json(['pay', await ask({ amount: 0.5 }), '--yes']);
    expect(receipt).toMatchObject({ quarks: '5000000000', amount: 0.5, currency: 'usd' });
    const poor = ['--wallet', join(folder, 'poor.json')];
    await wallet(['new', ...poor]);
    const refused = await json(['pay', await ask(), '--yes', ...poor], 1);
    expect(refused).toMatchObject({ error: { code: 'funds' } });
    const nonsense = await json(['pay', 'what is this', '--yes'], 1);
    expect(nonsense).toMatchObject({ error: { code: 'unreadable' } });
  });

  test('is rejected without a payment', async () => {
    const rejected = await wallet(['reject', await ask({ confirmParams })]);
    expect(rejected.out).toBe(
      '✕ Rejected: the shop has been told.\nNext: https://shop.example/cart\n',
    );
  });
});

test('a login says who learns what', async () => {
  const code = await ask({ mode: 'login', login: LOGIN, signers: [VERIFIER] });
  expect((await wallet(['pay', code])).err).toContain('tender wallet login');
  const done = await wallet(['login', code], 'y\n');
  expect(done.err).toMatch(/From +shop\.example {2}● verified/);
  expect(done.out).toMatch(/^● Logged in\. shop\.example knows this wallet as \w{32,44}\.\n$/);
});

test('money goes to an address and to a user, and all of it is in the history', async () => {
  const other = ['--wallet', join(folder, 'other.json')];
  const { address } = await json(['new', ...other]);
  await fetch(`${url}/admin/code/tip_users/x/a_fan`, {
    method: 'PUT',
    headers: { authorization: 'Bearer sk_test_tender' },
    body: JSON.stringify({ address, name: 'A fan' }),
  });
  const tipped = await wallet(['tip', 'a_fan', '12.5'], 'y\n');
  expect(tipped.err).toContain('Tip for A fan');
  expect(tipped.out).toMatch(/^● Paid 12\.5 kin\. /);
  expect(await json(['send', address, '0.05', 'USD', '-y'])).toMatchObject({ quarks: '500000000' });
  for (const amount of ['0', '-1', '1e3', '1,5', 'all']) {
    const refused = await wallet(['send', '-y', address, '--', amount]);
    expect(refused).toMatchObject({ code: 1, out: '' });
  }
  expect((await json(['balance', ...other])).quarks).toBe('501250000');
  const { items } = await json(['history', ...other]);
  expect(items).toMatchObject([
    { direction: 'received', kind: 'transfer', quarks: '500000000', currency: 'usd' },
    { direction: 'received', kind: 'transfer', quarks: '1250000', currency: 'kin' },
  ]);
  const shown = await wallet(['history']);
  expect(shown.out).toMatch(/Test money/);
  const row = /^\d{4}-\d\d-\d\d \d\d:\d\d {2}(Transfer|Payment|Test money) +[−+][\d,.]+ kin/gm;
  expect(shown.out.match(row)?.length).toBeGreaterThanOrEqual(5);
});
