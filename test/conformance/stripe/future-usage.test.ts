import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { CARD_ONLY, eventTypes, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

const CONSUMED =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer ' +
  'attachment, ';

async function typedCard(stripe: Stripe, number = '4242424242424242'): Promise<string> {
  const card = { number, exp_month: 12, exp_year: 2040, cvc: '123' };
  return (await stripe.paymentMethods.create({ type: 'card', card })).id;
}

/** Answers an open challenge as the customer who agrees. */
async function authenticate(intent: Stripe.PaymentIntent): Promise<void> {
  const script = intent.next_action?.use_stripe_sdk as { stripe_js: string } | undefined;
  const url = script?.stripe_js ?? '';
  const body = new URLSearchParams({ answer: 'complete' });
  await fetch(url, { method: 'POST', body, redirect: 'manual' });
}

describe('setup_future_usage', () => {
  test('with a customer attaches the method, between the two events of success', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const method = await typedCard(stripe);
    const intent = await stripe.paymentIntents.create({
      ...PAID,
      customer,
      payment_method: method,
      setup_future_usage: 'off_session',
    });
    expect(intent).toMatchObject({ status: 'succeeded', setup_future_usage: 'off_session' });
    expect(await eventTypes(stripe, 1)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_method.attached',
      'payment_intent.succeeded',
    ]);
    const kept = await stripe.paymentMethods.retrieve(method);
    expect(kept).toMatchObject({ customer, card: { checks: { cvc_check: 'pass' } } });
    const later = await stripe.paymentIntents.create({
      ...PAID,
      customer,
      payment_method: method,
      off_session: true,
    });
    expect(later.status).toBe('succeeded');
  });

  test('without a customer keeps the method for a later one', async () => {
    const { stripe } = fixture.newShop();
    const method = await typedCard(stripe);
    await stripe.paymentIntents.create({
      ...PAID,
      payment_method: method,
      setup_future_usage: 'on_session',
    });
    expect((await stripe.paymentMethods.retrieve(method)).customer).toBeNull();
    const { id: customer } = await stripe.customers.create();
    expect((await stripe.paymentMethods.attach(method, { customer })).customer).toBe(customer);
  });

  test('lets the card that asks once pay without its holder', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const method = await typedCard(stripe, '4000002500003155');
    const base = { ...PAID, customer, payment_method: method };
    const first = await stripe.paymentIntents.create({
      ...base,
      setup_future_usage: 'off_session',
      use_stripe_sdk: true,
    });
    expect(first.status).toBe('requires_action');
    await authenticate(first);
    expect((await stripe.paymentIntents.retrieve(first.id)).status).toBe('succeeded');
    const later = await stripe.paymentIntents.create({ ...base, off_session: true });
    expect(later.status).toBe('succeeded');
  });

  test('for on-session use alone does not', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const method = await typedCard(stripe, '4000002500003155');
    const base = { ...PAID, customer, payment_method: method };
    const first = await stripe.paymentIntents.create({ ...base, setup_future_usage: 'on_session' });
    await authenticate(first);
    const error = await failure(stripe.paymentIntents.create({ ...base, off_session: true }));
    expect(error).toMatchObject({ status: 402, code: 'authentication_required' });
  });

  test('attaches nothing when the payment is declined', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const method = await typedCard(stripe, '4000000000000341');
    const usage = { setup_future_usage: 'off_session' } as const;
    await failure(
      stripe.paymentIntents.create({ ...PAID, ...usage, customer, payment_method: method }),
    );
    expect((await stripe.paymentMethods.retrieve(method)).customer).toBeNull();
  });
});

describe('a method that is not attached', () => {
  test('pays once', async () => {
    const { stripe } = fixture.newShop();
    const method = await typedCard(stripe);
    await stripe.paymentIntents.create({ ...PAID, payment_method: method });
    const again = await failure(stripe.paymentIntents.create({ ...PAID, payment_method: method }));
    expect(again).toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(again.message.startsWith(CONSUMED)).toBe(true);
    const { id: customer } = await stripe.customers.create();
    const attach = await failure(stripe.paymentMethods.attach(method, { customer }));
    expect(attach.message.startsWith(CONSUMED)).toBe(true);
  });

  test('is not used up by a decline', async () => {
    const { stripe } = fixture.newShop();
    const method = await typedCard(stripe, '4000000000000341');
    await failure(stripe.paymentIntents.create({ ...PAID, payment_method: method }));
    const { id: customer } = await stripe.customers.create();
    expect((await stripe.paymentMethods.attach(method, { customer })).customer).toBe(customer);
  });
});

describe('whose method it is', () => {
  test('decides who may be charged', async () => {
    const { stripe } = fixture.newShop();
    const { id: owner } = await stripe.customers.create();
    const { id: other } = await stripe.customers.create();
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: owner });
    const pay = (more: object) =>
      stripe.paymentIntents.create({ ...PAID, payment_method: method.id, ...more });
    expect(await failure(pay({}))).toMatchObject({
      status: 400,
      code: 'parameter_missing',
      param: 'source',
      message:
        `The \`payment_method\` parameter supplied ${method.id} belongs to the Customer ` +
        `${owner}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
    });
    const mismatch = await failure(pay({ customer: other }));
    expect(mismatch).toMatchObject({
      status: 400,
      param: 'payment_method',
      message:
        `The PaymentMethod ${method.id} does not belong to the Customer you supplied ${other}. ` +
        'Please use this PaymentMethod with the Customer that it belongs to instead.',
    });
    expect(mismatch).not.toHaveProperty('code');
    expect((await pay({ customer: owner })).status).toBe('succeeded');
    expect((await pay({ customer: owner })).status).toBe('succeeded');
    expect(await failure(pay({ customer: 'cus_none' }))).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'customer',
      message: "No such customer: 'cus_none'",
    });
    expect(await failure(pay({ payment_method: 'pm_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'payment_method',
      message: "No such PaymentMethod: 'pm_none'",
    });
  });

  test("a customer's default pays where none is named", async () => {
    const { stripe } = fixture.newShop();
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_mastercard',
      invoice_settings: { default_payment_method: 'pm_card_mastercard' },
    });
    const chosen = customer.invoice_settings.default_payment_method;
    expect(chosen).toMatch(/^pm_[0-9A-Za-z]{24}$/);
    const intent = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer: customer.id,
      confirm: true,
      off_session: true,
      ...CARD_ONLY,
    });
    expect(intent).toMatchObject({ status: 'succeeded', payment_method: chosen });
  });
});
