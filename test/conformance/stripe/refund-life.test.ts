import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import type { Body } from './raw-http.js';
import { CARD_ONLY, eventTypes, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

/** Longer than a bank takes here. */
const SETTLED_SECONDS = 20;

async function refunded(stripe: Stripe, payment_method: string) {
  const intent = await stripe.paymentIntents.create({ ...PAID, payment_method });
  const refund = await stripe.refunds.create({ payment_intent: intent.id });
  return { intent, refund };
}

async function available(stripe: Stripe): Promise<number> {
  const { available: sums } = await stripe.balance.retrieve();
  return sums.find(({ currency }) => currency === 'usd')?.amount ?? 0;
}

describe('a refund that takes its time', () => {
  test('is pending, and succeeds later', async () => {
    const { stripe } = fixture.newShop();
    const { refund } = await refunded(stripe, 'pm_card_pendingRefund');
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    expect(await available(stripe)).toBe(-2000);
    const from = (await eventTypes(stripe)).length;
    await fixture.tender.advance(SETTLED_SECONDS);
    const settled = await stripe.refunds.retrieve(refund.id);
    expect(settled.status).toBe('succeeded');
    expect(settled).not.toHaveProperty('pending_reason');
    expect(await eventTypes(stripe, from)).toEqual(['refund.updated', 'charge.refund.updated']);
    expect(await available(stripe)).toBe(-2000);
  });

  test('tells in its event what it was before', async () => {
    const { stripe } = fixture.newShop();
    await refunded(stripe, 'pm_card_pendingRefund');
    await fixture.tender.advance(SETTLED_SECONDS);
    const { data } = await stripe.events.list({ type: 'refund.updated' });
    expect(data[0]?.data.previous_attributes).toMatchObject({ status: 'pending' });
  });
});

describe('a refund that the bank returns', () => {
  test('succeeds first, then fails, and the money is the merchant’s again', async () => {
    const { stripe } = fixture.newShop();
    const { intent, refund } = await refunded(stripe, 'pm_card_refundFail');
    expect(refund.status).toBe('succeeded');
    const from = (await eventTypes(stripe)).length;
    await fixture.tender.advance(SETTLED_SECONDS);
    const failed = await stripe.refunds.retrieve(refund.id, {
      expand: ['failure_balance_transaction'],
    });
    expect(failed).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' });
    const back = expanded<Stripe.BalanceTransaction>(failed.failure_balance_transaction as never);
    expect(back).toMatchObject({ amount: 2000, type: 'refund_failure', source: refund.id });
    expect(await available(stripe)).toBe(0);
    const charge = await stripe.charges.retrieve(intent.latest_charge as string);
    expect(charge).toMatchObject({ amount_refunded: 0, refunded: false });
    expect(await eventTypes(stripe, from)).toEqual([
      'refund.updated',
      'charge.refund.updated',
      'refund.failed',
    ]);
  });

  test('leaves the payment to be refunded again', async () => {
    const { stripe } = fixture.newShop();
    const { intent } = await refunded(stripe, 'pm_card_refundFail');
    const again = { payment_intent: intent.id };
    expect(await failure(stripe.refunds.create(again))).toMatchObject({
      code: 'charge_already_refunded',
    });
    await fixture.tender.advance(SETTLED_SECONDS);
    await expect(stripe.refunds.create(again)).resolves.toMatchObject({ amount: 2000 });
  });

  test('shows both movements among the balance transactions', async () => {
    const { stripe } = fixture.newShop();
    await refunded(stripe, 'pm_card_refundFail');
    await fixture.tender.advance(SETTLED_SECONDS);
    const failures = await stripe.balanceTransactions.list({ type: 'refund_failure' });
    expect(failures.data).toMatchObject([{ amount: 2000, net: 2000, fee: 0 }]);
    const all = await stripe.balanceTransactions.list();
    expect(all.data.map(({ type }) => type)).toEqual(['refund_failure', 'refund', 'charge']);
  });
});

describe('canceling and expiring', () => {
  test('cannot be done to a card’s refund', async () => {
    const { stripe } = fixture.newShop();
    const { refund } = await refunded(stripe, 'pm_card_visa');
    expect(await failure(stripe.refunds.cancel(refund.id))).toMatchObject({
      status: 400,
      message: 'Canceling this refund is unsupported.',
    });
    const expired = failure(stripe.testHelpers.refunds.expire(refund.id));
    expect((await expired).message).toContain('requires_action');
    expect(await failure(stripe.refunds.cancel('re_missing'))).toMatchObject({ status: 404 });
  });
});

describe('raising an authorization', () => {
  const HELD = { ...PAID, capture_method: 'manual' as const };

  test('holds more, and all of it can be captured', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(HELD);
    const from = (await eventTypes(stripe)).length;
    const raised = await stripe.paymentIntents.incrementAuthorization(id, {
      amount: 2500,
      description: 'with breakfast',
      metadata: { nights: '2' },
      expand: ['latest_charge'],
    });
    expect(raised).toMatchObject({
      amount: 2500,
      amount_capturable: 2500,
      status: 'requires_capture',
      description: 'with breakfast',
      metadata: { nights: '2' },
    });
    expect(expanded<Stripe.Charge>(raised.latest_charge)).toMatchObject({
      amount: 2500,
      payment_method_details: { card: { amount_authorized: 2500 } },
    });
    expect(await eventTypes(stripe, from)).toEqual([
      'charge.updated',
      'payment_intent.amount_capturable_updated',
    ]);
    const captured = await stripe.paymentIntents.capture(id);
    expect(captured).toMatchObject({ amount_received: 2500, status: 'succeeded' });
  });

  test('goes only upwards, and only while nothing was captured', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(HELD);
    const raise = (amount: number) =>
      failure(stripe.paymentIntents.incrementAuthorization(id, { amount }));
    expect(await raise(2000)).toMatchObject({ status: 400, param: 'amount' });
    await stripe.paymentIntents.capture(id, { amount_to_capture: 500, final_capture: false });
    expect(await raise(2500)).toMatchObject({ code: 'payment_intent_unexpected_state' });
    await stripe.paymentIntents.capture(id);
    expect(await raise(2500)).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  test('is done ten times at most', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(HELD);
    for (let amount = 2001; amount <= 2010; amount++)
      await stripe.paymentIntents.incrementAuthorization(id, { amount });
    const refused = failure(stripe.paymentIntents.incrementAuthorization(id, { amount: 2011 }));
    expect((await refused).message).toContain('10 times');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ amount: 2010 });
  });

  test('what the merchant asked for shows on the charge', async () => {
    const { stripe } = fixture.newShop();
    const request = 'if_available' as const;
    const intent = await stripe.paymentIntents.create({
      ...HELD,
      payment_method_options: {
        card: { request_incremental_authorization: request, request_multicapture: request },
      },
      expand: ['latest_charge'],
    });
    const card = (expanded<Stripe.Charge>(intent.latest_charge) as Body).payment_method_details
      .card;
    expect(card.incremental_authorization).toEqual({ status: 'available' });
    expect(card.multicapture).toEqual({ status: 'available' });
  });
});

describe('a charge made directly', () => {
  const CHARGE = { amount: 1500, currency: 'usd', source: 'tok_visa' };

  test('is paid at once and shows its card', async () => {
    const { stripe } = fixture.newShop();
    const charge = await stripe.charges.create({ ...CHARGE, description: 'A mug' });
    expect(charge).toMatchObject({
      object: 'charge',
      amount: 1500,
      captured: true,
      paid: true,
      description: 'A mug',
      source: { object: 'card', brand: 'Visa', last4: '4242' },
    });
    const refund = await stripe.refunds.create({ charge: charge.id });
    expect(refund).toMatchObject({ amount: 1500, status: 'succeeded' });
  });

  test('can be captured later, in part, and once', async () => {
    const { stripe } = fixture.newShop();
    const { id, captured } = await stripe.charges.create({ ...CHARGE, capture: false });
    expect(captured).toBe(false);
    const taken = await stripe.charges.capture(id, { amount: 1000 });
    expect(taken).toMatchObject({ captured: true, amount_captured: 1000 });
    expect(await failure(stripe.charges.capture(id))).toMatchObject({
      code: 'charge_already_captured',
      message: `Charge ${id} has already been captured.`,
    });
  });

  test('of a customer takes the default method, and says when there is none', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create({ name: 'Ada' });
    const charge = { amount: 1500, currency: 'usd', customer };
    expect(await failure(stripe.charges.create(charge))).toMatchObject({
      status: 402,
      code: 'missing',
      message: 'Cannot charge a customer that has no active card',
    });
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    await stripe.customers.update(customer, {
      invoice_settings: { default_payment_method: method.id },
    });
    expect(await stripe.charges.create(charge)).toMatchObject({ payment_method: method.id });
  });

  test('that is declined says so, and keeps its charge', async () => {
    const { stripe } = fixture.newShop();
    const error = await failure(
      stripe.charges.create({ ...CHARGE, source: 'tok_chargeDeclinedInsufficientFunds' }),
    );
    expect(error).toMatchObject({ status: 402, decline_code: 'insufficient_funds' });
    expect(await stripe.charges.retrieve(error.charge ?? '')).toMatchObject({ status: 'failed' });
  });

  test('needs something to charge', async () => {
    const { stripe } = fixture.newShop();
    const error = await failure(stripe.charges.create({ amount: 1500, currency: 'usd' }));
    expect(error).toMatchObject({ status: 400, message: 'Must provide source or customer.' });
  });

  test('of a payment intent is captured with its intent', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: true,
      ...CARD_ONLY,
    });
    const error = await failure(stripe.charges.capture(intent.latest_charge as string));
    expect(error.message).toContain(`created by a PaymentIntent (${intent.id})`);
  });
});
