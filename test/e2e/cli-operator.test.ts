import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { examine } from '../../src/cli/doctor.js';
import { run } from '../../src/cli/main.js';
import { addOperatorCommands } from '../../src/cli/operator-commands.js';
import { openSink, until } from '../support/sink.js';

/** What those who run a server type: `keys`, `doctor` and `export`, beside a server of its own. */

const folder = mkdtempSync(join(tmpdir(), 'tender-operator-'));
const data = join(folder, 'data');
/** Each command opens the data anew, and from source that takes its threads a while. */
const SLOW_MS = 180_000;
const children = new Set<ChildProcess>();
let url = '';
let server: ChildProcess | null = null;
let out = '';
let err = '';

/** The command line as a process of its own, as a person starts it. */
function spawned(args: readonly string[]): { child: ChildProcess; out: () => string } {
  const child = spawn(process.execPath, ['bin/tender.js', ...args], {
    env: { PATH: process.env.PATH, TENDER_DATA: data, PORT: '0', TENDER_READY_FD: '3' },
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  children.add(child);
  let collected = '';
  child.stdout?.on('data', (chunk) => {
    collected += chunk;
  });
  return { child, out: () => collected };
}

async function startServer(): Promise<void> {
  const { child } = spawned(['start']);
  const [line] = await once(child.stdio[3] as Readable, 'data');
  ({ url } = JSON.parse(String(line)));
  server = child;
}

async function stopServer(): Promise<void> {
  server?.kill('SIGTERM');
  if (server !== null) await once(server, 'exit');
  server = null;
}

/** Runs a command in this process; answers how it ended and what it wrote. */
async function tender(...args: string[]) {
  [out, err] = ['', ''];
  await run(['node', 'tender', ...args, '--data', data]);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { code, out, err };
}

// biome-ignore lint/suspicious/noExplicitAny: each command prints another object
async function lines(...args: string[]): Promise<any[]> {
  const { out: printed } = await tender(...args, '--json');
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function client(key = 'sk_test_tender'): Stripe {
  const { hostname: host, port } = new URL(url);
  return new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0 });
}

const PAID = {
  ...{ amount: 2000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' },
  payment_method_types: ['card'],
};

beforeAll(startServer, SLOW_MS);
afterAll(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    out += String(text);
    // Streams are told that a chunk is through by the last argument.
    const written = rest.at(-1);
    if (typeof written === 'function') (written as () => void)();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  vi.spyOn(console, 'error').mockImplementation((text) => {
    err += `${text}\n`;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('tender keys', () => {
  test('makes a key at a running server, rolls it and revokes it', async () => {
    const [made] = await lines('keys', 'create', '--name', 'shop server');
    expect(made).toMatchObject({ type: 'secret', name: 'shop server', status: 'active' });
    const account = await client().accounts.retrieveCurrent();
    expect((await client(made.secret).accounts.retrieveCurrent()).id).toBe(account.id);
    const rolled = await tender('keys', 'roll', made.id, '--hours', '24');
    const [, secret = ''] = /^(sk_test_\w+)$/m.exec(rolled.out) ?? [];
    expect(rolled.out).toContain(`${made.id} works on for 24 h.`);
    for (const key of [made.secret, secret]) await client(key).balance.retrieve();
    expect((await tender('keys', 'revoke', made.id)).out).toContain('is revoked');
    await expect(client(made.secret).balance.retrieve()).rejects.toThrow('Expired API Key');
    const listed = (await tender('keys')).out;
    expect(listed).toMatch(new RegExp(`✕ revoked.*${made.id}`));
    expect(listed).toMatch(/● active +\d{4}-/);
    expect(listed).not.toContain(secret);
  });

  test('makes restricted keys that may do what is named, and no more', async () => {
    const typed = ['--type', 'restricted', '--permissions', 'payment_intent=write,customer=read'];
    const [made] = await lines('keys', 'create', ...typed);
    const stripe = client(made.secret);
    expect((await stripe.customers.list()).data).toEqual([]);
    await expect(stripe.customers.create()).rejects.toThrow('rak_customer_write');
    const [pk] = await lines('keys', 'create', '--type', 'publishable');
    expect(pk.secret).toMatch(/^pk_test_/);
  });

  test.each([
    [['create', '--type', 'master'], '--type is one of secret'],
    [['create', '--permissions', 'charge=read'], 'Only restricted keys'],
    [['create', '--type', 'restricted'], 'does what --permissions names'],
    [['create', '--type', 'restricted', '--permissions', 'charge=all'], 'not “charge=all”'],
    [['create', '--type', 'restricted', '--permissions', 'sofa=read'], 'no permission “sofa”'],
    [['create', '--name', 'n'.repeat(101)], '--name has up to 100'],
    [['roll', 'key_none', '--hours', '169'], '--hours is a number from 0 to 168'],
    [['revoke', 'key_none'], "No such api_key: 'key_none'"],
  ])('refuses %j in one line', async (args, message) => {
    const ended = await tender('keys', ...args);
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain(message);
    expect(ended.err.trimEnd()).not.toContain('\n');
  });
});

describe('tender export', () => {
  test('writes payments, customers and refunds beside a running server', async () => {
    const stripe = client();
    const metadata = { order: '=1+1', note: 'a "b", c' };
    const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
    const paid = await stripe.paymentIntents.create({ ...PAID, customer, metadata });
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
    const { out: csv } = await tender('export', 'payments');
    const [head = '', ...rows] = csv.trimEnd().split('\n');
    expect(head).toMatch(/^account,id,created,currency,amount,authorized,captured,refunded,state/);
    const row = rows.find((each) => each.includes(paid.id)) ?? '';
    expect(row).toContain(',usd,20.00,20.00,20.00,5.00,captured,stripe,');
    expect(row).toContain('"{""order"":""=1+1"",""note"":""a \\""b\\"", c""}"');
    const payments = await lines('export', 'payments');
    expect(payments.find(({ id }) => id === paid.id)).toMatchObject({ customer, metadata });
    expect(await lines('export', 'refunds')).toEqual([
      expect.objectContaining({ id: refund.id, payment_intent: paid.id, amount: '5.00' }),
    ]);
    const found = (await lines('export', 'customers')).find(({ id }) => id === customer);
    expect(found).toMatchObject({ email: 'ada@example.com', deleted: false });
  });

  test('writes a ledger whose transfers sum to zero, and every event with its object', async () => {
    const entries = await lines('export', 'ledger');
    const sums = new Map<string, number>();
    for (const { id, amount } of entries)
      sums.set(id, (sums.get(id) ?? 0) + Math.round(Number(amount) * 100));
    expect(sums.size).toBeGreaterThan(1);
    expect([...sums.values()].every((sum) => sum === 0)).toBe(true);
    const events = await lines('export', 'events');
    const listed = await client().events.list({ limit: 100 });
    expect(events.map(({ id }) => id).toSorted()).toEqual(
      listed.data.map(({ id }) => id).toSorted(),
    );
    const [event] = listed.data.filter(({ type }) => type === 'charge.refunded');
    const own = events.find(({ id }) => id === event?.id);
    expect(own).toMatchObject({
      type: 'charge.refunded',
      data: { object: { amount_refunded: 500 } },
    });
  });

  test('chooses by account and day, and writes a file for its owner alone', async () => {
    const file = join(folder, 'payments.csv');
    const { id: account } = await client().accounts.retrieveCurrent();
    const written = await tender('export', 'payments', file, '--account', account);
    expect(written.err).toMatch(/^1 line of payments in [\d.]+ s: /);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    expect(statSync(file).mode & 0o077).toBe(0);
    const again = await tender('export', 'payments', file);
    expect(again).toMatchObject({
      code: 1,
      err: `tender: ${file} is there already. Choose another file.\n`,
    });
    expect(
      (await tender('export', 'payments', '--account', 'acct_none')).out.split('\n'),
    ).toHaveLength(2);
    expect((await tender('export', 'payments', '--to', '2020-01-01')).out.split('\n')).toHaveLength(
      2,
    );
    const nowhere = join(folder, 'none', 'x.csv');
    expect((await tender('export', 'payments', nowhere)).err).toContain('cannot be written');
    expect((await tender('export', 'sofas')).err).toContain('There are payments, customers');
  });
});

describe('tender listen and tender trigger, as processes', () => {
  test('forward what the official client verifies', async () => {
    const sink = await openSink();
    const listening = spawned(['listen', '--forward-to', sink.url, '--json']);
    const [first] = await once(listening.child.stdout as Readable, 'data');
    const { secret } = JSON.parse(String(first));
    const triggering = spawned(['trigger', 'charge.dispute.created', '--json']);
    expect((await once(triggering.child, 'close'))[0]).toBe(0);
    const told = JSON.parse(triggering.out()).events as { id: string; type: string }[];
    await sink.arrived(told.length);
    const events = sink.arrivals.map(({ body, headers }) =>
      Stripe.webhooks.constructEvent(body, headers['stripe-signature'] as string, secret),
    );
    expect(events.map(({ id }) => id).toSorted()).toEqual(told.map(({ id }) => id).toSorted());
    expect(events.map(({ type }) => type)).toContain('charge.dispute.created');
    const changed = `${sink.arrivals[0]?.body} `;
    const header = sink.arrivals[0]?.headers['stripe-signature'] as string;
    expect(() => Stripe.webhooks.constructEvent(changed, header, secret)).toThrow('signature');
    listening.child.kill('SIGINT');
    expect((await once(listening.child, 'exit'))[0]).toBe(0);
    expect((await client().webhookEndpoints.list()).data).toEqual([]);
    await sink.close();
  });
});

describe('tender doctor', () => {
  /** What a check found, by its name. */
  const found = async (...args: string[]) => {
    const findings = await lines('doctor', ...args);
    return (check: string) => findings.find((finding) => finding.check === check);
  };

  test('finds nothing wrong with a server that runs', async () => {
    const ended = await tender('doctor');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toContain(`● ok  Server         runs at ${url}`);
    expect(ended.out).toMatch(/● ok +Database +SQLite, up to date/);
    expect(ended.out).not.toContain('▲');
  });

  test('tells of endpoints that fail, and of a folder that others read', async () => {
    const sink = await openSink((response) => response.writeHead(500).end());
    const endpoint = await client().webhookEndpoints.create({
      ...{ url: sink.url, enabled_events: ['customer.created'] },
    });
    await client().customers.create();
    const path = `/v1/webhook_endpoints/${endpoint.id}/deliveries`;
    await until(async () => {
      const { data: sent } = (await client().rawRequest('GET', path)) as unknown as {
        data: { attempts: unknown[] }[];
      };
      return sent.some(({ attempts }) => attempts.length > 0);
    });
    expect((await found())('Webhooks').text).toContain(`${endpoint.id} has failed since`);
    await client().webhookEndpoints.del(endpoint.id);
    await sink.close();
    chmodSync(data, 0o755);
    const advice = expect.stringContaining('chmod');
    expect((await found())('Data folder')).toMatchObject({ state: 'warning', advice });
    chmodSync(data, 0o700);
  });

  test('fails on what would keep a server from its work, with an exit code', async () => {
    const { id } = await client().webhookEndpoints.create({
      ...{ url: 'http://127.0.0.1:9/hooks', enabled_events: ['invoice.paid'] },
    });
    vi.stubEnv('TENDER_KEY', 'ab'.repeat(32));
    vi.stubEnv('TENDER_PUBLIC_URL', 'http://127.0.0.1:9');
    vi.stubEnv('TENDER_SMTP_URL', 'smtp://127.0.0.1:9');
    vi.stubEnv('TENDER_MAIL_FROM', 'shop@example.com');
    const ended = await tender('doctor');
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/▲ failed +Key +TENDER_KEY does not open 1 of 1 sealed texts/);
    expect(ended.out).toMatch(/▲ failed +Public URL +http:\/\/127\.0\.0\.1:9: /);
    expect(ended.out).toMatch(/▲ failed +Mail +127\.0\.0\.1, port 9: /);
    expect(ended.out).toContain('▲ 3 failed');
    await client().webhookEndpoints.del(id);
    vi.stubEnv('TENDER_MODE', 'lively');
    expect((await tender('doctor')).out).toMatch(
      /▲ failed +Configuration +TENDER_MODE is "lively"/,
    );
  });
});

describe('without a server', () => {
  beforeAll(stopServer);

  test('keys are made in the store, and open the server that starts', {
    timeout: SLOW_MS,
  }, async () => {
    const [made] = await lines('keys', 'create', '--name', 'before');
    const [revoked] = await lines('keys', 'create');
    const [rolled] = await lines('keys', 'roll', revoked.id);
    expect((await tender('keys', 'revoke', rolled.id)).out).toContain('is revoked');
    expect((await tender('keys', 'revoke', 'key_none')).err).toContain(
      "No such api_key: 'key_none'",
    );
    const [{ data: keys }] = await lines('keys');
    const state = (id: string) => keys.find((key: { id: string }) => key.id === id)?.status;
    expect([made.id, revoked.id, rolled.id].map(state)).toEqual(['active', 'revoked', 'revoked']);
    await startServer();
    const { id: account } = await client().accounts.retrieveCurrent();
    expect((await client(made.secret).accounts.retrieveCurrent()).id).toBe(account);
    await expect(client(rolled.secret).balance.retrieve()).rejects.toThrow('Expired API Key');
    await stopServer();
  });

  test('a folder without data is none to manage or export, and is not made', async () => {
    const nowhere = join(folder, 'nowhere');
    for (const args of [['keys'], ['keys', 'create'], ['export', 'payments']]) {
      [out, err] = ['', ''];
      await run(['node', 'tender', ...args, '--data', nowhere]);
      expect([args, err]).toEqual([args, expect.stringContaining('has no data')]);
      process.exitCode = 0;
    }
    expect(existsSync(nowhere)).toBe(false);
    const findings = await examine({ data: nowhere, port: '0' });
    const place = findings.find(({ check }) => check === 'Data folder');
    expect(place).toMatchObject({ state: 'ok', text: expect.stringContaining('first start') });
    expect(existsSync(nowhere)).toBe(false);
  });

  test('the doctor knows a free port from one that another program has', async () => {
    const other = createServer((_, response) => void response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as AddressInfo).port);
    const taken = await tender('doctor', '--port', port);
    expect(taken.code).toBe(1);
    expect(taken.out).toMatch(new RegExp(`▲ failed +Server +another program has port ${port}`));
    await new Promise((resolve) => other.close(resolve));
    expect((await tender('doctor', '--port', port)).out).toContain(
      `port ${port} of 127.0.0.1 is free`,
    );
  });

  test('the bench measures payments and the disk, and leaves nothing behind', async () => {
    const before = readdirSync(folder);
    const figures = await lines('bench', '--seconds', '1');
    expect(figures.map(({ measured, at_once }) => [measured, at_once])).toEqual([
      ['flush', undefined],
      ['payments', 1],
      ['payments', 128],
    ]);
    for (const { per_second, p50_ms, p99_ms } of figures) {
      expect(per_second).toBeGreaterThan(0);
      expect(p99_ms).toBeGreaterThanOrEqual(p50_ms);
    }
    expect(readdirSync(folder)).toEqual(before);
    expect((await tender('bench', '--seconds', '61')).err).toContain('from 1 to 60');
  });
});

describe('the reference of the command line', () => {
  test('names every option of the operator’s commands', () => {
    const text = readFileSync('docs/reference/cli.md', 'utf8');
    const program = new Command();
    addOperatorCommands(program);
    for (const command of program.commands)
      for (const { name, options } of [command, ...command.commands].map((each) => ({
        name: each.name(),
        options: each.options,
      }))) {
        expect(text).toContain(name);
        for (const { long } of options)
          expect([name, text.includes(`${long}`)]).toEqual([name, true]);
      }
  });
});
