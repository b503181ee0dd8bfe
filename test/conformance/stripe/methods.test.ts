import { describe, expect, test } from 'vitest';
import { eventsOf, eventTypes, failure, PAID, useTender } from './shop.js';

const fixture = useTender();
const CARD = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' };
const EMPTY_ADDRESS = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

describe('payment methods', () => {
  test('are made of a typed card', async () => {
    const { stripe } = fixture.newShop();
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: CARD,
      billing_details: { email: 'ada@example.com', address: { city: 'Bern' } },
      metadata: { a: '1' },
    });
    expect(method).toMatchObject({
      billing_details: {
        address: { ...EMPTY_ADDRESS, city: 'Bern' },
        email: 'ada@example.com',
        name: null,
        phone: null,
        tax_id: null,
      },
      customer: null,
      allow_redisplay: 'unspecified',
      card: {
        brand: 'visa',
        display_brand: 'visa',
        fingerprint: expect.stringMatching(/^[0-9A-Za-z]{16}$/),
        generated_from: null,
        networks: { available: ['visa'], preferred: null },
        three_d_secure_usage: { supported: true },
        wallet: null,
      },
      metadata: { a: '1' },
    });
    expect(JSON.stringify(method)).not.toContain('424242424242');
    expect(await stripe.paymentMethods.retrieve(method.id)).toEqual(method);
    const same = await stripe.paymentMethods.create({ type: 'card', card: CARD });
    expect(same.card?.fingerprint).toBe(method.card?.fingerprint);
    // There is no event for a method that is made.
    expect(await eventTypes(stripe)).toEqual([]);
  });

  test('have the fingerprint of the number, typed or named, each time', async () => {
    const { stripe } = fixture.newShop();
    const cards = [CARD, { token: 'tok_visa' }, { token: 'tok_visa' }, { token: 'tok_mastercard' }];
    const prints: (string | null | undefined)[] = [];
    for (const card of cards) {
      const made = await stripe.paymentMethods.create({ type: 'card', card });
      prints.push(made.card?.fingerprint);
    }
    expect(new Set(prints.slice(0, 3)).size).toBe(1);
    expect(prints[3]).not.toBe(prints[0]);
  });

  test('are made anew of a test name, each time and wherever an id is taken', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const ids = [
      (await stripe.paymentMethods.attach('pm_card_visa', { customer })).id,
      (await stripe.paymentMethods.attach('pm_card_visa', { customer })).id,
      (await stripe.paymentMethods.retrieve('pm_card_visa')).id,
      (await stripe.paymentIntents.create(PAID)).payment_method,
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^pm_[0-9A-Za-z]{24}$/);
    expect(
      await failure(
        stripe.paymentMethods.create({ type: 'card', card: { token: 'pm_card_visa' } as never }),
      ),
    ).toMatchObject({ status: 400, message: 'Invalid token id: pm_card_visa', param: 'token' });
  });

  test('are updated, and tell what they were', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    const updated = await stripe.paymentMethods.update(id, {
      billing_details: { name: 'Ada' },
      metadata: { a: '1' },
      card: { exp_month: 3, exp_year: 2041 },
    });
    expect(updated).toMatchObject({
      billing_details: { name: 'Ada', address: EMPTY_ADDRESS },
      metadata: { a: '1' },
      card: { exp_month: 3, exp_year: 2041 },
    });
    const told = (await eventsOf(stripe)).at(-1);
    expect(told).toMatchObject({
      type: 'payment_method.updated',
      data: {
        previous_attributes: {
          billing_details: { name: null },
          metadata: { a: null },
          card: { exp_month: 8 },
        },
      },
    });
  });

  test('are attached, listed by customer, and detached for good', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const { id: other } = await stripe.customers.create();
    const first = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    const second = await stripe.paymentMethods.attach('pm_card_amex', {
      customer,
      expand: ['customer.invoice_settings.default_payment_method'],
    });
    expect(second).toMatchObject({
      card: { display_brand: 'american_express', checks: { cvc_check: 'pass' } },
      customer: { id: customer, object: 'customer' },
    });
    const { data } = await stripe.paymentMethods.list({ customer, type: 'card' });
    expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(2);
    expect((await stripe.paymentMethods.list()).data).toEqual([]);
    expect((await stripe.customers.retrievePaymentMethod(customer, first.id)).id).toBe(first.id);
    expect(await failure(stripe.customers.retrievePaymentMethod(other, first.id))).toMatchObject({
      status: 404,
      message: 'Invalid request',
      param: 'customer',
    });
    expect(
      await failure(stripe.paymentMethods.attach(first.id, { customer: other })),
    ).toMatchObject({ status: 400 });

    const detached = await stripe.paymentMethods.detach(first.id);
    expect(detached.customer).toBeNull();
    expect(await failure(stripe.paymentMethods.detach(first.id))).toMatchObject({
      status: 400,
      message:
        'The payment method you provided is not attached to a customer so detachment is ' +
        'impossible.',
    });
    const again = await failure(stripe.paymentMethods.attach(first.id, { customer }));
    expect(again.message).toMatch(/or was detached from a Customer\. It may not be used again\./);
    const told = (await eventsOf(stripe)).slice(2);
    expect(told.map(({ type }) => type)).toEqual([
      'payment_method.attached',
      'payment_method.attached',
      'payment_method.detached',
    ]);
    expect(told[2]?.data).toMatchObject({
      object: { id: first.id, customer: null },
      previous_attributes: { customer },
    });
  });

  test('are attached to a customer who is named', async () => {
    const { stripe } = fixture.newShop();
    const missing = await failure(stripe.paymentMethods.attach('pm_card_visa', {} as never));
    expect(missing).toMatchObject({
      status: 400,
      code: 'parameter_missing',
      message: 'Must provide customer or customer_account.',
    });
    expect(missing).not.toHaveProperty('param');
    expect(
      await failure(stripe.paymentMethods.attach('pm_card_visa', { customer: 'cus_none' })),
    ).toMatchObject({ status: 400, code: 'resource_missing', param: 'customer' });
    expect(await failure(stripe.paymentMethods.retrieve('pm_none'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'payment_method',
      message: "No such PaymentMethod: 'pm_none'",
    });
    expect(
      await failure(
        stripe.paymentMethods.create({ type: 'card', card: CARD, customer: 'cus_1' } as never),
      ),
    ).toMatchObject({
      status: 400,
      message:
        'You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please ' +
        'instead create the PaymentMethod and then attach it using the attachment method of the ' +
        'PaymentMethods API.',
    });
  });
});

describe('tokens', () => {
  test('stand for a card once', async () => {
    const { stripe } = fixture.newShop();
    const token = await stripe.tokens.create({
      card: { ...CARD, exp_month: '12', exp_year: '2040', name: 'Ada' },
    });
    expect(token).toMatchObject({
      type: 'card',
      used: false,
      card: { object: 'card', brand: 'Visa', last4: '4242', name: 'Ada' },
    });
    const card = { token: token.id };
    const method = await stripe.paymentMethods.create({ type: 'card', card });
    expect(method).toMatchObject({ card: { last4: '4242' }, billing_details: { name: 'Ada' } });
    expect((await stripe.tokens.retrieve(token.id)).used).toBe(true);
    expect(await failure(stripe.paymentMethods.create({ type: 'card', card }))).toMatchObject({
      status: 400,
      code: 'token_already_used',
      message: `You cannot use a Stripe token more than once: ${token.id}.`,
    });
  });

  test('that nobody has made are missing', async () => {
    const { stripe } = fixture.newShop();
    expect(await failure(stripe.tokens.retrieve('tok_none'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      message: "No such token: 'tok_none'",
    });
    expect(
      await failure(stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_none' } })),
    ).toMatchObject({
      status: 400,
      code: 'resource_missing',
      message: "No such token: 'tok_none'",
    });
  });
});
