import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventsOf, eventTypes, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

async function paid(stripe: Stripe, more: object = {}) {
  const intent = await stripe.paymentIntents.create({ ...PAID, amount: 10_000, ...more });
  return {
    intent: intent.id,
    charge: intent.latest_charge as string,
    method: intent.payment_method,
  };
}

describe('refunds', () => {
  test('of a whole payment, by intent', async () => {
    const { stripe } = fixture.newShop();
    const { intent, charge, method } = await paid(stripe);
    const refund = await stripe.refunds.create({
      payment_intent: intent,
      reason: 'requested_by_customer',
      metadata: { why: 'too small' },
    });
    expect(refund.id).toMatch(/^re_[0-9A-Za-z]{24}$/);
    expect(refund).toMatchObject({
      amount: 10_000,
      charge,
      currency: 'usd',
      metadata: { why: 'too small' },
      payment_intent: intent,
      payment_method: method,
      reason: 'requested_by_customer',
      status: 'succeeded',
      destination_details: {
        card: {
          reference_status: 'pending',
          reference_type: 'acquirer_reference_number',
          type: 'refund',
        },
        type: 'card',
      },
    });
    for (const field of ['livemode', 'description', 'failure_reason', 'instructions_email'])
      expect(refund).not.toHaveProperty(field);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({
      amount_refunded: 10_000,
      refunded: true,
      status: 'succeeded',
    });
    expect((await stripe.paymentIntents.retrieve(intent)).status).toBe('succeeded');
    expect(await eventTypes(stripe, 3)).toEqual(['refund.created', 'charge.refunded']);
    expect(await failure(stripe.refunds.create({ charge }))).toMatchObject({
      status: 400,
      code: 'charge_already_refunded',
      message: `Charge ${charge} has already been refunded.`,
    });
  });

  test('in parts, by charge, and never more than was paid', async () => {
    const { stripe } = fixture.newShop();
    const { intent, charge } = await paid(stripe);
    await stripe.refunds.create({ charge, amount: 6000 });
    const partly = await stripe.charges.retrieve(charge, { expand: ['refunds'] });
    expect(partly).toMatchObject({
      amount_refunded: 6000,
      refunded: false,
      refunds: { total_count: 1, data: [{ amount: 6000 }] },
    });
    expect(await failure(stripe.refunds.create({ charge, amount: 6000 }))).toMatchObject({
      status: 400,
      param: 'amount',
      message: 'Refund amount ($60.00) is greater than unrefunded amount on charge ($40.00)',
    });
    expect((await stripe.refunds.create({ payment_intent: intent })).amount).toBe(4000);
    const listed = await stripe.refunds.list({ charge });
    expect(listed.data.map(({ amount }) => amount)).toEqual([4000, 6000]);
    expect(listed).toMatchObject({ count: 2 });
    const byIntent = await stripe.refunds.list({ payment_intent: intent });
    expect(byIntent.data).toEqual(listed.data);
    const snapshots = (await eventsOf(stripe)).filter(({ type }) => type === 'charge.refunded');
    expect(snapshots.map(({ data }) => data.object)).toMatchObject([
      { amount_refunded: 6000, refunded: false },
      { amount_refunded: 10_000, refunded: true },
    ]);
  });

  test('of a part that was captured stop at that part', async () => {
    const { stripe } = fixture.newShop();
    const { intent, charge } = await paid(stripe, { capture_method: 'manual' });
    expect(await failure(stripe.refunds.create({ charge }))).toMatchObject({
      status: 400,
      message:
        `This uncaptured Charge was created by a PaymentIntent (${intent}). You must cancel the ` +
        'PaymentIntent to reverse the authorization instead of refunding the Charge directly. ' +
        'For more information, see ' +
        'https://stripe.com/docs/payments/place-a-hold-on-a-payment-method',
    });
    await stripe.paymentIntents.capture(intent, { amount_to_capture: 3000 });
    const tooMuch = await failure(stripe.refunds.create({ charge, amount: 3001 }));
    expect(tooMuch.message).toBe(
      'Refund amount ($30.01) is greater than unrefunded amount on charge ($30.00)',
    );
    await stripe.refunds.create({ charge });
    expect(await stripe.charges.retrieve(charge)).toMatchObject({
      amount_refunded: 3000,
      refunded: true,
    });
  });

  test('of what was never paid are refused', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({ ...PAID, confirm: false });
    const message = `This PaymentIntent (${id}) does not have a successful charge to refund.`;
    expect(await failure(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      status: 400,
      message,
    });
    const declined = await failure(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }),
    );
    const charge = declined.charge ?? '';
    expect(await failure(stripe.refunds.create({ charge }))).toMatchObject({ message });
    expect(await failure(stripe.refunds.create({ charge: 'ch_none' }))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such charge: 'ch_none'",
    });
    expect(await failure(stripe.refunds.create({ payment_intent: 'pi_none' }))).toMatchObject({
      code: 'resource_missing',
      message: "No such payment_intent: 'pi_none'",
    });
    expect(await failure(stripe.refunds.create({} as never))).toMatchObject({ status: 400 });
  });

  test('have a reason from the list, and an amount of at least one', async () => {
    const { stripe } = fixture.newShop();
    const { charge } = await paid(stripe);
    expect(
      await failure(stripe.refunds.create({ charge, reason: 'bored' as never })),
    ).toMatchObject({
      status: 400,
      param: 'reason',
      message: 'Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer',
    });
    expect(await failure(stripe.refunds.create({ charge, amount: 0 }))).toMatchObject({
      status: 400,
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
  });

  test('keep metadata, and tell of its change', async () => {
    const { stripe } = fixture.newShop();
    const { charge } = await paid(stripe);
    const { id } = await stripe.refunds.create({ charge, metadata: { a: '1' } });
    const updated = await stripe.refunds.update(id, { metadata: { b: '2' } });
    expect(updated.metadata).toEqual({ a: '1', b: '2' });
    expect(await stripe.refunds.retrieve(id)).toMatchObject({ metadata: { a: '1', b: '2' } });
    const told = (await eventsOf(stripe)).filter(({ type }) => type === 'refund.updated');
    expect(told).toMatchObject([{ data: { previous_attributes: { metadata: { b: null } } } }]);
    expect(await failure(stripe.refunds.retrieve('re_none'))).toMatchObject({ status: 404 });
  });

  test('get their reference from the acquirer within seconds', async () => {
    const { stripe } = fixture.newShop();
    const { charge } = await paid(stripe);
    const { id } = await stripe.refunds.create({ charge });
    await fixture.tender.advance(10);
    expect((await stripe.refunds.retrieve(id)).destination_details?.card).toMatchObject({
      reference: expect.stringMatching(/^\d{23}$/),
      reference_status: 'available',
    });
  });
});

describe('the older paths below a charge', () => {
  test('list and create refunds', async () => {
    const { stripe } = fixture.newShop();
    const { charge } = await paid(stripe);
    const call = (method: 'GET' | 'POST', path: string, params?: object) =>
      stripe.rawRequest(method, path, params as never) as unknown as Promise<{
        [field: string]: unknown;
      }>;
    const refund = await call('POST', `/v1/charges/${charge}/refunds`, { amount: 1000 });
    expect(refund).toMatchObject({ object: 'refund', charge, amount: 1000 });
    expect(await call('GET', `/v1/charges/${charge}/refunds`)).toMatchObject({
      object: 'list',
      count: 1,
      data: [{ id: refund.id }],
      url: `/v1/charges/${charge}/refunds`,
    });
    expect(await call('GET', `/v1/charges/${charge}/refunds/${refund.id}`)).toMatchObject({
      id: refund.id,
    });
    // This one answers with the charge.
    expect(await call('POST', `/v1/charges/${charge}/refund`, { amount: 500 })).toMatchObject({
      object: 'charge',
      id: charge,
      amount_refunded: 1500,
    });
    expect(await failure(call('GET', '/v1/charges/ch_none/refunds'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'id',
    });
    expect(await failure(call('GET', `/v1/charges/${charge}/refunds/re_none`))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'refund',
    });
  });
});
