import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Raw, type RawReply, rawClient } from './raw-http.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const RUNS = 300;

let tender: TestTender;
let raw: Raw;
let close: () => void;

beforeAll(async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, newName()));
});

afterAll(async () => {
  close();
  await tender.stop();
});

const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/v1/payment_intents'],
  ['POST', '/v1/payment_intents'],
  ['GET', '/v1/payment_intents/{id}'],
  ['POST', '/v1/payment_intents/{id}'],
  ['POST', '/v1/payment_intents/{id}/confirm'],
  ['POST', '/v1/payment_intents/{id}/capture'],
  ['POST', '/v1/payment_intents/{id}/cancel'],
  ['POST', '/v1/payment_methods'],
  ['GET', '/v1/payment_methods'],
  ['GET', '/v1/payment_methods/{id}'],
  ['POST', '/v1/payment_methods/{id}/attach'],
  ['POST', '/v1/payment_methods/{id}/detach'],
  ['POST', '/v1/customers'],
  ['GET', '/v1/customers'],
  ['POST', '/v1/customers/{id}'],
  ['DELETE', '/v1/customers/{id}'],
  ['GET', '/v1/customers/{id}/payment_methods'],
  ['GET', '/v1/charges'],
  ['POST', '/v1/charges/{id}'],
  ['POST', '/v1/refunds'],
  ['GET', '/v1/refunds'],
  ['GET', '/v1/balance'],
  ['GET', '/v1/balance_transactions'],
  ['GET', '/v1/events'],
  ['GET', '/v1/events/{id}'],
  ['POST', '/v1/webhook_endpoints'],
  ['POST', '/v1/tokens'],
];

/** Names that a real request has, and names that mean something to the language. */
const NAMES = [
  ...'amount currency customer payment_method payment_method_types metadata expand confirm'.split(
    ' ',
  ),
  ...'shipping description limit starting_after ending_before created type types card'.split(' '),
  ...'billing_details receipt_email capture_method source email url enabled_events'.split(' '),
  ...'payment_method_data payment_method_options off_session mandate_data charge'.split(' '),
  ...'payment_intent reason amount_to_capture client_secret key delivery_success'.split(' '),
  ...'invoice_settings address line1 name gt lte 0 1 enabled number exp_month'.split(' '),
  ...'__proto__ constructor prototype toString hasOwnProperty valueOf then'.split(' '),
];

const VALUES = [
  ...['', '0', '-1', '2000', '9007199254740993', '1e400', 'NaN', 'null', 'true', 'usd', 'card'],
  ...['pm_card_visa', 'tok_visa', 'pi_x', 'cus_x', 'evt_x', 'http://127.0.0.1:9/', 'a@b.example'],
  ...['__proto__', 'constructor', 'toString', 'data.customer', 'latest_charge', '%00', '%ff', '%'],
  ...['%ed%a0%80', '%c0%af', '\ud83d\ude00', "'", '"', '\\', '*', 'charge.*', 'x'.repeat(6_000)],
];

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ maxLength: 12 }),
);
const keyOf = fc
  .tuple(name, fc.array(fc.oneof(name, fc.constant('')), { maxLength: 4 }))
  .map(([first, rest]) => first + rest.map((part) => `[${part}]`).join(''));
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());
const pair = fc
  .tuple(keyOf, value, fc.boolean())
  .map(([key, text, plain]) => (plain ? `${key}=${text}` : `${escaped(key)}=${escaped(text)}`));
const fields = fc.array(pair, { maxLength: 12 }).map((pairs) => pairs.join('&'));
const rubbish = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const body = fc.oneof({ weight: 4, arbitrary: fields.map((text) => Buffer.from(text)) }, rubbish);
const id = fc.oneof(
  fc.constantFrom('pi_x', 'pm_card_visa', '__proto__', 'constructor', '%00', '%', '..', 'x%2Fy'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map(escaped),
);
const route = fc.constantFrom(...ROUTES);

/** Whatever was sent: an answer that the dialect documents, and no other. */
function expectDocumented({ status, body: answer, text, headers }: RawReply): void {
  if (status === 200) expect(typeof answer.object).toBe('string');
  else {
    expect([400, 401, 402, 403, 404, 413, 415, 431]).toContain(status);
    expect(['invalid_request_error', 'card_error', 'idempotency_error']).toContain(
      answer.error.type,
    );
    expect(answer.error.message).toMatch(/\S/);
    // A hostile request does not become its own answer.
    expect(text.length).toBeLessThan(20_000);
  }
  expect(headers['content-type']).toBe('application/json');
  expect(tender.errors.splice(0)).toEqual([]);
}

const settings = { numRuns: RUNS, seed: SEED, endOnFailure: true };

/** Only what HTTP lets into a request line. */
const inLine = (text: string): string => text.replace(/[^!-~]/g, (one) => escaped(one) || '%00');

describe('rubbish', () => {
  test('in bodies is refused', { timeout: 180_000 }, async () => {
    const property = fc.asyncProperty(route, id, body, async ([, path], one, bytes) => {
      const at = inLine(path.replace('{id}', one));
      expectDocumented(await raw('POST', at, { form: bytes }));
    });
    await fc.assert(property, { ...settings, numRuns: RUNS * 5 });
  });

  test('in queries is refused', { timeout: 180_000 }, async () => {
    const reads = fc.constantFrom(...ROUTES.filter(([method]) => method !== 'POST'));
    const property = fc.asyncProperty(reads, id, fields, async ([method, path], one, query) => {
      const at = inLine(`${path.replace('{id}', one)}?${query}`).slice(0, 8_000);
      expectDocumented(await raw(method, at));
    });
    await fc.assert(property, { ...settings, numRuns: RUNS * 3 });
  });

  test('in paths is refused', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).map(inLine);
    const segments = fc.array(fc.oneof(text, name.map(inLine)), { maxLength: 6 });
    const method = fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'TRACE', 'PROPFIND');
    const property = fc.asyncProperty(method, segments, async (verb, parts) => {
      expectDocumented(await raw(verb, `/v1/${parts.join('/')}`));
    });
    await fc.assert(property, settings);
  });

  test('in headers is refused', async () => {
    const text = fc.string({ maxLength: 300 }).map((one) => one.replace(/[^\t -~]/g, 'ÿ'));
    const names = [
      'authorization',
      'stripe-version',
      'stripe-account',
      'stripe-context',
      'idempotency-key',
      'content-type',
      'accept',
      'origin',
      'x-stripe-client-telemetry',
      'access-control-request-headers',
    ];
    const headers = fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 4 });
    const property = fc.asyncProperty(headers, route, async (sent, [method, path]) => {
      const options = { headers: sent, ...(method === 'POST' ? { form: 'amount=1' } : {}) };
      expectDocumented(await raw(method, path, options));
    });
    await fc.assert(property, settings);
  });

  test('as types of every known parameter is refused', async () => {
    const shape = fc.constantFrom('', '[]', '[0]', '[a]', '[0][a]', '[a][0]', '[][]', '[a][b][c]');
    const known = fc.constantFrom(...NAMES);
    const one = fc.tuple(known, shape, fc.constantFrom(...VALUES));
    const property = fc.asyncProperty(route, fc.array(one, { maxLength: 6 }), async (to, sent) => {
      const [, path] = to;
      const pairs = sent.map(([key, end, text]) => `${key}${end}=${text}`);
      const base = 'amount=2000&currency=usd';
      const options = { form: Buffer.from([base, ...pairs].join('&')) };
      expectDocumented(await raw('POST', path.replace('{id}', 'pi_x'), options));
    });
    await fc.assert(property, { ...settings, numRuns: RUNS * 3 });
  });
});

describe('a valid payment', () => {
  test('with one wrong thing in it is refused or made, never broken', async () => {
    const property = fc.asyncProperty(keyOf, value, async (key, text) => {
      const valid =
        'amount=2000&currency=usd&payment_method_types[]=card&payment_method=pm_card_visa' +
        '&confirm=true';
      const form = Buffer.from(`${valid}&${escaped(key)}=${escaped(text)}`);
      expectDocumented(await raw('POST', '/v1/payment_intents', { form }));
    });
    await fc.assert(property, { ...settings, numRuns: RUNS * 2 });
  });
});

test('afterwards the server is as it was', async () => {
  const { status, body: made } = await raw('POST', '/v1/payment_intents', {
    form:
      'amount=2000&currency=usd&payment_method_types[]=card&payment_method=pm_card_visa' +
      '&confirm=true',
  });
  expect([status, made.status]).toEqual([200, 'succeeded']);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(tender.engine.queued).toBe(0);
});
