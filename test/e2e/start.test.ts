import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const START_MS_MAX = 10_000;
const STOP_MS_MAX = 10_000;

let folder: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-start-'));
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

type Env = Record<string, string>;

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Runs the command line as a person does, with nothing of this process's environment but PATH. */
function tender(args: readonly string[], env: Env = {}): Run {
  const child = spawn(process.execPath, ['bin/tender.js', ...args], {
    env: { PATH: process.env.PATH, TENDER_DATA: join(folder, 'data'), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  const text = (stream: Readable | null): (() => string) => {
    let collected = '';
    stream?.on('data', (chunk) => {
      collected += chunk;
    });
    return () => collected;
  };
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, out: text(child.stdout), err: text(child.stderr), ended };
}

interface Server extends Run {
  readonly url: string;
  readonly port: number;
  stop(): Promise<number | string>;
}

async function start(env: Env = {}, args: readonly string[] = []): Promise<Server> {
  const run = tender(['start', ...args], { TENDER_READY_FD: '3', ...env });
  const ready = once(run.child.stdio[3] as Readable, 'data', {
    signal: AbortSignal.timeout(START_MS_MAX),
  });
  const line = await Promise.race([
    ready.then(([chunk]) => String(chunk)),
    run.ended.then((code) => {
      throw new Error(`ended with ${code}: ${run.err()}`);
    }),
  ]);
  const { url, pid } = JSON.parse(line);
  expect(pid).toBe(run.child.pid);
  const stop = (): Promise<number | string> => {
    run.child.kill('SIGTERM');
    return run.ended;
  };
  return { ...run, url, port: Number(new URL(url).port), stop };
}

const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

function pay(url: string, fields: Env = {}, key = 'sk_test_tender'): Promise<Response> {
  const payment = { amount: '1099', currency: 'usd', payment_method: 'pm_card_visa' };
  return fetch(`${url}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: basic(key) },
    body: new URLSearchParams({ ...payment, confirm: 'true', ...fields }),
  });
}

async function statusOf(url: string, id: string): Promise<string> {
  const headers = { authorization: basic('sk_test_tender') };
  const response = await fetch(`${url}/v1/payment_intents/${id}`, { headers });
  return ((await response.json()) as { status: string }).status;
}

async function paidId(url: string): Promise<string> {
  const intent = (await (await pay(url)).json()) as { id: string; status: string };
  expect(intent.status).toBe('succeeded');
  return intent.id;
}

describe('a server', () => {
  test('answers the operator, and shows where things are', async () => {
    const { url, out, err } = await start();
    for (const [path, text] of [
      ['/healthz', '"ok"'],
      ['/readyz', '"ready"'],
      ['/metrics', 'tender_queue_commands 0'],
      ['/', 'Tender is running'],
    ] as const) {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain(text);
    }
    expect(out()).toMatch(new RegExp(`^ {2}API +${url}$`, 'm'));
    expect(out()).toMatch(new RegExp(`^ {2}Demo shop +${url}/demo$`, 'm'));
    expect(out()).toMatch(new RegExp(`^ {2}Dashboard +${url}/dashboard$`, 'm'));
    expect(out()).toMatch(new RegExp(`^ {2}Mailbox +${url}/mailbox$`, 'm'));
    expect(out()).toMatch(new RegExp(`^ {2}Docs +${url}/docs$`, 'm'));
    expect(out()).toContain(join(folder, 'data'));
    expect(out()).not.toContain('\u001b[');
    expect(JSON.parse(err())).toMatchObject({ level: 'info', msg: 'Listening', url });
  });

  test('prints a line that makes a payment', async () => {
    const { out, url } = await start();
    const words = /^ {2}curl (.+)$/m.exec(out())?.[1]?.split(' ') ?? [];
    const given = (flag: string): string[] =>
      words.flatMap((word, i) => (words[i - 1] === flag ? [word] : []));
    const [address = ''] = words;
    const response = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(String(given('-u'))).toString('base64')}` },
      body: new URLSearchParams(given('-d').join('&')),
    });
    expect(address.startsWith(url)).toBe(true);
    expect(await response.json()).toMatchObject({ amount: 1099, status: 'succeeded' });
  });

  test('counts what it does', async () => {
    const { url } = await start();
    await paidId(url);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const labels = 'dialect="stripe",method="POST",status="2xx"';
    expect(metrics).toContain(`tender_http_request_duration_seconds_count{${labels}} 1`);
    expect(metrics).toMatch(/tender_batch_commands_count [1-9]/);
  });

  test('takes its flags before the environment', async () => {
    const data = join(folder, 'other');
    const { url } = await start({ PORT: '1' }, ['--port', '0', '--host', 'localhost', '-d', data]);
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(existsSync(join(data, 'tender.db'))).toBe(true);
  });

  test('refuses a page of a stranger that leads its own name here', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.end('GET /v1/balance HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

/** Not of this project: most systems have it. */
const OPENSSL = 'openssl';

/** A certificate for localhost that nobody signed; false where there is no openssl to make it. */
function makeCertificate(cert: string, key: string): boolean {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', key, '-out', cert, '-days', '2', '-nodes'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  return spawnSync(OPENSSL, ['req', '-x509', ...kind, ...files, ...subject]).status === 0;
}

test('a server with a certificate answers by HTTPS alone, and stops as soon', async ({ skip }) => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  skip(!makeCertificate(cert, key), 'there is no openssl to make a certificate');
  const server = await start({ TENDER_TLS_CERT: cert, TENDER_TLS_KEY: key });
  expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
  const options = { ca: readFileSync(cert), servername: 'localhost' };
  const [response] = await once(get(`${server.url}/readyz`, options), 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
  await expect(fetch(`http://127.0.0.1:${server.port}/readyz`)).rejects.toThrow();
  expect(await server.stop()).toBe(0);
});

describe('stopping', () => {
  test('by SIGTERM ends with 0, soon, and keeps everything', async () => {
    const first = await start();
    const id = await paidId(first.url);
    const startMs = performance.now();
    expect(await first.stop()).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(STOP_MS_MAX);
    expect(first.err()).toContain('"Stopped"');
    const second = await start();
    expect(await statusOf(second.url, id)).toBe('succeeded');
  });

  test('by SIGINT waits for what is arriving; a second signal does not', async () => {
    const { child, port, ended } = await start();
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nna');
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  test('by SIGKILL loses nothing that was acknowledged, and leaves no lock', async () => {
    const first = await start();
    const id = await paidId(first.url);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = await start();
    expect(await statusOf(second.url, id)).toBe('succeeded');
  });
});

describe('what cannot work is one line and exit code 1', () => {
  async function refusal(run: Run): Promise<string> {
    expect(await run.ended).toBe(1);
    expect(run.err()).toMatch(/^tender: .*\n$/);
    expect(run.out()).toBe('');
    return run.err();
  }

  test.each<[string, Env]>([
    ['PORT is', { PORT: 'many' }],
    ['TENDER_KEY is not', { TENDER_KEY: 'hunter2' }],
    ['TENDER_MODE is live', { TENDER_MODE: 'live' }],
    ['TENDER_HOST is 0.0.0.0', { TENDER_HOST: '0.0.0.0' }],
    ['no such address', { TENDER_HOST: '192.0.2.1', TENDER_API_KEYS: 'sk_test_shop' }],
    ['TENDER_TLS_CERT cannot be read', { TENDER_TLS_CERT: '/no/c', TENDER_TLS_KEY: '/no/k' }],
    ['cannot be used', { TENDER_DATA: '/dev/null/data' }],
    ['database cannot be opened', { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x' }],
  ])('%s', async (message, env) => {
    const line = await refusal(tender(['start'], env));
    expect(line).toContain(message);
    expect(line).not.toContain('hunter2');
  });

  test('a second server on a folder learns who has it', async () => {
    const { url, child } = await start();
    const line = await refusal(tender(['start']));
    expect(line).toContain(`in use by tender start (process ${child.pid})`);
    expect(line).toContain(`at ${url}`);
  });

  test('a second server on a port', async () => {
    const { port } = await start();
    const other = { PORT: String(port), TENDER_DATA: join(folder, 'other') };
    expect(await refusal(tender(['start'], other))).toContain('it is in use');
  });

  test('a database made by a newer version', async () => {
    expect(await tender(['migrate']).ended).toBe(0);
    change("INSERT INTO migrations VALUES ('9999-later', 0)");
    expect(await refusal(tender(['start']))).toContain('made by a newer Tender');
  });
});

/** Changes the database behind the program's back. */
function change(sql: string): void {
  const database = new Database(join(folder, 'data', 'tender.db'));
  database.exec(sql);
  database.close();
}

test('a misspelled variable is a warning', async () => {
  const { err } = await start({ TENDER_DATTA: 'x' });
  expect(err()).toContain('TENDER_DATTA means nothing to Tender; did you mean TENDER_DATA?');
});

test('no secret appears in the log, however much is logged', async () => {
  const masterKey = '0123456789abcdef'.repeat(4);
  const server = await start({ TENDER_LOG: 'trace', TENDER_KEY: masterKey });
  const intent = await (await pay(server.url, {}, 'sk_test_verysecret')).json();
  const { client_secret } = intent as { client_secret: string };
  const card = { 'payment_method_data[card][number]': '4000056655665556' };
  await pay(server.url, { 'payment_method_data[type]': 'card', ...card }, 'sk_test_verysecret');
  await fetch(`${server.url}/v1/x?key=sk_test_verysecret&number=4000056655665556`);
  await fetch(`${server.url}/v1/payment_intents/${client_secret}/sk_test_verysecret`);
  expect(await server.stop()).toBe(0);
  const log = server.err();
  expect(log.split('\n').length).toBeGreaterThan(5);
  expect(log).toContain('"path":"/v1/payment_intents"');
  for (const secret of ['verysecret', '4000056655665556', client_secret, masterKey]) {
    expect(log).not.toContain(secret);
  }
});

describe('live mode', () => {
  const key = 'sk_live_0123456789abcdefghijkl';
  const live = { TENDER_MODE: 'live', TENDER_KEY: 'ab'.repeat(32), TENDER_API_KEYS: key };

  test('opens to its own keys alone, simulates no card, and shows no key', async () => {
    const { url, out } = await start(live);
    for (const wrong of ['sk_test_tender', 'sk_live_0123456789abcdefghijkx']) {
      expect((await pay(url, {}, wrong)).status).toBe(401);
    }
    const response = await pay(url, {}, key);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(out()).not.toContain(key);
    expect(out()).not.toContain('curl');
  });

  test('does not meet the data of a sandbox', async () => {
    await (await start()).stop();
    const run = tender(['start'], live);
    expect(await run.ended).toBe(1);
    expect(run.err()).toContain('holds sandbox data; TENDER_MODE is live');
  });
});

describe('tender verify', () => {
  test('reads what is there while a server works on it', async () => {
    const { url } = await start();
    await paidId(url);
    const run = tender(['verify']);
    expect(await run.ended).toBe(0);
    expect(run.out()).toMatch(/ {2}intents +1\n/);
    await paidId(url);
  });

  test('counts what it read, and finds what does not add up', async () => {
    const server = await start();
    await paidId(server.url);
    await server.stop();
    const good = tender(['verify']);
    expect(await good.ended).toBe(0);
    expect(good.out()).toMatch(/ {2}intents +1\n/);
    expect(good.out()).toMatch(/● All money is accounted for\.\n$/);
    change('UPDATE balances SET posted = posted + 1');
    const bad = tender(['verify']);
    expect(await bad.ended).toBe(1);
    expect(bad.out()).toMatch(/▲ \d+ faults?\./);
  });

  test('makes no data where there is none', async () => {
    const run = tender(['verify']);
    expect(await run.ended).toBe(1);
    expect(run.err()).toContain('has no data');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});

test('tender migrate makes a database that start takes', async () => {
  const run = tender(['migrate']);
  expect(await run.ended).toBe(0);
  expect(run.out()).toContain('up to date');
  await start();
});

test('help and version are printed', async () => {
  const [help, bare, version, wrong] = [['--help'], [], ['--version'], ['stat']].map((args) =>
    tender(args),
  ) as [Run, Run, Run, Run];
  expect(await help.ended).toBe(0);
  expect(help.out()).toMatch(/^ {2}start .*^ {2}verify .*^ {2}migrate .*^ {2}wallet /ms);
  expect(await bare.ended).toBe(0);
  expect(bare.out()).toBe(help.out());
  expect(await version.ended).toBe(0);
  expect(version.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await wrong.ended).toBe(1);
});
