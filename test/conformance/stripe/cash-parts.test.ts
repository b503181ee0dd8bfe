import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventsOf, eventTypes, failure, useTender } from './shop.js';

const fixture = useTender();

const CASH: object = { payment_method_types: ['customer_balance'] };

async function shopWithCustomer() {
  const { stripe } = fixture.newShop();
  const { id } = await stripe.customers.create();
  const fund = (amount: number) =>
    stripe.testHelpers.customers.fundCashBalance(id, { amount, currency: 'usd' });
  const pay = (amount: number) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer: id,
      confirm: true,
      ...CASH,
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: {
        customer_balance: {
          funding_type: 'bank_transfer',
          bank_transfer: { type: 'us_bank_transfer' },
        },
      },
    });
  const held = async () => (await stripe.customers.retrieveCashBalance(id)).available;
  const remaining = async (intent: Stripe.PaymentIntent) =>
    remainingOf(await stripe.paymentIntents.retrieve(intent.id));
  const movements = async () => {
    const { data } = await stripe.customers.listCashBalanceTransactions(id);
    return data.map(({ type, net_amount }) => [type, net_amount]).toReversed();
  };
  return { stripe, id, fund, pay, held, remaining, movements };
}

function remainingOf({ next_action }: Stripe.PaymentIntent): number | null | undefined {
  return next_action?.display_bank_transfer_instructions?.amount_remaining;
}

describe('money that is not enough', () => {
  test('shrinks what an intent waits for, until it is whole', async () => {
    const { stripe, fund, pay, held, remaining, movements } = await shopWithCustomer();
    const intent = await pay(2000);
    const from = (await eventTypes(stripe)).length;
    await fund(500);
    expect(await remaining(intent)).toBe(1500);
    await fund(700);
    expect(await remaining(intent)).toBe(800);
    expect(await held()).toBeNull();
    await fund(1000);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 2000,
      next_action: null,
    });
    expect(await held()).toEqual({ usd: 200 });
    expect(await movements()).toEqual([
      ['funded', 500],
      ['applied_to_payment', -500],
      ['funded', 700],
      ['applied_to_payment', -700],
      ['funded', 1000],
      ['applied_to_payment', -800],
    ]);
    const moved = 'customer_cash_balance_transaction.created';
    expect(await eventTypes(stripe, from)).toEqual([
      ...[moved, moved, 'payment_intent.partially_funded'],
      ...[moved, moved, 'payment_intent.partially_funded'],
      ...[moved, moved, 'charge.succeeded', 'payment_intent.succeeded'],
    ]);
    const [told] = (await eventsOf(stripe)).filter(
      ({ type }) => type === 'payment_intent.partially_funded',
    );
    expect(remainingOf(told?.data.object as Stripe.PaymentIntent)).toBe(1500);
    const { data } = await stripe.balanceTransactions.list();
    expect(data.map(({ amount, type }) => [amount, type])).toEqual([[2000, 'charge']]);
  });

  test('is taken at once from what was there before', async () => {
    const { fund, pay, held } = await shopWithCustomer();
    await fund(500);
    const intent = await pay(2000);
    expect(intent.status).toBe('requires_action');
    expect(remainingOf(intent)).toBe(1500);
    expect(await held()).toBeNull();
  });

  test('is its customer’s again when the intent is canceled', async () => {
    const { stripe, fund, pay, held, movements } = await shopWithCustomer();
    const intent = await pay(2000);
    await fund(500);
    await stripe.paymentIntents.cancel(intent.id);
    expect(await held()).toEqual({ usd: 500 });
    expect((await movements()).at(-1)).toEqual(['unapplied_from_payment', 500]);
  });

  test('is its customer’s again when the intent is changed or paid otherwise', async () => {
    const { stripe, id, fund, pay, held, remaining } = await shopWithCustomer();
    const intent = await pay(2000);
    await fund(500);
    const dearer = await stripe.paymentIntents.update(intent.id, { amount: 3000 });
    expect(dearer).toMatchObject({ status: 'requires_confirmation', next_action: null });
    expect(await held()).toEqual({ usd: 500 });
    await stripe.paymentIntents.confirm(intent.id);
    expect(await remaining(intent)).toBe(2500);
    const both: object = { payment_method_types: ['customer_balance', 'card'] };
    await stripe.paymentIntents.update(intent.id, both);
    const other = await stripe.paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
    });
    expect(other).toMatchObject({ status: 'succeeded', amount_received: 3000 });
    expect(await held()).toEqual({ usd: 500 });
    const [first] = (await stripe.customers.listCashBalanceTransactions(id)).data;
    expect(first).toMatchObject({ unapplied_from_payment: { payment_intent: intent.id } });
  });

  test('stays with the intent when the same customer confirms it again', async () => {
    const { stripe, fund, pay, movements, remaining } = await shopWithCustomer();
    const intent = await pay(2000);
    await fund(500);
    const again = await stripe.paymentIntents.confirm(intent.id);
    const url = again.next_action?.display_bank_transfer_instructions?.hosted_instructions_url;
    expect(url).toBe(
      intent.next_action?.display_bank_transfer_instructions?.hosted_instructions_url,
    );
    expect(await remaining(intent)).toBe(1500);
    expect(await movements()).toHaveLength(2);
  });

  test('follows no intent to another customer', async () => {
    const { stripe, fund, pay, held } = await shopWithCustomer();
    const intent = await pay(2000);
    await fund(500);
    const { id: other } = await stripe.customers.create();
    const moved = await stripe.paymentIntents.update(intent.id, { customer: other });
    expect(moved).toMatchObject({ status: 'requires_confirmation', next_action: null });
    expect(await held()).toEqual({ usd: 500 });
    await fund(2000);
    expect(await held()).toEqual({ usd: 2500 });
    expect((await stripe.paymentIntents.retrieve(intent.id)).amount_received).toBe(0);
  });

  test('is applied by hand in parts, and never beyond what remains', async () => {
    const { stripe, id, fund, pay, remaining } = await shopWithCustomer();
    const settings = { reconciliation_mode: 'manual' } as const;
    await stripe.customers.updateCashBalance(id, { settings });
    await fund(900);
    const intent = await pay(2000);
    expect(remainingOf(intent)).toBe(2000);
    const part = await stripe.paymentIntents.applyCustomerBalance(intent.id, { amount: 600 });
    expect(part.status).toBe('requires_action');
    expect(remainingOf(part)).toBe(1400);
    const apply = (amount?: number) =>
      stripe.paymentIntents.applyCustomerBalance(intent.id, amount === undefined ? {} : { amount });
    expect(await failure(apply(1401))).toMatchObject({ status: 400, param: 'amount' });
    expect(await failure(apply())).toMatchObject({ status: 400, param: 'amount' });
    await fund(1200);
    expect(await remaining(intent)).toBe(1400);
    expect(await apply()).toMatchObject({ status: 'succeeded', amount_received: 2000 });
  });
});

describe('a payment from cash that is paid back', () => {
  async function paid() {
    const shop = await shopWithCustomer();
    await shop.fund(2000);
    const { id: payment_intent } = await shop.pay(2000);
    return { ...shop, payment_intent };
  }

  test('goes back to the customer’s cash balance', async () => {
    const { stripe, id, held, payment_intent } = await paid();
    const refund = await stripe.refunds.create({ payment_intent, amount: 800 });
    expect(refund).toMatchObject({
      status: 'succeeded',
      destination_details: { type: 'customer_cash_balance', customer_cash_balance: {} },
    });
    expect(await held()).toEqual({ usd: 800 });
    const { data } = await stripe.customers.listCashBalanceTransactions(id, {
      expand: ['data.refunded_from_payment.refund'],
    });
    expect(data[0]).toMatchObject({
      type: 'refunded_from_payment',
      net_amount: 800,
      refunded_from_payment: { refund: { id: refund.id, object: 'refund' } },
    });
    await stripe.refunds.create({ payment_intent });
    expect(await held()).toEqual({ usd: 2000 });
  });

  test('goes to an account that its payee names, where an address to ask is given', async () => {
    const { stripe, held, payment_intent } = await paid();
    const refund = await stripe.refunds.create({
      payment_intent,
      instructions_email: 'ada@example.com',
    });
    expect(refund).toMatchObject({
      status: 'requires_action',
      destination_details: { type: 'us_bank_transfer' },
      next_action: { display_details: { email_sent: { email_sent_to: 'ada@example.com' } } },
    });
    expect(await held()).toBeNull();
    await stripe.testHelpers.refunds.expire(refund.id);
    expect(await held()).toBeNull();
    const again = await stripe.refunds.create({ payment_intent });
    expect(again.status).toBe('succeeded');
    expect(await held()).toEqual({ usd: 2000 });
  });
});
