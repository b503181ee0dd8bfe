import { describe, expect, test } from 'vitest';
import { newName } from '../../support/tender.js';
import { form, useRaw } from './raw-http.js';

const NAME = newName();
const { raw } = useRaw(NAME);

const PAYMENT = form({ amount: 2000, currency: 'usd', 'payment_method_types[0]': 'card' });

const SUPPORT = 'Please see https://stripe.com/docs or we can help at https://support.stripe.com/.';

describe('every answer', () => {
  const FIXED = {
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
    'access-control-allow-origin': '*',
    'access-control-expose-headers':
      'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, ' +
      'X-Stripe-Privileged-Session-Required',
    'access-control-max-age': '300',
    'cache-control': 'no-cache, no-store',
    'content-type': 'application/json',
    vary: 'Origin',
  };

  test.each([
    ['of a write', 'POST', '/v1/payment_intents', { form: PAYMENT }, 200],
    ['of a read', 'GET', '/v1/payment_intents', {}, 200],
    ['of a refusal', 'POST', '/v1/payment_intents', { form: 'amount=abc' }, 400],
    ['without a key', 'GET', '/v1/payment_intents', { as: null }, 401],
    ['of an unknown path', 'GET', '/v1/nothing', {}, 404],
  ] as const)('%s has the fixed headers', async (_, method, path, options, status) => {
    const reply = await raw(method, path, options);
    expect(reply.status).toBe(status);
    expect(reply.headers).toMatchObject(FIXED);
    expect(reply.headers['request-id']).toMatch(/^req_[A-Za-z0-9]{14}$/);
    expect(reply.text).toBe(JSON.stringify(reply.body, null, 2));
    const retry = reply.headers['stripe-should-retry'];
    expect(retry).toBe(status === 200 ? undefined : 'false');
  });

  test('has a request id of its own', async () => {
    const [a, b] = await Promise.all([raw('GET', '/v1/charges'), raw('GET', '/v1/charges')]);
    expect(a.headers['request-id']).not.toBe(b.headers['request-id']);
  });

  test('of a browser’s preflight allows what was asked for', async () => {
    const asked = 'authorization,content-type,stripe-version,idempotency-key';
    const headers = {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    };
    const reply = await raw('OPTIONS', '/v1/payment_intents/pi_1/confirm', { as: null, headers });
    expect(reply.status).toBe(200);
    expect(reply.text).toBe('');
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': asked,
      'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
      'access-control-max-age': '300',
    });
    expect(reply.headers['request-id']).toMatch(/^req_/);
  });
});

describe('authentication', () => {
  const NO_KEY =
    'You did not provide an API key. You need to provide your API key in the Authorization ' +
    "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See " +
    'https://stripe.com/docs/api#authentication for details, or we can help at ' +
    'https://support.stripe.com/.';

  test.each([
    ['no header', {}, NO_KEY],
    ['an empty key', { authorization: 'Bearer ' }, NO_KEY],
    ['another scheme', { authorization: 'Digest sk_test_shop' }, NO_KEY],
    [
      'a wrong key, of which only the end is repeated',
      { authorization: 'Bearer sk_test_very-wrong-abcd' },
      'Invalid API Key provided: sk_test_***********abcd',
    ],
    [
      'a live key in a sandbox',
      { authorization: 'Bearer sk_live_0123456789abcdef' },
      'Invalid API Key provided: sk_live_************cdef',
    ],
    [
      'something else altogether',
      { authorization: 'Bearer hunter2hunter2' },
      'Invalid API Key provided: **********ter2',
    ],
  ])('fails with %s', async (_, headers, message) => {
    const reply = await raw('GET', '/v1/balance', { as: null, headers });
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({ error: { message, type: 'invalid_request_error' } });
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="Stripe"');
  });

  test('takes a key as the user of Basic, with and without a colon', async () => {
    for (const user of [`sk_test_${NAME}:`, `sk_test_${NAME}`]) {
      const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
      const reply = await raw('GET', '/v1/account', { as: null, headers: { authorization } });
      expect(reply.status).toBe(200);
      expect(reply.body.object).toBe('account');
    }
  });

  test('takes a publishable key as a form field', async () => {
    const fields = `key=pk_test_${NAME}&type=card&card[token]=tok_visa`;
    const reply = await raw('POST', '/v1/payment_methods', { as: null, form: fields });
    expect(reply.status).toBe(200);
    expect(reply.body.card.last4).toBe('4242');
  });
});

describe('a path that nobody serves', () => {
  test.each([
    ['GET', '/v1/x'],
    ['GET', '/v1/'],
    ['GET', '/v1/payment_intents/pi_1/confirm'],
    ['POST', '/v1/payment_intents/pi_1/wat'],
    ['PUT', '/v1/payment_intents/pi_1'],
    ['PATCH', '/v1/customers/cus_1'],
    ['DELETE', '/v1/payment_intents/pi_1'],
    ['DELETE', '/v1/charges'],
    ['POST', '/v1/events'],
    ['GET', '/v1/payment_intents/'],
    ['GET', '/v1/payment_intents//confirm'],
    ['GET', '/v1/customers/%zz'],
    ['GET', '/v1/customers/a%00b'],
    ['TRACE', '/v1/balance'],
  ])('%s %s is 404', async (method, path) => {
    const reply = await raw(method, path);
    expect(reply.status).toBe(404);
    const message = `Unrecognized request URL (${method}: ${path}). ${SUPPORT}`;
    expect(reply.body).toEqual({ error: { message, type: 'invalid_request_error' } });
  });

  test('HEAD has the status and no body', async () => {
    const reply = await raw('HEAD', '/v1/x');
    expect([reply.status, reply.text]).toEqual([404, '']);
  });

  test('percent-encoding in an id is the id', async () => {
    const { body } = await raw('POST', '/v1/payment_intents', { form: PAYMENT });
    const encoded = String(body.id).replace('_', '%5F');
    expect((await raw('GET', `/v1/payment_intents/${encoded}`)).body.id).toBe(body.id);
  });
});

describe('Stripe-Version', () => {
  const get = (version: string) =>
    raw('GET', '/v1/balance', { headers: { 'stripe-version': version } });

  test('is the newest one where none is asked for', async () => {
    const { headers } = await raw('GET', '/v1/balance');
    expect(headers['stripe-version']).toBe('2026-10-28.endive');
  });

  test.each([
    '2026-06-24.dahlia',
    '2026-07-29.dahlia',
    '2023-08-16',
    '2020-08-27',
    '2026-10-28.endive',
  ])('%s is echoed', async (version) => {
    const { status, headers } = await get(version);
    expect([status, headers['stripe-version']]).toEqual([200, version]);
  });

  test('may name preview features', async () => {
    const { status, headers } = await get('2026-10-28.endive; custom_checkout_beta=v1');
    expect([status, headers['stripe-version']]).toEqual([200, '2026-10-28.endive']);
  });

  test.each(['latest', '2023', '2023-8-16', '2023-08-16x', 'X'])(
    '%s is refused',
    async (version) => {
      const { status, body, headers } = await get(version);
      expect(status).toBe(400);
      expect(body).toEqual({
        error: {
          message: `Invalid Stripe API version: ${version}`,
          type: 'invalid_request_error',
        },
      });
      expect(headers['stripe-version']).toBeUndefined();
    },
  );
});

describe('Stripe-Account', () => {
  const connected = { 'stripe-account': 'acct_1Connected' };

  test('is echoed, and has data of its own', async () => {
    const made = await raw('POST', '/v1/payment_intents', { form: PAYMENT, headers: connected });
    expect(made.headers['stripe-account']).toBe('acct_1Connected');
    const path = `/v1/payment_intents/${made.body.id}`;
    expect((await raw('GET', path, { headers: connected })).body).toEqual(made.body);
    expect((await raw('GET', path)).status).toBe(404);
    const account = await raw('GET', '/v1/account', { headers: connected });
    expect(account.body.id).toBe('acct_1Connected');
  });

  test('is below its platform: another platform’s of the same name is another', async () => {
    const made = await raw('POST', '/v1/customers', { form: 'name=A', headers: connected });
    const path = `/v1/customers/${made.body.id}`;
    expect((await raw('GET', path, { headers: connected })).status).toBe(200);
    const other = await raw('GET', path, { as: newName(), headers: connected });
    expect(other.status).toBe(404);
  });

  test('may be one’s own', async () => {
    const { body, headers } = await raw('GET', '/v1/account');
    expect(headers['stripe-account']).toBeUndefined();
    const made = await raw('POST', '/v1/customers', { form: 'name=B' });
    const own = { 'stripe-account': body.id };
    expect((await raw('GET', `/v1/customers/${made.body.id}`, { headers: own })).status).toBe(200);
  });

  test.each(['acct_', 'cus_1', 'acct_a-b', "acct_'; drop", 'acct_ü'])(
    '%s is refused',
    async (id) => {
      const reply = await raw('GET', '/v1/balance', { headers: { 'stripe-account': id } });
      expect(reply.status).toBe(403);
      expect(reply.body.error).toEqual({
        code: 'account_invalid',
        doc_url: 'https://stripe.com/docs/error-codes/account-invalid',
        message:
          `The provided key does not have access to account '${id}' (or that account does not ` +
          'exist). Application access may have been revoked.',
        type: 'invalid_request_error',
      });
    },
  );
});

describe('the content type of a body', () => {
  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain'])(
    '%s is refused',
    async (type) => {
      const options = { form: '{"amount":2000}', headers: { 'content-type': type } };
      const reply = await raw('POST', '/v1/payment_intents', options);
      expect(reply.status).toBe(400);
      expect(reply.body).toEqual({
        error: {
          message:
            'Invalid request (check that your POST content type is ' +
            'application/x-www-form-urlencoded). If you have questions, we can help at ' +
            'https://support.stripe.com/.',
          type: 'invalid_request_error',
        },
      });
    },
  );

  test('does not matter where there is no body', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '0' };
    const { status, body } = await raw('POST', '/v1/payment_intents', { headers });
    expect([status, body.error.code]).toEqual([400, 'parameter_missing']);
  });

  test('compressed is refused in the dialect’s form', async () => {
    const options = { form: PAYMENT, headers: { 'content-encoding': 'gzip' } };
    const { status, body } = await raw('POST', '/v1/payment_intents', options);
    expect([status, body.error.type]).toEqual([415, 'invalid_request_error']);
  });
});
