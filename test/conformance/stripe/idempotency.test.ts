import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Body, form, type Raw, type RawReply, rawClient } from './raw-http.js';

let tender: TestTender;
let raw: Raw;
let close: () => void;
let keys = 0;

beforeAll(async () => {
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, newName()));
});

afterEach(() => expect(tender.errors.splice(0)).toEqual([]));

afterAll(async () => {
  close();
  await tender.stop();
});

const PATH = '/v1/payment_intents';
const PAYMENT = form({ amount: 2000, currency: 'usd', 'payment_method_types[0]': 'card' });
const PAID = `${PAYMENT}&payment_method=pm_card_visa&confirm=true`;

const newKey = (): string => `key-${++keys}`;

function post(path: string, fields: string, key: string, as?: string): Promise<RawReply> {
  const headers = { 'idempotency-key': key };
  return raw('POST', path, { form: fields, headers, ...(as === undefined ? {} : { as }) });
}

async function intents(as?: string): Promise<Body[]> {
  const { body } = await raw('GET', `${PATH}?limit=100`, as === undefined ? {} : { as });
  return body.data;
}

/** Both are the same answer, of which the second is a replay. */
function expectReplay(first: RawReply, second: RawReply): void {
  expect(second.status).toBe(first.status);
  expect(second.text).toBe(first.text);
  expect(first.headers['idempotent-replayed']).toBeUndefined();
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
  expect(first.headers['original-request']).toBe(first.headers['request-id']);
  expect(second.headers['original-request']).toBe(first.headers['request-id']);
  expect(second.headers['request-id']).not.toBe(first.headers['request-id']);
}

describe('the same request again', () => {
  test('is answered with the same bytes, and does nothing', async () => {
    const as = newName();
    const key = newKey();
    const first = await post(PATH, PAID, key, as);
    expect(first.headers['idempotency-key']).toBe(key);
    expectReplay(first, await post(PATH, PAID, key, as));
    expect(await intents(as)).toHaveLength(1);
  });

  test('is the first answer, whatever happened since', async () => {
    const key = newKey();
    const first = await post(PATH, PAYMENT, key);
    await post(`${PATH}/${first.body.id}/cancel`, '', newKey());
    expectReplay(first, await post(PATH, PAYMENT, key));
  });

  test('is the same decline', async () => {
    const { body } = await post(PATH, PAYMENT, newKey());
    const key = newKey();
    const again = () =>
      post(`${PATH}/${body.id}/confirm`, 'payment_method=pm_card_chargeDeclined', key);
    const first = await again();
    expect(first.status).toBe(402);
    expectReplay(first, await again());
    const charges = await raw('GET', `/v1/charges?payment_intent=${body.id}`);
    expect(charges.body.data).toHaveLength(1);
  });

  test('is the same refusal of what was begun, even where it would now succeed', async () => {
    const held = `${PAID}&capture_method=manual`;
    const { body } = await post(PATH, held.replace('&confirm=true', ''), newKey());
    const key = newKey();
    const first = await post(`${PATH}/${body.id}/capture`, '', key);
    expect([first.status, first.body.error.code]).toEqual([400, 'payment_intent_unexpected_state']);
    await post(`${PATH}/${body.id}/confirm`, '', newKey());
    expectReplay(first, await post(`${PATH}/${body.id}/capture`, '', key));
    const missing = newKey();
    const none = await post(`${PATH}/pi_none/cancel`, '', missing);
    expect(none.status).toBe(404);
    expectReplay(none, await post(`${PATH}/pi_none/cancel`, '', missing));
  });

  test.each([
    ['/v1/customers', 'name=A'],
    ['/v1/payment_methods', 'type=card&card[token]=tok_visa'],
    ['/v1/tokens', 'cvc_update[cvc]=123'],
    ['/v1/webhook_endpoints', 'url=http%3A%2F%2F127.0.0.1%3A9%2F&enabled_events[]=account.updated'],
  ])('is a replay at %s', async (path, fields) => {
    const key = newKey();
    expectReplay(await post(path, fields, key), await post(path, fields, key));
  });

  test('is a replay of refunds, captures and updates', async () => {
    const paid = await post(PATH, PAID, newKey());
    const held = await post(PATH, `${PAID}&capture_method=manual`, newKey());
    const customer = await post('/v1/customers', 'name=A', newKey());
    for (const [path, fields] of [
      ['/v1/refunds', `payment_intent=${paid.body.id}&amount=500`],
      [`${PATH}/${held.body.id}/capture`, 'amount_to_capture=700'],
      [`/v1/customers/${customer.body.id}`, 'name=B'],
      [`${PATH}/${paid.body.id}`, 'metadata[a]=b'],
    ] as const) {
      const key = newKey();
      expectReplay(await post(path, fields, key), await post(path, fields, key));
    }
    const { body } = await raw('GET', `/v1/charges/${paid.body.latest_charge}`);
    expect(body.amount_refunded).toBe(500);
  });
});

describe('a key that was used', () => {
  test('with other parameters', async () => {
    const key = newKey();
    await post(PATH, PAYMENT, key);
    const { status, body } = await post(PATH, `${PAYMENT}&description=other`, key);
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        message:
          'Keys for idempotent requests can only be used with the same parameters they were ' +
          `first used with. Try using a key other than '${key}' if you meant to execute a ` +
          'different request.',
        type: 'idempotency_error',
      },
    });
  });

  test('at another path', async () => {
    const key = newKey();
    await post(PATH, PAYMENT, key);
    const { status, body, headers } = await post('/v1/customers', '', key);
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        message:
          'Keys for idempotent requests can only be used for the same endpoint they were first ' +
          `used for ('/v1/payment_intents' vs '/v1/customers'). Try using a key other than ` +
          `'${key}' if you meant to execute a different request.`,
        type: 'idempotency_error',
      },
    });
    expect(headers['idempotent-replayed']).toBeUndefined();
    const again = await post(PATH, PAYMENT, key);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  test('for what failed before it began may be used for what is right', async () => {
    const key = newKey();
    for (const fields of ['amount=abc&currency=usd', 'amount=2000', `${PAYMENT}&wat=1`]) {
      const refused = await post(PATH, fields, key);
      expect(refused.status).toBe(400);
      expect(refused.headers['original-request']).toBeUndefined();
    }
    const wrongKey = await raw('POST', PATH, {
      as: null,
      form: PAYMENT,
      headers: { 'idempotency-key': key },
    });
    expect(wrongKey.status).toBe(401);
    const { status, headers } = await post(PATH, PAYMENT, key);
    expect([status, headers['idempotent-replayed']]).toEqual([200, undefined]);
  });

  test('by another account, or for a connected one, is another', async () => {
    const [a, b] = [newName(), newName()];
    const key = newKey();
    const first = await post(PATH, PAYMENT, key, a);
    const second = await post(PATH, PAYMENT, key, b);
    const third = await raw('POST', PATH, {
      as: a,
      form: PAYMENT,
      headers: { 'idempotency-key': key, 'stripe-account': 'acct_1Below' },
    });
    const ids = [first, second, third].map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('a key itself', () => {
  test('has at most 255 characters', async () => {
    const longest = `${newKey()}-`.padEnd(255, 'x');
    expectReplay(await post(PATH, PAYMENT, longest), await post(PATH, PAYMENT, longest));
    const { status, body } = await post(PATH, PAYMENT, `${longest}x`);
    expect(status).toBe(400);
    expect(body.error).toEqual({
      message: 'Idempotency keys can be at most 255 characters; this one has 256.',
      type: 'invalid_request_error',
    });
  });

  test.each(["a'b", 'a b', 'ÿé', '../../x', '{"a":1}', '%00', '*'])('may be %s', async (key) => {
    const as = newName();
    expectReplay(await post(PATH, PAYMENT, key, as), await post(PATH, PAYMENT, key, as));
  });

  test('means nothing to a read', async () => {
    const headers = { 'idempotency-key': newKey() };
    const as = newName();
    const before = await raw('GET', PATH, { as, headers });
    await raw('POST', PATH, { as, form: PAYMENT });
    const after = await raw('GET', PATH, { as, headers });
    expect([before.body.data.length, after.body.data.length]).toEqual([0, 1]);
    expect(after.headers['idempotent-replayed']).toBeUndefined();
    expect(after.headers['idempotency-key']).toBeUndefined();
  });

  test('appears in the events of what it did', async () => {
    const as = newName();
    const key = newKey();
    const { headers } = await post(PATH, PAYMENT, key, as);
    const { body } = await raw('GET', '/v1/events', { as });
    expect(body.data[0].request).toEqual({ id: headers['request-id'], idempotency_key: key });
  });
});

describe('at the same moment', () => {
  test('100 of one request make one payment', async () => {
    const as = newName();
    const key = newKey();
    const replies = await Promise.all(Array.from({ length: 100 }, () => post(PATH, PAID, key, as)));
    const first = replies.filter(({ headers }) => headers['idempotent-replayed'] === undefined);
    expect(first.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const reply of replies) {
      if (reply.status === 409) expect(reply.body.error.code).toBe('idempotency_key_in_use');
      else expect([reply.status, reply.text]).toEqual([200, first[0]?.text]);
    }
    expect(await intents(as)).toHaveLength(1);
    const charges = await raw('GET', '/v1/charges', { as });
    expect(charges.body.data).toHaveLength(1);
  });

  test('20 confirms with keys of their own charge once', async () => {
    const created = await post(PATH, PAYMENT, newKey());
    const path = `${PATH}/${created.body.id}/confirm`;
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => post(path, 'payment_method=pm_card_visa', newKey())),
    );
    const codes = replies.map(({ status, body }) => [status, body.error?.code]);
    expect(codes.filter(([status]) => status === 200)).toHaveLength(1);
    expect(codes.filter(([, code]) => code === 'payment_intent_unexpected_state')).toHaveLength(19);
    const charges = await raw('GET', `/v1/charges?payment_intent=${created.body.id}`);
    expect(charges.body.data).toHaveLength(1);
  });

  test('refunds never exceed what was paid', async () => {
    const paid = await post(PATH, PAID, newKey());
    const fields = `payment_intent=${paid.body.id}&amount=300`;
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => post('/v1/refunds', fields, newKey())),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(6);
    expect(replies.filter(({ status }) => status === 400)).toHaveLength(4);
    const { body } = await raw('GET', `/v1/charges/${paid.body.latest_charge}`);
    expect([body.amount_refunded, body.refunded]).toEqual([1800, false]);
  });

  test('a capture and a cancel: one of the two', async () => {
    const { body } = await post(PATH, `${PAID}&capture_method=manual`, newKey());
    const replies = await Promise.all([
      post(`${PATH}/${body.id}/capture`, '', newKey()),
      post(`${PATH}/${body.id}/cancel`, '', newKey()),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});
