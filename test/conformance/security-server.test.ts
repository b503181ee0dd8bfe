import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFault, readConfig } from '../../src/config.js';
import { startTender, type Tender } from '../../src/main.js';

/**
 * The whole server as it starts without a setting: a sandbox that any key opens, on a machine whose
 * owner has a browser in which he visits pages of others.
 */

const KEY = 'sk_test_tender';
const EVIL = 'https://evil.example';

let folder: string;
let tender: Tender;
const log: string[] = [];
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tender-security-'));
  const env = { TENDER_DATA: folder, PORT: '0', TENDER_WALLET_PORT: '0', TENDER_LOG: 'trace' };
  const config = readConfig(env, {});
  if (isFault(config)) throw new Error(config.fault);
  const logOutput = { write: (line: string) => void log.push(line) };
  tender = await startTender(config, { logOutput });
  port = Number(new URL(tender.boundUrl).port);
});

afterAll(async () => {
  await tender.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stripe = (): Stripe =>
  new Stripe(KEY, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 });

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
}

/** A request with any headers, which fetch does not allow; answers status, headers and text. */
function send(path: string, { headers = {}, method = 'GET', body = '' }: Sent = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const outgoing = request({ port, host: '127.0.0.1', path, method, headers });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        const { statusCode: status = 0, headers: got } = incoming;
        incoming.on('end', () => resolve({ status, headers: got, text }));
      });
      outgoing.end(body);
    },
  );
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const DOJO = { authorization: `Basic ${KEY}`, version: '2025-09-10' };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('a page of another site', () => {
  /** What needs no preflight, and what the answer to one allows. */
  const CALLS: readonly [string, string, Sent][] = [
    ['a form with the key in it', '/v1/customers', { headers: FORM, body: `key=${KEY}` }],
    ['a form with a key in its header', '/v1/customers', { headers: { ...FORM, ...DOJO } }],
    ['a webhook endpoint', '/v1/webhook_endpoints', { headers: FORM, body: `key=${KEY}&url=x` }],
    ['another key', '/v1/api_keys', { headers: FORM, body: `key=${KEY}&type=secret` }],
    ['a customer of Dojo’s', '/customers', { headers: { ...DOJO, ...JSON_TYPE }, body: '{}' }],
  ];

  test.each(CALLS)('does nothing with a secret key by %s', async (_, path, sent) => {
    for (const origin of [EVIL, 'null', 'http://localhost.evil.example']) {
      const headers = { ...sent.headers, origin };
      const { status, text } = await send(path, { ...sent, method: 'POST', headers });
      expect([status, text]).toEqual([403, expect.stringContaining('Pages of other sites')]);
    }
    expect((await stripe().customers.list()).data).toEqual([]);
  });

  test.each([
    ['/v1/customers', { authorization: `Bearer ${KEY}` }],
    ['/webhooks', DOJO],
  ])('reads nothing at %s', async (path, headers) => {
    const { status } = await send(path, { headers: { ...headers, origin: EVIL } });
    expect(status).toBe(403);
    expect((await send(path, { headers })).status).toBe(200);
    const own = await send(path, { headers: { ...headers, origin: 'http://localhost:3000' } });
    expect(own.status).toBe(200);
  });

  test('makes a token with a publishable key, as shops’ pages do', async () => {
    const body =
      'key=pk_test_tender&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34';
    const headers = { ...FORM, origin: EVIL };
    expect((await send('/v1/tokens', { method: 'POST', headers, body })).status).toBe(200);
  });

  test.each(['/admin/v1/session', '/mailbox', '/dashboard', '/admin/code/destinations'])(
    'is given nothing to read at %s, and no leave to send more',
    async (path) => {
      const read = await send(path, { headers: { origin: EVIL } });
      expect(read.headers['access-control-allow-origin']).toBeUndefined();
      const asked = await send(path, {
        method: 'OPTIONS',
        headers: { origin: EVIL, 'access-control-request-method': 'POST' },
      });
      expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  test.each([
    '/v1/customers',
    '/customers',
    '/admin/v1/session',
    '/dashboard',
    '/mailbox',
    '/docs',
    '/v1/getStatus',
    '/healthz',
    '/metrics',
    '/nowhere',
  ])('whose name leads to this machine gets nothing at %s', async (path) => {
    const headers = { host: `evil.example:${port}`, authorization: `Bearer ${KEY}` };
    const { status, text } = await send(path, { headers });
    expect([status, text]).toEqual([403, expect.stringContaining('This server is not')]);
  });

  test('whose name leads to this machine opens no socket', async () => {
    const socket = connect(port, '127.0.0.1');
    const answer = new Promise<string>((resolve) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
    socket.write(
      'GET /v1/api HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\n' +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('every page', () => {
  /** Whose pages a bank and a shop put into frames of theirs; all others nobody may. */
  const FRAMED = [
    '/challenge/acct_x/pi_x/secret',
    '/frames/element.html',
    '/payments/v1/frames/card.html',
  ];
  const ALONE = [
    '/',
    '/dashboard',
    '/dashboard/payments',
    '/docs',
    '/docs/start',
    '/docs/search?q=%3Cscript%3E',
    '/mailbox',
    '/mailbox/nothing',
    '/checkout/nothing',
    '/admin/welcome/op_nobody/0123456789abcdef',
    '/microdeposits/acct_x/pi_x/secret',
    '/instructions/acct_x/pi_x/secret',
    '/mandates/acct_x/mandate_x/secret',
  ];

  const policyOf = (response: Response): Map<string, string> =>
    new Map(
      (response.headers.get('content-security-policy') ?? '').split('; ').map((part) => {
        const [name = '', ...values] = part.split(' ');
        return [name, values.join(' ')];
      }),
    );

  function expectClosed(response: Response): Map<string, string> {
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const policy = policyOf(response);
    expect([policy.get('default-src'), policy.get('base-uri')]).toEqual(["'none'", "'none'"]);
    for (const name of ['script-src', 'style-src'])
      expect(policy.get(name) ?? '').not.toMatch(/unsafe|\*|data:|https?:(?!\/\/127\.0\.0\.1)/);
    expect(policy.has('form-action')).toBe(true);
    return policy;
  }

  test.each(ALONE)('runs what it was built with, and is framed by nobody: %s', async (path) => {
    const response = await fetch(tender.boundUrl + path);
    const policy = expectClosed(response);
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(await response.text()).not.toContain('<script>%3C');
  });

  test('of the wallet runs what it was built with, and is framed by nobody', async () => {
    const policy = expectClosed(await fetch(tender.walletUrl ?? ''));
    expect(policy.get('frame-ancestors')).toBe("'none'");
  });

  test.each(FRAMED)('that others frame is as closed, and has no cookie: %s', async (path) => {
    const response = await fetch(tender.boundUrl + path);
    expectClosed(response);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test.each(['/nowhere', '/v1/nothing', '/v1/customers', '/payment-intents', '/metrics'])(
    'or answer that is none is never taken for one: %s',
    async (path) => {
      const { headers } = await fetch(tender.boundUrl + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).not.toMatch(/html|script/);
    },
  );
});

describe('the log, however much is logged', () => {
  const NUMBER = '4000056655665556';

  /** Makes what has secrets, and sends each of them where it belongs and where it does not. */
  async function busy(): Promise<string[]> {
    const api = stripe();
    const intent = await api.paymentIntents.create({ amount: 900, currency: 'usd' });
    const hook = await api.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/',
      enabled_events: ['review.opened'],
    });
    const made = await post('/v1/api_keys', 'type=secret');
    const { id } = await api.customers.create({});
    const ephemeral = await post('/v1/ephemeral_keys', `customer=${id}`);
    const link = await post(`/v1/payment_intents/${intent.id}/checkout_link`, '');
    const headers = { ...DOJO, ...JSON_TYPE };
    const body = '{"amount":{"value":100,"currencyCode":"GBP"},"reference":"r"}';
    const dojo = await send('/payment-intents', { method: 'POST', headers, body });
    const path = `/payment-intents/${JSON.parse(dojo.text).id}/refresh-client-session-secret`;
    const refreshed = await send(path, { method: 'POST', headers });
    const { clientSessionSecret } = JSON.parse(refreshed.text);
    const session = await send('/admin/v1/session');
    const secrets = [
      ...[intent.client_secret, hook.secret, made.secret, ephemeral.secret],
      ...[new URL(link.url).pathname.split('/').at(-1), clientSessionSecret],
      ...[JSON.parse(session.text).csrf, 'sk_test_somebodyelse', NUMBER],
    ].map(String);
    for (const secret of secrets) await sendEverywhere(secret);
    const tried = JSON.stringify({ email: 'a@b.example', password: 'hunter2hunter2' });
    await send('/admin/v1/session', { method: 'POST', headers: JSON_TYPE, body: tried });
    return [...secrets, 'hunter2hunter2'];
  }

  async function post(path: string, body: string) {
    const headers = {
      ...FORM,
      authorization: `Bearer ${KEY}`,
      'stripe-version': '2026-10-28.dahlia',
    };
    const { status, text } = await send(path, { method: 'POST', headers, body });
    if (status !== 200) throw new Error(text);
    return JSON.parse(text);
  }

  async function sendEverywhere(secret: string): Promise<void> {
    const headers = { authorization: `Bearer ${secret}`, cookie: `tender_session=${secret}` };
    await send('/v1/customers', { headers });
    await send(`/v1/customers?key=${secret}&number=${secret}`);
    await send('/payment-intents', {
      method: 'POST',
      headers: { ...DOJO, ...JSON_TYPE },
      body: secret,
    });
    await send('/v1/tokens', { method: 'POST', headers: FORM, body: `card[number]=${secret}` });
    await send(`/checkout/${secret}/state`);
    await send(`/api/payments/${secret}`, { method: 'POST', headers: JSON_TYPE, body: '{' });
    await send('/v1/customers', {
      headers: { 'idempotency-key': secret, 'stripe-version': secret },
    });
  }

  test('has no key, secret, password or card number that was sent', async () => {
    const secrets = await busy();
    const text = log.join('');
    expect(log.length).toBeGreaterThan(80);
    expect(text).toContain('"path":"/v1/webhook_endpoints"');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(13);
      expect(text).not.toContain(secret);
    }
  });
});
