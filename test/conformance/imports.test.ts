import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { accountNamed } from '../../src/api/auth.js';
import { readFiles } from '../../src/cli/import-files.js';
import { noFindings, planOf } from '../../src/cli/import-plan.js';
import { importCustomer, importPayment } from '../../src/engine/imports.js';
import { run } from '../support/payments.js';
import { useTestTender } from '../support/running-tender.js';
import { validateStripe } from '../support/schema.js';
import { newDojoShop, ok, problem } from './dojo/client.js';

/** What one account's lists tell, taken over by another and read there. */

const faults: string[] = [];
const tender = useTestTender(faults);

/** Writes the answers down and imports them for a merchant. */
async function imported(name: string, files: Record<string, unknown>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tender-import-'));
  try {
    const paths = Object.entries(files).map(([file, content]) => {
      writeFileSync(join(folder, file), JSON.stringify(content));
      return join(folder, file);
    });
    const found = noFindings();
    readFiles(paths, found);
    const { customers, payments } = planOf(found);
    expect(found.problems).toEqual([]);
    const terms = { account: accountNamed(name), from: 'stripe', writes: true };
    const { engine } = tender();
    for (const { past } of customers) await run(engine, importCustomer(terms, past));
    for (const { past } of payments) await run(engine, importPayment(terms, past));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A customer who paid after a decline, and got a part back; a hold that ended; a canceled one. */
async function sell(stripe: Stripe): Promise<string> {
  const customer = await stripe.customers.create({ name: 'Ann', metadata: { tier: 'gold' } });
  const shared = { currency: 'usd', payment_method_types: ['card'], customer: customer.id };
  const paid = await stripe.paymentIntents.create({
    ...shared,
    amount: 2000,
    metadata: { order_id: '7' },
  });
  const declined = { payment_method: 'pm_card_chargeDeclined' };
  await stripe.paymentIntents.confirm(paid.id, declined).catch(() => {});
  await stripe.paymentIntents.confirm(paid.id, { payment_method: 'pm_card_visa' });
  await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
  const manual = {
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
  } as const;
  const held = await stripe.paymentIntents.create({ ...shared, ...manual, amount: 900 });
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 400 });
  const idle = await stripe.paymentIntents.create({ ...shared, amount: 700 });
  await stripe.paymentIntents.cancel(idle.id);
  return paid.id;
}

/** What must be told again as it was. */
const kept = ({ data }: { data: Stripe.PaymentIntent[] }) =>
  data.map((one) => ({
    id: one.id,
    amount: one.amount,
    received: one.amount_received,
    status: one.status,
    created: one.created,
    customer: one.customer,
    metadata: one.metadata,
    latest_charge: one.latest_charge,
    capture_method: one.capture_method,
  }));

const charged = ({ data }: { data: Stripe.Charge[] }) =>
  data.map(({ payment_method_details: details, ...one }) => ({
    id: one.id,
    amount: one.amount,
    captured: one.amount_captured,
    refunded: one.amount_refunded,
    status: one.status,
    failure_code: one.failure_code,
    payment_method: one.payment_method,
    card: [details?.card?.last4, details?.card?.brand, details?.card?.exp_year],
  }));

test('lists of one account are the same in another, in every dialect, and no more', async () => {
  const from = newDojoShop(tender(), faults);
  const to = newDojoShop(tender(), faults);
  const paid = await sell(from.stripe);
  const [intents, charges, refunds, customers] = await Promise.all([
    from.stripe.paymentIntents.list(),
    from.stripe.charges.list({ expand: ['data.balance_transaction'] }),
    from.stripe.refunds.list(),
    from.stripe.customers.list(),
  ]);
  const files = { 'r.json': refunds, 'c.json': [charges], 'i.json': intents, 'k.json': customers };
  await imported(to.name, files);
  const { stripe } = to;
  const told = await stripe.paymentIntents.list();
  expect(kept(told)).toEqual(kept(intents));
  expect(charged(await stripe.charges.list())).toEqual(charged(charges));
  for (const one of told.data) expect(validateStripe(one)).toEqual([]);
  for (const one of (await stripe.charges.list()).data) expect(validateStripe(one)).toEqual([]);
  expect((await stripe.refunds.list()).data).toMatchObject(
    refunds.data.map(({ id, amount, charge, created }) => ({ id, amount, charge, created })),
  );
  expect((await stripe.customers.list()).data[0]).toMatchObject({ metadata: { tier: 'gold' } });
  const found = await stripe.paymentIntents.search({ query: "metadata['order_id']:'7'" });
  expect(found.data.map(({ id }) => id)).toEqual([paid]);
  expect((await stripe.events.list()).data).toEqual([]);
  expect((await stripe.balance.retrieve()).available).toMatchObject([{ amount: 0 }]);
  const transactions = await stripe.balanceTransactions.list();
  const theirs = await from.stripe.balanceTransactions.list();
  const sums = ({ data }: typeof theirs) => data.map(({ id, amount, fee }) => [id, amount, fee]);
  expect(sums(transactions)).toEqual(sums(theirs));

  const path = `/payment-intents/${paid.replace('pi_', 'pi_sandbox_')}`;
  const seen = await ok(to.dojo.get(path));
  expect(seen).toMatchObject({ status: 'Captured', amount: { value: 2000 }, refundedAmount: 500 });
  const refused = stripe.refunds.create({ payment_intent: paid });
  await expect(refused).rejects.toMatchObject({ statusCode: 400, message: /imported/ });
  await problem(to.dojo.post(`${path}/refunds`, { amount: 100 }, { idempotencyKey: 'once' }), 409);
  const again = { payment_method: 'pm_card_visa' };
  await expect(stripe.paymentIntents.confirm(paid, again)).rejects.toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
  expect((await stripe.paymentIntents.retrieve(paid)).amount_received).toBe(2000);
});
