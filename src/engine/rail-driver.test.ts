import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTestEngine } from '../../test/support/engine.js';
import {
  ACCOUNT,
  confirm,
  createPaid,
  fail,
  PLAIN_CONFIRM,
  run,
} from '../../test/support/payments.js';
import { until } from '../../test/support/sink.js';
import { openTestStore, type TestStore } from '../../test/support/stores.js';
import type { Approval, AuthorizeRequest, AuthorizeResult, RemoteRail } from '../rails/rail.js';
import type { Store } from '../storage/store.js';
import { audit } from './audit.js';
import { cancelIntent } from './intents.js';
import { startJobs } from './jobs.js';
import { type RailDriver, type RailDriverLimits, startRailDriver } from './rail-driver.js';

const APPROVAL: Approval = {
  authorizationCode: '123456',
  networkTransactionId: '1',
  cvcCheck: 'pass',
  riskLevel: 'normal',
  riskScore: 1,
  availableAtOnce: false,
  aftermath: null,
};
const SUCCEEDED: AuthorizeResult = { outcome: 'succeeded', approval: APPROVAL };
const UNKNOWN: AuthorizeResult = { outcome: 'unknown' };
const REFUSED = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
} as const;

let testStore: TestStore;
let store: Store;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  store = await testStore.fresh();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  expect(await audit(store)).toEqual([]);
});
afterAll(() => testStore.close());

const LIMITS: RailDriverLimits = {
  rail_calls_max: 4,
  rail_queue_max: 100,
  rail_answer_ms_max: 200,
};

/** An engine whose cards are paid through a remote rail that answers as told. */
function open(
  authorize: (
    request: AuthorizeRequest,
    call: number,
  ) => AuthorizeResult | Promise<AuthorizeResult>,
  limits: Partial<RailDriverLimits> = {},
) {
  const calls: AuthorizeRequest[] = [];
  const rail: RemoteRail = {
    kind: 'remote',
    name: 'far',
    abilities: { hold: true, captureInParts: true, refund: true, reverse: true, dispute: false },
    attach: () => null,
    authorize: (request) => {
      calls.push(request);
      return authorize(request, calls.length) as Promise<AuthorizeResult>;
    },
  };
  const made = makeTestEngine(store, { rails: [{ methodTypes: ['card'], rail }] });
  const { engine, clock, logged } = made;
  const logError = (error: unknown, what: string) => void logged.push({ error, what });
  const driver: RailDriver = startRailDriver({
    engine,
    rails: [rail],
    limits: { ...LIMITS, ...limits },
    logError,
  });
  const jobs = startJobs({
    store,
    engine,
    nowMs: () => clock.ms,
    driver,
    limits: {
      job_poll_ms: 10,
      jobs_per_look_max: 50,
      prune_interval_ms: 60_000,
      prune_rows_max: 100,
      idempotency_hours: 24,
      retention_days: 30,
    },
    logError,
  });
  closers.push(
    () => driver.stop(),
    () => jobs.stop(),
  );
  return { ...made, calls, driver };
}

/** A rail that answers its one call when it is told to. */
function slowRail() {
  let resolve = (_: AuthorizeResult): void => {};
  const answered = new Promise<AuthorizeResult>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { rail: () => answered, answer: (result: AuthorizeResult) => resolve(result) };
}

const intents = () => store.scan('intents', null, 1000);
const stateOf = async () => (await intents())[0]?.state;
const attempts = () => store.scan('attempts', null, 1000);

describe('a remote rail', () => {
  test('is called once the attempt is durable, and its answer settles it', async () => {
    const seen: unknown[] = [];
    const { engine, calls } = open(async ({ attempt }) => {
      seen.push((await attempts()).map(({ id, state }) => ({ id, state, asked: attempt === id })));
      return SUCCEEDED;
    });
    const started = await run(engine, createPaid());
    expect(started.state).toBe('processing');
    await until(async () => (await stateOf()) === 'captured');
    expect(seen).toEqual([[{ id: started.latestAttempt, state: 'started', asked: true }]]);
    expect(calls).toMatchObject([{ amount: 2000n, currency: 'usd', account: ACCOUNT }]);
    expect(await store.scan('jobs', null, 10)).toEqual([]);
  });

  test('that holds leaves an authorization', async () => {
    const { engine } = open(() => SUCCEEDED);
    await run(engine, createPaid({ captureMethod: 'manual' }));
    await until(async () => (await stateOf()) === 'authorized');
  });

  test.each([true, false])(
    'that refuses frees the intent for another try (its issuer asked: %s)',
    async (reachedIssuer) => {
      const { engine } = open((_, call) =>
        call === 1 ? { outcome: 'failed', decline: { ...REFUSED, reachedIssuer } } : SUCCEEDED,
      );
      const { id } = await run(engine, createPaid());
      await until(async () => (await stateOf()) === 'awaiting_method');
      expect((await attempts()).map(({ state }) => state)).toEqual(['failed']);
      await run(engine, confirm(id));
      await until(async () => (await stateOf()) === 'captured');
    },
  );

  test('that wants a challenge gets one, also where the caller refuses actions', async () => {
    const { engine } = open(() => ({ outcome: 'action_required', version: '2.2.0' }));
    await run(engine, createPaid());
    await run(engine, createPaid({ confirm: { ...PLAIN_CONFIRM, refuseAction: true } }));
    await until(async () => (await intents()).every(({ state }) => state === 'awaiting_action'));
    expect((await attempts()).map(({ state }) => state)).toEqual(['failed', 'failed']);
  });

  test('cannot be canceled away while it may be paying', async () => {
    let release = (_: AuthorizeResult): void => {};
    const { engine } = open(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
      { rail_answer_ms_max: 5000 },
    );
    const { id } = await run(engine, createPaid());
    expect(await fail(engine, cancelIntent(ACCOUNT, id, null))).toMatchObject({
      failure: 'attempt_in_flight',
    });
    expect(await fail(engine, confirm(id))).toMatchObject({ failure: 'intent_state' });
    await until(async () => (await attempts()).length === 1);
    release(SUCCEEDED);
    await until(async () => (await stateOf()) === 'captured');
  });
});

describe('an answer that is unknown', () => {
  test('is asked for again with the same attempt, ever later, until it is known', async () => {
    const { engine, calls, clock } = open((_, call) => (call < 4 ? UNKNOWN : SUCCEEDED));
    await run(engine, createPaid());
    const tries = async () => (await store.scan('jobs', null, 1))[0]?.tries;
    await until(async () => (await tries()) === 1);
    expect(await stateOf()).toBe('processing');
    for (const [delay, count] of [
      [15, 2],
      [30, 3],
    ] as const) {
      clock.advance(delay);
      await until(async () => (await tries()) === count);
    }
    clock.advance(60);
    await until(async () => (await stateOf()) === 'captured');
    expect(new Set(calls.map(({ attempt }) => attempt)).size).toBe(1);
    expect(calls).toHaveLength(4);
    expect(await attempts()).toHaveLength(1);
  });

  test('is what a rail that throws gives, at once or later', async () => {
    const { engine, clock, logged } = open((_, call) => {
      if (call === 1) throw new Error('no route');
      if (call === 2) return Promise.reject(new Error('reset'));
      return SUCCEEDED;
    });
    await run(engine, createPaid());
    await until(() => logged.length === 1);
    await until(async () => (await store.scan('jobs', null, 1))[0]?.tries === 1);
    clock.advance(15);
    await until(() => logged.length === 2);
    await until(async () => (await store.scan('jobs', null, 1))[0]?.tries === 2);
    clock.advance(30);
    await until(async () => (await stateOf()) === 'captured');
    expect(logged.map(({ error }) => (error as Error).message)).toEqual(['no route', 'reset']);
  });

  test('is what a late one counts as, and it still settles when it comes', async () => {
    const { rail, answer } = slowRail();
    const { engine, calls } = open(rail, { rail_answer_ms_max: 30 });
    await run(engine, createPaid());
    await until(async () => (await store.scan('jobs', null, 1))[0]?.tries === 1);
    expect(await stateOf()).toBe('processing');
    answer(SUCCEEDED);
    await until(async () => (await stateOf()) === 'captured');
    expect(calls).toHaveLength(1);
  });

  test('is recovered after a crash between two batches', async () => {
    const dead = open(() => new Promise(() => {}), { rail_answer_ms_max: 50 });
    await run(dead.engine, createPaid());
    await dead.driver.stop();
    for (const close of closers.splice(0).reverse()) await close();
    const { clock, calls } = open(() => SUCCEEDED);
    clock.advance(3600);
    await until(async () => (await stateOf()) === 'captured');
    expect(calls.map(({ attempt }) => attempt)).toEqual((await attempts()).map(({ id }) => id));
  });
});

describe('many attempts', () => {
  test('so many calls at once and no more; what is beyond the queue is recovered', async () => {
    let underway = 0;
    let underwayMax = 0;
    const { engine, clock, calls } = open(
      async () => {
        underwayMax = Math.max(underwayMax, ++underway);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underway--;
        return SUCCEEDED;
      },
      { rail_calls_max: 3, rail_queue_max: 10, rail_answer_ms_max: 8000 },
    );
    await Promise.all(Array.from({ length: 40 }, () => run(engine, createPaid())));
    const captured = async () =>
      (await intents()).filter(({ state }) => state === 'captured').length;
    await until(async () => (await captured()) >= 13);
    expect(await captured()).toBe(13);
    // A look that finds the queue full comes again later: by the time all looks have come, all end.
    await until(async () => {
      clock.advance(3600);
      return (await captured()) === 40;
    });
    expect(underwayMax).toBe(3);
    expect(calls).toHaveLength(40);
  });

  test('an attempt that is being driven is not driven twice', async () => {
    const { rail, answer } = slowRail();
    const { engine, driver, calls } = open(rail, { rail_answer_ms_max: 60_000 });
    const { latestAttempt } = await run(engine, createPaid());
    const again = { account: ACCOUNT, id: latestAttempt ?? '', rail: 'far' };
    await until(() => calls.length === 1);
    expect(await driver.drive(again)).toBe(false);
    answer(SUCCEEDED);
    await until(async () => (await stateOf()) === 'captured');
    // The drive of before may still have to leave.
    await until(() => driver.drive(again));
    expect(calls).toHaveLength(1);
  });

  test('a rail that is not there is an error', async () => {
    const { driver } = open(() => SUCCEEDED);
    const stray = { account: ACCOUNT, id: 'ch_1', rail: 'nowhere' };
    await expect(driver.drive(stray)).rejects.toThrow('no remote rail nowhere');
  });
});
