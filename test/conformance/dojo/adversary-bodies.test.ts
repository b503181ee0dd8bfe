import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/api/dojo/routes.js';
import { NEWEST, ok, useDojo } from './client.js';
import { CARD, payable } from './gateway-client.js';

const fixture = useDojo();

const HEADERS = {
  version: NEWEST,
  'content-type': 'application/json',
  'software-house-id': 'softwareHouse1',
};

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Sends what a client of its own would not, and answers with the status. */
async function send(name: string, { method, path, headers = {}, body }: Sent): Promise<number> {
  const sent = new Headers({ authorization: `Basic sk_sandbox_${name}`, ...HEADERS });
  for (const [key, value] of Object.entries(headers)) sent.set(key, value);
  const reply = await fetch(`${fixture.tender.url}${path}`, {
    method,
    headers: sent,
    ...(body === undefined || method === 'GET' ? {} : { body }),
  });
  const text = await reply.text();
  // Whatever it says, it says it as an answer of this dialect.
  if (reply.status !== 204) expect(JSON.parse(text), path).toBeTypeOf('object');
  return reply.status;
}

const isAnswer = (status: number): boolean => status < 500;

/** Fields of every operation: what is sent to one that has them not is passed over. */
const FIELDS = [
  'accepted',
  'actionLink',
  'amount',
  'auth',
  'autoExpireIn',
  'billingAddress',
  'capabilities',
  'config',
  'cursor',
  'customer',
  'details',
  'emails',
  'event',
  'eventType',
  'events',
  'expireAt',
  'itemLines',
  'merchantInitiatedTransactionType',
  'metadata',
  'name',
  'notes',
  'orderDetails',
  'reference',
  'setupIntentId',
  'shippingDetails',
  'statuses',
  'taxLines',
  'terminalId',
  'terms',
  'tipsAmount',
  'url',
];

const money = fc.record({
  value: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-1, 1, 2 ** 53, 99_999_999, '1')),
  currencyCode: fc.constantFrom('GBP', 'eur', 'USD', '', null, 1),
});

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  money,
  fc.array(money, { maxLength: 3 }),
  fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 3 }),
  fc.constantFrom(
    '\0',
    '\ud800',
    '\udfff',
    'javascript:alert(1)',
    'http://127.0.0.1:1/',
    '9999-12-31T23:59:59.9999999-14:00',
    ['payment_intent.created'],
    JSON.parse('{"__proto__":{"a":"b"},"constructor":{},"\\ud800":"x"}'),
  ),
);

const oddBody = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...FIELDS), odd, { maxKeys: 6 })
    .map((body) => JSON.stringify(body)),
  fc.jsonValue({ maxDepth: 3 }).map((body) => JSON.stringify(body)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }),
);

const SEGMENTS = [
  '%00',
  '%ff',
  '%',
  '..%2f..%2fwebhooks',
  '%2e%2e',
  'a%2Fb',
  '%F0%9F%92%A9',
  '__proto__',
  'constructor',
  "1'%20OR%20'1'='1",
  'x'.repeat(3000),
  '%20'.repeat(2000),
  'pi_sandbox_0000000000000000000000',
  'si_sandbox_0000000000000000000000',
  'cust_sandbox_0000000000000000000000',
  'ws_sandbox_0000000000000000000000',
  'ts_sandbox_000000000000000000000000',
  'tm_sandbox_000000000000000000000000',
  'rfnd_0000000000000000000000',
  'evt_0000000000000000000000',
];

/** A route with something in the place of each name in its path. */
const place = fc
  .tuple(fc.constantFrom(...ROUTES), fc.array(fc.constantFrom(...SEGMENTS), { minLength: 3 }))
  .map(([{ method, path }, segments]) => {
    let at = 0;
    return { method, path: path.replace(/:\w+/g, () => segments[at++ % segments.length] ?? '') };
  });

const oddHeaders = fc.record(
  {
    idempotencyKey: fc.constantFrom('k', ' ', 'é', '\xff'.repeat(100), 'a, b', "'", '%00', '"'),
    version: fc.constantFrom(NEWEST, '2022-04-07', '2024-13-45', '9999-12-31', 'x', '2025-09-10 '),
    'content-type': fc.constantFrom('application/json', 'application/json; charset=utf-16', 'a/b'),
  },
  { requiredKeys: [] },
);

describe('nothing is an error of the server', () => {
  test('that is sent to any route, with any name in its path', async () => {
    const { name } = fixture.newShop();
    await fc.assert(
      fc.asyncProperty(place, oddHeaders, oddBody, async (at, headers, body) => {
        const sent = { ...at, headers, body: body as Uint8Array<ArrayBuffer> };
        expect(await send(name, sent)).toSatisfy(isAnswer);
      }),
      { numRuns: 600 },
    );
  });

  test('though a name has a NUL in it, and its request a key', async () => {
    const { name } = fixture.newShop();
    for (const { method, path } of ROUTES)
      for (const segment of ['%00', 'ws_sandbox_0000000000000000000000%00']) {
        let first = true;
        const at = path.replace(/:\w+/g, () => {
          const shown = first && path.split(':').length > 2 ? SEGMENTS[15] : segment;
          first = false;
          return shown ?? '';
        });
        const headers = { idempotencyKey: 'k' };
        const status = await send(name, { method, path: at, headers, body: '{}' });
        expect(status, `${method} ${at}`).toSatisfy(isAnswer);
      }
  });

  test.each([
    ['deep arrays', '['.repeat(400_000)],
    ['deep arrays that end', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['deep objects', '{"a":'.repeat(100_000)],
    ['a deep field', `{"metadata":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['a field a hundred thousand times', `{${'"amount":1,'.repeat(90_000)}"amount":2}`],
    ['many fields', `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join()}}`],
    ['a number beyond all', '{"amount":{"value":1e400,"currencyCode":"GBP"},"reference":"r"}'],
    ['a number of many digits', `{"amount":{"value":${'9'.repeat(500_000)}}}`],
    ['a fraction', '{"amount":{"value":1.5,"currencyCode":"GBP"},"reference":"r"}'],
    ['a text for a number', '{"amount":{"value":"1","currencyCode":"GBP"},"reference":"r"}'],
    ['a sum below zero', '{"amount":{"value":-1,"currencyCode":"GBP"},"reference":"r"}'],
    ['a list for a text', '{"amount":{"value":1,"currencyCode":["GBP"]},"reference":["r"]}'],
  ])('as a body of %s, which is refused', async (_, body) => {
    const { name, dojo } = fixture.newShop();
    const status = await send(name, { method: 'POST', path: '/payment-intents', body });
    expect(status).toBe(400);
    expect((await ok(dojo.post('/payment-intents/search', {}))).data).toEqual([]);
  });

  test('as a body that is too large, compressed or in another encoding', async () => {
    const { name } = fixture.newShop();
    const at = { method: 'POST', path: '/payment-intents' };
    expect(await send(name, { ...at, body: `"${'x'.repeat(5_000_000)}"` })).toBe(413);
    const utf16 = Uint8Array.from(Buffer.from('{}', 'utf16le'));
    expect(await send(name, { ...at, body: utf16 })).toBe(400);
  });

  test('that a card is sent with', async () => {
    const shop = fixture.newShop();
    const { clientSessionSecret: token, id } = await payable(shop);
    const ends = ['', '/google-pay', '/apple-pay', '/google-pay/decrypt-token'];
    const paths = [
      `/api/device-data/${token}`,
      `/api/payments/recurring/${token}`,
      `/mobile/payments/${token}/three-ds-complete`,
      ...ends.map((end) => `/api/payments/${token}${end}`),
    ];
    const fields = [...Object.keys(CARD), 'metaData', 'billingAddress', 'shippingDetails', 'token'];
    const fuzz = fc.dictionary(
      fc.constantFrom(...fields, 'paymentMethodId', 'userEmailAddress', 'cardinalValidateResponse'),
      odd,
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fuzz, async (path, more) => {
        const body = JSON.stringify({ ...CARD, cardNumber: '4242424242424241', ...more });
        const status = await send(shop.name, { method: 'POST', path, body });
        expect(status).toSatisfy(isAnswer);
      }),
      { numRuns: 300 },
    );
    expect((await ok(shop.dojo.get(`/payment-intents/${id}`))).status).toBe('Created');
  });
});

describe('names that JavaScript knows', () => {
  test('are texts like others in metadata, and reach no prototype', async () => {
    const { name, dojo } = fixture.newShop();
    const body =
      '{"amount":{"value":1,"currencyCode":"GBP"},"reference":"r","__proto__":{"x":1},' +
      '"metadata":{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}}';
    expect(await send(name, { method: 'POST', path: '/payment-intents', body })).toBe(200);
    const { data } = await ok(dojo.post('/payment-intents/search', {}));
    expect(Object.entries(data[0].metadata)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
      ['hasOwnProperty', 'd'],
    ]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('with half a character in them are kept whole, or refused', async () => {
    const { name, dojo } = fixture.newShop();
    const at = { method: 'POST', path: '/payment-intents' };
    const begin = '{"amount":{"value":1,"currencyCode":"GBP"},"reference":"r","metadata":';
    const status = await send(name, { ...at, body: `${begin}{"\\ud800":"a"}}` });
    expect([200, 400]).toContain(status);
    const { data } = await ok(dojo.post('/payment-intents/search', {}));
    for (const { metadata } of data) expect(metadata).toEqual({ '\ud800': 'a' });
    expect(await send(name, { ...at, body: `${begin}{"a":"\\ud800"}}` })).toBe(400);
  });
});
