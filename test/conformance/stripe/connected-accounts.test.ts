import { describe, expect, test } from 'vitest';
import { form, rawClient } from './raw-http.js';
import { failure, PAID, useTender } from './shop.js';

const fixture = useTender();

const A = { stripeAccount: 'acct_a' };
const B = { stripeAccount: 'acct_b' };

async function post(
  key: string,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const { raw, close } = rawClient(fixture.tender.port, '');
  const authorization = `Bearer ${key}`;
  const reply = await raw('POST', path, {
    as: null,
    form: form(fields),
    headers: { authorization, ...headers },
  });
  close();
  return reply;
}

describe('a connected account', () => {
  test('sees nothing of another, and nothing of its platform', async () => {
    const { stripe } = fixture.newShop();
    const own = await stripe.paymentIntents.create(PAID);
    const a = await stripe.paymentIntents.create(PAID, A);
    const b = await stripe.paymentIntents.create(PAID, B);
    const strangers: [string, typeof A | undefined][] = [
      [own.id, A],
      [a.id, B],
      [b.id, A],
      [a.id, undefined],
    ];
    for (const [id, account] of strangers) {
      const error = await failure(stripe.paymentIntents.retrieve(id, {}, account));
      expect([error.status, error.code]).toEqual([404, 'resource_missing']);
    }
    const listed = await stripe.paymentIntents.list({}, A);
    expect(listed.data.map(({ id }) => id)).toEqual([a.id]);
    expect((await stripe.events.list({}, B)).data).toHaveLength(3);
  });

  test('of the same name below another platform is another', async () => {
    const [one, two] = [fixture.newShop(), fixture.newShop()];
    const { id } = await one.stripe.customers.create({}, A);
    expect((await failure(two.stripe.customers.retrieve(id, {}, A))).status).toBe(404);
    expect((await one.stripe.customers.retrieve(id, {}, A)).id).toBe(id);
  });

  test('is reached by a publishable key, by header or by field', async () => {
    const { name, stripe, browser } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' }, A);
    const client_secret = String(intent.client_secret);
    const read = await browser.paymentIntents.retrieve(intent.id, { client_secret }, A);
    expect(read.id).toBe(intent.id);
    const error = await failure(browser.paymentIntents.retrieve(intent.id, { client_secret }, B));
    expect(error.status).toBe(404);
    const paid = await post(`pk_test_${name}`, `/v1/payment_intents/${intent.id}/confirm`, {
      client_secret,
      payment_method: 'pm_card_visa',
      _stripe_account: 'acct_a',
    });
    expect(paid.body.status).toBe('succeeded');
    expect(paid.headers['stripe-account']).toBe('acct_a');
  });

  test('is reached by a restricted key as far as its permissions go', async () => {
    const { name } = fixture.newShop();
    const made = await post(`sk_test_${name}`, '/v1/api_keys', {
      type: 'restricted',
      'permissions[customer]': 'write',
    });
    const headers = { 'stripe-account': 'acct_a' };
    const { secret } = made.body;
    expect((await post(secret, '/v1/customers', {}, headers)).status).toBe(200);
    const refused = await post(secret, '/v1/refunds', {}, headers);
    expect(refused.status).toBe(403);
    expect(refused.body.error.message).toContain("on account 'acct_a'");
  });

  test('has ephemeral keys of its own, which reach no other account', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.customers.create({}, A);
    const version = { apiVersion: '2026-10-28.endive' } as const;
    const { secret } = await stripe.ephemeralKeys.create({ customer: id }, { ...version, ...A });
    const { raw, close } = rawClient(fixture.tender.port, '');
    const read = (account?: string) =>
      raw('GET', `/v1/customers/${id}`, {
        as: null,
        headers: {
          authorization: `Bearer ${secret}`,
          ...(account === undefined ? {} : { 'stripe-account': account }),
        },
      });
    const replies = await Promise.all([read(), read('acct_a'), read('acct_b')]);
    close();
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 403]);
  });

  test.each(['acct_', 'acct_a-acct_b', 'acct_a/../b', '*', `acct_${'x'.repeat(65)}`])(
    'is not named %j',
    async (stripeAccount) => {
      const { stripe } = fixture.newShop();
      const error = await failure(stripe.customers.list({}, { stripeAccount }));
      expect([error.status, error.code]).toEqual([403, 'account_invalid']);
    },
  );
});
