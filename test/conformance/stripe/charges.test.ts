import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventsOf, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

async function pay(stripe: Stripe, amount: number, more: object = {}): Promise<string> {
  const intent = await stripe.paymentIntents.create({ ...PAID, amount, ...more });
  return intent.latest_charge as string;
}

describe('charges', () => {
  test('are listed by customer and by intent, newest first', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const first = await pay(stripe, 1000, { customer });
    const second = await pay(stripe, 2000);
    const { data } = await stripe.charges.list();
    expect(data.map(({ id }) => id)).toEqual([second, first]);
    expect((await stripe.charges.list({ customer })).data.map(({ id }) => id)).toEqual([first]);
    const payment_intent = data[0]?.payment_intent as string;
    const ofIntent = await stripe.charges.list({ payment_intent });
    expect(ofIntent.data.map(({ id }) => id)).toEqual([second]);
    const created = data[0]?.created ?? 0;
    expect((await stripe.charges.list({ created: { gt: created } })).data).toEqual([]);
    expect((await stripe.charges.list({ created: { gte: created - 60 } })).data).toHaveLength(2);
  });

  test('have the shape of the newest version', async () => {
    const { stripe } = fixture.newShop();
    const charge = await stripe.charges.retrieve(await pay(stripe, 1000));
    expect(charge).not.toHaveProperty('refunds');
    expect(charge).toMatchObject({
      destination: null,
      disputed: false,
      fraud_details: {},
      order: null,
      radar_options: {},
      transaction_link_id: null,
      payment_method_details: {
        card: { electronic_commerce_indicator: '07', network: 'visa', three_d_secure: null },
      },
    });
  });

  test('take a few changes, which an event tells', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const id = await pay(stripe, 1000, { metadata: { a: '1' } });
    const updated = await stripe.charges.update(id, {
      customer,
      description: 'Tea',
      metadata: { b: '2' },
      receipt_email: 'ada@example.com',
      fraud_details: { user_report: 'safe' },
      expand: ['customer.invoice_settings.default_payment_method', 'payment_intent'],
    });
    expect(updated).toMatchObject({
      customer: { id: customer, invoice_settings: { default_payment_method: { type: 'card' } } },
      description: 'Tea',
      metadata: { a: '1', b: '2' },
      receipt_email: 'ada@example.com',
      fraud_details: { user_report: 'safe' },
      payment_intent: { object: 'payment_intent', metadata: { a: '1' } },
    });
    const told = (await eventsOf(stripe)).at(-1);
    expect(told?.type).toBe('charge.updated');
    expect(told?.data.previous_attributes).toEqual({
      customer: null,
      description: null,
      metadata: { b: null },
      receipt_email: null,
      fraud_details: { user_report: null },
    });
    expect(await failure(stripe.charges.update('ch_none', {}))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such charge: 'ch_none'",
    });
    expect(await failure(stripe.charges.retrieve('ch_none'))).toMatchObject({
      status: 404,
      param: 'id',
    });
  });
});

describe('the balance', () => {
  test('counts payments less fees as pending, then as available; refunds at once', async () => {
    const { stripe } = fixture.newShop();
    const charge = await pay(stripe, 10_000, { description: 'Tea' });
    await pay(stripe, 1000, { currency: 'eur' });
    const pendingOf = async () => {
      const { available, pending } = await stripe.balance.retrieve();
      const sums = (list: Stripe.Balance.Available[]) =>
        Object.fromEntries(list.map(({ currency, amount }) => [currency, amount]));
      return { available: sums(available), pending: sums(pending as never) };
    };
    // 2.9 % and 30 minor units.
    expect(await pendingOf()).toMatchObject({
      available: { usd: 0 },
      pending: { usd: 10_000 - 320, eur: 1000 - 59 },
    });
    await stripe.refunds.create({ charge, amount: 4000 });
    expect(await pendingOf()).toMatchObject({
      available: { usd: -4000 },
      pending: { usd: 9680, eur: 941 },
    });
    await fixture.tender.advance(3 * 24 * 3600);
    expect(await pendingOf()).toMatchObject({
      available: { usd: 5680, eur: 941 },
      pending: { usd: 0 },
    });
  });

  test('is made of transactions, listed by source and by type', async () => {
    const { stripe } = fixture.newShop();
    const charge = await pay(stripe, 10_000, { description: 'Tea' });
    const refund = await stripe.refunds.create({
      charge,
      amount: 4000,
      expand: ['balance_transaction', 'charge.customer', 'payment_intent.payment_method'],
    });
    expect(refund).toMatchObject({
      charge: { id: charge, amount_refunded: 4000 },
      payment_intent: { payment_method: { type: 'card' } },
    });
    expect(expanded(refund.balance_transaction)).toMatchObject({
      amount: -4000,
      net: -4000,
      fee: 0,
      fee_details: [],
      type: 'refund',
      reporting_category: 'refund',
      description: 'REFUND FOR CHARGE (Tea)',
      source: refund.id,
      status: 'available',
    });
    const { data } = await stripe.balanceTransactions.list({ expand: ['data.source'] });
    expect(data).toMatchObject([
      { type: 'refund', source: { object: 'refund', id: refund.id } },
      {
        type: 'charge',
        source: { object: 'charge', id: charge },
        amount: 10_000,
        fee: 320,
        net: 9680,
        balance_type: 'payments',
        currency: 'usd',
        description: 'Tea',
        exchange_rate: null,
        fee_details: [
          {
            amount: 320,
            application: null,
            currency: 'usd',
            description: 'Stripe processing fees',
            type: 'stripe_fee',
          },
        ],
        reporting_category: 'charge',
        status: 'pending',
      },
    ]);
    const [, ofCharge] = data;
    expect((await stripe.balanceTransactions.retrieve(ofCharge?.id ?? '')).source).toBe(charge);
    const list = async (filter: Stripe.BalanceTransactionListParams) =>
      (await stripe.balanceTransactions.list(filter)).data.map(({ type }) => type);
    expect(await list({ source: charge })).toEqual(['charge']);
    expect(await list({ type: 'refund' })).toEqual(['refund']);
    expect(await list({ currency: 'eur' })).toEqual([]);
    expect(await list({ type: 'payout' })).toEqual([]);
    expect(await list({ type: 'nothing_of_the_kind' })).toEqual([]);
    expect(await failure(stripe.balanceTransactions.retrieve('txn_none'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
    });
  });

  test('has no transaction for a hold', async () => {
    const { stripe } = fixture.newShop();
    await pay(stripe, 1000, { capture_method: 'manual' });
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 0 }]);
  });
});

test('the account tells what the statement shows', async () => {
  const { stripe } = fixture.newShop();
  const account = (await stripe.accounts.retrieveCurrent()) as Stripe.Account;
  expect(account).toMatchObject({
    object: 'account',
    charges_enabled: true,
    default_currency: 'usd',
    settings: {
      card_payments: { statement_descriptor_prefix: 'TENDER' },
      payments: { statement_descriptor: 'TENDER SANDBOX' },
    },
  });
  expect(account.id).toMatch(/^acct_[0-9A-Za-z]{16}$/);
});
