import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { BROWSER_FIELDS, failure, PAID, type Shop, useTender } from './shop.js';

const fixture = useTender();

async function intentOf({ stripe }: Shop): Promise<Stripe.PaymentIntent> {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  return stripe.paymentIntents.create({
    ...PAID,
    confirm: false,
    customer,
    metadata: { secret: 'of the shop' },
    statement_descriptor: 'Order 1',
    setup_future_usage: 'off_session',
  });
}

describe('a publishable key with the client secret', () => {
  test('sees what a browser may see', async () => {
    const shop = fixture.newShop();
    const { id, client_secret } = await intentOf(shop);
    const secret = client_secret ?? '';
    const seen = await shop.browser.paymentIntents.retrieve(id, {
      client_secret: secret,
      expand: ['payment_method'],
    });
    const { lastResponse: _, ...fields } = seen;
    expect(Object.keys(fields).sort()).toEqual(BROWSER_FIELDS);
    expect(seen.payment_method).toMatchObject({
      object: 'payment_method',
      card: { last4: '4242' },
    });
    expect(seen.payment_method).not.toHaveProperty('metadata');
    expect((seen.payment_method as Stripe.PaymentMethod).card).not.toHaveProperty('fingerprint');
  });

  test('confirms, and sees no more by expanding', async () => {
    const shop = fixture.newShop();
    const { id, client_secret } = await intentOf(shop);
    const client = { client_secret: client_secret ?? '' } as object;
    const paid = await shop.browser.paymentIntents.confirm(id, {
      ...client,
      expand: ['payment_method.customer', 'customer', 'latest_charge'],
    });
    expect(paid.status).toBe('succeeded');
    const { lastResponse: _, ...fields } = paid;
    expect(Object.keys(fields).sort()).toEqual(BROWSER_FIELDS);
    expect(JSON.stringify(fields)).not.toContain('ada@example.com');
    expect((await shop.stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });

  test('sees why a card was declined', async () => {
    const shop = fixture.newShop();
    const { id, client_secret } = await intentOf(shop);
    const error = await failure(
      shop.browser.paymentIntents.confirm(id, {
        client_secret,
        payment_method: 'pm_card_chargeDeclined',
      } as object),
    );
    expect(error).toMatchObject({ status: 402, code: 'card_declined' });
    expect(Object.keys(error.payment_intent ?? {}).sort()).toEqual(BROWSER_FIELDS);
    expect(JSON.stringify(error)).not.toContain('of the shop');
  });

  test('does not decide what is the shop’s to decide', async () => {
    const shop = fixture.newShop();
    const { id, client_secret } = await intentOf(shop);
    for (const mine of [
      { capture_method: 'manual' },
      { off_session: true },
      { payment_method_types: ['link'] },
      { error_on_requires_action: true },
    ]) {
      const call = shop.browser.paymentIntents.confirm(id, { client_secret, ...mine } as object);
      expect(await failure(call)).toMatchObject({
        status: 403,
        code: 'secret_key_required',
        param: Object.keys(mine)[0],
      });
    }
    expect((await shop.stripe.paymentIntents.retrieve(id)).status).toBe('requires_confirmation');
  });

  test('needs the right secret', async () => {
    const shop = fixture.newShop();
    const mine = await intentOf(shop);
    const other = await intentOf(shop);
    const open = (client_secret?: string) =>
      failure(
        shop.browser.paymentIntents.retrieve(
          mine.id,
          client_secret ? { client_secret } : undefined,
        ),
      );
    expect(await open()).toMatchObject({ status: 400, param: 'client_secret' });
    for (const wrong of [other.client_secret ?? '', `${mine.id}_secret_x`, 'x'])
      expect(await open(wrong)).toMatchObject({ status: 400, param: 'client_secret' });
    const confirm = shop.browser.paymentIntents.confirm(mine.id, {
      client_secret: other.client_secret,
    } as object);
    expect(await failure(confirm)).toMatchObject({ status: 400, param: 'client_secret' });
    expect((await shop.stripe.paymentIntents.retrieve(mine.id)).status).toBe(
      'requires_confirmation',
    );
  });
});

describe('a publishable key', () => {
  test('makes tokens and methods', async () => {
    const { browser, stripe } = fixture.newShop();
    const card = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' };
    const method = await browser.paymentMethods.create({ type: 'card', card });
    expect(method).not.toHaveProperty('metadata');
    expect(method.card).not.toHaveProperty('fingerprint');
    expect((await stripe.paymentMethods.retrieve(method.id)).card?.last4).toBe('4242');
    const token = await browser.tokens.create({
      card: { ...card, exp_month: '12', exp_year: '2040' },
    });
    expect(token.card).not.toHaveProperty('fingerprint');
  });

  test('opens nothing else', async () => {
    const shop = fixture.newShop();
    const { id } = await intentOf(shop);
    const { browser } = shop;
    const calls = [
      browser.paymentIntents.create({ amount: 500, currency: 'usd' }),
      browser.paymentIntents.list(),
      browser.paymentIntents.update(id, { amount: 1 }),
      browser.paymentIntents.capture(id),
      browser.paymentIntents.cancel(id),
      browser.customers.list(),
      browser.charges.list(),
      browser.refunds.create({ payment_intent: id }),
      browser.events.list(),
      browser.balance.retrieve(),
      browser.paymentMethods.list(),
      browser.webhookEndpoints.list(),
    ];
    for (const call of calls)
      expect(await failure(call)).toMatchObject({
        status: 403,
        type: 'invalid_request_error',
        code: 'secret_key_required',
      });
  });
});
