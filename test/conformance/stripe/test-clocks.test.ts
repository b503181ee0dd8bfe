import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../src/domain/subscription.js';
import { openSink, until } from '../../support/sink.js';
import {
  CARD_ONLY,
  eventsOf,
  eventTypes,
  expanded,
  failure,
  PAID,
  type Shop,
  useTender,
} from './shop.js';

const tender = useTender();

const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** The first second of 2020: a clock may stand in the past. */
const PAST = 1_577_836_800;
const HELD = { ...PAID, capture_method: 'manual' } as const;

/** Advances a clock and waits until it has arrived. */
async function advance(
  { stripe }: Pick<Shop, 'stripe'>,
  id: string,
  frozen_time: number,
): Promise<Stripe.TestHelpers.TestClock> {
  const moving = await stripe.testHelpers.testClocks.advance(id, { frozen_time });
  expect(moving.status).toBe('advancing');
  expect(moving.status_details).toEqual({ advancing: { target_frozen_time: frozen_time } });
  let clock = moving;
  await until(async () => {
    clock = await stripe.testHelpers.testClocks.retrieve(id);
    return clock.status !== 'advancing';
  });
  return clock;
}

/** A clock with a customer who has a card. */
async function clockWithCustomer({ stripe }: Shop, frozen_time = PAST) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time, name: 'a year ago' });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const method = customer.invoice_settings.default_payment_method as string;
  const paying = { customer: customer.id, payment_method: method };
  return { clock, customer, paying };
}

describe('a test clock', () => {
  test('is made, read, listed and deleted', async () => {
    const { stripe } = tender.newShop();
    const before = Math.floor(Date.now() / 1000);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: PAST, name: 'one' });
    expect(clock).toMatchObject({
      object: 'test_helpers.test_clock',
      frozen_time: PAST,
      livemode: false,
      name: 'one',
      status: 'ready',
      status_details: {},
    });
    expect(clock.id).toMatch(/^clock_[A-Za-z0-9]{24}$/);
    expect(clock.created).toBeGreaterThanOrEqual(before);
    expect(clock.deletes_after).toBe(clock.created + 30 * DAY_SECONDS);
    const other = await stripe.testHelpers.testClocks.create({ frozen_time: PAST + 1 });
    expect(other.name).toBe(null);
    expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toEqual(clock);
    const { data } = await stripe.testHelpers.testClocks.list();
    expect(data.map(({ id }) => id)).toEqual([other.id, clock.id]);
    const gone = await stripe.testHelpers.testClocks.del(clock.id);
    expect(gone).toEqual({ id: clock.id, object: 'test_helpers.test_clock', deleted: true });
    const left = await stripe.testHelpers.testClocks.list();
    expect(left.data.map(({ id }) => id)).toEqual([other.id]);
    expect(await eventTypes(stripe)).toEqual([
      'test_helpers.test_clock.created',
      'test_helpers.test_clock.created',
      'test_helpers.test_clock.deleted',
    ]);
  });

  test('is where its customers and all that they pay live', async () => {
    const shop = tender.newShop();
    const { stripe } = shop;
    const { clock, customer, paying } = await clockWithCustomer(shop);
    expect(customer).toMatchObject({ created: PAST, test_clock: clock.id });
    const intent = await stripe.paymentIntents.create({
      ...PAID,
      ...paying,
      expand: ['latest_charge.balance_transaction'],
    });
    const charge = expanded<Stripe.Charge>(intent.latest_charge);
    const transaction = expanded<Stripe.BalanceTransaction>(charge.balance_transaction);
    expect([intent.created, charge.created, transaction.created]).toEqual([PAST, PAST, PAST]);
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 500 });
    expect(refund.created).toBe(PAST);
    const events = await eventsOf(stripe);
    expect(events.slice(1).every(({ created }) => created === PAST)).toBe(true);
    const beside = await stripe.paymentIntents.create(PAID);
    expect(beside.created).toBeGreaterThan(PAST + WEEK_SECONDS);
  });

  test('tells when a refund has its reference, wherever it is shown', async () => {
    const shop = tender.newShop();
    const { stripe } = shop;
    const { clock, paying } = await clockWithCustomer(shop);
    const { id: payment_intent } = await stripe.paymentIntents.create({ ...PAID, ...paying });
    const { id } = await stripe.refunds.create({ payment_intent, amount: 100 });
    const references = async () => {
      const { data } = await stripe.charges.list({ payment_intent, expand: ['data.refunds'] });
      const shown = [await stripe.refunds.retrieve(id), ...(data[0]?.refunds?.data ?? [])];
      return shown.map((refund) => refund.destination_details?.card?.reference_status);
    };
    expect(await references()).toEqual(['pending', 'pending']);
    await advance(shop, clock.id, PAST + 10);
    expect(await references()).toEqual(['available', 'available']);
  });

  test('is expanded on its customers, and finds them in lists', async () => {
    const shop = tender.newShop();
    const { stripe } = shop;
    const { clock, customer } = await clockWithCustomer(shop);
    const free = await stripe.customers.create();
    expect(free.test_clock).toBe(null);
    const read = await stripe.customers.retrieve(customer.id, { expand: ['test_clock'] });
    expect((read as Stripe.Customer).test_clock).toEqual(clock);
    const ids = async (params?: Stripe.CustomerListParams) =>
      (await stripe.customers.list(params)).data.map(({ id }) => id);
    expect(await ids({ test_clock: clock.id })).toEqual([customer.id]);
    expect(await ids()).toEqual([free.id]);
  });

  test('takes a customer who was there before it', async () => {
    const { stripe } = tender.newShop();
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const made = await stripe.testHelpers.testClocks.create({
      frozen_time: PAST,
      customer: customer.id,
    } as Stripe.TestHelpers.TestClockCreateParams);
    const again = await stripe.customers.retrieve(customer.id);
    expect((again as Stripe.Customer).test_clock).toBe(made.id);
    const intent = await stripe.paymentIntents.create({ ...PAID, customer: customer.id });
    expect(intent.created).toBe(PAST);
    const twice = stripe.testHelpers.testClocks.create({
      frozen_time: PAST,
      customer: customer.id,
    } as Stripe.TestHelpers.TestClockCreateParams);
    expect(await failure(twice)).toMatchObject({ status: 400, param: 'customer' });
  });

  test('moves an intent to the clock of the customer it gets before it is paid', async () => {
    const shop = tender.newShop();
    const { customer } = await clockWithCustomer(shop);
    const bare = await shop.stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      capture_method: 'manual',
      ...CARD_ONLY,
    });
    await shop.stripe.paymentIntents.update(bare.id, { customer: customer.id });
    const held = await shop.stripe.paymentIntents.confirm(bare.id, {
      expand: ['latest_charge'],
    });
    const charge = expanded<Stripe.Charge>(held.latest_charge);
    expect(charge.created).toBe(PAST);
    expect(charge.payment_method_details?.card?.capture_before).toBe(PAST + WEEK_SECONDS);
  });
});

describe('advancing a test clock', () => {
  test('ends a hold at its own moment, with its events', async () => {
    const shop = tender.newShop();
    const { stripe } = shop;
    const { clock, paying } = await clockWithCustomer(shop);
    const held = await stripe.paymentIntents.create({ ...HELD, ...paying });
    const beside = await stripe.paymentIntents.create(HELD);
    const from = (await eventsOf(stripe)).length;
    const target = PAST + WEEK_SECONDS + 5 * DAY_SECONDS;
    const arrived = await advance(shop, clock.id, target);
    expect(arrived).toMatchObject({ status: 'ready', frozen_time: target, status_details: {} });
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({
      status: 'canceled',
      canceled_at: PAST + WEEK_SECONDS,
    });
    expect((await stripe.paymentIntents.retrieve(beside.id)).status).toBe('requires_capture');
    const events = (await eventsOf(stripe)).slice(from);
    expect(events.map(({ type }) => type)).toEqual([
      'test_helpers.test_clock.advancing',
      'charge.expired',
      'payment_intent.canceled',
      'test_helpers.test_clock.ready',
    ]);
    expect(events[1]?.created).toBe(PAST + WEEK_SECONDS);
    const later = await stripe.paymentIntents.create({ ...PAID, ...paying });
    expect(later.created).toBe(target);
  });

  test('does not reach what is due later, and goes on from where it stands', async () => {
    const shop = tender.newShop();
    const { clock, paying } = await clockWithCustomer(shop);
    const held = await shop.stripe.paymentIntents.create({ ...HELD, ...paying });
    await advance(shop, clock.id, PAST + WEEK_SECONDS - 1);
    expect((await shop.stripe.paymentIntents.retrieve(held.id)).status).toBe('requires_capture');
    await tender.tender.advance(1);
    expect((await shop.stripe.paymentIntents.retrieve(held.id)).status).toBe('requires_capture');
    await advance(shop, clock.id, PAST + WEEK_SECONDS);
    expect((await shop.stripe.paymentIntents.retrieve(held.id)).status).toBe('canceled');
  });

  test('is refused backwards, too far, and while it is under way', async () => {
    const { stripe } = tender.newShop();
    const clocks = stripe.testHelpers.testClocks;
    const { id } = await clocks.create({ frozen_time: PAST });
    const backwards = await failure(clocks.advance(id, { frozen_time: PAST }));
    expect(backwards).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'frozen_time',
    });
    const far = await failure(clocks.advance(id, { frozen_time: PAST + 3 * 366 * DAY_SECONDS }));
    expect(far).toMatchObject({ status: 400, param: 'frozen_time' });
    const [first, second] = await Promise.allSettled([
      clocks.advance(id, { frozen_time: PAST + 5 }),
      clocks.advance(id, { frozen_time: PAST + 6 }),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { statusCode: 400 } });
    await until(async () => (await clocks.retrieve(id)).status === 'ready');
    expect((await clocks.retrieve(id)).frozen_time).toBe(PAST + 5);
  });

  test('makes webhooks that wait for another try due at once', async () => {
    const shop = tender.newShop();
    let broken = true;
    const sink = await openSink((response) => {
      response.statusCode = broken ? 500 : 200;
      response.end();
    });
    try {
      const { clock } = await clockWithCustomer(shop);
      await shop.stripe.webhookEndpoints.create({
        url: sink.url,
        enabled_events: ['payment_intent.created'],
      });
      await shop.stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...CARD_ONLY });
      await sink.arrived(1);
      const { store } = tender.tender;
      const tried = async () =>
        (await store.scan('deliveries', null, 1000)).find(({ tries }) => tries.length === 1);
      await until(async () => (await tried()) !== undefined);
      broken = false;
      // As after some more tries: the next is hours away.
      const row = { ...(await tried()), dueAtMs: Date.now() + 7_200_000 } as Delivery;
      await store.transact('batch_late', ({ write }) =>
        write({ changes: [{ table: 'deliveries', kind: 'update', row }], postings: [] }),
      );
      await advance(shop, clock.id, PAST + 1);
      // A look at what is due, which a busy machine would make late.
      await tender.tender.advance(0);
      await sink.arrived(2);
      expect(sink.arrivals[1]?.event).toEqual(sink.arrivals[0]?.event);
    } finally {
      await sink.close();
    }
  });
});

describe('deleting a test clock', () => {
  test('takes its customers along, and leaves their payments as they are', async () => {
    const shop = tender.newShop();
    const { stripe } = shop;
    const { clock, customer, paying } = await clockWithCustomer(shop);
    const held = await stripe.paymentIntents.create({ ...HELD, ...paying });
    await stripe.testHelpers.testClocks.del(clock.id);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    const method = await stripe.paymentMethods.retrieve(paying.payment_method);
    expect(method.customer).toBe(null);
    const types = await eventTypes(stripe);
    expect(types.slice(-2)).toEqual(['test_helpers.test_clock.deleted', 'customer.deleted']);
    const captured = await stripe.paymentIntents.capture(held.id);
    expect(captured.status).toBe('succeeded');
    for (const call of [
      stripe.testHelpers.testClocks.retrieve(clock.id),
      stripe.testHelpers.testClocks.del(clock.id),
      stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: PAST + 1 }),
    ])
      expect(await failure(call)).toMatchObject({ status: 404, code: 'resource_missing' });
    const late = stripe.customers.create({ test_clock: clock.id });
    expect(await failure(late)).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'test_clock',
      message: `No such test_clock: '${clock.id}'`,
    });
  });

  test('happens by itself after thirty days of the account', async () => {
    const shop = tender.newShop();
    const clock = await shop.stripe.testHelpers.testClocks.create({ frozen_time: PAST });
    await advance(shop, 'account', clock.deletes_after + 5);
    await until(async () => (await shop.stripe.testHelpers.testClocks.list()).data.length === 0);
  });
});

describe("the account's own clock", () => {
  test('runs with the wall clock until it is advanced, and then ahead of it', async () => {
    const shop = tender.newShop();
    const { stripe } = shop;
    const clock = await stripe.testHelpers.testClocks.retrieve('account');
    expect(clock).toMatchObject({ id: 'account', status: 'ready', name: null });
    const held = await stripe.paymentIntents.create(HELD);
    expect(Math.abs(held.created - clock.frozen_time)).toBeLessThan(60);
    const from = (await eventsOf(stripe)).length;
    const target = held.created + WEEK_SECONDS + 3 * DAY_SECONDS;
    const arrived = await advance(shop, 'account', target);
    expect(arrived.frozen_time).toBeGreaterThanOrEqual(target);
    expect(arrived.frozen_time).toBeLessThan(target + 60);
    const ended = await stripe.paymentIntents.retrieve(held.id);
    expect(ended.status).toBe('canceled');
    const lateness = (ended.canceled_at as number) - (held.created + WEEK_SECONDS);
    expect(lateness).toBeGreaterThanOrEqual(0);
    expect(lateness).toBeLessThan(5);
    const types = (await eventTypes(stripe)).slice(from);
    expect(types).toEqual([
      'test_helpers.test_clock.advancing',
      'charge.expired',
      'payment_intent.canceled',
      'test_helpers.test_clock.ready',
    ]);
    const later = await stripe.paymentIntents.create(PAID);
    expect(later.created).toBeGreaterThanOrEqual(target);
    const other = await tender.newShop().stripe.paymentIntents.create(PAID);
    expect(other.created).toBeLessThan(held.created + DAY_SECONDS);
  });

  test('settles what a payment brought in', async () => {
    const shop = tender.newShop();
    await shop.stripe.paymentIntents.create(PAID);
    expect((await shop.stripe.balance.retrieve()).available[0]?.amount).toBe(0);
    const { frozen_time } = await shop.stripe.testHelpers.testClocks.retrieve('account');
    await advance(shop, 'account', frozen_time + WEEK_SECONDS);
    expect((await shop.stripe.balance.retrieve()).available[0]?.amount).toBeGreaterThan(0);
    const { data } = await shop.stripe.balanceTransactions.list();
    expect(data[0]?.status).toBe('available');
  });

  test('is in no list, and cannot be deleted or moved back', async () => {
    const shop = tender.newShop();
    const clocks = shop.stripe.testHelpers.testClocks;
    const { frozen_time } = await clocks.retrieve('account');
    await advance(shop, 'account', frozen_time + DAY_SECONDS);
    expect((await clocks.list()).data).toEqual([]);
    expect(await failure(clocks.del('account'))).toMatchObject({ status: 400 });
    const back = clocks.advance('account', { frozen_time });
    expect(await failure(back)).toMatchObject({ status: 400, param: 'frozen_time' });
  });
});

describe('limits', () => {
  test('a clock takes twenty customers', async () => {
    const { stripe } = tender.newShop();
    const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: PAST });
    for (let i = 0; i < 20; i++) await stripe.customers.create({ test_clock });
    const refused = await failure(stripe.customers.create({ test_clock }));
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.message).toContain('20 customers on one test clock');
  });

  test('an unknown cursor and a missing time are refused in the usual words', async () => {
    const { stripe } = tender.newShop();
    const cursor = stripe.testHelpers.testClocks.list({ starting_after: 'clock_none' });
    expect(await failure(cursor)).toMatchObject({
      status: 400,
      message: "No such test_clock: 'clock_none'",
      param: 'starting_after',
    });
    const timeless = stripe.testHelpers.testClocks.create({} as never);
    expect(await failure(timeless)).toMatchObject({
      status: 400,
      code: 'parameter_missing',
      param: 'frozen_time',
    });
  });
});
