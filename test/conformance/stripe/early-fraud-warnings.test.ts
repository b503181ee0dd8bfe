import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { available, charged, newest } from './disputed-payments.js';
import { eventTypes, failure, useTender } from './shop.js';

const fixture = useTender();

describe('an early fraud warning', () => {
  test('comes with the payment, and asks for something until all is refunded', async () => {
    const { stripe } = fixture.newShop();
    const charge = await charged(stripe, 'createIssuerFraudRecord');
    expect(charge.disputed).toBe(false);
    const payment_intent = charge.payment_intent as string;
    const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent });
    const [warning] = data as [Stripe.Radar.EarlyFraudWarning];
    expect(warning.id).toMatch(/^issfr_[0-9A-Za-z]{24}$/);
    expect(warning).toMatchObject({
      actionable: true,
      charge: charge.id,
      fraud_type: 'misc',
      livemode: false,
      payment_intent,
    });
    expect(await eventTypes(stripe, 1)).toEqual([
      'charge.succeeded',
      'radar.early_fraud_warning.created',
      'payment_intent.succeeded',
    ]);
    expect(await newest(stripe, 'radar.early_fraud_warning.created')).toEqual({ object: warning });
    expect(await available(stripe)).toBe(0);
    await stripe.refunds.create({ charge: charge.id, amount: 1000 });
    const partly = await stripe.radar.earlyFraudWarnings.retrieve(warning.id, {
      expand: ['charge', 'payment_intent'],
    });
    expect(partly).toMatchObject({ actionable: true, charge: { amount_refunded: 1000 } });
    await stripe.refunds.create({ payment_intent });
    expect(await stripe.radar.earlyFraudWarnings.retrieve(warning.id)).toMatchObject({
      actionable: false,
    });
    expect((await eventTypes(stripe)).slice(-2)).toEqual([
      'charge.refunded',
      'radar.early_fraud_warning.updated',
    ]);
  });

  test('waits for the capture, and is found by it', async () => {
    const { stripe } = fixture.newShop();
    const manual = { capture_method: 'manual' };
    const charge = await charged(stripe, 'createIssuerFraudRecord', manual);
    const list = () => stripe.radar.earlyFraudWarnings.list({ charge: charge.id });
    expect((await list()).data).toEqual([]);
    await stripe.paymentIntents.capture(charge.payment_intent as string);
    const [warning] = (await list()).data as [Stripe.Radar.EarlyFraudWarning];
    const after = { starting_after: warning.id };
    expect((await stripe.radar.earlyFraudWarnings.list(after)).data).toEqual([]);
    expect(await eventTypes(stripe, 3)).toEqual([
      'charge.captured',
      'radar.early_fraud_warning.created',
      'payment_intent.succeeded',
    ]);
    const missing = stripe.radar.earlyFraudWarnings.retrieve('issfr_none');
    expect(await failure(missing)).toMatchObject({
      status: 404,
      code: 'resource_missing',
      message: "No such early_fraud_warning: 'issfr_none'",
    });
  });
});
