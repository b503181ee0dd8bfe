import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { CARD_ONLY, eventsOf, eventTypes, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();
const HOLD_SECONDS = 7 * 24 * 3600;

function hold(stripe: Stripe, more: object = {}): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    ...PAID,
    amount: 1000,
    capture_method: 'manual',
    expand: ['latest_charge'],
    ...more,
  });
}

function chargeOf(intent: Stripe.PaymentIntent): string {
  const { latest_charge } = intent;
  return typeof latest_charge === 'string' ? latest_charge : expanded(latest_charge).id;
}

describe('a manual capture', () => {
  test('holds, then takes all', async () => {
    const { stripe } = fixture.newShop();
    const held = await hold(stripe);
    expect(held).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 1000,
      amount_received: 0,
    });
    const charge = expanded(held.latest_charge);
    expect(charge).toMatchObject({
      captured: false,
      paid: true,
      status: 'succeeded',
      amount_captured: 0,
      balance_transaction: null,
      payment_method_details: {
        card: {
          amount_authorized: 1000,
          capture_before: charge.created + HOLD_SECONDS,
          extended_authorization: { status: 'disabled' },
          incremental_authorization: { status: 'unavailable' },
          network_token: { used: false },
        },
      },
    });
    const taken = await stripe.paymentIntents.capture(held.id, { metadata: { box: '7' } });
    expect(taken).toMatchObject({
      status: 'succeeded',
      amount_capturable: 0,
      amount_received: 1000,
      metadata: { box: '7' },
      latest_charge: charge.id,
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
    const [, succeeded] = await eventsOf(stripe);
    expect(succeeded?.data.object).toMatchObject({ captured: false, amount_captured: 0 });
  });

  test('of a part releases the rest', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await hold(stripe);
    const part = await stripe.paymentIntents.capture(id, {
      amount_to_capture: 800,
      expand: ['latest_charge.balance_transaction'],
    });
    expect(part).toMatchObject({
      status: 'succeeded',
      amount: 1000,
      amount_capturable: 0,
      amount_received: 800,
    });
    // As recorded of the live API: what was released does not count as refunded.
    expect(expanded(part.latest_charge)).toMatchObject({
      amount: 1000,
      amount_captured: 800,
      amount_refunded: 0,
      captured: true,
      refunded: false,
      balance_transaction: { amount: 800 },
    });
    expect(await failure(stripe.paymentIntents.capture(id))).toMatchObject({
      status: 400,
      code: 'payment_intent_unexpected_state',
      message:
        'The remaining amount on this PaymentIntent could not be captured because the remainder ' +
        'of the authorized amount has been released.',
    });
  });

  test('in parts keeps the rest held until the last', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await hold(stripe);
    const first = await stripe.paymentIntents.capture(id, {
      amount_to_capture: 300,
      final_capture: false,
    });
    expect(first).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 700,
      amount_received: 300,
    });
    const second = await stripe.paymentIntents.capture(id, { amount_to_capture: 500 });
    expect(second).toMatchObject({
      status: 'succeeded',
      amount_capturable: 0,
      amount_received: 800,
    });
    const transactions = await stripe.balanceTransactions.list({ type: 'charge' });
    expect(transactions.data.map(({ amount }) => amount)).toEqual([500, 300]);
  });

  test('refuses too much, nothing, and less than nothing', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await hold(stripe);
    const capture = (amount: number) =>
      failure(stripe.paymentIntents.capture(id, { amount_to_capture: amount }));
    expect(await capture(1001)).toMatchObject({
      status: 400,
      code: 'amount_too_large',
      message:
        'The payment could not be captured because the requested capture amount is greater than ' +
        'the amount you can capture for this charge. Contact us via ' +
        'https://support.stripe.com/contact/ for help.',
      payment_intent: { id, status: 'requires_capture' },
    });
    expect(await capture(0)).toMatchObject({
      status: 400,
      code: 'parameter_invalid_integer',
      param: 'amount',
      message: 'This value must be greater than or equal to 1.',
    });
    const negative = await capture(-1);
    expect(negative).toMatchObject({
      status: 400,
      param: 'amount_to_capture',
      message: 'Invalid non-negative integer',
    });
    expect(negative).not.toHaveProperty('code');
    expect((await stripe.paymentIntents.retrieve(id)).amount_capturable).toBe(1000);
  });

  test('of what is not held is refused', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(await failure(stripe.paymentIntents.capture(id))).toMatchObject({
      status: 400,
      code: 'payment_intent_unexpected_state',
      message:
        'This PaymentIntent could not be captured because it has a status of ' +
        'requires_payment_method. Only a PaymentIntent with one of the following statuses may ' +
        'be captured: requires_capture.',
    });
  });

  test('can name what the statement shows', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await hold(stripe);
    const taken = await stripe.paymentIntents.capture(id, {
      statement_descriptor: 'Box 7',
      expand: ['latest_charge'],
    });
    expect(taken.statement_descriptor).toBe('Box 7');
    expect(expanded(taken.latest_charge)).toMatchObject({
      statement_descriptor: 'Box 7',
      calculated_statement_descriptor: 'TENDER* Box 7',
    });
  });
});

describe('cancellation', () => {
  const open = ['requires_payment_method', 'requires_confirmation', 'requires_action'] as const;
  const CREATED: Record<(typeof open)[number], object> = {
    requires_payment_method: { payment_method: undefined, confirm: false },
    requires_confirmation: { confirm: false },
    requires_action: { payment_method: 'pm_card_authenticationRequired' },
  };

  test.each(open)('of an intent that %s', async (status) => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({ ...PAID, ...CREATED[status] });
    expect(intent.status).toBe(status);
    const from = (await eventTypes(stripe)).length;
    const canceled = await stripe.paymentIntents.cancel(intent.id, {
      cancellation_reason: 'abandoned',
    });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      next_action: null,
    });
    expect(canceled.canceled_at).toBeGreaterThanOrEqual(intent.created);
    expect(await eventTypes(stripe, from)).toEqual(['payment_intent.canceled']);
  });

  test('of a held payment releases it, and the charge keeps its uncaptured shape', async () => {
    const { stripe } = fixture.newShop();
    const held = await hold(stripe);
    const canceled = await stripe.paymentIntents.cancel(held.id);
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: null,
      amount_capturable: 0,
      amount_received: 0,
    });
    expect(await stripe.charges.retrieve(chargeOf(held))).toMatchObject({
      amount_captured: 0,
      amount_refunded: 0,
      captured: false,
      refunded: false,
      status: 'succeeded',
    });
    expect(await eventTypes(stripe, 3)).toEqual(['payment_intent.canceled']);
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 0 }]);
  });

  test.each(['succeeded', 'canceled'] as const)('of an intent that is %s fails', async (status) => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({
      ...PAID,
      confirm: status === 'succeeded',
    });
    if (status === 'canceled') await stripe.paymentIntents.cancel(id);
    expect(await failure(stripe.paymentIntents.cancel(id))).toMatchObject({
      status: 400,
      code: 'payment_intent_unexpected_state',
      message:
        `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a ` +
        'PaymentIntent with one of the following statuses may be canceled: ' +
        'requires_payment_method, requires_capture, requires_reauthorization, ' +
        'requires_confirmation, requires_action, expired, processing.',
      payment_intent: { id, status },
    });
    const { code, message } = await failure(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
    );
    expect(code).toBe('payment_intent_unexpected_state');
    if (status === 'canceled') expect(message).toContain('it has a status of canceled.');
  });

  test('takes four reasons', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    const wrong = { cancellation_reason: 'expired' } as never;
    const refused = await failure(stripe.paymentIntents.cancel(id, wrong));
    expect(refused).toMatchObject({
      param: 'cancellation_reason',
      message:
        'Invalid cancellation_reason: must be one of duplicate, fraudulent, ' +
        'requested_by_customer, or abandoned',
    });
    expect(refused).not.toHaveProperty('code');
  });
});

test('a hold ends after seven days', async () => {
  const { stripe } = fixture.newShop();
  const held = await hold(stripe);
  const kept = await hold(stripe, { ...CARD_ONLY });
  await stripe.paymentIntents.capture(kept.id);
  const from = (await eventTypes(stripe)).length;
  await fixture.tender.advance(HOLD_SECONDS - 60);
  expect((await stripe.paymentIntents.retrieve(held.id)).status).toBe('requires_capture');
  await fixture.tender.advance(120);
  expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'expired',
    amount_capturable: 0,
  });
  expect((await stripe.paymentIntents.retrieve(kept.id)).status).toBe('succeeded');
  expect(await eventTypes(stripe, from)).toEqual(['charge.expired', 'payment_intent.canceled']);
});
