import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventsOf, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

async function threePayments(stripe: Stripe): Promise<void> {
  for (let at = 0; at < 3; at += 1) await stripe.paymentIntents.create(PAID);
}

describe('an event', () => {
  test('names its request, and shows its object as it was', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create(
      { ...PAID, confirm: false, metadata: { a: '1' } },
      { idempotencyKey: 'order-6735' },
    );
    await stripe.paymentIntents.confirm(intent.id);
    await stripe.paymentIntents.update(intent.id, { metadata: { a: '2' } });
    const [created, , succeeded] = await eventsOf(stripe);
    expect(created).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 0,
      request: { id: intent.lastResponse.requestId, idempotency_key: 'order-6735' },
      type: 'payment_intent.created',
    });
    expect(created?.id).toMatch(/^evt_[0-9A-Za-z]{24}$/);
    const { lastResponse: _, ...plain } = intent;
    expect(created?.data).toEqual({ object: plain });
    expect(succeeded?.data.object).toMatchObject({ status: 'succeeded', metadata: { a: '1' } });
    expect(succeeded?.request?.id).not.toBe(created?.request?.id);
    const { lastResponse: __, ...read } = await stripe.events.retrieve(succeeded?.id ?? '');
    expect(read).toEqual(succeeded);
  });

  test('of a refund tells what the charge was before', async () => {
    const { stripe } = fixture.newShop();
    const { latest_charge } = await stripe.paymentIntents.create(PAID);
    const charge = latest_charge as string;
    await stripe.refunds.create({ charge, amount: 500 });
    await stripe.refunds.create({ charge });
    const refunded = (await eventsOf(stripe)).filter(({ type }) => type === 'charge.refunded');
    expect(refunded.map(({ data }) => data.previous_attributes)).toEqual([
      { amount_refunded: 0 },
      { amount_refunded: 500, refunded: false },
    ]);
  });

  test('of somebody else, or of nobody, is missing', async () => {
    const { stripe } = fixture.newShop();
    const { stripe: other } = fixture.newShop();
    await stripe.customers.create();
    const [mine] = await eventsOf(stripe);
    for (const id of [mine?.id ?? '', 'evt_none', `${mine?.id.slice(0, -1)}Z`])
      expect(await failure(other.events.retrieve(id))).toMatchObject({
        status: 404,
        code: 'resource_missing',
        message: `No such event: '${id}'`,
      });
  });
});

describe('the list of events', () => {
  test('is filtered by type, types, family and time', async () => {
    const { stripe } = fixture.newShop();
    await threePayments(stripe);
    const typesOf = async (filter: Stripe.EventListParams) =>
      (await stripe.events.list(filter)).data.map(({ type }) => type);
    expect(await typesOf({ type: 'charge.succeeded' })).toEqual(Array(3).fill('charge.succeeded'));
    expect(await typesOf({ types: ['payment_intent.created', 'charge.failed'] })).toEqual(
      Array(3).fill('payment_intent.created'),
    );
    expect(await typesOf({ type: 'charge.*' })).toEqual(Array(3).fill('charge.succeeded'));
    expect(await typesOf({ type: 'payment_intent.*', limit: 2 })).toEqual([
      'payment_intent.succeeded',
      'payment_intent.created',
    ]);
    expect(await typesOf({ type: 'customer.created' })).toEqual([]);
    const [first] = await eventsOf(stripe);
    const created = first?.created ?? 0;
    expect(await typesOf({ created: { lt: created } })).toEqual([]);
    expect(await typesOf({ created: { gte: created }, limit: 100 })).toHaveLength(9);
    expect(await typesOf({ delivery_success: true, limit: 100 })).toHaveLength(9);
    expect(await typesOf({ delivery_success: false })).toEqual([]);
  });

  test.each([1, 2, 3, 4])('is read in pages of %i, in both directions', async (limit) => {
    const { stripe } = fixture.newShop();
    await threePayments(stripe);
    const all = (await stripe.events.list({ limit: 100 })).data.map(({ id }) => id);
    expect(all).toHaveLength(9);
    expect(new Set(all).size).toBe(9);
    const forwards = await stripe.events.list({ limit }).autoPagingToArray({ limit: 100 });
    expect(forwards.map(({ id }) => id)).toEqual(all);
    const oldest = all.at(-1) ?? '';
    const backwards = await stripe.events
      .list({ limit, ending_before: oldest })
      .autoPagingToArray({ limit: 100 });
    expect(backwards.map(({ id }) => id)).toEqual(all.slice(0, -1).toReversed());
    const middle = await stripe.events.list({ limit: 100, starting_after: all[4] ?? '' });
    expect(middle.data.map(({ id }) => id)).toEqual(all.slice(5));
    const above = await stripe.events.list({ limit: 100, ending_before: all[4] ?? '' });
    expect(above.data.map(({ id }) => id)).toEqual(all.slice(0, 4));
    expect(above.has_more).toBe(false);
  });

  test('is read in filtered pages, too', async () => {
    const { stripe } = fixture.newShop();
    await threePayments(stripe);
    const pages = await stripe.events
      .list({ limit: 1, type: 'charge.succeeded' })
      .autoPagingToArray({ limit: 100 });
    expect(pages.map(({ type }) => type)).toEqual(Array(3).fill('charge.succeeded'));
    expect(new Set(pages.map(({ id }) => id)).size).toBe(3);
  });

  test('knows its cursors', async () => {
    const { stripe } = fixture.newShop();
    const none = { starting_after: 'evt_none' };
    expect(await failure(stripe.events.list(none))).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'starting_after',
    });
  });
});
