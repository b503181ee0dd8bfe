import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { form, rawClient } from './raw-http.js';
import { BROWSER_FIELDS, failure, useTender } from './shop.js';

const fixture = useTender();

const AMOUNT = { amount: 2000, currency: 'usd' } as const;

/** What the browser's script asks, with the publishable key. */
async function elements(name: string, params: Record<string, string | number>) {
  const { raw, close } = rawClient(fixture.tender.port, name);
  const reply = await raw('GET', `/v1/elements/sessions?${form(params)}`, {
    as: null,
    headers: { authorization: `Bearer pk_test_${name}` },
  });
  close();
  return reply;
}

async function saved(
  stripe: Stripe,
  customer: string,
  allow_redisplay: 'always' | 'limited',
): Promise<string> {
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.paymentMethods.update(method.id, { allow_redisplay });
  return method.id;
}

const REDISPLAY = {
  components: {
    payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled' } },
  },
} as const;

describe('a customer session', () => {
  test('shows its components whole, for half an hour', async () => {
    const { stripe } = fixture.newShop();
    const customer = await stripe.customers.create({});
    const session = await stripe.customerSessions.create({ customer: customer.id, ...REDISPLAY });
    expect(session.customer).toBe(customer.id);
    expect(session.expires_at - session.created).toBe(1800);
    expect(session.components?.payment_element).toEqual({
      enabled: true,
      features: {
        payment_method_allow_redisplay_filters: ['always'],
        payment_method_redisplay: 'enabled',
        payment_method_redisplay_limit: 3,
        payment_method_remove: 'disabled',
        payment_method_save: 'disabled',
        payment_method_save_usage: null,
      },
    });
    expect(session.components?.customer_sheet).toEqual({ enabled: false, features: null });
  });

  test('is for a customer who is there', async () => {
    const { stripe, browser } = fixture.newShop();
    const errors = await Promise.all([
      failure(stripe.customerSessions.create({ customer: 'cus_none', ...REDISPLAY })),
      failure(stripe.customerSessions.create({ ...REDISPLAY })),
      failure(browser.customerSessions.create({ customer: 'cus_none', ...REDISPLAY })),
    ]);
    expect(errors.map(({ status }) => status)).toEqual([400, 400, 403]);
  });

  test('opens the methods that may be shown again to the form, until it ends', async () => {
    const { name, stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create({});
    const shown = await saved(stripe, customer, 'always');
    await saved(stripe, customer, 'limited');
    const { client_secret } = await stripe.customerSessions.create({ customer, ...REDISPLAY });
    const ask = (secret: string) =>
      elements(name, {
        type: 'deferred_intent',
        'deferred_intent[mode]': 'payment',
        'deferred_intent[amount]': 500,
        'deferred_intent[currency]': 'eur',
        customer_session_client_secret: secret,
      });
    const { body } = await ask(client_secret);
    expect(body.customer.payment_methods.map(({ id }: { id: string }) => id)).toEqual([shown]);
    expect(body).toMatchObject({ mode: 'payment', amount: 500, currency: 'eur' });
    expect((await ask(`${client_secret.slice(0, -1)}_`)).status).toBe(400);
    expect((await ask('cuss_none')).status).toBe(400);
    const other = fixture.newShop();
    const { status } = await elements(other.name, {
      type: 'deferred_intent',
      'deferred_intent[mode]': 'payment',
      customer_session_client_secret: client_secret,
    });
    expect(status).toBe(400);
    await fixture.tender.advance(1801);
    expect((await ask(client_secret)).status).toBe(400);
    const left = await fixture.tender.store.scan('customer_sessions', null, 1000);
    expect(left.filter((row) => row.clientSecret === client_secret)).toEqual([]);
  });

  test('without redisplay shows no method', async () => {
    const { name, stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create({});
    await saved(stripe, customer, 'always');
    const { client_secret } = await stripe.customerSessions.create({
      customer,
      components: { payment_element: { enabled: true } },
    });
    const { body } = await elements(name, {
      type: 'deferred_intent',
      'deferred_intent[mode]': 'setup',
      customer_session_client_secret: client_secret,
    });
    expect(body.customer.payment_methods).toEqual([]);
  });
});

describe('an elements session', () => {
  test('tells the form of a payment, with the fields for browsers', async () => {
    const { name, stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({ ...AMOUNT, metadata: { secret: 'x' } });
    const { status, body } = await elements(name, {
      type: 'payment_intent',
      client_secret: String(intent.client_secret),
      locale: 'de',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'elements_session',
      amount: 2000,
      currency: 'usd',
      customer: null,
      locale: 'de',
      merchant_country: 'US',
      mode: 'payment',
    });
    const { payment_method_preference: preference } = body;
    expect(preference.ordered_payment_method_types).toEqual(intent.payment_method_types);
    expect(Object.keys(preference.payment_intent).sort()).toEqual(BROWSER_FIELDS);
    expect(body.payment_method_specs[0]).toMatchObject({ type: 'card', needs_mandate: false });
  });

  test.each([
    ['a secret that is not the intent’s', 'payment_intent', '_secret_wrong'],
    ['an intent that is not there', 'payment_intent', ''],
    ['a setup that is not there', 'setup_intent', '_secret_wrong'],
  ])('is refused for %s', async (_what, type, ending) => {
    const { name, stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(AMOUNT);
    const { status, body } = await elements(name, { type, client_secret: `${id}${ending}` });
    expect([status, body.error.param]).toEqual([400, 'client_secret']);
  });

  test('says what it misses', async () => {
    const { name } = fixture.newShop();
    const { body } = await elements(name, { type: 'deferred_intent' });
    expect(body.error.message).toBe('Missing required param: deferred_intent.');
  });
});
