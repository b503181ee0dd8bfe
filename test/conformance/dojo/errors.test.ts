import { describe, expect, test } from 'vitest';
import { MINIMAL, NEWEST, ok, problem, useDojo } from './client.js';

const tender = useDojo();

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a key', () => {
  test.each([
    ['raw, as Dojo has it', (key: string) => `Basic ${key}`],
    ['in base64, with a colon', (key: string) => `Basic ${base64(`${key}:`)}`],
    ['as a bearer', (key: string) => `Bearer ${key}`],
    ['with the scheme in lower case', (key: string) => `basic ${key}`],
    ['of older integrations', (key: string) => `Basic ${key.replace('sandbox', 'test')}`],
  ])('opens its account %s', async (_, header) => {
    const { dojo, name, newIntent } = tender.newShop();
    const { id } = await newIntent();
    const authorization = header(`sk_sandbox_${name}`);
    expect(await ok(dojo.get(`/payment-intents/${id}`, { authorization }))).toHaveProperty(
      'id',
      id,
    );
  });

  test.each([
    ['is missing', ''],
    ['is none', 'Basic nobody'],
    ['is of production', 'Basic sk_live_abcdefgh'],
    ['comes by another scheme', 'Digest sk_sandbox_abc'],
  ])('that %s is a 401', async (_, authorization) => {
    const { dojo } = tender.newShop();
    const refused = await problem(dojo.post('/payment-intents', MINIMAL, { authorization }), 401);
    expect(refused).toMatchObject({ title: 'Unauthorized', errors: {} });
  });

  test('of a browser is a 403', async () => {
    const { dojo, name } = tender.newShop();
    const authorization = `Basic pk_test_${name}`;
    const refused = await problem(dojo.post('/payment-intents', MINIMAL, { authorization }), 403);
    expect(refused.title).toBe('Forbidden');
  });

  test('that is restricted to parts of the Stripe dialect is a 403', async () => {
    const { dojo, stripe } = tender.newShop();
    const fields = { type: 'restricted', permissions: { charge: 'read' } };
    const made = await stripe.rawRequest('POST', '/v1/api_keys', fields);
    const authorization = `Basic ${(made as unknown as { secret: string }).secret}`;
    await problem(dojo.post('/payment-intents', MINIMAL, { authorization }), 403);
  });

  test('opens nothing of another account', async () => {
    const { newIntent } = tender.newShop();
    const { dojo } = tender.newShop();
    const { id } = await newIntent();
    const path = `/payment-intents/${id}`;
    const amount = MINIMAL.amount;
    await problem(dojo.get(path), 404);
    await problem(dojo.del(path), 404);
    await problem(dojo.post(`${path}/captures`, { amount: 1 }), 404);
    await problem(dojo.post(`${path}/charge`), 404);
    await problem(dojo.post(`${path}/refresh-client-session-secret`), 404);
    await problem(dojo.post(`${path}/tips-amount`, { tipsAmount: amount }), 404);
    await problem(dojo.post(`${path}/amount`, { amount }), 404);
    await problem(dojo.post(`${path}/receipt`, { emails: ['a@b.example'] }), 404);
    await problem(dojo.post(`${path}/refunds`, { amount: 1 }, { idempotencyKey: 'a' }), 404);
    await problem(dojo.post(`${path}/reversal`), 404);
  });
});

describe('a request that cannot be understood', () => {
  test.each(['nothing', 'pi_sandbox_0', 'pi_sandbox_000000000000000000000000', '%00', '%E0%A4%A'])(
    'since its id is %s is a 404',
    async (id) => {
      const { dojo } = tender.newShop();
      await problem(dojo.get(`/payment-intents/${id}`), 404);
      await problem(dojo.post(`/payment-intents/${id}/reversal`), 404);
      await problem(dojo.get(`/payment-intents/refunds/${id}`), 404);
    },
  );

  test('since its path is not known is a 404', async () => {
    const { dojo } = tender.newShop();
    expect(await problem(dojo.get('/payment-intents/a/b/c/d'), 404)).toMatchObject({
      type: 'https://tools.ietf.org/html/rfc7231#section-6.5.4',
      title: 'Not Found',
    });
  });

  test('since its method is not known is a 405', async () => {
    const { dojo } = tender.newShop();
    const refused = await problem(dojo.put('/payment-intents', MINIMAL), 405);
    expect(refused.detail).toBe('Allowed: POST.');
  });

  test('since its body is no JSON is a 400 or a 415', async () => {
    const { dojo } = tender.newShop();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await problem(dojo.post('/payment-intents', 'reference=1', form), 415);
    const cut = await problem(dojo.post('/payment-intents', '{"reference":'), 400);
    expect(cut.errors).toEqual({ $: ['The JSON value could not be read. Path: $.'] });
  });

  test('since it is too large is a 413', async () => {
    const { dojo } = tender.newShop();
    const body = { ...MINIMAL, description: 'x'.repeat(4_000_000) };
    await problem(dojo.post('/payment-intents', body), 413);
  });
});

describe('every answer', () => {
  test('of an error has the trace of its request', async () => {
    const { dojo } = tender.newShop();
    const answers = await Promise.all([dojo.get('/payment-intents/x'), dojo.get('/webhooks/x')]);
    for (const { body, headers } of answers) expect(headers.get('traceparent')).toBe(body.traceId);
    expect(answers[0].body.traceId).not.toBe(answers[1].body.traceId);
  });

  test('is the same with a slash at the end of the path', async () => {
    const { dojo } = tender.newShop();
    const { id } = await ok(dojo.post('/payment-intents/', MINIMAL));
    const shown = await ok(dojo.get(`/payment-intents/${id}`));
    expect(await ok(dojo.get(`/payment-intents/${id}/`))).toEqual(shown);
  });

  test('may be read by a page of another origin', async () => {
    const reply = await fetch(`${tender.tender.url}/payment-intents`, { method: 'OPTIONS' });
    expect(reply.status).toBe(204);
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.get('access-control-allow-headers')).toContain('version');
  });
});

describe('the version', () => {
  test('must be sent', async () => {
    const { dojo } = tender.newShop();
    const refused = await problem(dojo.post('/payment-intents', MINIMAL, { version: '' }), 400);
    expect(refused.errors).toEqual({ version: ['The version field is required.'] });
  });

  test.each(['newest', '2025-9-10', '2025-13-01', `${NEWEST}T00:00:00Z`])(
    'must be a date, which %s is not',
    async (version) => {
      const { dojo } = tender.newShop();
      const refused = await problem(dojo.post('/payment-intents', MINIMAL, { version }), 400);
      expect(refused.errors).toHaveProperty('version');
    },
  );
});
