import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { CARD_ONLY, eventTypes, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

const UNEXPECTED = 'setup_intent_unexpected_state';
const ACCEPTED_AT = 1_790_000_000;

const MANDATE_DATA = {
  customer_acceptance: {
    type: 'online',
    accepted_at: ACCEPTED_AT,
    online: { ip_address: '203.0.113.7', user_agent: 'Browser/1' },
  },
} as const;

const saved = (stripe: Stripe, more: object = {}) =>
  stripe.setupIntents.create({
    ...CARD_ONLY,
    confirm: true,
    payment_method: 'pm_card_visa',
    ...more,
  });

describe('what a setup’s state does not allow', () => {
  test('a confirmation without a method is refused before the status is looked at', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({});
    await stripe.setupIntents.cancel(setup.id);
    const error = await failure(stripe.setupIntents.confirm(setup.id));
    expect(error).toMatchObject({
      status: 400,
      code: UNEXPECTED,
      setup_intent: { id: setup.id, status: 'canceled' },
    });
    expect(error.message).toContain("it's missing a payment method.");
    const named = await failure(
      stripe.setupIntents.confirm(setup.id, { payment_method: 'pm_card_visa' }),
    );
    expect(named).toMatchObject({
      code: UNEXPECTED,
      message: 'You cannot confirm this SetupIntent because it has been canceled.',
    });
  });

  test('what has succeeded is confirmed, canceled and changed no more', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await saved(stripe);
    const about = { status: 400, code: UNEXPECTED, setup_intent: { id, status: 'succeeded' } };
    expect(await failure(stripe.setupIntents.confirm(id))).toMatchObject({
      ...about,
      message: 'You cannot confirm this SetupIntent because it has already succeeded.',
    });
    expect(await failure(stripe.setupIntents.cancel(id))).toMatchObject({
      ...about,
      message:
        'You cannot cancel this SetupIntent because it has a status of succeeded. Only a ' +
        'SetupIntent with one of the following statuses may be canceled: ' +
        '`requires_payment_method`, `requires_confirmation`, or `requires_action`.',
    });
    const change = { payment_method: 'pm_card_visa' };
    expect(await failure(stripe.setupIntents.update(id, change))).toMatchObject(about);
    const words = { description: 'kept', metadata: { a: 'b' } };
    expect(await stripe.setupIntents.update(id, words)).toMatchObject(words);
  });

  test('what is canceled is canceled once', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.setupIntents.create({});
    await stripe.setupIntents.cancel(id);
    expect(await failure(stripe.setupIntents.cancel(id))).toMatchObject({
      code: UNEXPECTED,
      message: 'You cannot cancel this SetupIntent because it is already canceled.',
    });
  });

  test('deposits are verified only where some are awaited', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await saved(stripe);
    const verify = stripe.setupIntents.verifyMicrodeposits(id, { amounts: [32, 45] });
    expect(await failure(verify)).toMatchObject({ status: 400, code: 'intent_invalid_state' });
    const neither = stripe.setupIntents.verifyMicrodeposits(id, {});
    expect(await failure(neither)).toMatchObject({ status: 400, type: 'invalid_request_error' });
  });
});

describe('whose method it is', () => {
  test('a customer’s method needs the customer named', async () => {
    const { stripe } = fixture.newShop();
    const [mine, other] = [await stripe.customers.create(), await stripe.customers.create()];
    const setup = await saved(stripe, { customer: mine.id });
    const method = setup.payment_method as string;
    const unnamed = {
      status: 400,
      param: 'payment_method',
      message:
        `The payment method supplied (${method}) belongs to the Customer ${mine.id}. Please ` +
        'include the Customer in the `customer` parameter on the SetupIntent.',
    };
    const atCreation = await failure(saved(stripe, { payment_method: method }));
    expect(atCreation).toMatchObject(unnamed);
    expect(atCreation).not.toHaveProperty('code');
    expect(atCreation).not.toHaveProperty('setup_intent');
    const bare = await stripe.setupIntents.create({ ...CARD_ONLY });
    for (const call of [
      stripe.setupIntents.update(bare.id, { payment_method: method }),
      stripe.setupIntents.confirm(bare.id, { payment_method: method }),
    ])
      expect(await failure(call)).toMatchObject({ ...unnamed, setup_intent: { id: bare.id } });
    const another = await failure(saved(stripe, { payment_method: method, customer: other.id }));
    expect(another).toMatchObject({
      param: 'payment_method',
      message:
        `The PaymentMethod ${method} does not belong to the Customer you supplied ${other.id}. ` +
        'Please use this PaymentMethod with the Customer that it belongs to instead.',
    });
  });

  test('its type must be among those the setup takes', async () => {
    const { stripe } = fixture.newShop();
    const types = { payment_method_types: ['sepa_debit'] } as object;
    const call = stripe.setupIntents.create({ ...types, payment_method: 'pm_card_visa' });
    expect(await failure(call)).toMatchObject({
      status: 400,
      param: 'payment_method',
      message: expect.stringContaining('following payment method types: sepa_debit.'),
    });
  });

  test('a setup never takes its customer’s default method', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [method] = (await stripe.customers.listPaymentMethods(customer)).data;
    await stripe.customers.update(customer, {
      invoice_settings: { default_payment_method: method?.id ?? '' },
    });
    const setup = await stripe.setupIntents.create({ ...CARD_ONLY, customer });
    const error = await failure(stripe.setupIntents.confirm(setup.id));
    expect(error.message).toContain("it's missing a payment method");
  });
});

describe('what is not there', () => {
  test('setups, their attempts’ setup, and mandates', async () => {
    const { stripe } = fixture.newShop();
    expect(await failure(stripe.setupIntents.retrieve('seti_none'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'intent',
      message: "No such setupintent: 'seti_none'",
    });
    const attempts = stripe.setupAttempts.list({ setup_intent: 'seti_none' });
    expect(await failure(attempts)).toMatchObject({ status: 400, code: 'resource_missing' });
    expect(await failure(stripe.mandates.retrieve('mandate_none'))).toMatchObject({
      status: 404,
      message: "No such mandate: 'mandate_none'",
    });
    const named = stripe.paymentIntents.create({ ...PAID, mandate: 'mandate_none' });
    expect(await failure(named)).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'mandate',
    });
    const unconfirmed = stripe.setupIntents.create({ mandate_data: MANDATE_DATA });
    expect(await failure(unconfirmed)).toMatchObject({ status: 400, param: 'mandate_data' });
  });
});

describe('a browser with the publishable key', () => {
  test('confirms and reads one setup by its secret, and sees no more than it may', async () => {
    const { stripe, browser } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const setup = await stripe.setupIntents.create({ ...CARD_ONLY, customer });
    const client_secret = setup.client_secret ?? '';
    const secret = { client_secret } as object;
    const confirmed = await browser.setupIntents.confirm(setup.id, {
      ...secret,
      payment_method: 'pm_card_visa',
    });
    expect(confirmed.status).toBe('succeeded');
    const read = await browser.setupIntents.retrieve(setup.id, { client_secret });
    for (const hidden of ['customer', 'metadata', 'latest_attempt', 'mandate', 'on_behalf_of'])
      expect(read).not.toHaveProperty(hidden);
    expect(await failure(browser.setupIntents.retrieve(setup.id))).toMatchObject({
      code: 'parameter_missing',
      param: 'client_secret',
    });
    const wrong = { client_secret: `${setup.id}_secret_${'x'.repeat(31)}` };
    expect(await failure(browser.setupIntents.retrieve(setup.id, wrong))).toMatchObject({
      status: 400,
      param: 'client_secret',
    });
    const create = browser.setupIntents.create({});
    expect(await failure(create)).toMatchObject({ code: 'secret_key_required' });
  });
});

describe('a card’s mandate', () => {
  test('is given with the acceptance, and payments can name it', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const setup = await saved(stripe, {
      customer,
      mandate_data: MANDATE_DATA,
      expand: ['mandate'],
    });
    const mandate = expanded(setup.mandate);
    expect(mandate).toMatchObject({
      id: expect.stringMatching(/^mandate_[0-9A-Za-z]{24}$/),
      status: 'active',
      type: 'multi_use',
      multi_use: {},
      payment_method: setup.payment_method,
      payment_method_details: { type: 'card', card: {} },
      customer_acceptance: MANDATE_DATA.customer_acceptance,
    });
    expect(setup.single_use_mandate).toBeNull();
    const read = await stripe.mandates.retrieve(mandate.id, { expand: ['payment_method'] });
    expect(expanded(read.payment_method).id).toBe(setup.payment_method);
    const paid = await stripe.paymentIntents.create({
      ...PAID,
      customer,
      payment_method: setup.payment_method as string,
      mandate: mandate.id,
      off_session: true,
      expand: ['latest_charge'],
    });
    const details = expanded(paid.latest_charge).payment_method_details;
    expect(details?.card?.mandate).toBe(mandate.id);
    const other = stripe.paymentIntents.create({ ...PAID, mandate: mandate.id });
    expect(await failure(other)).toMatchObject({
      status: 400,
      code: 'payment_intent_mandate_invalid',
      param: 'mandate',
    });
  });

  test('for one payment is used up by it', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const setup = await saved(stripe, {
      customer,
      mandate_data: { customer_acceptance: { type: 'offline' } },
      single_use: { amount: 2000, currency: 'usd' },
      expand: ['single_use_mandate'],
    });
    const mandate = expanded(setup.single_use_mandate);
    expect(setup.mandate).toBeNull();
    expect(mandate).toMatchObject({
      type: 'single_use',
      single_use: { amount: 2000, currency: 'usd' },
      customer_acceptance: { type: 'offline', offline: {} },
    });
    const from = (await eventTypes(stripe)).length;
    const charge = (amount: number) =>
      stripe.paymentIntents.create({
        ...PAID,
        amount,
        customer,
        payment_method: setup.payment_method as string,
        mandate: mandate.id,
      });
    const invalid = { code: 'payment_intent_mandate_invalid' };
    expect(await failure(charge(3000))).toMatchObject(invalid);
    expect((await charge(2000)).status).toBe('succeeded');
    expect((await stripe.mandates.retrieve(mandate.id)).status).toBe('inactive');
    expect(await failure(charge(2000))).toMatchObject(invalid);
    expect((await eventTypes(stripe, from))[1]).toBe('mandate.updated');
  });

  test('is given to a payment with its acceptance, and outlives a challenge', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      ...PAID,
      payment_method: 'pm_card_authenticationRequired',
      mandate_data: MANDATE_DATA,
      return_url: 'https://shop.example',
    });
    const url = intent.next_action?.redirect_to_url?.url ?? '';
    await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ answer: 'complete' }),
      redirect: 'manual',
    });
    const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    const id = expanded(paid.latest_charge).payment_method_details?.card?.mandate;
    expect(await stripe.mandates.retrieve(id as string)).toMatchObject({
      type: 'single_use',
      single_use: { amount: 2000, currency: 'usd' },
    });
  });
});
