import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/api/dojo/routes.js';
import { type DojoShop, NEWEST, ok, stripeId, useDojo, type Wire } from './client.js';
import { NUMBERS, payable, payWith, send } from './gateway-client.js';

const fixture = useDojo();

const TILL = { 'software-house-id': 'softwareHouse1' };

/** Something of a merchant's of every kind that has an id, by its name in the routes. */
interface Things {
  readonly intent: Wire;
  readonly setup: Wire;
  readonly customer: Wire;
  readonly secret: string;
  readonly subscription: Wire;
  readonly refund: string;
  readonly session: string;
  readonly method: string;
  readonly event: string;
}

async function thingsOf(shop: DojoShop): Promise<Things> {
  const { dojo, stripe } = shop;
  const customer = await ok(dojo.post('/customers', { name: 'Hidden Name' }));
  const { secret } = await ok(dojo.post(`/customers/${customer.id}/create-secret`));
  const saved = await stripe.paymentMethods.attach('pm_card_visa', {
    customer: stripeId(customer.id),
  });
  await stripe.paymentMethods.update(saved.id, { allow_redisplay: 'always' });
  const url = 'http://127.0.0.1:9/hidden';
  const events = ['payment_intent.created'];
  const subscription = await ok(dojo.post('/webhooks', { events, url }));
  const intent = await payable(shop, { description: 'hidden words', metadata: { a: 'hidden' } });
  const paid = await payable(shop);
  await payWith(fixture.tender, paid.clientSessionSecret);
  const refund = await ok(
    dojo.post(`/payment-intents/${paid.id}/refunds`, { amount: 1 }, { idempotencyKey: 'a' }),
  );
  const setup = await ok(
    dojo.post('/setup-intents', {
      reference: 'hidden',
      merchantInitiatedTransactionType: 'Unscheduled',
      terms: 'hidden terms',
    }),
  );
  const [terminal] = await ok(dojo.get('/terminals', TILL));
  const session = await ok(
    dojo.post(
      '/terminal-sessions',
      {
        terminalId: terminal.id,
        details: { sessionType: 'Sale', sale: { paymentIntentId: intent.id } },
      },
      TILL,
    ),
  );
  const deliveries = await ok(dojo.get(`/webhooks/${subscription.id}/deliveries`));
  return {
    intent,
    setup,
    customer,
    secret,
    subscription,
    refund: refund.refundId,
    session: session.id,
    method: saved.id.replace('pm_', 'pm_sandbox_'),
    event: deliveries.data[0].eventId,
  };
}

/** What stands for the names in a route's path, by the path's first segment. */
function pathWith(path: string, things: Things): string {
  const byRoot: Record<string, string> = {
    'payment-intents': things.intent.id,
    'setup-intents': things.setup.id,
    customers: things.customer.id,
    webhooks: things.subscription.id,
    'terminal-sessions': things.session,
  };
  const [, root = ''] = path.split('/');
  return path
    .replace(':refundId', things.refund)
    .replace(':method', things.method)
    .replace(':secret', things.subscription.secrets[0].id)
    .replace(':event', things.event)
    .replace(':id', byRoot[root] ?? 'tm_sandbox_000000000000000000000000');
}

/** A body that is right for each of the operations that demand one. */
function bodyFor(path: string): object {
  const amount = { value: 100, currencyCode: 'GBP' };
  if (path.endsWith('/refunds') || path.endsWith('/captures')) return { amount: 1 };
  if (path.endsWith('/amount')) return { amount };
  if (path.endsWith('/tips-amount')) return { tipsAmount: amount };
  if (path.endsWith('/receipt')) return { emails: ['ada@example.com'] };
  if (path.endsWith('/signature')) return { accepted: true };
  return {};
}

async function call(
  method: string,
  path: string,
  authorization: string,
): Promise<{ status: number; text: string }> {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const reply = await fetch(`${fixture.tender.url}${path}`, {
    method,
    headers: {
      authorization,
      version: NEWEST,
      idempotencyKey: 'mine',
      'content-type': 'application/json',
      ...TILL,
    },
    ...(hasBody ? { body: JSON.stringify(bodyFor(path)) } : {}),
  });
  return { status: reply.status, text: await reply.text() };
}

const named = ROUTES.filter(({ path, by }) => path.includes(':') && by !== 'nobody');

describe('another merchant', () => {
  test('finds nothing of what is named in any route', async () => {
    const [owner, stranger] = [fixture.newShop(), fixture.newShop()];
    const things = await thingsOf(owner);
    const own = await ok(stranger.dojo.post('/customers', {}));
    const { secret } = await ok(stranger.dojo.post(`/customers/${own.id}/create-secret`));
    const before = await ok(owner.dojo.get(`/payment-intents/${things.intent.id}`));
    for (const { method, path, by } of named) {
      const by_ = by === 'customer' ? secret : `sk_sandbox_${stranger.name}`;
      const { status, text } = await call(method, pathWith(path, things), `Basic ${by_}`);
      expect(status, `${method} ${path} ${text}`).toBe(404);
      expect(text.toLowerCase(), path).not.toMatch(/hidden|_sandbox_/);
    }
    expect(await ok(owner.dojo.get(`/payment-intents/${things.intent.id}`))).toEqual(before);
    expect(await ok(owner.dojo.get('/webhooks'))).toEqual([things.subscription]);
    for (const path of ['/payment-intents/search', '/customers/search']) {
      const { data } = await ok(stranger.dojo.post(path, {}));
      for (const { id } of data) expect(id).toBe(own.id);
    }
    expect(await ok(stranger.dojo.get('/webhooks'))).toEqual([]);
  });

  test('cannot name what is not his in a body', async () => {
    const [owner, stranger] = [fixture.newShop(), fixture.newShop()];
    const things = await thingsOf(owner);
    const { dojo } = stranger;
    const base = { amount: { value: 1000, currencyCode: 'GBP' }, reference: 'r' };
    for (const fields of [
      { customer: { id: things.customer.id } },
      { customer: { secret: things.secret } },
      { customer: { id: things.customer.id, secret: things.secret } },
      { customer: { id: things.customer.id, secret: things.secret, savedCardId: things.method } },
      { setupIntentId: things.setup.id },
    ])
      expect((await dojo.post('/payment-intents', { ...base, ...fields })).status).toBe(400);
    const setup = { reference: 'r', merchantInitiatedTransactionType: 'NoShow', terms: 't' };
    const customer = { id: things.customer.id };
    expect((await dojo.post('/setup-intents', { ...setup, customer })).status).toBe(400);
    const [terminal] = await ok(dojo.get('/terminals', TILL));
    const [foreign] = await ok(owner.dojo.get('/terminals', TILL));
    const sale = { paymentIntentId: things.intent.id };
    for (const terminalId of [terminal.id, foreign.id]) {
      const details = { sessionType: 'Sale', sale };
      const { status } = await dojo.post('/terminal-sessions', { terminalId, details }, TILL);
      expect(status).toBe(404);
    }
    const matchedRefund = { paymentIntentId: things.intent.id, amount: base.amount };
    const details = { sessionType: 'MatchedRefund', matchedRefund };
    const sent = { terminalId: terminal.id, details };
    expect((await dojo.post('/terminal-sessions', sent, TILL)).status).toBe(404);
  });
});

describe('who has no right', () => {
  test('is turned away from every route that demands a key', async () => {
    const shop = fixture.newShop();
    const things = await thingsOf(shop);
    const newKey = async (fields: Record<string, string>): Promise<Wire> => {
      const reply = await fetch(`${fixture.tender.url}/v1/api_keys`, {
        method: 'POST',
        headers: { authorization: `Bearer sk_test_${shop.name}` },
        body: new URLSearchParams(fields),
      });
      return reply.json();
    };
    const restricted = await newKey({ type: 'restricted', 'permissions[charge]': 'write' });
    const inAMinute = String(Math.floor(fixture.tender.engine.nowMs() / 1000) + 60);
    const expired = await newKey({ type: 'secret', expires_at: inAMinute });
    await fixture.tender.advance(61);
    const ephemeral = await shop.stripe.ephemeralKeys.create(
      { customer: stripeId(things.customer.id) },
      { apiVersion: '2024-06-20' },
    );
    const credentials: [string, number][] = [
      [`Basic pk_test_${shop.name}`, 403],
      [`Basic ${ephemeral.secret}`, 403],
      [`Basic ${restricted.secret}`, 403],
      [`Basic ${expired.secret}`, 401],
      [`Basic ${things.secret}`, 401],
      [`Basic ${things.intent.clientSessionSecret}`, 401],
      [`Basic sk_prod_${shop.name}`, 401],
      [`Basic sk_live_${shop.name}`, 401],
      ['Basic ', 401],
      ['', 401],
      [`Digest sk_sandbox_${shop.name}`, 401],
      [`Basic ${Buffer.from(`sk_sandbox_${shop.name}:x`).toString('base64')}`, 401],
    ];
    for (const { method, path, by } of ROUTES) {
      if (by !== 'key') continue;
      for (const [credential, expected] of credentials) {
        const { status, text } = await call(method, pathWith(path, things), credential);
        expect(status, `${method} ${path} ${credential} ${text}`).toBe(expected);
      }
    }
  });

  test('cannot use a customer’s secret that is cut, changed, or for something else', async () => {
    const shop = fixture.newShop();
    const things = await thingsOf(shop);
    const other = await ok(shop.dojo.post('/customers', {}));
    const path = `/customers/public/${things.customer.id}/payment-methods`;
    const bare = things.secret.replace('cs_sandbox_', '');
    const flipped = `${bare.slice(0, 40)}${bare[40] === 'A' ? 'B' : 'A'}${bare.slice(41)}`;
    expect((await call('GET', path, `Basic ${things.secret}`)).status).toBe(200);
    for (const secret of [
      bare.slice(0, -1),
      `${bare}A`,
      `${bare}=`,
      flipped,
      bare.toLowerCase(),
      things.intent.clientSessionSecret,
      things.setup.clientSessionSecret,
      `sk_sandbox_${shop.name}`,
    ])
      expect((await call('GET', path, `Basic ${secret}`)).status, secret).toBe(401);
    const elsewhere = `/customers/public/${other.id}/payment-methods`;
    for (const method of ['GET', 'DELETE']) {
      const at = method === 'GET' ? elsewhere : `${elsewhere}/${things.method}`;
      expect((await call(method, at, `Basic ${things.secret}`)).status).toBe(404);
    }
    expect(JSON.parse((await call('GET', path, `Basic ${things.secret}`)).text)).toMatchObject({
      savedPaymentMethods: [{ id: things.method }],
    });
  });
});

describe('a token', () => {
  test('of one thing opens no other', async () => {
    const shop = fixture.newShop();
    const things = await thingsOf(shop);
    const customers = things.secret.replace('cs_sandbox_', '');
    expect((await payWith(fixture.tender, customers)).status).toBe(404);
    expect((await payWith(fixture.tender, things.secret)).status).toBe(404);
    const saved = await send(
      fixture.tender,
      `/api/payments/recurring/${things.setup.clientSessionSecret}`,
      { paymentMethodId: things.method },
    );
    expect(saved.status).toBe(400);
    const { clientSessionSecret: token } = things.intent;
    for (const forged of [
      token.slice(0, -4),
      `${token.slice(0, 20)}AAAA${token.slice(24)}`,
      token.split('').reverse().join(''),
      '%00',
      '..%2f..',
      'constructor',
    ])
      expect((await payWith(fixture.tender, forged)).body.statusCode, forged).toBe(404);
    expect((await ok(shop.dojo.get(`/payment-intents/${things.intent.id}`))).status).toBe(
      'Created',
    );
  });

  test('that was issued before a decline pays nothing after it, nor after its time', async () => {
    const shop = fixture.newShop();
    const { clientSessionSecret: first, id } = await payable(shop);
    const path = `/payment-intents/${id}/refresh-client-session-secret`;
    const { clientSessionSecret: second } = await ok(shop.dojo.post(path));
    await payWith(fixture.tender, first, { cardNumber: NUMBERS.declines });
    for (const token of [first, second])
      expect((await payWith(fixture.tender, token)).body.statusCode).toBe(401);
    const { clientSessionSecret: third } = await ok(shop.dojo.post(path));
    await fixture.tender.advance(1800);
    expect((await payWith(fixture.tender, third)).body.statusCode).toBe(401);
    const { clientSessionSecret: fourth } = await ok(shop.dojo.post(path));
    expect((await payWith(fixture.tender, fourth)).body.statusCode).toBe(0);
  });

  test('does not lift the limit to tries of what another dialect has made', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create({ amount: 500, currency: 'gbp' });
    const wire = id.replace('pi_', 'pi_sandbox_');
    const { clientSessionSecret: token } = await ok(
      shop.dojo.post(`/payment-intents/${wire}/refresh-client-session-secret`),
    );
    const codes: number[] = [];
    for (let i = 0; i < 52; i += 1) {
      const { body } = await payWith(fixture.tender, token, { cardNumber: NUMBERS.declines });
      codes.push(body.statusCode);
    }
    expect(codes.at(-1)).not.toBe(5);
    expect(codes.filter((code) => code === 5).length).toBeLessThanOrEqual(50);
  });
});

describe('a webhook', () => {
  test.each([
    'http://example.com/',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://0x0a000001/',
    'https://167772161/',
    'https://0.0.0.0/',
    'https://metadata@example.com/',
    'https://user:pass@example.com/',
    'https://example.com:22/',
    'https://example.com:25/',
    'gopher://127.0.0.1/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    `https://example.com/${'x'.repeat(2100)}`,
    'https://exa\u0000mple.com/',
  ])('is not sent to %s', async (url) => {
    const { dojo } = fixture.newShop();
    const events = ['payment_intent.created'];
    expect((await dojo.post('/webhooks', { events, url })).status).toBe(400);
    const { id } = await ok(dojo.post('/webhooks', { events, url: 'https://shop.example/' }));
    expect((await dojo.patch(`/webhooks/${id}`, { url })).status).toBe(400);
    expect(await ok(dojo.get('/webhooks'))).toMatchObject([{ url: 'https://shop.example/' }]);
  });
});
