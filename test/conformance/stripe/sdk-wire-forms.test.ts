import { describe, expect, test } from 'vitest';
import { newName } from '../../support/tender.js';
import { exchange, form, type RawReply, statuses, useRaw } from './raw-http.js';

const NAME = newName();
const { raw, tender } = useRaw(NAME);

const FORM = 'application/x-www-form-urlencoded';

/** What each official client sends with `payment_intents.create`: its headers and its body. */
const CLIENTS: readonly [name: string, headers: Record<string, string>, body: string][] = [
  [
    'node',
    {
      accept: 'application/json',
      'content-type': FORM,
      'user-agent': 'Stripe/v1 NodeBindings/23.1.0',
      'x-stripe-client-user-agent': '{"bindings_version":"23.1.0","lang":"node"}',
      'x-stripe-client-telemetry': '{"last_request_metrics":{"request_id":"req_1"}}',
      'stripe-version': '2026-10-28.endive',
      'idempotency-key': 'stripe-node-retry-2f5a4b1e-6d3c-4a55-9c9a-0c2e8f1d7b10',
    },
    'amount=2000&currency=usd&payment_method_types[0]=card&metadata[order]=6735',
  ],
  [
    'python',
    {
      'content-type': FORM,
      'user-agent': 'Stripe/v1 PythonBindings/15.3.1',
      'x-stripe-client-user-agent': '{"lang":"python","httplib":"requests"}',
      'stripe-version': '2026-06-24.dahlia',
      'idempotency-key': '7a1e6f0c-3f26-4a67-9e7c-3d0a5b1c2d3e',
      connection: 'keep-alive',
      'accept-encoding': 'gzip, deflate',
    },
    'amount=2000&currency=usd&payment_method_types%5B0%5D=card&metadata%5Border%5D=6735',
  ],
  [
    'ruby',
    {
      'content-type': FORM,
      'user-agent': 'Stripe/v1 RubyBindings/19.5.0',
      'stripe-version': '2026-07-29.dahlia',
      'idempotency-key': '0b8e3f56-5b3d-4f43-a0ab-1c9f0e6f7a21',
      'accept-encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
    },
    'amount=2000&currency=usd&payment_method_types[0]=card&metadata[order]=6735',
  ],
  [
    'php',
    {
      'content-type': FORM,
      'user-agent': 'Stripe/v1 PhpBindings/21.0.0',
      'stripe-version': '2026-06-24.dahlia',
      'idempotency-key': 'e1a5d1f0-0f4e-4f0e-8d55-5a7b9c3e2f18',
      accept: '*/*',
    },
    'amount=2000&currency=usd&payment_method_types[0]=card&metadata[order]=6735',
  ],
  [
    'go',
    {
      'content-type': FORM,
      'user-agent': 'Stripe/v1 GoBindings/86.2.0',
      'stripe-version': '2026-07-29.dahlia',
      'idempotency-key': 'Yx0a6b3Zr1pQ2wE5-1795226617',
      'accept-encoding': 'gzip',
    },
    'amount=2000&currency=usd&metadata[order]=6735&payment_method_types[0]=card',
  ],
  [
    'java',
    {
      'content-type': `${FORM};charset=UTF-8`,
      'user-agent': 'Stripe/v1 JavaBindings/30.0.0',
      'accept-charset': 'UTF-8',
      'stripe-version': '2026-07-29.dahlia',
      'idempotency-key': '4f0d8f5e-7d0b-4a1c-8a35-2e9b1c7d6f50',
    },
    'amount=2000&currency=usd&payment_method_types[0]=card&metadata[order]=6735',
  ],
  [
    'dotnet',
    {
      'content-type': FORM,
      'user-agent': 'Stripe/v1 .NetBindings/52.2.0',
      'stripe-version': '2026-07-29.dahlia',
      'stripe-context': '',
      'idempotency-key': 'c3b1a0f2-1d5e-4c6b-9a7f-8e0d2b4c6a19',
    },
    'amount=2000&currency=usd&payment_method_types[0]=card&metadata[order]=6735',
  ],
];

const post = (path: string, fields: string, headers = {}): Promise<RawReply> =>
  raw('POST', path, { form: fields, headers });

describe('each official client', () => {
  test.each(CLIENTS)('%s creates a payment', async (_, headers, body) => {
    const reply = await post('/v1/payment_intents', body, headers);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      object: 'payment_intent',
      amount: 2000,
      currency: 'usd',
      payment_method_types: ['card'],
      metadata: { order: '6735' },
    });
    expect(reply.headers['stripe-version']).toBe(headers['stripe-version']);
    expect(reply.headers['idempotency-key']).toBe(headers['idempotency-key']);
    expect(reply.headers['content-type']).toBe('application/json');
  });
});

describe('arrays and hashes', () => {
  test.each([
    ['with positions', 'payment_method_types[0]=card&payment_method_types[1]=sepa_debit'],
    ['with gaps', 'payment_method_types[3]=card&payment_method_types[12]=sepa_debit'],
    ['out of order', 'payment_method_types[1]=sepa_debit&payment_method_types[0]=card'],
    ['with empty brackets', 'payment_method_types[]=card&payment_method_types[]=sepa_debit'],
    ['percent-encoded', 'payment_method_types%5B%5D=card&payment_method_types%5b%5d=sepa_debit'],
  ])('%s', async (_, types) => {
    const { status, body } = await post('/v1/payment_intents', `amount=2000&currency=eur&${types}`);
    expect([status, body.payment_method_types]).toEqual([200, ['card', 'sepa_debit']]);
  });

  test.each([
    ['positions', 'a[0][name]=x&a[0][value]=1&a[1][name]=y&a[1][value]=2'],
    ['empty brackets', 'a[][name]=x&a[][value]=1&a[][name]=y&a[][value]=2'],
  ])('of hashes with %s', async (_, fields) => {
    const named = fields.replaceAll('a[', 'invoice_settings[custom_fields][');
    const { status, body } = await post('/v1/customers', named);
    expect(status).toBe(200);
    expect(body.invoice_settings.custom_fields).toEqual([
      { name: 'x', value: '1' },
      { name: 'y', value: '2' },
    ]);
  });

  test('expand in both forms, in bodies and queries', async () => {
    for (const expand of ['expand[]=customer', 'expand[0]=customer', 'expand%5B0%5D=customer']) {
      const customer = await post('/v1/customers', 'name=A');
      const fields = `amount=2000&currency=usd&customer=${customer.body.id}&${expand}`;
      const made = await post('/v1/payment_intents', fields);
      expect(made.body.customer.object).toBe('customer');
      const read = await raw('GET', `/v1/payment_intents/${made.body.id}?${expand}`);
      expect(read.body.customer.name).toBe('A');
    }
  });
});

describe('values', () => {
  test('a currency in upper case comes back in lower case', async () => {
    const { body } = await post('/v1/payment_intents', 'amount=2000&currency=USD');
    expect(body.currency).toBe('usd');
  });

  test('null is an empty text, and unsets', async () => {
    const made = await post('/v1/customers', 'name=A&email=a%40example.com&metadata[a]=1');
    const path = `/v1/customers/${made.body.id}`;
    const { body } = await post(path, 'name=&email=&metadata=');
    expect(body).toMatchObject({ name: null, email: null, metadata: {} });
  });

  test('a plus is a space, and an encoded plus a plus', async () => {
    const { body } = await post('/v1/customers', 'name=a+b%20c%2Bd&phone=%2B49%20170');
    expect([body.name, body.phone]).toEqual(['a b c+d', '+49 170']);
  });

  test('of a parameter sent twice, the last counts', async () => {
    const { body } = await post('/v1/customers', 'name=a&name=b');
    expect(body.name).toBe('b');
  });

  test('semicolons, ampersands and equal signs survive in values', async () => {
    const { body } = await post('/v1/customers', 'name=a%26b%3Dc;d=e');
    expect(body.name).toBe('a&b=c;d=e');
  });

  test('empty pairs and a final ampersand are nothing', async () => {
    const { status, body } = await post('/v1/customers', '&&name=a&');
    expect([status, body.name]).toEqual([200, 'a']);
  });
});

describe('requests', () => {
  test('without a body, with Content-Length: 0', async () => {
    const held = form({
      amount: 2000,
      currency: 'usd',
      'payment_method_types[]': 'card',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    const { body } = await post('/v1/payment_intents', held);
    const captured = await raw('POST', `/v1/payment_intents/${body.id}/capture`, {
      headers: { 'content-length': '0' },
    });
    expect([captured.status, captured.body.status]).toEqual([200, 'succeeded']);
    const bare = await raw('POST', '/v1/customers');
    expect(bare.status).toBe(200);
  });

  test('to read, with a bare question mark', async () => {
    const { body } = await post('/v1/customers', 'name=A');
    const { status, body: read } = await raw('GET', `/v1/customers/${body.id}?`);
    expect([status, read]).toEqual([200, body]);
    expect((await raw('GET', '/v1/customers?')).status).toBe(200);
  });

  test('to delete, with parameters in the query', async () => {
    const { body } = await post('/v1/customers', 'name=A');
    const { body: deleted } = await raw('DELETE', `/v1/customers/${body.id}?`);
    expect(deleted).toEqual({ id: body.id, object: 'customer', deleted: true });
  });

  test('with a body in chunks', async () => {
    const headers = { 'transfer-encoding': 'chunked' };
    const { status, body } = await post('/v1/customers', `name=${'a'.repeat(200)}`, headers);
    expect([status, body.name.length]).toEqual([200, 200]);
  });

  test('with Expect: 100-continue', async () => {
    const head =
      `POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_${NAME}\r\n` +
      `Content-Type: ${FORM}\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n`;
    const answer = await exchange(tender().port, `${head}name=A`);
    expect(statuses(answer)).toEqual([100, 200]);
    expect(answer).toContain('"name": "A"');
  });

  test('behind one another on one connection, answered in order', async () => {
    const one = (name: string): string =>
      `POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_${NAME}\r\n` +
      `Content-Length: ${name.length + 5}\r\n\r\nname=${name}`;
    const names = Array.from({ length: 20 }, (_, i) => `pipelined${i}`);
    const answer = await exchange(tender().port, names.map(one).join(''));
    expect(statuses(answer)).toEqual(names.map(() => 200));
    const answered = [...answer.matchAll(/"name": "(pipelined\d+)"/g)].map(([, name]) => name);
    expect(answered).toEqual(names);
  });

  test('with a key by Basic, as curl sends it', async () => {
    const authorization = `Basic ${Buffer.from(`sk_test_${NAME}:`).toString('base64')}`;
    const reply = await raw('POST', '/v1/payment_intents', {
      as: null,
      form: 'amount=2000&currency=usd&payment_method_types[]=card',
      headers: { authorization, accept: '*/*', 'user-agent': 'curl/8.5.0' },
    });
    expect(reply.status).toBe(200);
  });
});
