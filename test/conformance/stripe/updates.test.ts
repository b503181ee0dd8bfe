import { describe, expect, test } from 'vitest';
import { CARD_ONLY, eventTypes, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

describe('updates', () => {
  test('of amount and currency end with the payment; of metadata never', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      metadata: { a: '1', b: '2' },
      ...CARD_ONLY,
    });
    const first = await stripe.paymentIntents.update(id, {
      amount: 1500,
      currency: 'eur',
      description: 'Tea',
      metadata: { b: '', c: '3' },
    });
    expect(first).toMatchObject({
      amount: 1500,
      currency: 'eur',
      description: 'Tea',
      metadata: { a: '1', c: '3' },
      status: 'requires_payment_method',
    });
    const second = await stripe.paymentIntents.update(id, { payment_method: 'pm_card_visa' });
    expect(second.status).toBe('requires_confirmation');
    expect((await stripe.paymentIntents.update(id, { amount: 1600 })).amount).toBe(1600);
    await stripe.paymentIntents.confirm(id);
    expect(await failure(stripe.paymentIntents.update(id, { amount: 1 + 1600 }))).toMatchObject({
      status: 400,
      code: 'payment_intent_unexpected_state',
      param: 'amount',
      message:
        "This PaymentIntent's amount could not be updated because it has a status of succeeded. " +
        'You may only update the amount of a PaymentIntent with one of the following statuses: ' +
        'requires_payment_method, requires_confirmation, requires_action.',
    });
    expect(
      await failure(stripe.paymentIntents.update(id, { payment_method: 'pm_card_visa' })),
    ).toMatchObject({ status: 400, code: 'payment_intent_unexpected_state' });
    const late = await stripe.paymentIntents.update(id, { description: 'Mint', metadata: '' });
    expect(late).toMatchObject({ status: 'succeeded', description: 'Mint', metadata: {} });
    // There is no event for an update.
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  test('another amount takes back what the bank was asked, and is what is paid', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      ...PAID,
      payment_method: 'pm_card_authenticationRequired',
    });
    expect(intent.status).toBe('requires_action');
    const dearer = await stripe.paymentIntents.update(intent.id, { amount: 2500 });
    const again = { status: 'requires_confirmation', amount: 2500, next_action: null };
    expect(dearer).toMatchObject(again);
    expect(await stripe.paymentIntents.confirm(intent.id)).toMatchObject({
      status: 'requires_action',
    });
    const other = await stripe.paymentIntents.update(intent.id, { payment_method: 'pm_card_visa' });
    expect(other).toMatchObject({ status: 'requires_confirmation', next_action: null });
    const paid = await stripe.paymentIntents.confirm(intent.id);
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 2500 });
  });

  test('an amount is held against its currency, whichever of the two is sent', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ amount: 60, currency: 'usd' });
    expect(await failure(stripe.paymentIntents.update(id, { amount: 49 }))).toMatchObject({
      code: 'amount_too_small',
      param: 'amount',
      message: 'Amount must be at least $0.50 usd',
    });
    expect(await failure(stripe.paymentIntents.update(id, { currency: 'mxn' }))).toMatchObject({
      code: 'amount_too_small',
    });
    expect(await failure(stripe.paymentIntents.update(id, { amount: 100_000_000 }))).toMatchObject({
      code: 'amount_too_large',
      message: 'Amount must be no more than $999,999.99',
    });
  });

  test('a declined intent takes another card', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    const declined = await failure(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }),
    );
    expect(declined.status).toBe(402);
    const waiting = await stripe.paymentIntents.retrieve(id);
    expect(waiting).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: declined.charge,
      last_payment_error: { code: 'card_declined', charge: declined.charge },
    });
    const updated = await stripe.paymentIntents.update(id, { description: 'again' });
    expect(updated.last_payment_error).toBeNull();
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    const { data } = await stripe.charges.list({ payment_intent: id });
    expect(data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(paid.latest_charge).toBe(data[0]?.id);
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });
});

test('metadata is copied to the charge; later changes of the intent do not reach it', async () => {
  const { stripe } = fixture.newShop();
  const intent = await stripe.paymentIntents.create({
    ...PAID,
    metadata: { order_id: '6735' },
    description: 'first',
  });
  await stripe.paymentIntents.update(intent.id, {
    metadata: { order_id: '1', extra: 'x' },
    description: 'second',
  });
  const charge = await stripe.charges.retrieve(intent.latest_charge as string);
  expect(charge).toMatchObject({ metadata: { order_id: '6735' }, description: 'first' });
  expect(charge.metadata).toEqual({ order_id: '6735' });
  const now = await stripe.paymentIntents.retrieve(intent.id);
  expect(now.metadata).toEqual({ order_id: '1', extra: 'x' });
});

describe('what an intent no longer takes', () => {
  const states = ['requires_capture', 'succeeded', 'canceled'] as const;

  test.each(states)('once it is %s', async (status) => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({
      ...PAID,
      capture_method: status === 'requires_capture' ? 'manual' : 'automatic',
      confirm: status !== 'canceled',
    });
    if (status === 'canceled') await stripe.paymentIntents.cancel(id);
    const update = (change: object) => stripe.paymentIntents.update(id, change);
    const { id: customer } = await stripe.customers.create();
    for (const change of [
      { amount: 3000 },
      { currency: 'eur' },
      { payment_method: 'pm_card_visa' },
      { customer },
      { capture_method: 'manual' },
    ])
      expect(await failure(update(change))).toMatchObject({
        status: 400,
        code: 'payment_intent_unexpected_state',
        payment_intent: { id, status },
      });
    // The same amount again is no change.
    const kept = await update({ amount: 2000, currency: 'usd', metadata: { a: '1' } });
    expect(kept).toMatchObject({ status, amount: 2000, metadata: { a: '1' } });
  });

  test('is more metadata than fifty keys', async () => {
    const { stripe } = fixture.newShop();
    const keys = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${prefix}${at}`, 'x']));
    const { id } = await stripe.paymentIntents.create({ ...PAID, metadata: keys('a') });
    const refused = await failure(stripe.paymentIntents.update(id, { metadata: keys('b') }));
    expect(refused).toMatchObject({ status: 400, param: 'metadata' });
    expect((await stripe.paymentIntents.retrieve(id)).metadata).toEqual(keys('a'));
  });
});
