import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PaymentRequestIntent } from '@code-wallet/intents';
import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createElement, type FunctionComponent } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { freePort } from '../support/free-port.js';
import { until } from '../support/sink.js';
import { newName } from '../support/tender.js';
import { shop } from './code/shop.js';

/** Runs the examples as they are, against a server and a wallet. */

const made = shop();
const children: ChildProcess[] = [];
const servers: ServerType[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
  for (const child of children.splice(0)) {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

/** The SDK by its name is its source, not what was built of it. */
const NODE_ARGS = ['--conditions=tender-source', '--import', 'tsx'];

async function start(path: string, more: Record<string, string> = {}): Promise<string> {
  const port = await freePort();
  const program = fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
  const env = { ...process.env, PORT: String(port), CODE_ENDPOINT: made.endpoint, ...more };
  const args = [...NODE_ARGS, program];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  // One that ends at once says why on its error output, and nothing here.
  const [line] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  const url = `http://127.0.0.1:${port}`;
  expect(String(line)).toBe(`Listening on ${url}\n`);
  return url;
}

test('payment-verification believes what is signed, and nothing else', {
  timeout: 60_000,
}, async () => {
  const url = await start('payment-verification/server.js');
  const post = (path: string, body = '') => fetch(`${url}${path}`, { method: 'POST', body });
  const verified = async (id: string) => (await fetch(`${url}/verify/${id}`)).json();
  const { id, clientSecret } = (await (await post('/create-intent')).json()) as {
    id: string;
    clientSecret: string;
  };
  expect(await verified(id)).toEqual({ state: 'open', status: 'pending' });
  expect(await verified('nothing')).toEqual({ state: 'unknown' });
  const forged = await post('/webhook', 'eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6IlNVQk1JVFRFRCJ9.');
  expect(forged.status).toBe(400);
  expect(await verified(id)).toEqual({ state: 'open', status: 'pending' });

  const request = new PaymentRequestIntent({
    mode: 'payment',
    destination: 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR',
    amount: 0.25,
    currency: 'usd',
    clientSecret,
  } as never);
  expect(await (await made.wallet()).pay(request)).toBeNull();
  await until(async () => ((await verified(id)) as { state: string }).state === 'paid');
  expect(await verified(id)).toEqual({ state: 'paid', status: 'confirmed' });
});

const WAIT_MS_MAX = 120_000;

/** The keys of a new account, as the examples take them. */
function newKeys() {
  const name = newName();
  return { SECRET_KEY: `sk_test_${name}`, PUBLISHABLE_KEY: `pk_test_${name}` };
}

/** Buys at a shop as its page does, and looks whether the shop believes what it should. */
async function buys(url: string, { PUBLISHABLE_KEY }: ReturnType<typeof newKeys>) {
  const tender = made.tender.url;
  expect(await (await fetch(url)).text()).toContain('One lamp, £20.00');
  const order = async () =>
    (await (await fetch(`${url}/payments`, { method: 'POST' })).json()) as Order;
  const [bought, left] = [await order(), await order()];
  const stateOf = async ({ id }: Order) =>
    ((await (await fetch(`${url}/payments/${id}`)).json()) as { state: string }).state;
  expect(await stateOf(bought)).toBe('open');

  const event = { id: 'evt_1', type: 'payment_intent.succeeded', data: { object: left } };
  for (const headers of [{}, { 'stripe-signature': `t=1,v1=${'0'.repeat(64)}` }]) {
    const body = JSON.stringify(event);
    const forged = await fetch(`${url}/webhook`, { method: 'POST', body, headers });
    expect(forged.status).toBe(400);
  }

  const form = { client_secret: bought.clientSecret, payment_method: 'pm_card_visa' };
  const headers = { authorization: `Bearer ${PUBLISHABLE_KEY}` };
  const body = new URLSearchParams({ ...form, return_url: url });
  const confirm = `${tender}/v1/payment_intents/${bought.id}/confirm`;
  const paid = await fetch(confirm, { method: 'POST', headers, body });
  expect(await paid.json()).toMatchObject({ status: 'succeeded' });
  await until(async () => (await stateOf(bought)) === 'paid');
  expect(await stateOf(left)).toBe('open');
  expect(await stateOf({ id: 'nothing', clientSecret: '' })).toBe('unknown');
}

interface Order {
  readonly id: string;
  readonly clientSecret: string;
}

test.each(['express', 'hono', 'html'])(
  '%s sells a lamp, and believes only what is signed',
  async (name) => {
    const keys = newKeys();
    const TENDER_URL = made.tender.url;
    const url = await start(`${name}/server.js`, { TENDER_URL, ...keys });
    const page = await (await fetch(url)).text();
    expect(page).toContain(`<script src="${TENDER_URL}/v3/"></script>`);
    expect(page).toContain(`Stripe('${keys.PUBLISHABLE_KEY}')`);
    await buys(url, keys);
  },
  WAIT_MS_MAX,
);

/** The files of the example for Next.js, which has no types. */
async function nextFile(path: string): Promise<Record<string, (...args: unknown[]) => unknown>> {
  return import(new URL(`../../examples/next/app/${path}`, import.meta.url).href);
}

/** What Next.js does with the example: its files by their places, over web-standard requests. */
async function startNext(): Promise<string> {
  const [payments, payment, webhook, page, layout] = await Promise.all(
    [
      'payments/route.js',
      'payments/[id]/route.js',
      'webhook/route.js',
      'page.jsx',
      'layout.jsx',
    ].map(nextFile),
  );
  const app = new Hono();
  app.post('/payments', (c) => payments?.POST?.(c.req.raw) as Promise<Response>);
  app.get('/payments/:id', (c) => {
    const params = Promise.resolve({ id: c.req.param('id') });
    return payment?.GET?.(c.req.raw, { params }) as Promise<Response>;
  });
  app.post('/webhook', (c) => webhook?.POST?.(c.req.raw) as Promise<Response>);
  app.get('/', (c) => {
    const children = createElement(page?.default as FunctionComponent);
    return c.html(
      renderToString(createElement(layout?.default as FunctionComponent, null, children)),
    );
  });
  const port = await freePort();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
  servers.push(server);
  if (!server.listening) await once(server, 'listening');
  return `http://127.0.0.1:${port}`;
}

test(
  'next sells a lamp by its handlers, and renders its page',
  async () => {
    const keys = newKeys();
    const stripe = made.tender.client(keys.SECRET_KEY.slice('sk_test_'.length));
    const url = await startNext();
    const enabled_events = ['payment_intent.succeeded' as const];
    const endpoint = await stripe.webhookEndpoints.create({
      url: `${url}/webhook`,
      enabled_events,
    });
    const secret = { WEBHOOK_SECRET: endpoint.secret ?? '' };
    for (const [name, value] of Object.entries({ ...keys, ...secret, TENDER_URL: made.tender.url }))
      vi.stubEnv(name, value);
    await buys(url, keys);
  },
  WAIT_MS_MAX,
);
