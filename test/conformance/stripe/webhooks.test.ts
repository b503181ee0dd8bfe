import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failure, PAID, useTender } from './shop.js';
import { type Sink, startSink, verified } from './webhook-sink.js';

const fixture = useTender();
let sink: Sink;
let path = '';
let paths = 0;

beforeAll(async () => {
  sink = await startSink();
});
afterAll(() => sink.close());
beforeEach(() => {
  paths += 1;
  path = `/hook${paths}`;
});

type Kinds = Stripe.WebhookEndpointCreateParams['enabled_events'];

function endpoint(stripe: Stripe, events: Kinds = ['*'], at = path) {
  return stripe.webhookEndpoints.create({ url: sink.url + at, enabled_events: events });
}

/** Asks until the store has written down how the deliveries ended. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it never came true');
}

/**
 * Waits until so many tries of an endpoint's delivery are written down. Time that jumps on while
 * one is on its way would end its claim, and it would be sent once more.
 */
function hasTried(endpointId: string, count: number): Promise<void> {
  return eventually(async () => {
    const all = await fixture.tender.store.scan('deliveries', null, 5_000);
    return all.some((one) => one.subscription === endpointId && one.tries.length === count);
  });
}

describe('an endpoint', () => {
  test('gets every event, signed, as the list has it', async () => {
    const { stripe } = fixture.newShop();
    const { secret } = await endpoint(stripe);
    await stripe.paymentIntents.create(PAID);
    const received = await sink.arrived(path, 3);
    const events = received.map((one) => verified(one, secret ?? ''));
    expect(events.map(({ type }) => type).sort()).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    expect(received[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
    await eventually(async () => {
      const { data } = await stripe.events.list();
      return data.every(({ pending_webhooks }) => pending_webhooks === 0);
    });
    for (const event of events) {
      const { lastResponse: _, ...listed } = await stripe.events.retrieve(event.id);
      expect({ ...event, pending_webhooks: 0 }).toEqual(listed);
      expect(event.pending_webhooks).toBe(1);
    }
    expect(() => verified(received[0] as never, 'whsec_another')).toThrow(/signature/i);
  });

  test('gets only what it asked for', async () => {
    const { stripe } = fixture.newShop();
    const { secret } = await endpoint(stripe, ['charge.succeeded', 'refund.created']);
    const { latest_charge } = await stripe.paymentIntents.create(PAID);
    await stripe.refunds.create({ charge: latest_charge as string });
    const received = await sink.arrived(path, 2);
    await fixture.tender.advance(1);
    const types = received.map((one) => verified(one, secret ?? '').type);
    expect(types.sort()).toEqual(['charge.succeeded', 'refund.created']);
    expect(sink.received.filter((one) => one.path === path)).toHaveLength(2);
  });

  test('tells its secret once', async () => {
    const { stripe } = fixture.newShop();
    const created = await endpoint(stripe, ['*']);
    expect(created.secret).toMatch(/^whsec_[0-9A-Za-z]{32}$/);
    expect(created).toMatchObject({
      api_version: null,
      description: null,
      enabled_events: ['*'],
      livemode: false,
      metadata: {},
      status: 'enabled',
      url: sink.url + path,
    });
    expect(await stripe.webhookEndpoints.retrieve(created.id)).not.toHaveProperty('secret');
    const updated = await stripe.webhookEndpoints.update(created.id, {
      description: 'mine',
      enabled_events: ['charge.failed'],
      metadata: { a: '1' },
    });
    expect(updated).toMatchObject({
      description: 'mine',
      enabled_events: ['charge.failed'],
      metadata: { a: '1' },
    });
    expect(updated).not.toHaveProperty('secret');
    const { data } = await stripe.webhookEndpoints.list();
    expect(data).toHaveLength(1);
    expect(data[0]).not.toHaveProperty('secret');
    expect(await stripe.webhookEndpoints.del(created.id)).toEqual({
      id: created.id,
      object: 'webhook_endpoint',
      deleted: true,
    });
    expect(await failure(stripe.webhookEndpoints.retrieve(created.id))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'webhook_endpoint',
    });
  });

  test('must be somewhere', async () => {
    const { stripe } = fixture.newShop();
    const at = (url: string) =>
      failure(stripe.webhookEndpoints.create({ url, enabled_events: ['*'] }));
    expect(await at('nowhere')).toMatchObject({ status: 400, param: 'url', code: 'url_invalid' });
    expect(await at('http://10.0.0.1/hook')).toMatchObject({ status: 400, param: 'url' });
    expect(
      await failure(
        stripe.webhookEndpoints.create({ url: sink.url, enabled_events: ['no.such'] as never }),
      ),
    ).toMatchObject({ status: 400 });
  });
});

describe('an endpoint that does not answer well', () => {
  test.each([500, 301, 404])('but with %i is asked again until it does', async (status) => {
    const { stripe } = fixture.newShop();
    const { id, secret } = await endpoint(stripe, ['customer.created']);
    let fails = 2;
    sink.answers.set(path, () => (fails-- > 0 ? status : 200));
    await stripe.customers.create();
    await sink.arrived(path, 1);
    const waits = async () => (await stripe.events.list()).data[0]?.pending_webhooks;
    expect(await waits()).toBe(1);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    for (const made of [1, 2]) {
      await hasTried(id, made);
      await fixture.tender.advance(3600);
      await sink.arrived(path, made + 1);
    }
    await eventually(async () => (await waits()) === 0);
    const tries = await sink.arrived(path, 3);
    expect(new Set(tries.map((one) => one.body)).size).toBe(1);
    // Each try is signed when it is sent: all of them can be verified as they come.
    expect(new Set(tries.map((one) => one.headers['stripe-signature'])).size).toBe(3);
    for (const one of tries) expect(verified(one, secret ?? '').type).toBe('customer.created');
    await fixture.tender.advance(7 * 24 * 3600);
    expect(sink.received.filter((one) => one.path === path)).toHaveLength(3);
  });

  test('is slow alone: another is not kept waiting', async () => {
    const { stripe } = fixture.newShop();
    let finish = () => {};
    const slow = new Promise<number>((resolve) => {
      finish = () => resolve(200);
    });
    sink.answers.set(`${path}-slow`, () => slow);
    await endpoint(stripe, ['customer.created'], `${path}-slow`);
    await endpoint(stripe, ['customer.created']);
    for (let at = 0; at < 5; at += 1) await stripe.customers.create();
    await sink.arrived(path, 5);
    await sink.arrived(`${path}-slow`, 1);
    const { data } = await stripe.events.list();
    expect(data.every(({ pending_webhooks }) => pending_webhooks >= 1)).toBe(true);
    finish();
    await sink.arrived(`${path}-slow`, 5);
  });
});

test('an endpoint that fails for three days is disabled', async () => {
  const { stripe } = fixture.newShop();
  const { id } = await endpoint(stripe, ['customer.created']);
  sink.answers.set(path, () => 500);
  await stripe.customers.create();
  const statusOf = async () => (await stripe.webhookEndpoints.retrieve(id)).status;
  for (const made of [1, 2]) {
    await hasTried(id, made);
    await fixture.tender.advance(12 * 3600);
  }
  await hasTried(id, 3);
  expect(await statusOf()).toBe('enabled');
  await fixture.tender.advance(3 * 24 * 3600);
  await eventually(async () => (await statusOf()) === 'disabled');
});

describe('an endpoint that is switched off', () => {
  test('gets nothing until it is on again', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await endpoint(stripe, ['customer.created']);
    const off = await stripe.webhookEndpoints.update(id, { disabled: true });
    expect(off.status).toBe('disabled');
    await stripe.customers.create();
    await fixture.tender.advance(10);
    const on = await stripe.webhookEndpoints.update(id, { disabled: false });
    expect(on.status).toBe('enabled');
    const { id: customer } = await stripe.customers.create();
    const [received] = await sink.arrived(path, 1);
    expect(JSON.parse(received?.body ?? '').data.object.id).toBe(customer);
  });

  test('or deleted, is not tried again', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await endpoint(stripe, ['customer.created']);
    sink.answers.set(path, () => 500);
    await stripe.customers.create();
    await sink.arrived(path, 1);
    await stripe.webhookEndpoints.del(id);
    await stripe.customers.create();
    // For a second at most, what was on its way to an endpoint may still be sent.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await fixture.tender.advance(2 * 3600);
    await eventually(async () => {
      const { data } = await stripe.events.list();
      return data.every(({ pending_webhooks }) => pending_webhooks === 0);
    });
    expect(sink.received.filter((one) => one.path === path)).toHaveLength(1);
  });
});
