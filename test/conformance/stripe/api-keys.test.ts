import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { type Body, form, type RawReply, rawClient } from './raw-http.js';
import { failure, PAID, useTender } from './shop.js';

const fixture = useTender();

type Call = (method: string, path: string, fields?: Body, headers?: Body) => Promise<RawReply>;

/** Plain requests with a whole key. */
function caller(key: string): Call {
  return async (method, path, fields, headers = {}) => {
    const { raw, close } = rawClient(fixture.tender.port, '');
    const body = fields === undefined ? undefined : form(fields);
    const reply = await raw(method, path, {
      as: null,
      form: body,
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    close();
    return reply;
  };
}

function newShop() {
  const shop = fixture.newShop();
  return { ...shop, call: caller(`sk_test_${shop.name}`) };
}

async function newKey(call: Call, fields: Body): Promise<Body> {
  const { status, body } = await call('POST', '/v1/api_keys', fields);
  expect([status, body.error]).toEqual([200, undefined]);
  return body;
}

function clientOf(key: string): Stripe {
  const { port } = fixture.tender;
  return new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 });
}

const EXPIRED = { status: 401, code: 'api_key_expired' };

describe('a stored key', () => {
  test('opens its account, and its secret is shown once', async () => {
    const { stripe, call } = newShop();
    const customer = await stripe.customers.create({});
    const key = await newKey(call, { type: 'secret', name: 'cron' });
    expect(key).toMatchObject({
      object: 'api_key',
      name: 'cron',
      status: 'active',
      type: 'secret',
    });
    expect((await clientOf(key.secret).customers.retrieve(customer.id)).id).toBe(customer.id);
    const { body: read } = await call('GET', `/v1/api_keys/${key.id}`);
    const { body: listed } = await call('GET', '/v1/api_keys');
    expect(read).not.toHaveProperty('secret');
    expect(listed.data).toEqual([read]);
    const random = key.secret.slice(-32);
    for (const table of ['keys', 'idempotency', 'facts'] as const)
      expect(
        JSON.stringify(await fixture.tender.store.scan(table, null, 1000), plain),
      ).not.toContain(random);
  });

  test('that is publishable opens what a browser may call, and can be read again', async () => {
    const { call } = newShop();
    const key = await newKey(call, { type: 'publishable' });
    expect((await call('GET', `/v1/api_keys/${key.id}`)).body.secret).toBe(key.secret);
    expect((await caller(key.secret)('POST', '/v1/confirmation_tokens', {})).status).toBe(200);
    expect((await caller(key.secret)('GET', '/v1/customers')).status).toBe(403);
  });

  test('that is revoked ends at once with the text for it', async () => {
    const { call } = newShop();
    const { id, secret } = await newKey(call, { type: 'secret' });
    const client = clientOf(secret);
    await client.customers.list();
    const { body } = await call('POST', `/v1/api_keys/${id}/revoke`);
    expect(body).toMatchObject({ status: 'revoked', revoked_at: expect.any(Number) });
    const error = await failure(client.customers.list());
    expect(error).toMatchObject(EXPIRED);
    expect(error.message).toMatch(/^Expired API Key provided: sk_test_\*+\w{4}$/);
    const again = await call('POST', `/v1/api_keys/${id}/revoke`);
    expect(again.status).toBe(400);
  });

  test('that is rolled works on for as long as was said', async () => {
    const { call } = newShop();
    const old = await newKey(call, { type: 'secret', name: 'web' });
    const { body: next } = await call('POST', `/v1/api_keys/${old.id}/roll`, {
      expires_in_hours: 2,
    });
    expect(next.name).toBe('web');
    for (const key of [old, next]) await clientOf(key.secret).customers.list();
    await fixture.tender.advance(2 * 3600);
    expect(await failure(clientOf(old.secret).customers.list())).toMatchObject(EXPIRED);
    await clientOf(next.secret).customers.list();
    const { body: shown } = await call('GET', `/v1/api_keys/${old.id}`);
    expect(shown).toMatchObject({ status: 'expired', replaced_by: next.id });
    await call('POST', `/v1/api_keys/${next.id}/roll`, {});
    expect(await failure(clientOf(next.secret).customers.list())).toMatchObject(EXPIRED);
  });

  test('ends when its time has come', async () => {
    const { call } = newShop();
    const now = Math.floor(fixture.tender.engine.nowMs() / 1000);
    const key = await newKey(call, { type: 'secret', expires_at: now + 60 });
    await clientOf(key.secret).customers.list();
    await fixture.tender.advance(61);
    expect(await failure(clientOf(key.secret).customers.list())).toMatchObject(EXPIRED);
  });

  test('is made as often as it is asked for, whatever the idempotency key', async () => {
    const { call } = newShop();
    const same = { 'idempotency-key': 'once' };
    const one = await call('POST', '/v1/api_keys', { type: 'secret' }, same);
    const two = await call('POST', '/v1/api_keys', { type: 'secret' }, same);
    expect(one.body.id).not.toBe(two.body.id);
  });

  test('is one of a hundred at most', async () => {
    const { call } = newShop();
    const made = await Promise.all(
      Array.from({ length: 101 }, () => call('POST', '/v1/api_keys', { type: 'secret' })),
    );
    expect(made.filter(({ status }) => status === 200)).toHaveLength(100);
    expect((await call('GET', '/v1/api_keys?limit=100')).body.data).toHaveLength(100);
  });

  test('is not made or changed by what is no request for it', async () => {
    const { call } = newShop();
    const { id } = await newKey(call, { type: 'secret' });
    const past = { type: 'secret', expires_at: 1 };
    const replies = await Promise.all([
      call('POST', '/v1/api_keys', {}),
      call('POST', '/v1/api_keys', past),
      call('POST', '/v1/api_keys', { type: 'restricted', 'permissions[nothing]': 'read' }),
      call('POST', '/v1/api_keys', { type: 'restricted', 'permissions[__proto__]': 'read' }),
      call('POST', '/v1/api_keys', { type: 'restricted', 'permissions[charge]': 'all' }),
      call('POST', '/v1/api_keys', { type: 'restricted', 'permissions[charge][a]': 'read' }),
      call('POST', '/v1/api_keys', { type: 'secret', 'permissions[charge]': 'read' }),
      call('POST', `/v1/api_keys/${id}`, { 'permissions[charge]': 'read' }),
      call('POST', `/v1/api_keys/${id}/roll`, { expires_in_hours: 169 }),
      call('POST', '/v1/api_keys', { type: 'secret' }, { 'stripe-account': 'acct_below' }),
      call('GET', '/v1/api_keys/key_none'),
      newShop().call('GET', `/v1/api_keys/${id}`),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 10 }, () => 400),
      404,
      404,
    ]);
  });

  test('cannot be guessed by its shape', async () => {
    const { call } = newShop();
    const { secret } = await newKey(call, { type: 'secret' });
    const head = secret.slice(0, -32);
    for (const key of [head, `${head}${'A'.repeat(32)}`, `${secret}A`, secret.slice(0, -1)]) {
      const { status, body } = await caller(key)('GET', '/v1/api_keys');
      expect([status, body.data]).toEqual([200, []]);
    }
  });
});

describe('a restricted key', () => {
  test('does what its permissions say, and no more', async () => {
    const { stripe, call } = newShop();
    const paid = await stripe.paymentIntents.create(PAID);
    const key = await newKey(call, {
      type: 'restricted',
      'permissions[payment_intent]': 'read',
      'permissions[customer]': 'write',
    });
    expect(key.secret).toMatch(/^rk_test_/);
    const client = clientOf(key.secret);
    expect((await client.paymentIntents.retrieve(paid.id)).id).toBe(paid.id);
    const customer = await client.customers.create({});
    expect((await client.customers.retrieve(customer.id)).id).toBe(customer.id);
    const errors = await Promise.all([
      failure(client.paymentIntents.create(PAID)),
      failure(client.charges.list()),
      failure(client.refunds.create({ payment_intent: paid.id })),
      failure(client.customers.listPaymentMethods(customer.id)),
      failure(client.paymentIntents.retrieve(paid.id, { expand: ['latest_charge'] })),
      failure(client.testHelpers.confirmationTokens.create({})),
    ]);
    const permissions = errors.map(({ message }) => /'(rak_\w+)'/.exec(message)?.[1]);
    expect(permissions).toEqual([
      'rak_payment_intent_write',
      'rak_charge_read',
      'rak_charge_write',
      'rak_payment_method_read',
      'rak_charge_read',
      'rak_confirmation_token_write',
    ]);
    const account = (await stripe.accounts.retrieveCurrent()).id;
    const shown = `rk_test_${'*'.repeat(46)}${key.secret.slice(-4)}`;
    expect(errors[0]).toEqual({
      status: 403,
      type: 'invalid_request_error',
      message:
        `The provided key '${shown}' does not have the required permissions for this endpoint on ` +
        `account '${account}'. Having the 'rak_payment_intent_write' permission would allow this ` +
        'request to continue.',
    });
  });

  test('can be given more, which holds at once', async () => {
    const { call } = newShop();
    const key = await newKey(call, { type: 'restricted' });
    const client = clientOf(key.secret);
    expect((await failure(client.charges.list())).status).toBe(403);
    await call('POST', `/v1/api_keys/${key.id}`, { 'permissions[charge]': 'read' });
    expect((await client.charges.list()).data).toEqual([]);
  });

  test('never makes keys, whatever its permissions', async () => {
    const { call } = newShop();
    const key = await newKey(call, { type: 'restricted', 'permissions[api_key]': 'write' });
    const { status } = await caller(key.secret)('POST', '/v1/api_keys', { type: 'secret' });
    expect(status).toBe(403);
  });

  test('of an open sandbox without permissions does everything', async () => {
    const { name } = newShop();
    expect((await clientOf(`rk_test_${name}`).paymentIntents.create(PAID)).status).toBe(
      'succeeded',
    );
  });
});

describe('an ephemeral key', () => {
  async function newCustomer() {
    const { stripe, call } = newShop();
    const [own, other] = await Promise.all([
      stripe.customers.create({}),
      stripe.customers.create({}),
    ]);
    const made = await stripe.ephemeralKeys.create(
      { customer: own.id },
      { apiVersion: '2026-10-28.endive' },
    );
    return { stripe, call, own, other, made, app: caller(String(made.secret)) };
  }

  test('reads its customer, and attaches, lists and detaches his methods', async () => {
    const { own, made, app } = await newCustomer();
    expect(made).toMatchObject({
      object: 'ephemeral_key',
      associated_objects: [{ id: own.id, type: 'customer' }],
      expires: made.created + 3600,
    });
    expect((await app('GET', `/v1/customers/${own.id}`)).body.id).toBe(own.id);
    const attached = await app('POST', '/v1/payment_methods/pm_card_visa/attach', {
      customer: own.id,
    });
    expect(attached.status).toBe(200);
    const { body } = await app('GET', `/v1/payment_methods?customer=${own.id}&type=card`);
    expect(body.data).toHaveLength(1);
    const detached = await app('POST', `/v1/payment_methods/${attached.body.id}/detach`);
    expect(detached.status).toBe(200);
  });

  test('opens nothing of anybody else’s', async () => {
    const { stripe, other, own, app } = await newCustomer();
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: other.id });
    const replies = await Promise.all([
      app('GET', `/v1/customers/${other.id}`),
      app('GET', '/v1/customers'),
      app('POST', `/v1/customers/${own.id}`, { name: 'x' }),
      app('GET', `/v1/payment_methods?customer=${other.id}`),
      app('GET', '/v1/payment_methods'),
      app('GET', `/v1/payment_methods/${method.id}`),
      app('GET', `/v1/customers/${other.id}/payment_methods`),
      app('POST', '/v1/payment_methods/pm_card_visa/attach', { customer: other.id }),
      app('POST', `/v1/payment_methods/${method.id}/detach`),
      app('POST', '/v1/payment_methods/pm_none/detach'),
      app('POST', '/v1/ephemeral_keys', { customer: own.id }),
      app('POST', '/v1/tokens', { 'cvc_update[cvc]': '123' }),
      app('GET', `/v1/customers/${own.id}`, undefined, { 'stripe-account': 'acct_x' }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 403));
  });

  test('ends after an hour or when it is deleted, and is forgotten a day later', async () => {
    const { stripe, own, made, app } = await newCustomer();
    const path = `/v1/customers/${own.id}`;
    await stripe.ephemeralKeys.del(made.id);
    expect(await app('GET', path)).toMatchObject({ status: 401 });
    const late = await newCustomer();
    expect((await late.app('GET', `/v1/customers/${late.own.id}`)).status).toBe(200);
    await fixture.tender.advance(3600);
    const { body } = await late.app('GET', `/v1/customers/${late.own.id}`);
    expect(body.error.code).toBe('api_key_expired');
    await fixture.tender.advance(86_400);
    const left = await fixture.tender.store.scan('keys', null, 1000);
    expect(left.filter(({ id }) => id === late.made.id)).toEqual([]);
  });

  test('is made for a customer who is there, with the version of the app', async () => {
    const { stripe, call, own, made } = await newCustomer();
    const bare = await call('POST', '/v1/ephemeral_keys', { customer: own.id });
    expect(bare.body.error.message).toContain('Stripe-Version');
    const version = { 'stripe-version': '2026-10-28.endive' };
    for (const fields of [{}, { customer: 'cus_none' }, { issuing_card: 'ic_1' }]) {
      const { status } = await call('POST', '/v1/ephemeral_keys', fields, version);
      expect(status).toBe(400);
    }
    expect((await call('GET', `/v1/api_keys/${made.id}`)).status).toBe(404);
    expect((await failure(stripe.ephemeralKeys.del('ephkey_none'))).status).toBe(404);
  });
});

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
