import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventTypes, failure, useTender } from './shop.js';

const fixture = useTender();

function payment(customer: string, amount: number): Stripe.PaymentIntentCreateParams {
  return {
    amount,
    currency: 'usd',
    customer,
    confirm: true,
    ...{ payment_method_types: ['customer_balance'] },
    payment_method_data: { type: 'customer_balance' },
    payment_method_options: {
      customer_balance: {
        funding_type: 'bank_transfer',
        bank_transfer: { type: 'us_bank_transfer' },
      },
    },
  };
}

async function shopWithCustomer() {
  const { stripe } = fixture.newShop();
  const { id } = await stripe.customers.create();
  const fund = (amount: number) =>
    stripe.testHelpers.customers.fundCashBalance(id, { amount, currency: 'usd' });
  const statusOf = async (intent: Stripe.PaymentIntent) =>
    (await stripe.paymentIntents.retrieve(intent.id)).status;
  return { stripe, id, fund, statusOf };
}

describe('a customer’s cash balance', () => {
  test('is empty at first, and holds what was sent ahead', async () => {
    const { stripe, id, fund } = await shopWithCustomer();
    const empty = await stripe.customers.retrieveCashBalance(id);
    expect(empty).toMatchObject({
      available: null,
      settings: { reconciliation_mode: 'automatic' },
    });
    expect(await fund(900)).toMatchObject({ type: 'funded', net_amount: 900, ending_balance: 900 });
    expect((await stripe.customers.retrieveCashBalance(id)).available).toEqual({ usd: 900 });
    expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: 0 }]);
  });

  test('pays at once what it is enough for', async () => {
    const { stripe, id, fund } = await shopWithCustomer();
    await fund(3000);
    const intent = await stripe.paymentIntents.create(payment(id, 2000));
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2000 });
    expect((await stripe.customers.retrieveCashBalance(id)).available).toEqual({ usd: 1000 });
    const { data } = await stripe.customers.listCashBalanceTransactions(id);
    expect(data.map(({ type, net_amount }) => [type, net_amount])).toEqual([
      ['applied_to_payment', -2000],
      ['funded', 3000],
    ]);
    const applied = await stripe.customers.retrieveCashBalanceTransaction(id, data[0]?.id ?? '');
    expect(applied.applied_to_payment?.payment_intent).toBe(intent.id);
  });

  test('pays what waits as money arrives, the oldest first', async () => {
    const { stripe, id, fund, statusOf } = await shopWithCustomer();
    const first = await stripe.paymentIntents.create(payment(id, 2000));
    const second = await stripe.paymentIntents.create(payment(id, 2000));
    expect(first).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'display_bank_transfer_instructions',
        display_bank_transfer_instructions: {
          amount_remaining: 2000,
          currency: 'usd',
          type: 'us_bank_transfer',
        },
      },
    });
    const from = (await eventTypes(stripe)).length;
    await fund(2000);
    expect(await statusOf(first)).toBe('succeeded');
    expect(await statusOf(second)).toBe('requires_action');
    expect(await eventTypes(stripe, from)).toEqual([
      'customer_cash_balance_transaction.created',
      'customer_cash_balance_transaction.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
    await stripe.paymentIntents.cancel(second.id);
    await fund(2500);
    expect(await statusOf(second)).toBe('canceled');
    expect((await stripe.customers.retrieveCashBalance(id)).available).toEqual({ usd: 2500 });
  });

  test('is applied by hand where its customer’s mode says so', async () => {
    const { stripe, id, fund, statusOf } = await shopWithCustomer();
    const settings = { reconciliation_mode: 'manual' } as const;
    expect(await stripe.customers.updateCashBalance(id, { settings })).toMatchObject({ settings });
    const intent = await stripe.paymentIntents.create(payment(id, 2000));
    const short = await failure(stripe.paymentIntents.applyCustomerBalance(intent.id));
    expect(short).toMatchObject({ status: 400, param: 'amount' });
    await fund(2000);
    expect(await statusOf(intent)).toBe('requires_action');
    const paid = await stripe.paymentIntents.applyCustomerBalance(intent.id, {
      amount: 2000,
      currency: 'usd',
    });
    expect(paid.status).toBe('succeeded');
    const again = await failure(stripe.paymentIntents.applyCustomerBalance(intent.id));
    expect(again.code).toBe('payment_intent_unexpected_state');
  });

  test('belongs to a customer', async () => {
    const { stripe } = fixture.newShop();
    const { customer: _, ...params } = payment('', 2000);
    const error = await failure(stripe.paymentIntents.create(params));
    expect(error).toMatchObject({ status: 400, param: 'customer' });
    const gone = await failure(stripe.customers.retrieveCashBalance('cus_none'));
    expect(gone).toMatchObject({ status: 404, code: 'resource_missing' });
  });
});
