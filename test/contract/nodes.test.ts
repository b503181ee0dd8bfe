import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import type { Job } from '../../src/domain/subscription.js';
import { audit } from '../../src/engine/audit.js';
import { type Command, done } from '../../src/engine/command.js';
import { importPayment } from '../../src/engine/imports.js';
import type { Jobs } from '../../src/engine/jobs.js';
import { startRailDriver } from '../../src/engine/rail-driver.js';
import { updateSubscription } from '../../src/engine/subscriptions.js';
import { startWebhooks } from '../../src/engine/webhooks.js';
import type { Work } from '../../src/engine/work.js';
import { LIMITS } from '../../src/limits.js';
import type { Approval, AuthorizeRequest, RemoteRail } from '../../src/rails/rail.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { past } from '../support/past-payments.js';
import { ACCOUNT, create, createPaid, refund, run, subscribe } from '../support/payments.js';
import { until } from '../support/sink.js';
import { ON_POSTGRES, openTestStore, type TestStore } from '../support/stores.js';

/**
 * The work of two processes on one database: who does it, when, and how often. Their clocks stand
 * still, so that nothing is done because time has passed in the test.
 */

const ROUNDS = 10;
const WEEK_SECONDS = 7 * 24 * 3600;
/** No look comes by itself within a test. */
const NEVER_MS = 3_600_000;

let opened: TestStore;
let second: Store;
let one: TestEngine;
let other: TestEngine;
/** Payments that the bank far away knows, by their attempts. */
let moved: Map<string, number>;
const closers: (() => Promise<unknown>)[] = [];

const APPROVAL: Approval = {
  authorizationCode: 'A1B2C3',
  networkTransactionId: '123456789012345',
  cvcCheck: null,
  riskLevel: 'normal',
  riskScore: 10,
  availableAtOnce: false,
  aftermath: null,
};

/** A bank that is asked over a network, and knows an attempt that it is asked about again. */
const farRail: RemoteRail = {
  kind: 'remote',
  name: 'far',
  abilities: { hold: true, captureInParts: true, refund: true, reverse: true, dispute: false },
  attach: () => null,
  authorize: async ({ attempt }: AuthorizeRequest) => {
    moved.set(attempt, (moved.get(attempt) ?? 0) + 1);
    return { outcome: 'succeeded', approval: APPROVAL };
  },
};

beforeAll(async () => {
  if (!ON_POSTGRES) return;
  opened = await openTestStore();
  second = await opened.again();
});
beforeEach(async () => {
  if (!ON_POSTGRES) return;
  await opened.fresh();
  moved = new Map();
  one = makeTestEngine(opened.store);
  other = makeTestEngine(second, { clock: one.clock });
});
afterEach(async () => {
  if (!ON_POSTGRES) return;
  for (const close of closers.splice(0).reverse()) await close();
  expect([...one.logged, ...other.logged]).toEqual([]);
  expect(await audit(opened.store)).toEqual([]);
});
afterAll(async () => {
  await second?.close();
  await opened?.close();
});

const all = <T extends TableName>(table: T): Promise<RowTypes[T][]> =>
  opened.store.scan(table, null, 5_000);

/** Where somebody waits until it is opened. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** What sends one process's webhooks, and what it has sent. */
function sending({ engine, store, clock, keys, logged }: TestEngine, poll_ms = NEVER_MS) {
  const sent: string[] = [];
  const webhooks = startWebhooks({
    engine,
    store,
    sender: {
      post: async (_url, { body }) => {
        sent.push(JSON.parse(body).id);
        return { status: 200, durationMs: 1, error: null, response: null, atMs: clock.ms };
      },
    },
    openSecret: keys.openSecret,
    nowMs: () => clock.ms,
    limits: { ...LIMITS.webhooks, delivery_poll_ms: poll_ms },
    logError: (error, what) => void logged.push({ error, what }),
  });
  closers.push(() => webhooks.stop());
  return { sent, webhooks };
}

const delivered = async (): Promise<boolean> =>
  (await all('deliveries')).every(({ state }) => state === 'delivered');

function working(node: TestEngine, over: Parameters<typeof startTestJobs>[1] = {}): Jobs {
  const jobs = startTestJobs(node, { limits: { ...LIMITS.jobs, job_poll_ms: NEVER_MS }, ...over });
  closers.push(() => jobs.stop());
  return jobs;
}

describe.skipIf(!ON_POSTGRES)('what one process writes', () => {
  test('it sends at once, without a look at the store by anybody', async () => {
    await run(one.engine, subscribe());
    const [atOne, atOther] = [sending(one), sending(other)];
    await Promise.all([atOne.webhooks.poll(), atOther.webhooks.poll()]);
    for (let round = 0; round < ROUNDS; round++) await run(other.engine, create());
    await until(delivered);
    const sent = [...atOne.sent, ...atOther.sent];
    expect([sent.length, new Set(sent).size]).toEqual([ROUNDS, ROUNDS]);
  });

  test('is sent by the look of another one where it has died', async () => {
    await run(one.engine, subscribe());
    for (let round = 0; round < ROUNDS; round++) await run(other.engine, create());
    const { sent } = sending(one);
    await until(delivered);
    expect(new Set(sent).size).toBe(ROUNDS);
  });

  test('and had begun to send when it died is sent after a minute, by another one', async () => {
    const { subscription } = await run(one.engine, subscribe());
    await run(other.engine, create());
    const { delivery_lease_ms: leaseMs } = LIMITS.webhooks;
    const claim = { account: ACCOUNT, subscription: subscription.id, nowMs: one.clock.ms, leaseMs };
    expect(await second.claimDeliveries(claim, 10)).toHaveLength(1);
    const { sent, webhooks } = sending(one);
    one.clock.advance(leaseMs / 1000 - 1);
    await webhooks.poll();
    expect((await opened.store.claimDeliveries({ ...claim, nowMs: one.clock.ms }, 10)).length).toBe(
      0,
    );
    expect(sent).toEqual([]);
    one.clock.advance(1);
    await webhooks.poll();
    await until(delivered);
    expect(sent).toHaveLength(1);
  });

  test('as a job that is due at once is done at once, without a look by anybody', async () => {
    const called: string[] = [];
    // Whoever finds the job calls, as the real one does that takes a lease: two looks may see it.
    const callWebhook = async ({ id }: Job): Promise<void> => {
      const { end: isOurs } = await run(
        other.engine,
        onInstallation((work) => {
          const found = work.get('jobs', id) !== null;
          work.unschedule(id);
          return found;
        }),
      );
      if (isOurs) called.push(id);
    };
    for (const node of [one, other]) await working(node, { callWebhook }).runDue();
    const dueAt = one.clock.ms / 1000;
    const job = { dueAt, kind: 'call_code_webhook', subject: 'nothing' } as const;
    for (let round = 0; round < ROUNDS; round++)
      await run(
        other.engine,
        onInstallation((work) => work.schedule({ id: `job_${round}`, ...job })),
      );
    await until(async () => (await all('jobs')).length === 0 && called.length >= ROUNDS);
    expect(called).toHaveLength(ROUNDS);
    expect(new Set(called).size).toBe(ROUNDS);
  });

  test('as a job that is due later is done by whoever looks then', async () => {
    await run(other.engine, createPaid({ captureMethod: 'manual' }));
    const jobs = working(one);
    await jobs.runDue();
    expect((await all('intents')).map(({ state }) => state)).toEqual(['authorized']);
    one.clock.advance(WEEK_SECONDS);
    await jobs.runDue();
    expect((await all('intents')).map(({ state }) => state)).toEqual(['canceled']);
  });
});

/** A command that does something in the account that is nobody's, and answers how that ends. */
function onInstallation<T>(act: (work: Work) => T): Command<{ readonly end: T }> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      for (let round = 0; round < ROUNDS; round++) need('jobs', `job_${round}`);
    },
    decide: (work) => done({ end: act(work) }),
  };
}

describe.skipIf(!ON_POSTGRES)('an endpoint that another process switches on again', () => {
  test('gets what happens from then on, though it was read as off a moment ago', async () => {
    const { id } = (await run(one.engine, subscribe())).subscription;
    await run(one.engine, create());
    const turn = (enabled: boolean) =>
      run(other.engine, updateSubscription(ACCOUNT, 'stripe', id, { enabled }));
    await turn(false);
    const { sent } = sending(one);
    const stateOf = async () => (await all('deliveries')).map(({ state }) => state);
    await until(async () => (await stateOf()).join() === 'abandoned');
    await turn(true);
    await run(one.engine, create());
    await until(async () => !(await stateOf()).includes('waiting'));
    expect([await stateOf(), sent.length]).toEqual([['abandoned', 'delivered'], 1]);
  });
});

const CARDS_FAR = [{ methodTypes: ['card'], rail: farRail }];

describe.skipIf(!ON_POSTGRES)('what two processes do at the same moment', () => {
  test('asking a rail about one payment settles it once', async () => {
    one = makeTestEngine(opened.store, { rails: CARDS_FAR });
    other = makeTestEngine(second, { clock: one.clock, rails: CARDS_FAR });
    const paying = [];
    for (let round = 0; round < ROUNDS; round++) paying.push(await run(one.engine, createPaid()));
    const drivers = [one, other].map(({ engine, logged }) =>
      startRailDriver({
        engine,
        rails: [farRail],
        limits: LIMITS.rails,
        logError: (error, what) => void logged.push({ error, what }),
      }),
    );
    const attempts = paying.map(({ latestAttempt: id }) => ({
      account: ACCOUNT,
      id: id as string,
      rail: 'far',
    }));
    await Promise.all(
      drivers.flatMap((driver) => attempts.map((attempt) => driver.drive(attempt))),
    );
    await Promise.all(drivers.map((driver) => driver.stop()));
    expect([...moved.keys()].sort()).toEqual(attempts.map(({ id }) => id).sort());
    expect((await all('intents')).every(({ captured }) => captured === 2000n)).toBe(true);
    const paid = (await all('facts')).filter(({ type }) => type === 'intent.paid');
    expect(paid).toHaveLength(ROUNDS);
    expect(await all('jobs')).toEqual([]);
  });

  test('making an endpoint while the other decides counts from the next event on', async () => {
    const decided = gate();
    const made = gate();
    const store: Store = {
      ...opened.store,
      transact: (batchId, body) =>
        opened.store.transact(batchId, ({ load, write }) =>
          body({
            load,
            write: async (changes) => {
              decided.open();
              await made.opened;
              await write(changes);
            },
          }),
        ),
    };
    one = makeTestEngine(store, { clock: one.clock });
    const paying = run(one.engine, create());
    await decided.opened;
    const { subscription } = await run(other.engine, subscribe());
    made.open();
    const before = await paying;
    expect(await all('deliveries')).toEqual([]);
    const after = await run(one.engine, create());
    const [delivery] = await all('deliveries');
    const told = (await all('facts')).find(({ id }) => id === delivery?.fact);
    expect(told?.intentId).toBe(after.id);
    expect(delivery?.subscription).toBe(subscription.id);
    expect(before.id).not.toBe(after.id);
  });

  test('folding balances loses and doubles nothing', async () => {
    const nodes = [one, other];
    let folding = true;
    const folds = nodes.map(async ({ store }) => {
      while (folding) await store.fold();
    });
    const paid = await Promise.all(
      Array.from({ length: ROUNDS * 2 }, (_, i) =>
        run((nodes[i % 2] as TestEngine).engine, createPaid()),
      ),
    );
    await Promise.all(
      paid.map(({ id }, i) => run((nodes[i % 2] as TestEngine).engine, refund(id, 500n))),
    );
    folding = false;
    await Promise.all(folds);
    // The audit after each test adds the entries up, and compares.
    expect((await all('refunds')).length).toBe(ROUNDS * 2);
    await opened.store.fold();
    expect(await opened.sql("SELECT part FROM balances WHERE part <> ''")).toEqual([]);
  });

  test('taking a payment of another vendor over makes it once', async () => {
    const terms = { account: ACCOUNT, from: 'stripe', writes: true };
    for (let round = 0; round < ROUNDS; round++) {
      const own = { id: `ch_${round}`, transfer: null, refunds: [] };
      const attempts = past().attempts.map((one) => ({ ...one, ...own }));
      const payment = past({ id: `pi_${round}`, attempts });
      const ends = await Promise.all(
        [one, other].map(async ({ engine }) => {
          const end = await engine.background(importPayment(terms, payment));
          return 'end' in end ? end.end : end.failure;
        }),
      );
      expect(ends.filter((end) => end === 'imported')).toHaveLength(1);
    }
    expect(await all('intents')).toHaveLength(ROUNDS);
  });
});
