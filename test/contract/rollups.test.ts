import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import { ROLLUP_PLACE } from '../../src/domain/rollup.js';
import { audit } from '../../src/engine/audit.js';
import { createCustomer } from '../../src/engine/customers.js';
import type { Engine } from '../../src/engine/engine.js';
import { answerChallenge, cancelIntent } from '../../src/engine/intents.js';
import { startRollups } from '../../src/engine/rollup-job.js';
import { countAnew, makeRollUp, SEGMENT_INTENTS_MAX } from '../../src/engine/rollups.js';
import { LIMITS } from '../../src/limits.js';
import type { Store } from '../../src/storage/store.js';
import { makeClock, makeTestEngine, type TestClock, type TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { ACCOUNT, capture, confirm, create, createPaid, refund, run } from '../support/payments.js';
import { countedByHand, rolledUp, rollUpAll } from '../support/rollups.js';
import { until } from '../support/sink.js';
import { openTestStore, type TestStore } from '../support/stores.js';

const DAY = 86_400;
const OTHER = 'acct_other';
/** More than two segments. */
const MANY = 2 * SEGMENT_INTENTS_MAX + 30;

let testStore: TestStore;
let store: Store;
let clock: TestClock;
let made: TestEngine;
let engine: Engine;

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  store = await testStore.fresh();
  clock = makeClock();
  made = makeTestEngine(store, { clock });
  engine = made.engine;
});
afterAll(() => testStore.close());

async function expectRight(): Promise<void> {
  for (const account of await rollUpAll(engine)) await expectSame(account);
}

async function expectSame(account: string): Promise<void> {
  expect(await rolledUp(store, account)).toEqual(await countedByHand(store, account));
}

const makeMany = (count: number): Promise<Intent[]> =>
  Promise.all(Array.from({ length: count }, () => run(engine, create())));

describe('what is counted', () => {
  test('is what was made, tried, paid, refunded and declined, by its day', async () => {
    const paid = await run(engine, createPaid());
    await run(engine, createPaid({ currency: 'eur', amount: 700n }, OTHER));
    await engine.background(createPaid({ method: 'pm_card_chargeDeclined' }));
    const waits = await run(engine, create());
    clock.advance(DAY);
    await run(engine, refund(paid.id, 300n));
    await run(engine, confirm(waits.id));
    await expectRight();
    expect(await rolledUp(store, ACCOUNT)).toEqual({
      '2026-11-23': {
        'decline card_declined generic_decline': '1',
        'measure usd stripe card captured': '4000',
        'measure usd stripe card confirmed': '3',
        'measure usd stripe card created': '3',
        'measure usd stripe card refunded': '300',
        'measure usd stripe card succeeded': '2',
        'paid 0': '1',
        'paid 86400': '1',
      },
    });
  });

  test('is the same however often it is counted, and writes nothing then', async () => {
    await run(engine, createPaid());
    await expectRight();
    const [place] = await store.scan('rollup_places', null, 1);
    clock.advance(60);
    // Where processes share the database, the place still moves behind what has settled.
    await rollUpAll(engine);
    const [moved] = await store.scan('rollup_places', null, 1);
    await rollUpAll(engine);
    expect(await store.scan('rollup_places', null, 1)).toEqual([moved]);
    expect(moved?.version).toBeLessThanOrEqual((place?.version ?? 0) + 1);
    await expectRight();
  });

  test('an account without intents has no place', async () => {
    const state = await engine.rollUp('acct_empty', 10);
    expect(state).toEqual({ isWhole: true, isUpToDate: true, asOfMs: clock.ms });
    expect(await store.scan('rollup_places', null, 1)).toEqual([]);
  });
});

describe('many intents', () => {
  test('are counted in segments, and one that changes later in its own', async () => {
    const made = await makeMany(MANY);
    await expectRight();
    expect(await store.scan('rollup_segments', null, 10)).toHaveLength(3);
    for (const at of [0, SEGMENT_INTENTS_MAX - 1, SEGMENT_INTENTS_MAX, MANY - 1])
      await run(engine, confirm(made[at]?.id ?? ''));
    await run(engine, createPaid());
    await expectRight();
  });

  test('from before, whose facts have gone, are counted in bounded steps', async () => {
    await makeMany(MANY);
    await run(engine, createPaid());
    await testStore.sql('DELETE FROM facts');
    const first = await engine.rollUp(ACCOUNT, 1);
    expect(first).toMatchObject({ isWhole: false, isUpToDate: false });
    expect(await store.scan('rollup_segments', null, 10)).toHaveLength(2);
    await expectRight();
    expect(await engine.rollUp(ACCOUNT, 1)).toMatchObject({ isWhole: true, isUpToDate: true });
  });

  test('that no fact tells of are found when all is counted anew', async () => {
    const [first] = await makeMany(MANY);
    await rollUpAll(engine);
    // Ids of another provider are not in the order of ours.
    const row = { ...(first as Intent), id: 'pi_3ABC' };
    await store.transact('bat_import', ({ write }) =>
      write({ changes: [{ table: 'intents', kind: 'insert', row }], postings: [] }),
    );
    await engine.background(countAnew(ACCOUNT));
    expect(await engine.rollUp(ACCOUNT, 1)).toMatchObject({ isWhole: false });
    await expectRight();
  });
});

describe('two that count at once', () => {
  test('count nothing twice, whatever one has read before the other wrote', async () => {
    const deps = { store, background: engine.background, nowMs: () => clock.ms };
    const both = [makeRollUp(deps), makeRollUp(deps)];
    for (let round = 0; round < 4; round++) {
      await makeMany(40);
      const all = both.map((rollUp) => rollUp(ACCOUNT, 20));
      await run(engine, createPaid());
      await Promise.all(all);
    }
    await expectRight();
  });

  test('one whose place was moved meanwhile leaves everything as it was', async () => {
    await run(engine, createPaid());
    const late: Store['page'] = async (request) => {
      const rows = await store.page(request);
      // Between what it reads and what it writes, another has counted, and more has been paid.
      if (request.table === 'intents' && request.newerThan !== undefined) {
        await run(engine, createPaid());
        await rollUpAll(engine);
      }
      return rows;
    };
    const slow = makeRollUp({
      store: { ...store, page: late },
      background: engine.background,
      nowMs: () => clock.ms,
    });
    await slow(ACCOUNT, 1);
    await expectSame(ACCOUNT);
  });
});

/** Counts all, as where processes share the database, over facts that are read so. */
function sharedCount(factsAfter: Store['factsAfter']): () => Promise<void> {
  const capabilities = { ...store.capabilities, shared: true };
  const rollUp = makeRollUp({
    store: { ...store, capabilities, factsAfter },
    background: engine.background,
    nowMs: () => clock.ms,
  });
  return async () => {
    while (!(await rollUp(ACCOUNT, 1)).isUpToDate);
  };
}

test('what was counted a moment ago is not read again while more is counted', async () => {
  let read = 0;
  const countAll = sharedCount(async (...asked) => {
    const found = await store.factsAfter(...asked);
    read += found.length;
    return found;
  });
  await run(engine, createPaid());
  await countAll();
  await Promise.all(Array.from({ length: 2_100 }, () => run(engine, createPaid())));
  const { length: facts } = await store.factsAfter(ACCOUNT, 'fact_', 10_000);
  // More than one look takes.
  expect(facts).toBeGreaterThan(4_000);
  read = 0;
  await countAll();
  expect(read).toBeLessThanOrEqual(facts);
  await expectSame(ACCOUNT);
});

test('what another process commits late is counted, though later facts were seen', async () => {
  const { id } = await run(engine, createPaid());
  const facts = await store.scan('facts', null, 100);
  let isLate = false;
  const countAll = sharedCount(async (...asked) => {
    const found = await store.factsAfter(...asked);
    // No intent's fact is there yet, but that of a customer is.
    return isLate ? found.filter(({ intentId }) => intentId === null) : found;
  });
  await countAll();
  await run(engine, refund(id, 300n));
  await run(engine, createCustomer(ACCOUNT, {}));
  expect((await store.scan('facts', null, 100)).length).toBeGreaterThan(facts.length + 1);
  isLate = true;
  // As long as two statements may take that each reach their limit.
  clock.advance((2 * LIMITS.storage.postgres_statement_timeout_ms) / 1000);
  await countAll();
  isLate = false;
  await countAll();
  await expectSame(ACCOUNT);
});

describe('a process that dies', () => {
  test('has written a segment and its days, or neither; the next one goes on', async () => {
    await makeMany(MANY);
    await run(engine, createPaid());
    let commits = 0;
    const dying = makeRollUp({
      store,
      background: async (command) => {
        commits += 1;
        if (commits % 2 === 0) throw new Error('killed');
        return engine.background(command);
      },
      nowMs: () => clock.ms,
    });
    for (let tries = 0; tries < 6; tries++) await dying(ACCOUNT, 20).catch(() => {});
    expect(commits).toBeGreaterThan(3);
    await run(engine, createPaid());
    await expectRight();
  });
});

describe('a clock that is moved', () => {
  test('puts what is made then on its own day, and loses nothing when it goes back', async () => {
    await run(engine, createPaid());
    await rollUpAll(engine);
    clock.advance(40 * DAY);
    await run(engine, createPaid());
    await rollUpAll(engine);
    clock.advance(-40 * DAY);
    const last = await run(engine, createPaid());
    await run(engine, refund(last.id));
    await expectRight();
    expect(Object.keys(await rolledUp(store, ACCOUNT))).toHaveLength(2);
  });
});

test('the job keeps all accounts', async () => {
  await run(engine, createPaid());
  await run(engine, createPaid({}, OTHER));
  const errors: unknown[] = [];
  const limits = { rollup_poll_ms: 5, rollup_accounts_per_look_max: 1, rollup_steps_max: 8 };
  const job = startRollups({ store, engine, limits, logError: (error) => errors.push(error) });
  const counted = async (account: string): Promise<boolean> =>
    Object.keys(await rolledUp(store, account)).length === 1;
  const isRight = async (): Promise<boolean> => (await counted(OTHER)) && (await counted(ACCOUNT));
  await until(isRight);
  await job.stop();
  expect(errors).toEqual([]);
  await expectRight();
  const places = await store.scan('rollup_places', null, 10);
  expect(places.map(({ id }) => id)).toEqual([ROLLUP_PLACE, ROLLUP_PLACE]);
});

test('the job leaves an account whose payments never pause, and counts the others', async () => {
  await run(engine, createPaid());
  await run(engine, createPaid({}, OTHER));
  const busy: Pick<Engine, 'rollUp' | 'nowMs'> = {
    nowMs: engine.nowMs,
    // Something new before each step.
    rollUp: async (account, steps_max) => {
      for (let n = 1; ; n++) {
        await run(engine, createPaid({}, account));
        const state = await engine.rollUp(account, 1);
        if (state.isUpToDate || n === steps_max) return state;
      }
    },
  };
  const errors: unknown[] = [];
  const limits = { rollup_poll_ms: 5, rollup_accounts_per_look_max: 2, rollup_steps_max: 1e9 };
  const logError = (error: unknown): void => void errors.push(error);
  const job = startRollups({ store, engine: busy, limits, logError });
  const counted = async (account: string): Promise<boolean> =>
    Object.keys(await rolledUp(store, account)).length === 1;
  await until(async () => (await counted(ACCOUNT)) && (await counted(OTHER)));
  await job.stop();
  expect(errors).toEqual([]);
  await expectRight();
});

/** What can happen to the n-th intent. */
const OPERATIONS = {
  pay: (id: string) => confirm(id),
  decline: (id: string) => confirm(id, 'pm_card_chargeDeclined'),
  ask: (id: string) => confirm(id, 'pm_card_threeDSecure2Required'),
  capture: (id: string) => capture(id, { amount: 500n, final: false }),
  refund: (id: string) => refund(id, 100n),
  cancel: (id: string) => cancelIntent(ACCOUNT, id, null),
} as const;

test('whatever happens in whatever order, the rollups are a count over the rows', async () => {
  const names = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];
  const act = fc.oneof(
    fc.record({ at: fc.nat(20), name: fc.constantFrom(...names) }),
    fc.record({ at: fc.nat(20), name: fc.constantFrom('answer', 'fail') }),
    fc.constantFrom({ name: 'make' }, { name: 'hold' }, { name: 'count' }, { name: 'wait' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const jobs = startTestJobs(made);
      const intents: Intent[] = [await run(engine, create())];
      for (const one of acts) {
        const at = 'at' in one ? one.at % intents.length : 0;
        const id = intents[at]?.id ?? '';
        const { name } = one;
        if (name === 'make') intents.push(await run(engine, create({ currency: 'eur' })));
        else if (name === 'hold')
          intents.push(await run(engine, createPaid({ captureMethod: 'manual' })));
        else if (name === 'count') await engine.rollUp(ACCOUNT, 1);
        else if (name === 'wait') {
          clock.advance(4 * DAY);
          await jobs.runDue();
        } else if (name === 'answer' || name === 'fail') {
          const [intent] = (await store.load([{ table: 'intents', account: ACCOUNT, id }], []))
            .rows;
          const secret = (intent as Intent).challenge?.secret ?? '';
          await engine.background(answerChallenge(ACCOUNT, id, secret, name === 'answer'));
        } else await engine.background<unknown>(OPERATIONS[name as keyof typeof OPERATIONS](id));
      }
      await jobs.stop();
      await expectRight();
    }),
    { numRuns: 15 },
  );
  expect(await audit(store)).toEqual([]);
});
