import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { verifyCodeWebhook, verifyDojoWebhook } from '../../sdk/server/webhooks.js';
import { addDeveloperCommands } from '../../src/cli/developer-commands.js';
import { run } from '../../src/cli/main.js';
import { openJwtSink } from '../support/jwt-sink.js';
import { useTestTender } from '../support/running-tender.js';
import { openSink, type Sink, until } from '../support/sink.js';
import { newName } from '../support/tender.js';

/** The commands that developers run beside a server: `show`, `tail`, `listen` and `clock`. */

const running = useTestTender([]);
const PAID = {
  amount: 2000,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  confirm: true,
  ...{ payment_method_types: ['card'] },
} as const;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let out = '';
let err = '';

beforeEach(() => {
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(console, 'error').mockImplementation((text) => {
    err += `${text}\n`;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A merchant of a test's own, and the command line as he types it. */
function newShop() {
  const { url, client } = running();
  const name = newName();
  const key = `sk_test_${name}`;
  const tender = async (...args: string[]): Promise<Ended> => {
    [out, err] = ['', ''];
    await run(['node', 'tender', ...args, '--url', url, '--key', key]);
    const code = Number(process.exitCode ?? 0);
    process.exitCode = 0;
    return { code, out, err };
  };
  // biome-ignore lint/suspicious/noExplicitAny: each command prints another object
  const json = async (...args: string[]): Promise<any> =>
    JSON.parse((await tender(...args, '--json')).out);
  return { url, key, stripe: client(name), tender, json };
}

describe('tender show', () => {
  test('draws the timeline of a payment, with every dialect’s word', async () => {
    const { stripe, tender } = newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, capture_method: 'manual' });
    await stripe.paymentIntents.capture(id);
    await stripe.refunds.create({ payment_intent: id, amount: 500 });
    await stripe.refunds.create({ payment_intent: id });
    const { code, out: shown } = await tender('show', id);
    expect(code).toBe(0);
    expect(shown).toContain(`${id}  20.00 USD  ↺ refunded`);
    expect(shown).toMatch(/Stripe +succeeded +pi_\w+\n +Dojo +Refunded +pi_sandbox_\w+\n/);
    const lines = shown.split('\n').filter((line) => /[┌├└]─/.test(line));
    const read = lines.map((line) => line.trim().split(/ {2,}/).slice(1));
    expect(read).toEqual([
      ['┌─○', 'Created, 20.00 USD', 'payment_intent.created', 'Created', 'PENDING'],
      ['├─●', 'Attempt by Visa •••• 4242 went through', 'charge.succeeded', 'Created', 'PENDING'],
      [
        ...['├─◇', 'Held, 20.00 USD to capture'],
        ...['payment_intent.amount_capturable_updated', 'Authorized', 'PENDING'],
      ],
      ['├─●', 'Captured, 20.00 USD', 'charge.captured', 'Captured', 'PENDING'],
      ['├─●', 'Paid, 20.00 USD', 'payment_intent.succeeded', 'Captured', 'SUBMITTED'],
      ['├─↺', 'Refund of 5.00 USD', 'refund.created', 'Captured', 'SUBMITTED'],
      ['├─↺', 'Refunded so far, 5.00 USD', 'charge.refunded', 'Captured', 'SUBMITTED'],
      ['├─↺', 'Refund of 15.00 USD', 'refund.created', 'Captured', 'SUBMITTED'],
      ['└─↺', 'Refunded so far, 20.00 USD', 'charge.refunded', 'Refunded', 'SUBMITTED'],
    ]);
    expect(shown).not.toContain('\u001b');
  });

  test('tells of declines, challenges and disputes', async () => {
    const { stripe, tender } = newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    const confirm = (card: string) =>
      stripe.paymentIntents.confirm(id, { payment_method: `pm_card_${card}` });
    await expect(confirm('chargeDeclinedInsufficientFunds')).rejects.toThrow();
    await confirm('createDispute');
    const { out: shown } = await tender('show', id);
    expect(shown).toMatch(/▲ +Attempt by Visa •••• 9995 failed/);
    expect(shown).toMatch(/▲ +Your card has insufficient funds\. +payment_intent\.payment_failed/);
    expect(shown).toMatch(/▲ +Disputed, 20\.00 USD/);
    const asked = await stripe.paymentIntents.create({
      ...PAID,
      payment_method: 'pm_card_authenticationRequired',
    });
    expect((await tender('show', asked.id)).out).toMatch(/└─◐ +The customer has to act/);
  });

  test('shows each delivery below its event', async () => {
    const { stripe, tender } = newShop();
    const sink = await openSink((response, { event }) => {
      response.writeHead(event.type === 'charge.succeeded' ? 500 : 200).end();
    });
    await stripe.webhookEndpoints.create({ url: sink.url, enabled_events: ['*'] });
    const { id } = await stripe.paymentIntents.create(PAID);
    let shown = '';
    await until(
      async () => {
        shown = (await tender('show', id)).out;
        return (shown.match(/↳.* in /g) ?? []).length === 3;
      },
      () => shown,
    );
    expect(shown).toMatch(
      new RegExp(`payment_intent.created.*\n.*│   ↳ delivered, 200 in \\d+ ms  ${sink.url}`),
    );
    expect(shown).toMatch(/charge\.succeeded.*\n.*│ {3}↳ not delivered yet, 500 in \d+ ms/);
    expect(shown).toMatch(/Next: see why we_\w+ does not take evt_\w+\./);
    await sink.close();
  });

  test('takes ids of every kind and dialect', async () => {
    const { stripe, json } = newShop();
    const intent = await stripe.paymentIntents.create({
      ...PAID,
      payment_method: 'pm_card_createDispute',
    });
    const charge = intent.latest_charge as string;
    const other = await stripe.paymentIntents.create(PAID);
    const refund = await stripe.refunds.create({ payment_intent: other.id });
    const [dispute] = (await stripe.disputes.list()).data;
    const [event] = (await stripe.events.list({ type: 'charge.refunded' })).data;
    const found = async (id: string) => (await json('show', id)).payment_intent.id;
    for (const id of [
      ...[charge, charge.replace('ch_', 'tx_'), dispute?.id ?? ''],
      intent.id.replace('pi_', 'pi_sandbox_'),
    ])
      expect([id, await found(id)]).toEqual([id, intent.id]);
    for (const id of [refund.id, refund.id.replace('re_', 'rfnd_'), event?.id ?? ''])
      expect([id, await found(id)]).toEqual([id, other.id]);
  });

  test('of what is not there fails in one line, or as JSON', async () => {
    const { stripe, tender } = newShop();
    const { id } = await stripe.customers.create();
    const foreign = await tender('show', id);
    expect(foreign).toMatchObject({ code: 1, out: '' });
    expect(foreign.err).toBe(
      `tender: ${id} is no id of a payment: it would begin with pi_, ch_, re_, du_ or evt_.\n`,
    );
    const missing = await tender('show', 'pi_none', '--json');
    expect(missing).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(missing.out)).toEqual({
      error: {
        code: 'resource_missing',
        message:
          "No such payment_intent: 'pi_none'. " +
          'If it is another account’s, give its key by --key or TENDER_SECRET_KEY.',
      },
    });
  });
});

describe('tender tail', () => {
  test('prints the latest events, and then those that happen', async () => {
    const { stripe, tender, json } = newShop();
    const before = await stripe.paymentIntents.create(PAID);
    const begun = tender('tail', '--lines', '1', '--count', '3', '--types', 'payment_intent.*');
    await until(() => out.includes(before.id));
    const later = await stripe.paymentIntents.create({ ...PAID, amount: 1234 });
    const ended = await begun;
    expect(ended.code).toBe(0);
    const rows = ended.out.trimEnd().split('\n');
    expect(rows.map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['payment_intent.succeeded', before.id, '20.00 USD', 'succeeded'],
      ['payment_intent.created', later.id, '12.34 USD', 'requires_confirmation'],
      ['payment_intent.succeeded', later.id, '12.34 USD', 'succeeded'],
    ]);
    const event = await json('tail', '--lines', '1', '--count', '1');
    expect(event).toMatchObject({ object: 'event', type: 'payment_intent.succeeded' });
  });

  test('waits for the first event of an account, and ends when it is interrupted', async () => {
    const { stripe, tender } = newShop();
    const begun = tender('tail');
    const { id } = await stripe.customers.create();
    await until(() => out.includes(id));
    process.emit('SIGINT');
    expect(await begun).toMatchObject({ code: 0, err: '' });
    expect(out).toMatch(/customer\.created +cus_/);
  });

  test('refuses numbers that are none', async () => {
    const { tender } = newShop();
    expect(await tender('tail', '--lines', 'many')).toMatchObject({
      code: 1,
      err: 'tender: --lines has to be a number up to 100, not “many”.\n',
    });
  });
});

describe('tender clock', () => {
  test('moves the account’s time on, and what is due happens', async () => {
    const { stripe, tender, json } = newShop();
    const held = await stripe.paymentIntents.create({ ...PAID, capture_method: 'manual' });
    expect((await tender('clock')).out).toMatch(/Account +[\d-]+ [\d:]+ +as the wall clock/);
    const before = (await json('clock')).account.frozen_time;
    const moved = await tender('clock', 'advance', '1w1d');
    expect(moved).toMatchObject({ code: 0, err: '' });
    expect(moved.out).toMatch(/^The account is at .*, 1 w 1 d later\./);
    expect((await stripe.paymentIntents.retrieve(held.id)).status).toBe('canceled');
    const now = (await json('clock', 'show')).account.frozen_time;
    expect(now - before).toBeGreaterThanOrEqual(8 * 86_400);
    expect((await tender('clock')).out).toContain('1 w 1 d ahead of the wall clock');
  });

  test('makes test clocks, moves them to a time, and deletes them', async () => {
    const { tender, json } = newShop();
    const { id, frozen_time } = await json('clock', 'freeze', '2026-12-24', '--name', 'Eve');
    expect(frozen_time).toBe(Date.parse('2026-12-24T00:00:00Z') / 1000);
    expect((await tender('clock')).out).toMatch(new RegExp(`${id} +2026-12-2\\d .* ready +Eve`));
    const moved = await json('clock', 'advance', '2026-12-25T12:00', '--clock', id);
    expect(moved).toMatchObject({ id, frozen_time: Date.parse('2026-12-25T12:00Z') / 1000 });
    expect((await tender('clock', 'delete', id)).code).toBe(0);
    expect((await json('clock')).test_clocks).toEqual([]);
  });

  test('says what it cannot take', async () => {
    const { tender } = newShop();
    expect((await tender('clock', 'advance', 'soon')).err).toContain('“soon” is no length');
    const back = await tender('clock', 'advance', '2020-01-01');
    expect(back.code).toBe(1);
    expect(back.err).not.toContain('at ');
    expect((await tender('clock', 'delete', 'clock_none')).err).toContain('clock_none');
  });
});

test('a server that is not there is said to be none', async () => {
  [out, err] = ['', ''];
  await run(['node', 'tender', 'tail', '--url', 'http://127.0.0.1:9']);
  process.exitCode = 0;
  expect(err).toContain('http://127.0.0.1:9 cannot be reached');
  await run(['node', 'tender', 'clock', '--url', 'not a url']);
  process.exitCode = 0;
  expect(err).toContain('--url has to be an origin');
});

describe('tender listen', () => {
  let sink: Sink;
  let answers = 200;

  beforeEach(async () => {
    answers = 200;
    sink = await openSink((response) => response.writeHead(answers).end());
  });
  afterEach(() => sink.close());

  /** Lines of JSON that were printed so far. */
  // biome-ignore lint/suspicious/noExplicitAny: lines of two shapes
  const lines = (): any[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  /** Begins to listen; `stop` interrupts it and answers how it ended. */
  async function listen({ tender }: ReturnType<typeof newShop>, ...args: string[]) {
    const listening = tender('listen', '--json', ...args);
    await until(() => lines().length > 0);
    const stop = (): Promise<Ended> => {
      process.emit('SIGINT');
      return listening;
    };
    return { stop, ...lines()[0] } as { stop: typeof stop; secret: string; endpoint: string };
  }

  test('forwards what the official client verifies, and leaves no endpoint behind', async () => {
    const shop = newShop();
    const { stripe } = shop;
    const { stop, secret, endpoint } = await listen(shop, '--forward-to', sink.url);
    expect(secret).toMatch(/^whsec_/);
    await stripe.paymentIntents.create(PAID);
    await sink.arrived(3);
    const events = sink.arrivals.map(({ body, headers }) =>
      Stripe.webhooks.constructEvent(body, headers['stripe-signature'] as string, secret),
    );
    expect(events.map(({ type }) => type).toSorted()).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    await until(() => lines().length === 4);
    expect(lines()[1]).toMatchObject({ event: { object: 'event' }, forwarded: { status: 200 } });
    expect((await stripe.webhookEndpoints.list()).data.map(({ id }) => id)).toEqual([endpoint]);
    expect(await stop()).toMatchObject({ code: 0, err: '' });
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  });

  test('tells the server what the shop answered, and a person, too', async () => {
    const shop = newShop();
    answers = 503;
    const { stop } = await listen(shop, '--forward-to', sink.url, '--events', 'customer.created');
    await shop.stripe.customers.create();
    await until(() => lines().length === 2);
    expect(lines()[1]).toMatchObject({ forwarded: { status: 503, error: null } });
    const [event] = (await shop.stripe.events.list()).data;
    expect(event?.pending_webhooks).toBe(1);
    await stop();
    const listening = shop.tender('listen', '--forward-to', '127.0.0.1:9');
    await until(() => out.includes('Signing secret: whsec_'));
    await shop.stripe.customers.create();
    await until(() => /customer\.created.*\n {2}→ not reached: /.test(out));
    process.emit('SIGINT');
    expect((await listening).code).toBe(0);
  });

  test('removes what a run that is gone has left, and nothing else', async () => {
    const shop = newShop();
    const { stripe } = shop;
    const own = await stripe.webhookEndpoints.create({ url: sink.url, enabled_events: ['*'] });
    await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:1/gone',
      enabled_events: ['*'],
      metadata: { tender_listen: 'yes' },
    });
    const first = await listen(shop);
    const second = await listen(shop);
    const left = (await stripe.webhookEndpoints.list()).data.map(({ id }) => id);
    expect(left.toSorted()).toEqual([own.id, first.endpoint, second.endpoint].toSorted());
    await Promise.all([first.stop(), second.stop()]);
    expect((await stripe.webhookEndpoints.list()).data.map(({ id }) => id)).toEqual([own.id]);
  });

  test('passes on what Dojo and Code tell, each with a signature that holds', async () => {
    const shop = newShop();
    const { url, key, stripe, json } = shop;
    const all = await openJwtSink();
    const { stop } = await listen(shop, '--forward-to', all.url, '--events', 'dojo:*,code:*');
    const { endpoint, dojo, code } = lines()[0];
    expect(endpoint).toBeNull();
    await run([
      ...['node', 'tender', 'trigger', 'code:submitted', '--webhook', code.webhook],
      ...['--url', url, '--key', key, '--json'],
    ]);
    await all.arrived(3);
    const received = async ({ headers, jwt: body }: (typeof all.arrivals)[number]) => {
      const signature = headers['dojo-signature'] as string | undefined;
      if (signature === undefined)
        return ['code', await verifyCodeWebhook(body, { endpoint: `${url}/v1` })] as const;
      return ['dojo', await verifyDojoWebhook({ body, signature, secret: dojo.secret })] as const;
    };
    const told = new Map<string, unknown>();
    for (const arrival of all.arrivals) {
      const [dialect, event] = await received(arrival);
      told.set(`${dialect}:${dialect === 'dojo' ? event.event : event.state}`, event);
    }
    expect([...told.keys()].toSorted()).toEqual([
      'code:SUBMITTED',
      'dojo:payment_intent.created',
      'dojo:payment_intent.status_updated',
    ]);
    await until(() => lines().filter(({ forwarded }) => forwarded?.status === 200).length === 3);
    expect(await stop()).toMatchObject({ code: 0, err: '' });
    const [paid] = (await stripe.paymentIntents.list()).data;
    const { intent } = told.get('code:SUBMITTED') as { intent: string };
    expect((await json('show', intent)).payment_intent.id).toBe(paid?.id);
    const headers = { authorization: `Basic ${key}`, version: '2025-09-10' };
    expect(await (await fetch(`${url}/webhooks`, { headers })).json()).toEqual([]);
    const strange = newShop();
    expect((await strange.tender('show', intent)).err).toContain('no request of that id');
    await all.close();
  });

  test('shows what Dojo and Code tell, and removes what a killed run has left', async () => {
    const shop = newShop();
    const { url, key, tender } = shop;
    const headers = { authorization: `Basic ${key}`, version: '2025-09-10' };
    const left = `http://127.0.0.1:1/${'0'.repeat(32)}`;
    const made = await fetch(`${url}/webhooks`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ events: ['payment_intent.created'], url: left, description: 'tender listen' },
      }),
    });
    expect(made.status).toBeLessThan(300);
    const listening = tender('listen', '--events', 'dojo:payment_intent.created,code:*');
    await until(() => out.includes('End with Ctrl-C'));
    expect(out).toMatch(/Signing secret, Dojo: \S+\n/);
    const [, webhook = ''] = /requests of Code: (\S+)/.exec(out) ?? [];
    const named = ['--webhook', webhook, '--url', url, '--key', key];
    await run(['node', 'tender', 'trigger', 'code:submitted', ...named]);
    await until(() => /dojo:payment_intent\.created +pi_sandbox_\w+ +Created/.test(out));
    await until(() => /code:submitted +[1-9A-HJ-NP-Za-km-z]{32,44} +2\.5 USD/.test(out));
    process.emit('SIGINT');
    expect((await listening).code).toBe(0);
    expect((await tender('listen', '--events', 'code:paid')).err).toContain(
      'There is no code:paid',
    );
  });

  test('takes what it is to do before it makes anything', async () => {
    const { stripe, tender, key } = newShop();
    expect((await tender('listen', '--forward-to', 'http://')).err).toContain('--forward-to has');
    [out, err] = ['', ''];
    await run(['node', 'tender', 'listen', '--url', 'https://pay.example', '--key', key]);
    process.exitCode = 0;
    expect(err).toContain('pay.example is another');
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  });
});

describe('the reference of the command line', () => {
  const text = readFileSync('docs/reference/cli.md', 'utf8');
  const typed = [...text.matchAll(/^\$ tender (.*)$/gm)].map(([, args = '']) => args);
  const ownCommand = /^(show|tail|trigger|clock)\b/;

  test('shows commands that work', async () => {
    const own = typed.filter((args) => ownCommand.test(args));
    expect(own.length).toBeGreaterThan(8);
    const { stripe, tender } = newShop();
    const { id } = await stripe.paymentIntents.create(PAID);
    const { id: clock } = await stripe.testHelpers.testClocks.create({
      frozen_time: 1_795_000_000,
    });
    for (const args of own) {
      const real = args
        .replace(/pi_\w+/, id)
        .replace(/clock_\w+/, clock)
        .replaceAll("'", '');
      expect([args, await tender(...real.split(' '))]).toMatchObject([args, { code: 0, err: '' }]);
    }
  });

  test('names every option of these commands', () => {
    const program = new Command();
    addDeveloperCommands(program);
    for (const command of program.commands)
      for (const { commands, options } of [command, ...command.commands])
        for (const { long } of commands.length > 0 ? [] : options) expect(text).toContain(long);
  });
});
