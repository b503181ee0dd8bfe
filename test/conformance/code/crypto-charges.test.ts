import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountNamed } from '../../../src/api/auth.js';
import { audit } from '../../../src/engine/audit.js';
import { validateStripe } from '../../support/schema.js';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { answerTo, fund, keyOf, request, submit } from '../../support/wallets.js';

/** A wallet's payment, as the merchant sees it through the Stripe dialect. */

let tender: TestTender;
let stripe: Stripe;
let intent: Stripe.PaymentIntent;

const payer = keyOf('payer');
const shop = keyOf('shop');

beforeAll(async () => {
  tender = await startTestTender();
  const name = newName();
  stripe = tender.client(name);
  await fund(tender.engine, payer, 60_000_000_000n);
  const id = await request(tender.engine, { destination: shop, merchant: accountNamed(name) });
  await submit(tender.engine, answerTo(id, payer, shop));
  const [found] = (await stripe.paymentIntents.list()).data;
  if (found === undefined) throw new Error('no payment intent');
  intent = found;
});
afterAll(async () => {
  expect(await audit(tender.store)).toEqual([]);
  expect(tender.errors).toEqual([]);
  await tender.stop();
});

/** An object's faults against the published description. */
function faultsOf(object: unknown): unknown {
  return validateStripe(JSON.parse(JSON.stringify(object)));
}

describe('a payment by wallet in the Stripe dialect', () => {
  test('is a payment intent that has succeeded', () => {
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 500,
      currency: 'usd',
      payment_method_types: ['crypto'],
    });
    expect(faultsOf(intent)).toEqual([]);
  });

  test('is a charge that names the buyer, and a method that names nothing', async () => {
    const charge = await stripe.charges.retrieve(intent.latest_charge as string, {
      expand: ['balance_transaction'],
    });
    expect(charge.payment_method_details).toEqual({
      type: 'crypto',
      crypto: { buyer_address: payer.address },
    });
    expect(faultsOf(charge)).toEqual([]);
    const method = await stripe.paymentMethods.retrieve(intent.payment_method as string);
    expect(method).toMatchObject({ type: 'crypto', crypto: {} });
    expect(faultsOf(method)).toEqual([]);
  });

  test('is a balance transaction without a fee, of money that is elsewhere', async () => {
    const { data } = await stripe.balanceTransactions.list();
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      amount: 500,
      net: 500,
      fee: 0,
      fee_details: [],
      status: 'available',
      source: intent.latest_charge,
    });
    expect(faultsOf(data[0])).toEqual([]);
    const balance = await stripe.balance.retrieve();
    expect(balance.available).toEqual([expect.objectContaining({ amount: 0 })]);
  });

  test('is told in events that fit the description', async () => {
    const { data } = await stripe.events.list();
    expect(data.map(({ type }) => type)).toContain('payment_intent.succeeded');
    for (const event of data) expect(faultsOf(event)).toEqual([]);
  });

  test('cannot be refunded where the money went to an address of nobody’s', async () => {
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toThrow(
      "do not support this operation: refund of what went to an address that is not the merchant's",
    );
  });

  test('cannot be made by a merchant, nor saved for later', async () => {
    // The newest typings do not declare the types, which every server takes.
    const types: object = { payment_method_types: ['crypto'] };
    const mine = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...types });
    const confirm = stripe.paymentIntents.confirm(mine.id, {
      payment_method_data: { type: 'crypto' },
      return_url: 'https://shop.example',
    });
    await expect(confirm).rejects.toMatchObject({ code: 'payment_method_provider_decline' });
    const again = stripe.paymentIntents.confirm(mine.id, {
      payment_method: intent.payment_method as string,
      return_url: 'https://shop.example',
    });
    await expect(again).rejects.toThrow('previously used');
    const customer = await stripe.customers.create({});
    const attach = stripe.paymentMethods.attach(intent.payment_method as string, {
      customer: customer.id,
    });
    await expect(attach).rejects.toThrow();
  });
});
