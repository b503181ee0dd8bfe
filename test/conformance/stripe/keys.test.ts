import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Body, form, type Raw, rawClient } from './raw-http.js';
import { BROWSER_FIELDS } from './shop.js';

let tender: TestTender;
let raw: Raw;
let close: () => void;
const NAME = newName();
const PAGE = { as: null, headers: { authorization: `Bearer pk_test_${NAME}` } };

beforeAll(async () => {
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, NAME));
});

afterEach(() => expect(tender.errors.splice(0)).toEqual([]));

afterAll(async () => {
  close();
  await tender.stop();
});

const PAYMENT = form({ amount: 2000, currency: 'usd', 'payment_method_types[0]': 'card' });

async function made(path: string, fields: string, as: string = NAME): Promise<Body> {
  const { status, body } = await raw('POST', path, { as, form: fields });
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  return body;
}

describe('a publishable key', () => {
  test.each([
    ['POST', '/v1/payment_intents'],
    ['GET', '/v1/payment_intents'],
    ['POST', '/v1/payment_intents/pi_1'],
    ['POST', '/v1/payment_intents/pi_1/capture'],
    ['POST', '/v1/payment_intents/pi_1/cancel'],
    ['GET', '/v1/payment_methods'],
    ['GET', '/v1/payment_methods/pm_1'],
    ['POST', '/v1/payment_methods/pm_1'],
    ['POST', '/v1/payment_methods/pm_1/attach'],
    ['POST', '/v1/customers'],
    ['GET', '/v1/customers'],
    ['GET', '/v1/customers/cus_1'],
    ['DELETE', '/v1/customers/cus_1'],
    ['GET', '/v1/charges'],
    ['GET', '/v1/charges/ch_1'],
    ['POST', '/v1/refunds'],
    ['GET', '/v1/balance'],
    ['GET', '/v1/balance_transactions'],
    ['GET', '/v1/account'],
    ['GET', '/v1/events'],
    ['POST', '/v1/webhook_endpoints'],
  ])('may not %s %s', async (method, path) => {
    const { status, body } = await raw(method, path, PAGE);
    expect(status).toBe(403);
    expect(body.error).toEqual({
      code: 'secret_key_required',
      doc_url: 'https://stripe.com/docs/error-codes/secret-key-required',
      message:
        'This API call cannot be made with a publishable API key. Please use a secret API key. ' +
        'You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
      type: 'invalid_request_error',
    });
  });

  test('makes tokens and payment methods', async () => {
    const card =
      'card[number]=4242424242424242&card[exp_month]=4&card[exp_year]=2040&card[cvc]=123';
    const token = await raw('POST', '/v1/tokens', { ...PAGE, form: card });
    expect([token.status, token.body.object]).toEqual([200, 'token']);
    const method = await raw('POST', '/v1/payment_methods', { ...PAGE, form: `type=card&${card}` });
    expect([method.status, method.body.object]).toEqual([200, 'payment_method']);
    expect(method.body.card).not.toHaveProperty('fingerprint');
    expect(method.body).not.toHaveProperty('metadata');
  });

  test('reads and confirms an intent whose secret it has', async () => {
    const { id, client_secret } = await made('/v1/payment_intents', PAYMENT);
    const path = `/v1/payment_intents/${id}`;
    const read = await raw('GET', `${path}?client_secret=${client_secret}`, PAGE);
    expect(read.body.status).toBe('requires_payment_method');
    const fields = form({ client_secret, payment_method: 'pm_card_visa', key: `pk_test_${NAME}` });
    const paid = await raw('POST', `${path}/confirm`, { ...PAGE, form: fields });
    expect(paid.body.status).toBe('succeeded');
  });

  test('sees only what a browser may see', async () => {
    const customer = await made('/v1/customers', 'email=a@example.com&metadata[secret]=yes');
    const fields = form({ customer: customer.id, 'metadata[secret]': 'yes', confirm: true });
    const { id, client_secret } = await made(
      '/v1/payment_intents',
      `${PAYMENT}&${fields}&payment_method=pm_card_visa`,
    );
    const expand = ['payment_method.customer', 'customer', 'latest_charge']
      .map((field) => `expand[]=${field}`)
      .join('&');
    const { body, text } = await raw(
      'GET',
      `/v1/payment_intents/${id}?client_secret=${client_secret}&${expand}`,
      PAGE,
    );
    // The fields of a recorded answer, and no other.
    expect(Object.keys(body).sort()).toEqual(BROWSER_FIELDS);
    expect(body.payment_method.card).not.toHaveProperty('fingerprint');
    expect(text).not.toContain('"secret":');
    expect(text).not.toContain('a@example.com');
  });

  test('needs the secret, and the right one', async () => {
    const { id } = await made('/v1/payment_intents', PAYMENT);
    const path = `/v1/payment_intents/${id}`;
    const without = await raw('GET', path, PAGE);
    expect(without.status).toBe(400);
    expect(without.body.error).toMatchObject({
      code: 'parameter_missing',
      message: 'Missing required param: client_secret.',
      param: 'client_secret',
    });
    for (const wrong of [`${id}_secret_${'a'.repeat(25)}`, 'x', `${id}_secret_`]) {
      for (const [method, end, options] of [
        ['GET', `?client_secret=${wrong}`, PAGE],
        ['POST', '/confirm', { ...PAGE, form: `client_secret=${wrong}` }],
        ['GET', `?client_secret=${wrong}`, {}],
      ] as const) {
        const { status, body } = await raw(method, path + end, options);
        expect(status).toBe(400);
        expect(body.error.code).toBe('payment_intent_invalid_parameter');
        expect(body.error.param).toBe('client_secret');
      }
    }
    expect((await raw('GET', path)).body.status).toBe('requires_payment_method');
  });

  test('does not learn from a refusal what it may not read', async () => {
    const { id, client_secret } = await made(
      '/v1/payment_intents',
      `${PAYMENT}&metadata[hidden]=here`,
    );
    const fields = form({ client_secret, payment_method: 'pm_card_chargeDeclined' });
    const { status, body, text } = await raw('POST', `/v1/payment_intents/${id}/confirm`, {
      ...PAGE,
      form: fields,
    });
    expect([status, body.error.code]).toEqual([402, 'card_declined']);
    expect(text).not.toContain('hidden');
    expect(text).not.toContain('fingerprint');
    expect(body.error.payment_intent).not.toHaveProperty('latest_charge');
  });
});

/** One of everything that this version has. */
async function belongings(): Promise<Record<string, string>> {
  const customer = await made('/v1/customers', 'name=Owner');
  const method = await made('/v1/payment_methods', 'type=card&card[token]=tok_visa');
  await made(`/v1/payment_methods/${method.id}/attach`, `customer=${customer.id}`);
  const pay = `customer=${customer.id}&payment_method=${method.id}&confirm=true`;
  const paid = await made('/v1/payment_intents', `${PAYMENT}&${pay}`);
  const refund = await made('/v1/refunds', `payment_intent=${paid.id}&amount=100`);
  const charge = (await raw('GET', `/v1/charges/${paid.latest_charge}`)).body;
  const token = await made('/v1/tokens', 'cvc_update[cvc]=123');
  const hook = await made(
    '/v1/webhook_endpoints',
    'url=http%3A%2F%2F127.0.0.1%3A9%2F&enabled_events[]=account.updated',
  );
  const events = await raw('GET', '/v1/events?limit=1');
  return {
    customer: customer.id,
    method: method.id,
    intent: paid.id,
    refund: refund.id,
    charge: charge.id,
    transaction: charge.balance_transaction,
    token: token.id,
    hook: hook.id,
    event: events.body.data[0].id,
  };
}

const FOREIGN: readonly [method: string, path: string, fields?: string][] = [
  ['GET', '/v1/payment_intents/{intent}'],
  ['POST', '/v1/payment_intents/{intent}', 'description=mine'],
  ['POST', '/v1/payment_intents/{intent}/confirm', 'payment_method=pm_card_visa'],
  ['POST', '/v1/payment_intents/{intent}/capture'],
  ['POST', '/v1/payment_intents/{intent}/cancel'],
  ['GET', '/v1/payment_intents?starting_after={intent}'],
  ['POST', '/v1/payment_intents', `${PAYMENT}&customer={customer}`],
  ['POST', '/v1/payment_intents', `${PAYMENT}&payment_method={method}`],
  ['GET', '/v1/payment_methods/{method}'],
  ['POST', '/v1/payment_methods/{method}', 'metadata[a]=b'],
  ['POST', '/v1/payment_methods/{method}/detach'],
  ['POST', '/v1/payment_methods', 'type=card&card[token]={token}'],
  ['GET', '/v1/customers/{customer}'],
  ['POST', '/v1/customers/{customer}', 'name=mine'],
  ['DELETE', '/v1/customers/{customer}'],
  ['GET', '/v1/customers/{customer}/payment_methods'],
  ['GET', '/v1/customers/{customer}/payment_methods/{method}'],
  ['POST', '/v1/customers', 'payment_method={method}'],
  ['GET', '/v1/charges/{charge}'],
  ['POST', '/v1/charges/{charge}', 'description=mine'],
  ['POST', '/v1/charges/{charge}/refunds', 'amount=1'],
  ['GET', '/v1/charges/{charge}/refunds'],
  ['POST', '/v1/refunds', 'charge={charge}'],
  ['POST', '/v1/refunds', 'payment_intent={intent}'],
  ['GET', '/v1/refunds/{refund}'],
  ['POST', '/v1/refunds/{refund}', 'metadata[a]=b'],
  ['GET', '/v1/balance_transactions/{transaction}'],
  ['GET', '/v1/tokens/{token}'],
  ['GET', '/v1/events/{event}'],
  ['GET', '/v1/events?ending_before={event}'],
  ['GET', '/v1/webhook_endpoints/{hook}'],
  ['POST', '/v1/webhook_endpoints/{hook}', 'description=mine'],
  ['DELETE', '/v1/webhook_endpoints/{hook}'],
];

describe('another account’s ids', () => {
  const STRANGER = newName();
  let owned: Record<string, string>;

  beforeAll(async () => {
    owned = await belongings();
  });

  const named = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, kind: string) => String(owned[kind]));

  test.each(FOREIGN)('%s %s: no such object', async (method, path, fields) => {
    const before = await raw('GET', `/v1/payment_intents/${owned.intent}`);
    const options = { as: STRANGER, form: fields === undefined ? undefined : named(fields) };
    const { status, body } = await raw(method, named(path), options);
    expect([400, 404]).toContain(status);
    expect(body.error.code).toBe('resource_missing');
    expect(body.error.message).toMatch(/^No such [\w ]+: '\w+'$/);
    expect(body.error.doc_url).toBe('https://stripe.com/docs/error-codes/resource-missing');
    expect((await raw('GET', `/v1/payment_intents/${owned.intent}`)).body).toEqual(before.body);
  });

  test('of a customer, for a method of one’s own', async () => {
    const method = await made('/v1/payment_methods', 'type=card&card[token]=tok_visa', STRANGER);
    const { status, body } = await raw('POST', `/v1/payment_methods/${method.id}/attach`, {
      as: STRANGER,
      form: `customer=${owned.customer}`,
    });
    expect([status, body.error.code]).toEqual([400, 'resource_missing']);
  });

  test.each([
    '/v1/payment_intents',
    '/v1/customers',
    '/v1/charges',
    '/v1/refunds',
    '/v1/balance_transactions',
    '/v1/events',
    '/v1/webhook_endpoints',
    '/v1/payment_methods?customer={customer}',
    '/v1/payment_intents?customer={customer}',
    '/v1/charges?payment_intent={intent}',
    '/v1/refunds?charge={charge}',
    '/v1/balance_transactions?source={charge}',
  ])('do not appear in %s', async (path) => {
    const { status, body } = await raw('GET', named(path), { as: newName() });
    expect([status, body.data]).toEqual([200, []]);
    expect((await raw('GET', named(path))).body.data.length).toBeGreaterThan(0);
  });
});
