import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Delivery, RETRY_DELAYS_SECONDS } from '../../src/domain/subscription.js';
import { audit } from '../../src/engine/audit.js';
import { replayEvent } from '../../src/engine/deliveries.js';
import { makeSender, type Sender, type SenderSettings } from '../../src/engine/sender.js';
import { deleteSubscription, updateSubscription } from '../../src/engine/subscriptions.js';
import { startWebhooks, type WebhookLimits, type Webhooks } from '../../src/engine/webhooks.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, createPaid, run, subscribe } from '../support/payments.js';
import { openSink, type Sink, until } from '../support/sink.js';
import { openTestStore, type TestStore } from '../support/stores.js';

let testStore: TestStore;
let store: Store;
let made: TestEngine;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  store = await testStore.fresh();
  made = makeTestEngine(store);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  expect(made.logged).toEqual([]);
  expect(await audit(store)).toEqual([]);
});
afterAll(() => testStore.close());

const LIMITS: WebhookLimits = {
  deliveries_in_flight_max: 16,
  sends_in_flight_max: 64,
  claims_at_once_max: 4,
  delivery_lease_ms: 60_000,
  delivery_lease_left_ms_min: 30_000,
  delivery_poll_ms: 20,
  delivery_stop_wait_ms_max: 2000,
};

function newSender(over: Partial<SenderSettings> = {}): Sender {
  const settings = {
    allowLoopback: true,
    allowPrivate: false,
    timeout_ms: 10_000,
    response_bytes_max: 2048,
    connections_per_origin_max: 32,
  };
  const sender = makeSender({ ...settings, ...over }, { nowMs: () => made.clock.ms });
  closers.push(() => sender.close());
  return sender;
}

function start(
  over: Partial<WebhookLimits> = {},
  sender: Pick<Sender, 'post'> = newSender(),
  openSecret = made.keys.openSecret,
): Webhooks {
  const webhooks = startWebhooks({
    store,
    engine: made.engine,
    sender,
    openSecret,
    nowMs: () => made.clock.ms,
    limits: { ...LIMITS, ...over },
    logError: (error, what) => void made.logged.push({ error, what }),
  });
  closers.push(() => webhooks.stop());
  return webhooks;
}

async function sinkWith(answer?: Parameters<typeof openSink>[0]): Promise<Sink> {
  const sink = await openSink(answer);
  closers.push(() => sink.close());
  return sink;
}

const payMany = (count: number) =>
  Promise.all(Array.from({ length: count }, () => run(made.engine, createPaid())));
const deliveries = () => store.scan('deliveries', null, 5000);
const inState = async (state: Delivery['state']) =>
  (await deliveries()).filter((delivery) => delivery.state === state).length;
const ids = (sink: Sink) => sink.arrivals.map(({ event }) => event.id);

describe('deliveries', () => {
  test('all events of 300 payments arrive, once and in order', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url }));
    start({ deliveries_in_flight_max: 1 });
    await payMany(300);
    await sink.arrived(900);
    const written = (await deliveries()).map(({ event }) => event);
    expect(ids(sink)).toEqual(written);
    await until(async () => (await inState('delivered')) === 900);
    expect((await deliveries())[0]?.tries).toEqual([
      {
        atMs: made.clock.ms,
        durationMs: expect.any(Number),
        status: 200,
        error: null,
        response: '',
      },
    ]);
  });

  test('first tries start in order, many at once but no more than allowed', async () => {
    const started: string[] = [];
    let open = 0;
    let openMax = 0;
    await run(made.engine, subscribe());
    start(
      { deliveries_in_flight_max: 8 },
      {
        post: async (_, { body }) => {
          started.push(JSON.parse(body).id);
          openMax = Math.max(openMax, ++open);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
          open--;
          return { atMs: 0, durationMs: 1, status: 200, error: null, response: null };
        },
      },
    );
    await payMany(100);
    await until(async () => (await inState('delivered')) === 300);
    expect(started).toEqual((await deliveries()).map(({ event }) => event));
    expect(openMax).toBe(8);
  });

  test('what has piled up goes out without waiting for the next look', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url }));
    await payMany(50);
    start({ delivery_poll_ms: 60_000 });
    await sink.arrived(150);
    expect(new Set(ids(sink)).size).toBe(150);
  });

  test('what has piled up is read by claims, and its secret opened once for many', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url }));
    await payMany(30);
    let reads = 0;
    let openings = 0;
    const { load } = store;
    store = {
      ...store,
      load: (keys, findings) => {
        if (keys.some(({ table }) => table === 'facts')) reads++;
        return load(keys, findings);
      },
    };
    const openSecret: typeof made.keys.openSecret = (...sealed) => {
      openings++;
      return made.keys.openSecret(...sealed);
    };
    start({ deliveries_in_flight_max: 1 }, newSender(), openSecret);
    await sink.arrived(90);
    // Claims are of one, two, four and so on.
    expect(reads).toBeLessThan(20);
    expect(openings).toBeLessThan(20);
  });

  test('messages are signed with the secret of the endpoint, at the time of sending', async () => {
    const sink = await sinkWith();
    const { secret } = await run(made.engine, subscribe({ url: sink.url }));
    await payMany(1);
    made.clock.advance(100);
    start();
    await sink.arrived(3);
    for (const { headers, body } of sink.arrivals) {
      const signature = createHmac('sha256', secret).update(`${made.clock.ms}.${body}`);
      expect(headers.signature).toBe(signature.digest('hex'));
    }
  });

  test('an endpoint gets what it subscribed to', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url, events: ['intent.paid'] }));
    start();
    await payMany(5);
    await sink.arrived(5);
    expect(new Set(sink.arrivals.map(({ event }) => event.type))).toEqual(new Set(['intent.paid']));
    expect(await deliveries()).toHaveLength(5);
  });

  test('a replay sends the same event again', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url }));
    start();
    await payMany(1);
    await until(async () => (await inState('delivered')) === 3);
    const [first] = await deliveries();
    const [fact] = await store.scan('facts', null, 1);
    if (first === undefined || fact === undefined) throw new Error('nothing to send again');
    const event = { id: first.event, type: first.type };
    const asked = {
      fact,
      index: first.index,
      event,
      dialect: 'stripe',
      subscription: null,
    } as const;
    const [replay] = await run(made.engine, replayEvent(ACCOUNT, asked));
    expect(replay).toMatchObject({ isReplay: true, event: first.event });
    await sink.arrived(4);
    expect(sink.arrivals[3]?.body).toBe(sink.arrivals[0]?.body);
  });
});

describe('endpoints that fail', () => {
  test('a failing event is retried by its schedule, and holds nothing back', async () => {
    let broken = '';
    const sink = await sinkWith((response, { event }) => {
      broken ||= event.id;
      response.writeHead(event.id === broken ? 500 : 200).end('no');
    });
    await run(made.engine, subscribe({ url: sink.url }));
    start({ deliveries_in_flight_max: 1 });
    await payMany(10);
    await until(async () => (await inState('delivered')) === 29);
    const [first] = await deliveries();
    expect(first).toMatchObject({
      state: 'waiting',
      dueAtMs: made.clock.ms + 5000,
      tries: [{ status: 500, response: 'no' }],
    });
    const before = sink.arrivals.length;
    made.clock.advance(4);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sink.arrivals).toHaveLength(before);
    broken = 'mended';
    made.clock.advance(1);
    await until(async () => (await inState('delivered')) === 30);
    expect(sink.arrivals.at(-1)?.event.id).toBe(first?.event);
  });

  test('an endpoint that is down for a while gets everything when it is back', async () => {
    let up = false;
    const sink = await sinkWith((response) => {
      if (up) response.end();
      else response.destroy();
    });
    await run(made.engine, subscribe({ url: sink.url }));
    start();
    await payMany(20);
    await until(async () => (await deliveries()).every(({ tries }) => tries.length === 1));
    const [endpoint] = await store.scan('subscriptions', null, 1);
    expect(endpoint?.failingSinceMs).toBe(made.clock.ms);
    made.clock.advance(5);
    await until(async () => (await deliveries()).every(({ tries }) => tries.length === 2));
    up = true;
    made.clock.advance(60);
    await until(async () => (await inState('delivered')) === 60);
    const [mended] = await store.scan('subscriptions', null, 1);
    expect(mended?.failingSinceMs).toBeNull();
  });

  test('an endpoint that fails for three days is switched off', async () => {
    const sink = await sinkWith((response) => void response.writeHead(410).end());
    await run(made.engine, subscribe({ url: sink.url }));
    start();
    await payMany(1);
    for (let tries = 1; tries <= RETRY_DELAYS_SECONDS.length; tries++) {
      await until(async () => (await deliveries()).every((one) => one.tries.length === tries));
      made.clock.ms = Math.max(...(await deliveries()).map(({ dueAtMs }) => dueAtMs));
    }
    // The last try is made three days after the first.
    await until(async () => (await inState('abandoned')) === 3);
    const [endpoint] = await store.scan('subscriptions', null, 1);
    expect(endpoint?.enabled).toBe(false);
    await payMany(1);
    expect(await deliveries()).toHaveLength(3);
  });

  test('what waits for an endpoint that is gone or switched off is given up', async () => {
    const sink = await sinkWith();
    const gone = await run(made.engine, subscribe({ url: sink.url }));
    const off = await run(made.engine, subscribe({ url: sink.url }));
    await payMany(20);
    await run(made.engine, deleteSubscription(ACCOUNT, 'stripe', gone.subscription.id));
    await run(
      made.engine,
      updateSubscription(ACCOUNT, 'stripe', off.subscription.id, { enabled: false }),
    );
    start();
    await until(async () => (await inState('abandoned')) === 120);
    expect(sink.arrivals).toEqual([]);
  });

  test('redirects count as failures and are not followed', async () => {
    const elsewhere = await sinkWith();
    const sink = await sinkWith((response) => {
      response.writeHead(302, { location: elsewhere.url }).end();
    });
    await run(made.engine, subscribe({ url: sink.url, events: ['intent.paid'] }));
    start();
    await payMany(1);
    await until(async () => (await deliveries())[0]?.tries.length === 1);
    expect((await deliveries())[0]).toMatchObject({
      state: 'waiting',
      tries: [{ status: 302, error: 'redirects are not followed' }],
    });
    expect(elsewhere.arrivals).toEqual([]);
  });

  test('a private address is refused, and that is a failed try', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url, events: ['intent.paid'] }));
    start({}, newSender({ allowLoopback: false }));
    await payMany(1);
    await until(async () => (await deliveries())[0]?.tries.length === 1);
    expect((await deliveries())[0]?.tries[0]?.status).toBeNull();
    expect(sink.arrivals).toEqual([]);
  });
});

describe('many endpoints', () => {
  test('a slow endpoint does not delay a fast one', async () => {
    const held: ServerResponse[] = [];
    const slow = await sinkWith((response) => void held.push(response));
    const fast = await sinkWith();
    await run(made.engine, subscribe({ url: slow.url }));
    await run(made.engine, subscribe({ url: fast.url }));
    start({}, newSender({ timeout_ms: 60_000 }));
    await payMany(100);
    await fast.arrived(300);
    expect(slow.arrivals.length).toBeLessThan(100);
    for (const response of held) response.end();
  });

  test('hundreds of dead endpoints do not starve a living one', async () => {
    const dead = await sinkWith(() => {});
    const living = await sinkWith();
    const account = (i: number) => `acct_dead_${i}`;
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        run(made.engine, subscribe({ url: dead.url }, account(i))),
      ),
    );
    await run(made.engine, subscribe({ url: living.url }));
    // They are known to be failing, as after a restart.
    for (const row of await store.scan('subscriptions', null, 300))
      if (row.account !== ACCOUNT)
        await store.transact(`failing_${row.id}`, ({ write }) =>
          write({
            changes: [
              { table: 'subscriptions', kind: 'update', row: { ...row, failingSinceMs: 1 } },
            ],
            postings: [],
          }),
        );
    start(
      { sends_in_flight_max: 32, delivery_stop_wait_ms_max: 50 },
      newSender({ timeout_ms: 1_500 }),
    );
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => run(made.engine, createPaid({}, account(i)))),
    );
    await until(() => dead.arrivals.length > 0);
    await payMany(100);
    await living.arrived(300);
    // Whoever waits for the dead is served when all 600 of theirs have been tried.
    expect(dead.arrivals.length).toBeLessThan(450);
    expect(dead.openMax()).toBeLessThanOrEqual(32);
  });
});

describe('restarts', () => {
  test('what was claimed and not sent goes out after a restart', async () => {
    let stuck = 0;
    await run(made.engine, subscribe());
    const first = start(
      { deliveries_in_flight_max: 4, delivery_stop_wait_ms_max: 20 },
      {
        post: () => {
          stuck++;
          return new Promise(() => {});
        },
      },
    );
    await payMany(30);
    await until(() => stuck > 0);
    await first.stop();
    const sink = await sinkWith();
    const [endpoint] = await store.scan('subscriptions', null, 1);
    await run(
      made.engine,
      updateSubscription(ACCOUNT, 'stripe', endpoint?.id ?? '', { url: sink.url }),
    );
    // Where others share the store, claims of the dead process run out by themselves.
    if (store.capabilities.shared) made.clock.advance(61);
    start();
    await until(async () => (await inState('delivered')) === 90);
    expect(new Set(ids(sink)).size).toBe(90);
  });

  test('stop waits for what is on its way', async () => {
    const sink = await sinkWith((response) => void setTimeout(() => response.end(), 100));
    await run(made.engine, subscribe({ url: sink.url, events: ['intent.paid'] }));
    const webhooks = start();
    await payMany(1);
    await until(() => webhooks.inFlight > 0);
    await webhooks.stop();
    expect(webhooks.inFlight).toBe(0);
    expect(await inState('delivered')).toBe(1);
    await payMany(1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sink.arrivals).toHaveLength(1);
  });

  test('what was sent and not written down is sent again when its claim ends', async () => {
    const sink = await sinkWith();
    await run(made.engine, subscribe({ url: sink.url, events: ['intent.paid'] }));
    const { engine } = made;
    let broken = true;
    made = {
      ...made,
      engine: {
        ...engine,
        background: (command) =>
          broken ? Promise.reject(new Error('disk full')) : engine.background(command),
      },
    };
    start();
    await engine.background(createPaid());
    await until(() => made.logged.length === 1);
    made.logged.length = 0;
    broken = false;
    made.clock.advance(61);
    await until(async () => (await inState('delivered')) === 1);
    expect(sink.arrivals).toHaveLength(2);
    expect(sink.arrivals[1]?.body).toBe(sink.arrivals[0]?.body);
  });
});
