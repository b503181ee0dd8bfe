import { describe, expect, test } from 'vitest';
import { CARD_ONLY, eventsOf, eventTypes, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

describe('a payment from its creation to its end', () => {
  test('created, confirmed, succeeded', async () => {
    const { stripe } = fixture.newShop();
    const created = await stripe.paymentIntents.create({ amount: 1099, currency: 'USD' });
    expect(created).toMatchObject({
      object: 'payment_intent',
      status: 'requires_payment_method',
      amount: 1099,
      amount_capturable: 0,
      amount_details: { tip: {} },
      amount_received: 0,
      automatic_payment_methods: { allow_redirects: 'always', enabled: true },
      capture_method: 'automatic_async',
      confirmation_method: 'automatic',
      currency: 'usd',
      latest_charge: null,
      livemode: false,
      metadata: {},
      next_action: null,
      payment_method: null,
    });
    expect(created.id).toMatch(/^pi_[0-9A-Za-z]{24}$/);
    expect(created.client_secret).toMatch(new RegExp(`^${created.id}_secret_[0-9A-Za-z]{25}$`));

    const paid = await stripe.paymentIntents.confirm(created.id, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example/back',
    });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 1099, next_action: null });
    expect(paid.latest_charge).toMatch(/^ch_[0-9A-Za-z]{24}$/);
    expect(paid.payment_method).toMatch(/^pm_[0-9A-Za-z]{24}$/);
    expect(await stripe.paymentIntents.retrieve(created.id)).toEqual(paid);
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  test('created and confirmed in one call, with its charge expanded', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      ...PAID,
      expand: ['latest_charge.balance_transaction', 'payment_method', 'latest_charge.refunds'],
    });
    expect(intent).toMatchObject({
      status: 'succeeded',
      automatic_payment_methods: null,
      payment_method_configuration_details: null,
      payment_method_types: ['card'],
    });
    const charge = expanded(intent.latest_charge);
    expect(charge).toMatchObject({
      amount: 2000,
      amount_captured: 2000,
      amount_refunded: 0,
      captured: true,
      paid: true,
      status: 'succeeded',
      payment_intent: intent.id,
      balance_transaction: { amount: 2000, fee: 88, net: 1912, source: charge.id },
      refunds: { object: 'list', data: [], has_more: false, total_count: 0 },
      outcome: {
        advice_code: null,
        network_advice_code: null,
        network_decline_code: null,
        network_status: 'approved_by_network',
        reason: null,
        risk_level: 'normal',
        seller_message: 'Payment complete.',
        type: 'authorized',
      },
      payment_method_details: {
        type: 'card',
        card: { brand: 'visa', last4: '4242', checks: { cvc_check: 'pass' }, three_d_secure: null },
      },
    });
    expect(charge.payment_method_details?.card).not.toHaveProperty('capture_before');
    expect(expanded(intent.payment_method).card).toMatchObject({ brand: 'visa', last4: '4242' });
    const events = await eventsOf(stripe);
    expect(events.map(({ type }) => type)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
    // The first event tells of the intent before it was paid.
    expect(events[0]?.data.object).toMatchObject({
      status: 'requires_confirmation',
      amount_received: 0,
      latest_charge: null,
    });
  });

  test('a chosen method waits for confirmation, and is not charged twice', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    expect(intent.status).toBe('requires_confirmation');
    const paid = await stripe.paymentIntents.confirm(intent.id);
    expect(paid.status).toBe('succeeded');
    expect(paid.payment_method).toBe(intent.payment_method);
    expect(await failure(stripe.paymentIntents.confirm(intent.id))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      doc_url: 'https://stripe.com/docs/error-codes/payment-intent-unexpected-state',
      message:
        'You cannot confirm this PaymentIntent because it has already succeeded after being ' +
        'previously confirmed.',
      payment_intent: { id: intent.id, status: 'succeeded' },
    });
    const charges = await stripe.charges.list({ payment_intent: intent.id });
    expect(charges.data).toHaveLength(1);
  });

  test('confirming needs a method', async () => {
    const { stripe } = fixture.newShop();
    const plain = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(await failure(stripe.paymentIntents.confirm(plain.id))).toMatchObject({
      status: 400,
      code: 'payment_intent_unexpected_state',
      message:
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can " +
        'either update the PaymentIntent with a payment method and then confirm it again, or ' +
        'confirm it again directly with a payment method or ConfirmationToken.',
    });
    const customer = await stripe.customers.create();
    const owned = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer: customer.id,
    });
    expect(await failure(stripe.paymentIntents.confirm(owned.id))).toMatchObject({
      message:
        "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm " +
        `the PaymentIntent with ${customer.id}, specify a payment method attached to this ` +
        'customer along with the customer ID.',
    });
  });

  test('parameters of a confirmation need one', async () => {
    const { stripe } = fixture.newShop();
    const plain = { amount: 500, currency: 'usd' };
    for (const extra of [
      { off_session: true },
      { return_url: 'https://shop.example' },
      { error_on_requires_action: true },
    ]) {
      const { status, param } = await failure(stripe.paymentIntents.create({ ...plain, ...extra }));
      expect({ status, param }).toEqual({ status: 400, param: Object.keys(extra)[0] });
    }
  });

  test('a card in the request itself pays', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'eur',
      confirm: true,
      payment_method_data: {
        type: 'card',
        card: { token: 'tok_mastercard' },
        billing_details: { name: 'Ada' },
      } as never,
      expand: ['latest_charge'],
      ...CARD_ONLY,
    });
    expect(expanded(intent.latest_charge)).toMatchObject({
      currency: 'eur',
      billing_details: { name: 'Ada' },
      payment_method_details: { card: { brand: 'mastercard', last4: '4444' } },
    });
  });
});

describe('a confirmation', () => {
  test('of another amount than the one agreed on is refused', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    const confirm = (amount_to_confirm: number) =>
      stripe.paymentIntents.confirm(id, { amount_to_confirm });
    expect(await failure(confirm(1999))).toMatchObject({ status: 400, param: 'amount_to_confirm' });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_confirmation');
    expect((await confirm(2000)).status).toBe('succeeded');
  });

  test('with an object that is not there charges nothing else instead', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    expect(
      await failure(stripe.paymentIntents.confirm(id, { confirmation_token: 'ctoken_1' })),
    ).toMatchObject({ status: 400, code: 'resource_missing', param: 'confirmation_token' });
    expect(
      await failure(stripe.paymentIntents.confirm(id, { mandate: 'mandate_1' })),
    ).toMatchObject({ status: 400, code: 'resource_missing', param: 'mandate' });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_confirmation');
  });
});
