import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type Arrival, openSink, type Sink, until } from '../../support/sink.js';
import { type DojoShop, ok, pay, problem, useDojo, type Wire } from './client.js';

const fixture = useDojo();
const sinks: Sink[] = [];

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
});

const ALL = [
  'payment_intent.created',
  'payment_intent.status_updated',
  'payment_intent.updated',
  'payment_intent.send-receipt',
];

/** A subscription to a receiver of its own. */
interface Listening {
  readonly sink: Sink;
  readonly id: string;
  readonly secret: string;
}

async function listen(
  { dojo }: DojoShop,
  { events = ALL, answer }: { events?: string[]; answer?: (response: ServerResponse) => void } = {},
): Promise<Listening> {
  const sink = await openSink(answer);
  sinks.push(sink);
  const { id, secrets } = await ok(dojo.post('/webhooks', { url: sink.url, events }));
  return { sink, id, secret: secrets[0].value };
}

/** The check of Dojo's own client for .NET, written again from what it does. */
function isSigned({ headers, body }: Arrival, secret: string): boolean {
  const parts = String(headers['dojo-signature']).split('=');
  const [algorithm, given] = parts;
  if (parts.length !== 2 || algorithm !== 'sha256') return false;
  const digest = createHmac('sha256', Buffer.from(secret, 'utf8')).update(body, 'utf8').digest();
  const pairs = [...digest].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  return given === pairs.join('-');
}

/** What came, in the order in which it happened: deliveries overtake each other. */
function told({ arrivals }: Sink): [event: string, status: string][] {
  return arrivals
    .map(({ body }) => JSON.parse(body))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ event, data }) => [event, data.paymentStatus]);
}

const CARD = { payment_method: 'pm_card_visa', payment_method_types: ['card'] };

function make({ stripe }: DojoShop, fields: object = {}) {
  return stripe.paymentIntents.create({ amount: 1000, currency: 'gbp', ...CARD, ...fields });
}

const MANUAL = { capture_method: 'manual', confirm: true };

describe('a message', () => {
  test('is thin, and signed as the published client checks it', async () => {
    const shop = fixture.newShop();
    const { sink, secret } = await listen(shop, { events: ['payment_intent.created'] });
    const { accountId } = (await ok(shop.dojo.get('/webhooks')))[0];
    const { id } = await make(shop, { capture_method: 'manual' });
    await sink.arrived(1);
    const [arrival] = sink.arrivals as [Arrival];
    expect(JSON.parse(arrival.body)).toEqual({
      id: expect.stringMatching(/^evt_[0-9A-Za-z_-]{22,}$/),
      event: 'payment_intent.created',
      accountId,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/),
      data: {
        paymentIntentId: id.replace('pi_', 'pi_sandbox_'),
        paymentStatus: 'Created',
        captureMode: 'Manual',
      },
    });
    expect(arrival.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(isSigned(arrival, secret)).toBe(true);
    expect(isSigned(arrival, `${secret}x`)).toBe(false);
    expect(isSigned({ ...arrival, body: `${arrival.body} ` }, secret)).toBe(false);
  });

  test('comes once for what a subscription names, whichever dialect asked', async () => {
    const shop = fixture.newShop();
    const status = await listen(shop, { events: ['payment_intent.status_updated'] });
    const created = await listen(shop, { events: ['payment_intent.created'] });
    await make(shop, { confirm: true });
    await shop.newIntent();
    await created.sink.arrived(2);
    await status.sink.arrived(1);
    await fixture.tender.advance(1);
    expect(told(created.sink).map(([event]) => event)).toEqual([
      'payment_intent.created',
      'payment_intent.created',
    ]);
    expect(told(status.sink)).toEqual([['payment_intent.status_updated', 'Captured']]);
  });

  test('of one account never reaches another', async () => {
    const other = await listen(fixture.newShop());
    const shop = fixture.newShop();
    const own = await listen(shop);
    await make(shop);
    await own.sink.arrived(1);
    await fixture.tender.advance(1);
    expect(other.sink.arrivals).toEqual([]);
  });
});

async function authorized(shop: DojoShop): Promise<Wire> {
  const intent = await shop.newIntent({ captureMode: 'Manual' });
  await pay(shop, intent.id);
  return intent;
}

describe('a change of status is told once:', () => {
  /** What happens to an intent, and the statuses that are told after `Created`. */
  const LIVES: [life: string, live: (shop: DojoShop) => Promise<unknown>, statuses: string[]][] = [
    ['paid', (shop) => make(shop, { confirm: true }), ['Captured']],
    [
      'declined, then paid',
      async (shop) => {
        const { id } = await make(shop, { payment_method: undefined });
        const declined = { payment_method: 'pm_card_chargeDeclined' };
        await shop.stripe.paymentIntents.confirm(id, declined).catch(() => {});
        await shop.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
      },
      ['Captured'],
    ],
    [
      'authorized and captured',
      async (shop) => {
        const { id } = await make(shop, MANUAL);
        await shop.stripe.paymentIntents.capture(id);
      },
      ['Authorized', 'Captured'],
    ],
    [
      'authorized and released',
      async (shop) => {
        const { id } = await make(shop, MANUAL);
        await shop.stripe.paymentIntents.cancel(id);
      },
      ['Authorized', 'Reversed'],
    ],
    [
      'canceled',
      async (shop) => {
        const { id } = await make(shop);
        await shop.stripe.paymentIntents.cancel(id);
      },
      ['Canceled'],
    ],
    [
      'refunded in parts',
      async (shop) => {
        const { id } = await make(shop, { confirm: true });
        for (const amount of [300, 700])
          await shop.stripe.refunds.create({ payment_intent: id, amount });
      },
      ['Captured', 'Refunded'],
    ],
    [
      'captured in parts',
      async (shop) => {
        const { id } = await authorized(shop);
        for (const amount of [300, 300, 400])
          await ok(shop.dojo.post(`/payment-intents/${id}/captures`, { amount }));
      },
      ['Authorized', 'Captured'],
    ],
    [
      'captured in part, and the rest let go',
      async (shop) => {
        const { id } = await authorized(shop);
        await ok(shop.dojo.post(`/payment-intents/${id}/captures`, { amount: 300 }));
        await shop.advance(8 * 86_400);
      },
      ['Authorized', 'Captured'],
    ],
    [
      'captured in part, that part refunded, and the rest let go',
      async (shop) => {
        const { id } = await authorized(shop);
        const path = `/payment-intents/${id}`;
        await ok(shop.dojo.post(`${path}/captures`, { amount: 300 }));
        await ok(shop.dojo.post(`${path}/refunds`, { amount: 300 }, { idempotencyKey: 'a' }));
        await shop.advance(8 * 86_400);
      },
      ['Authorized', 'Captured', 'Refunded'],
    ],
    [
      'reversed on the same day',
      async (shop) => {
        const { id } = await shop.newIntent();
        await pay(shop, id);
        await ok(shop.dojo.post(`/payment-intents/${id}/reversal`));
      },
      ['Captured', 'Reversed'],
    ],
    [
      'authorized and reversed',
      async (shop) => {
        const { id } = await authorized(shop);
        await ok(shop.dojo.post(`/payment-intents/${id}/reversal`));
      },
      ['Authorized', 'Reversed'],
    ],
    [
      'unpaid for a month',
      async (shop) => {
        await shop.newIntent();
        await shop.advance(31 * 86_400);
      },
      ['Canceled'],
    ],
    [
      'authorized, and held for longer than a bank does',
      async (shop) => {
        await make(shop, MANUAL);
        await shop.advance(8 * 86_400);
      },
      ['Authorized', 'Reversed'],
    ],
  ];

  test.each(LIVES)('%s', async (_life, live, statuses) => {
    const shop = fixture.newShop();
    const { sink } = await listen(shop);
    await live(shop);
    // The last of all comes after everything else was queued.
    await make(shop);
    await sink.arrived(statuses.length + 2);
    await fixture.tender.advance(1);
    expect(told(sink)).toEqual([
      ['payment_intent.created', 'Created'],
      ...statuses.map((status) => ['payment_intent.status_updated', status]),
      ['payment_intent.created', 'Created'],
    ]);
  });
});

test('a change of the amount and a receipt are told as such', async () => {
  const shop = fixture.newShop();
  const { sink } = await listen(shop);
  const { id } = await shop.newIntent({ config: { payment: { tipsAllowed: true } } });
  const path = `/payment-intents/${id}`;
  const tipsAmount = { value: 100, currencyCode: 'GBP' };
  await ok(shop.dojo.post(`${path}/tips-amount`, { tipsAmount }));
  await pay(shop, id);
  await ok(shop.dojo.post(`${path}/receipt`, { emails: ['alex@dojo.example'] }));
  await sink.arrived(4);
  expect(told(sink)).toEqual([
    ['payment_intent.created', 'Created'],
    ['payment_intent.updated', 'Created'],
    ['payment_intent.status_updated', 'Captured'],
    ['payment_intent.send-receipt', 'Captured'],
  ]);
  const named = sink.arrivals.map(({ body }) => JSON.parse(body).data.paymentIntentId);
  expect(new Set(named)).toEqual(new Set([id]));
});

describe('a receiver that fails', () => {
  test('is asked again, with the same bytes, until it takes the message', async () => {
    const shop = fixture.newShop();
    let fails = 2;
    const answer = (response: ServerResponse) => {
      response.statusCode = fails-- > 0 ? 500 : 204;
      response.end();
    };
    const { sink, id, secret } = await listen(shop, { answer });
    await make(shop);
    await sink.arrived(1);
    const deliveries = async () => (await ok(shop.dojo.get(`/webhooks/${id}/deliveries`))).data;
    for (const made of [1, 2]) {
      // A try counts from when it was written down.
      await until(async () => (await deliveries())[0].attempts.length === made);
      await fixture.tender.advance(3600);
      await sink.arrived(made + 1);
    }
    await until(async () => (await deliveries())[0].status === 'Delivered');
    expect(new Set(sink.arrivals.map(({ body }) => body)).size).toBe(1);
    for (const arrival of sink.arrivals) expect(isSigned(arrival, secret)).toBe(true);
    expect(await deliveries()).toEqual([
      {
        id: expect.stringMatching(/^del_/),
        subscriptionId: id,
        eventId: sink.arrivals[0]?.event.id,
        event: 'payment_intent.created',
        status: 'Delivered',
        isReplay: false,
        createdAt: expect.any(String),
        nextAttemptAt: null,
        attempts: [500, 500, 204].map((statusCode) => expect.objectContaining({ statusCode })),
      },
    ]);
  });

  test('too long is switched off, and on again by a change', async () => {
    const shop = fixture.newShop();
    let status = 500;
    const { sink, id } = await listen(shop, {
      answer: (response) => {
        response.statusCode = status;
        response.end();
      },
    });
    await make(shop);
    await sink.arrived(1);
    const rows = () => fixture.tender.store.scan('subscriptions', null, 1000);
    const isOn = async () =>
      (await rows()).find((row) => `ws_sandbox_${row.id.slice(3)}` === id)?.enabled;
    await until(async () => {
      await fixture.tender.advance(20 * 3600);
      return !(await isOn());
    });
    status = 200;
    await ok(shop.dojo.patch(`/webhooks/${id}`, { url: sink.url }));
    const { id: intent } = await make(shop);
    const named = intent.replace('pi_', 'pi_sandbox_');
    // The old message may come again, too.
    await until(() => sink.arrivals.some(({ body }) => body.includes(named)));
  });
});

test('while a secret is changed for another, each message has one of the two', async () => {
  const shop = fixture.newShop();
  const { sink, id, secret } = await listen(shop);
  const path = `/webhooks/${id}/secrets`;
  const { secrets } = await ok(shop.dojo.post(path));
  const next = secrets[1];
  const signers = () =>
    sink.arrivals.map((arrival) =>
      isSigned(arrival, secret) ? 'old' : isSigned(arrival, next.value) ? 'new' : 'none',
    );
  for (let at = 0; at < 3; at += 1) await make(shop);
  await sink.arrived(3);
  expect(new Set(signers())).toEqual(new Set(['old']));
  expect((await shop.dojo.put(`${path}/${next.id}/activate`)).status).toBe(204);
  expect((await shop.dojo.del(`${path}/${secrets[0].id}`)).status).toBe(204);
  // For a moment, what is known of the subscription may still be used.
  await until(async () => {
    await make(shop);
    await sink.arrived(sink.arrivals.length + 1);
    return signers().at(-1) === 'new';
  });
  const before = sink.arrivals.length;
  for (let at = 0; at < 3; at += 1) await make(shop);
  await sink.arrived(before + 3);
  expect(new Set(signers().slice(before))).toEqual(new Set(['new']));
  expect(signers()).not.toContain('none');
});

describe('an event', () => {
  test('is sent once more where that is asked for', async () => {
    const shop = fixture.newShop();
    const { sink, id, secret } = await listen(shop);
    await make(shop);
    await sink.arrived(1);
    const { id: event } = JSON.parse(sink.arrivals[0]?.body ?? '');
    const path = `/webhooks/${id}/events/${event}/replay`;
    const again = await ok(shop.dojo.post(path));
    expect(again).toMatchObject({ eventId: event, isReplay: true, subscriptionId: id });
    await sink.arrived(2);
    expect(sink.arrivals[1]?.body).toBe(sink.arrivals[0]?.body);
    expect(isSigned(sink.arrivals[1] as Arrival, secret)).toBe(true);
    const { data } = await ok(shop.dojo.get(`/webhooks/${id}/deliveries`));
    expect(data.map((one: Wire) => one.isReplay)).toEqual([true, false]);

    await problem(shop.dojo.post(`/webhooks/${id}/events/${event}x/replay`), 404);
    await problem(shop.dojo.post(`/webhooks/${id}/events/evt_0/replay`), 404);
    const other = fixture.newShop();
    const theirs = await listen(other);
    await problem(other.dojo.post(`/webhooks/${theirs.id}/events/${event}/replay`), 404);
  });

  test('has an id of its own beside the other dialects’', async () => {
    const shop = fixture.newShop();
    const { sink } = await listen(shop);
    await make(shop);
    await sink.arrived(1);
    const { data } = await shop.stripe.events.list();
    const { id } = JSON.parse(sink.arrivals[0]?.body ?? '');
    expect(data.map((one) => one.id)).not.toContain(id);
    expect(data.map((one) => one.pending_webhooks)).toEqual(data.map(() => 0));
  });
});

test('deliveries are listed in pages', async () => {
  const shop = fixture.newShop();
  const { sink, id } = await listen(shop);
  for (let at = 0; at < 5; at += 1) await make(shop);
  await sink.arrived(5);
  const path = `/webhooks/${id}/deliveries`;
  const isDelivered = ({ status }: Wire) => status === 'Delivered';
  // A message has come before it is written down that it has.
  await until(async () => (await ok(shop.dojo.get(path))).data.every(isDelivered));
  const ids = ({ data }: Wire) => data.map((one: Wire) => one.id);
  const all = await ok(shop.dojo.get(path));
  expect(all).toMatchObject({ before: null, after: null });
  const first = await ok(shop.dojo.get(`${path}?limit=2`));
  const second = await ok(
    shop.dojo.get(`${path}?limit=2&after=${encodeURIComponent(first.after)}`),
  );
  const third = await ok(
    shop.dojo.get(`${path}?limit=2&after=${encodeURIComponent(second.after)}`),
  );
  expect([first, second, third].flatMap(ids)).toEqual(ids(all));
  expect([first.before, third.after]).toEqual([null, null]);
  const back = await ok(
    shop.dojo.get(`${path}?limit=2&before=${encodeURIComponent(second.before)}`),
  );
  expect(back).toEqual(first);
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'after=x', 'before=eA==&after=eA=='])
    await problem(shop.dojo.get(`${path}?${query}`), 400);
});
