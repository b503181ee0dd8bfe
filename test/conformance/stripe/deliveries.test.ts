import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, PAID, useTender } from './shop.js';
import { type Sink, startSink, verified } from './webhook-sink.js';

const fixture = useTender();
let sink: Sink;

beforeAll(async () => {
  sink = await startSink();
});
afterAll(() => sink.close());

interface Listed {
  readonly data: readonly {
    readonly id: string;
    readonly event: string;
    readonly event_type: string;
    readonly replay: boolean;
    readonly status: string;
    readonly next_attempt: number | null;
    readonly attempts: readonly { readonly http_status: number; readonly error: null }[];
  }[];
  readonly has_more: boolean;
}

async function deliveries(stripe: Stripe, endpoint: string, query = ''): Promise<Listed> {
  const path = `/v1/webhook_endpoints/${endpoint}/deliveries${query}`;
  return (await stripe.rawRequest('GET', path)) as unknown as Listed;
}

async function settled(stripe: Stripe, endpoint: string, count: number): Promise<Listed> {
  for (let tries = 0; tries < 300; tries += 1) {
    const done = await deliveries(stripe, endpoint, '?status=succeeded');
    if (done.data.length === count) return done;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never ${count} deliveries`);
}

test('deliveries are listed with their tries, newest first, by status and event', async () => {
  const { stripe } = fixture.newShop();
  const { id } = await stripe.webhookEndpoints.create({
    url: `${sink.url}/listed`,
    enabled_events: ['*'],
  });
  await stripe.paymentIntents.create(PAID);
  const { data, has_more } = await settled(stripe, id, 3);
  expect(has_more).toBe(false);
  expect(data.map(({ event_type }) => event_type)).toEqual([
    'payment_intent.succeeded',
    'charge.succeeded',
    'payment_intent.created',
  ]);
  expect(data[0]).toMatchObject({ replay: false, next_attempt: null });
  expect(data[0]?.attempts).toMatchObject([{ http_status: 200, error: null }]);
  expect((await deliveries(stripe, id, '?status=failed')).data).toEqual([]);
  const one = await deliveries(stripe, id, `?event=${data[1]?.event}&limit=1`);
  expect(one.data).toEqual([data[1]]);
});

test('an event is sent again on request, with the same body', async () => {
  const { stripe } = fixture.newShop();
  const made = await stripe.webhookEndpoints.create({
    url: `${sink.url}/again`,
    enabled_events: ['payment_intent.succeeded'],
  });
  await stripe.paymentIntents.create(PAID);
  const [first] = await sink.arrived('/again', 1);
  const event = verified(first as never, made.secret ?? '');
  const retry = `/v1/events/${event.id}/retry`;
  await stripe.rawRequest('POST', retry, { webhook_endpoint: made.id });
  const [, second] = await sink.arrived('/again', 2);
  expect(verified(second as never, made.secret ?? '')).toEqual(event);
  const { data } = await settled(stripe, made.id, 2);
  expect(data.map(({ replay }) => replay)).toEqual([true, false]);
});

test('sent again to one of two endpoints, it still says that it went to both', async () => {
  const { stripe } = fixture.newShop();
  const enabled_events: ['payment_intent.succeeded'] = ['payment_intent.succeeded'];
  const one = await stripe.webhookEndpoints.create({ url: `${sink.url}/one`, enabled_events });
  await stripe.webhookEndpoints.create({ url: `${sink.url}/other`, enabled_events });
  await stripe.paymentIntents.create(PAID);
  const [first] = await sink.arrived('/one', 1);
  const event = verified(first as never, one.secret ?? '');
  expect(event.pending_webhooks).toBe(2);
  const retry = `/v1/events/${event.id}/retry`;
  await stripe.rawRequest('POST', retry, { webhook_endpoint: one.id });
  const [, second] = await sink.arrived('/one', 2);
  expect(verified(second as never, one.secret ?? '')).toEqual(event);
});

test('an event or endpoint that does not exist cannot be sent again', async () => {
  const { stripe } = fixture.newShop();
  await stripe.paymentIntents.create(PAID);
  const [event] = (await stripe.events.list({ limit: 1 })).data;
  const unknown = stripe.rawRequest('POST', '/v1/events/evt_x/retry');
  expect(await failure(unknown)).toMatchObject({ status: 404, code: 'resource_missing' });
  const elsewhere = stripe.rawRequest('POST', `/v1/events/${event?.id}/retry`, {
    webhook_endpoint: 'we_x',
  });
  expect(await failure(elsewhere)).toMatchObject({ status: 400, param: 'webhook_endpoint' });
});
