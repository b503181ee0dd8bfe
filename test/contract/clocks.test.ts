import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/domain/clock.js';
import type { Job } from '../../src/domain/subscription.js';
import { audit } from '../../src/engine/audit.js';
import { advanceJobId, createClock, startAdvance } from '../../src/engine/clocks.js';
import { createCustomer } from '../../src/engine/customers.js';
import type { Jobs } from '../../src/engine/jobs.js';
import type { RemoteRail } from '../../src/rails/rail.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { ACCOUNT, capture, createPaid, run, subscribe } from '../support/payments.js';
import { until } from '../support/sink.js';
import { ON_POSTGRES, openTestStore, type TestStore } from '../support/stores.js';
import { insert, read, rowOf, write } from './rows.js';

let opened: TestStore;
let made: TestEngine;
let running: Jobs[] = [];

beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(async () => {
  made = makeTestEngine(await opened.fresh());
});
afterEach(async () => {
  await stopAll();
  expect(await audit(opened.store)).toEqual([]);
});
afterAll(() => opened.close());

async function stopAll(): Promise<void> {
  await Promise.all(running.map((jobs) => jobs.stop()));
  running = [];
}

/** Workers over an engine, whose store may be one that fails. */
function start(engine: TestEngine, store: Store = engine.store): Jobs {
  const jobs = startTestJobs(engine, { store, limits: { job_poll_ms: 10 } });
  running.push(jobs);
  return jobs;
}

/** 1 January 2020. */
const PAST = 1_577_836_800;
const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;

const clockOf = async (id: string) =>
  (await read(opened.store, 'clocks', ACCOUNT, id)) as Clock | null;
const statusOf = async (id: string) => (await clockOf(id))?.status;
const arrived = (id: string) => until(async () => (await statusOf(id)) === 'ready');

/** A clock with a customer, and holds that were made so many seconds after each other. */
async function clockWithHolds(count: number, apart: number) {
  const { engine } = made;
  const input = { frozenTime: PAST, name: null, customer: null };
  const { id } = await run(engine, createClock(ACCOUNT, input));
  const { id: customer } = await run(engine, createCustomer(ACCOUNT, { clockId: id }));
  const holds: string[] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0) await setClock(id, PAST + i * apart);
    const intent = await run(engine, createPaid({ customer, captureMethod: 'manual' }));
    holds.push(intent.id);
  }
  return { id, customer, holds };
}

/** Puts a clock without due jobs forward by its own means. */
async function setClock(id: string, to: number): Promise<void> {
  await run(made.engine, startAdvance(ACCOUNT, id, to));
  const jobs = start(made);
  await arrived(id);
  await jobs.stop();
}

/** What has happened, as type and business time, without what clocks tell of themselves. */
async function happened(type: string): Promise<[string | null, number][]> {
  const facts = await opened.store.scan('facts', null, 10_000);
  return facts
    .filter((fact) => fact.type === type)
    .map(({ intent, created }) => [intent === null ? null : JSON.parse(intent).id, created]);
}

describe('an advance', () => {
  test('runs what is due in the order of its moments, each at its own', async () => {
    const { id, holds } = await clockWithHolds(4, 1000);
    await run(made.engine, startAdvance(ACCOUNT, id, PAST + WEEK_SECONDS + 2500));
    start(made);
    await arrived(id);
    expect(await happened('intent.expired')).toEqual(
      holds.slice(0, 3).map((hold, i) => [hold, PAST + WEEK_SECONDS + i * 1000]),
    );
    expect((await clockOf(id))?.frozenTime).toBe(PAST + WEEK_SECONDS + 2500);
    expect(made.logged).toEqual([]);
  });

  test('of the account moves its business time, in order, and nobody else’s', async () => {
    const holds: string[] = [];
    for (let i = 0; i < 3; i++) {
      holds.push((await run(made.engine, createPaid({ captureMethod: 'manual' }))).id);
      made.clock.advance(100);
    }
    await run(made.engine, createPaid({ captureMethod: 'manual' }, 'acct_other'));
    const now = made.clock.ms / 1000;
    await run(made.engine, startAdvance(ACCOUNT, 'account', now + WEEK_SECONDS));
    start(made);
    await arrived('account');
    expect(await happened('intent.expired')).toEqual(
      holds.map((hold, i) => [hold, now - 300 + i * 100 + WEEK_SECONDS]),
    );
    const account = await read(opened.store, 'accounts', ACCOUNT, ACCOUNT);
    expect(account?.clockAheadSeconds).toBe(WEEK_SECONDS);
    made.clock.advance(5);
    const later = await run(made.engine, createPaid());
    expect(later.created).toBe(now + WEEK_SECONDS + 5);
  });

  test('finds later what falls due by an account that is ahead, without being asked', async () => {
    const now = made.clock.ms / 1000;
    await run(made.engine, startAdvance(ACCOUNT, 'account', now + DAY_SECONDS));
    start(made);
    await arrived('account');
    await run(made.engine, createPaid({ captureMethod: 'manual' }));
    made.clock.advance(WEEK_SECONDS);
    await until(async () => (await happened('intent.expired')).length === 1);
  });

  test('goes on where a store that failed in the middle has stopped it', async () => {
    const { id, holds } = await clockWithHolds(6, 1000);
    let looks = 0;
    const failing: Store = {
      ...made.store,
      nextJob: (...asked) =>
        ++looks > 3 ? Promise.reject(new Error('no disk')) : made.store.nextJob(...asked),
    };
    await run(made.engine, startAdvance(ACCOUNT, id, PAST + WEEK_SECONDS + DAY_SECONDS));
    start(made, failing);
    await until(() => made.logged.length > 0);
    await stopAll();
    expect(await statusOf(id)).toBe('advancing');
    const half = await happened('intent.expired');
    expect(half.length).toBe(3);
    expect((await clockOf(id))?.frozenTime).toBe(PAST + WEEK_SECONDS + 2000);
    // Another process, once the first one's lease has ended.
    const next = makeTestEngine(made.store, { clock: made.clock });
    made.clock.advance(60);
    start(next);
    await arrived(id);
    expect(await happened('intent.expired')).toEqual(
      holds.map((hold, i) => [hold, PAST + WEEK_SECONDS + i * 1000]),
    );
  });

  test('is left to the next process by one that is stopped', async () => {
    const { id, holds } = await clockWithHolds(5, 10);
    let looks = 0;
    let stop = (): void => {};
    const stopping: Store = {
      ...made.store,
      nextJob: async (...asked) => {
        if (++looks === 3) stop();
        return made.store.nextJob(...asked);
      },
    };
    await run(made.engine, startAdvance(ACCOUNT, id, PAST + WEEK_SECONDS + DAY_SECONDS));
    const jobs = start(made, stopping);
    const stopped = new Promise<void>((resolve) => {
      stop = () => resolve(jobs.stop());
    });
    await stopped;
    expect(await statusOf(id)).toBe('advancing');
    expect((await happened('intent.expired')).length).toBe(3);
    start(makeTestEngine(made.store, { clock: made.clock }));
    await arrived(id);
    expect((await happened('intent.expired')).length).toBe(holds.length);
  });

  test('gives up on a job that cannot be run, and can be tried again', async () => {
    const { id } = await clockWithHolds(1, 0);
    const broken: Job = rowOf('jobs', ACCOUNT, 'job_broken', {
      dueAt: PAST + 50,
      clockId: id,
      kind: 'no such kind',
      subject: 'pi_none',
      tries: 0,
    });
    await insert(opened.store, 'jobs', [broken]);
    await run(made.engine, startAdvance(ACCOUNT, id, PAST + DAY_SECONDS));
    start(made);
    await until(async () => (await statusOf(id)) === 'failed');
    expect((await happened('clock.failed')).length).toBe(1);
    expect((await clockOf(id))?.frozenTime).toBeGreaterThanOrEqual(PAST + 50);
    const [left] = await opened.store.scan('jobs', { account: ACCOUNT, id: 'job_broke' }, 1);
    await write(opened.store, [{ table: 'jobs', kind: 'delete', row: left as Job }]);
    await run(made.engine, startAdvance(ACCOUNT, id, PAST + DAY_SECONDS));
    await arrived(id);
  });

  test('ends also where a job stays due when it has been run', async () => {
    const { id, holds } = await clockWithHolds(1, 0);
    // Its subject is no intent, so what ends holds finds nothing to do and leaves it.
    const idle: Job = rowOf('jobs', ACCOUNT, 'job_idle', {
      dueAt: PAST + 50,
      clockId: id,
      kind: 'expire_authorization',
      subject: 'pi_none',
      tries: 0,
    });
    await insert(opened.store, 'jobs', [idle]);
    await run(made.engine, startAdvance(ACCOUNT, id, PAST + DAY_SECONDS));
    start(made);
    await until(async () => (await statusOf(id)) === 'failed');
    await stopAll();
    await write(opened.store, [{ table: 'jobs', kind: 'delete', row: idle }]);
    expect(holds).toHaveLength(1);
  });
});

describe('an account without clocks', () => {
  test('reads no row of them when it pays', async () => {
    const tables = new Set<string>();
    const noting = (load: Store['load']): Store['load'] => {
      return (keys, findings) => {
        for (const { table } of [...keys, ...findings]) tables.add(table);
        return load(keys, findings);
      };
    };
    const store: Store = {
      ...made.store,
      load: noting(made.store.load),
      transact: (id, body) =>
        made.store.transact(id, (transaction) =>
          body({ load: noting(transaction.load), write: transaction.write }),
        ),
    };
    const { engine } = makeTestEngine(store);
    const { id: customer } = await run(engine, createCustomer(ACCOUNT, {}));
    const held = await run(engine, createPaid({ customer, captureMethod: 'manual' }));
    await run(engine, capture(held.id));
    expect([...tables]).toContain('methods');
    expect([...tables]).not.toContain('clocks');
  });
});

describe('work of the wall clock', () => {
  test('is not held up by a clock that stands still', async () => {
    const rail: RemoteRail = {
      kind: 'remote',
      name: 'far',
      abilities: { hold: true, captureInParts: true, refund: true, reverse: true, dispute: false },
      attach: () => null,
      authorize: async () => ({ outcome: 'unknown' }),
    };
    made = makeTestEngine(made.store, { rails: [{ methodTypes: ['card'], rail }] });
    const { id, customer } = await clockWithHolds(0, 0);
    const paying = await run(made.engine, createPaid({ customer }));
    expect(paying).toMatchObject({ state: 'processing', created: PAST, clockId: id });
    const asked: string[] = [];
    const jobs = startTestJobs(made, {
      driver: {
        drive: async (attempt) => {
          asked.push(attempt.id);
          return true;
        },
      },
    });
    running.push(jobs);
    await jobs.runDue();
    expect(asked).toEqual([]);
    made.clock.advance(15);
    await jobs.runDue();
    expect(asked).toEqual([paying.latestAttempt]);
    expect((await clockOf(id))?.frozenTime).toBe(PAST);
  });

  test('keeps facts of a clock in the past as long as all others', async () => {
    await run(made.engine, subscribe());
    await clockWithHolds(1, 0);
    const before = (await opened.store.scan('facts', null, 100)).length;
    await start(made).prune();
    expect((await opened.store.scan('facts', null, 100)).length).toBe(before);
    expect((await opened.store.scan('deliveries', null, 100)).length).toBeGreaterThan(0);
  });
});

describe('deliveries that wait for another try', () => {
  test('become due at once, and those on their way do not', async () => {
    const nowMs = 1_000_000;
    const delivery = (account: string, id: string, tries: number, state = 'waiting') =>
      rowOf('deliveries', account, id, {
        state,
        dueAtMs: nowMs + 500_000,
        tries: Array(tries).fill({}),
        fact: id,
      });
    const rows = [
      delivery('one', 'a', 1),
      delivery('one', 'b', 0),
      delivery('one', 'c', 2, 'abandoned'),
      delivery('two', 'd', 1),
    ];
    await insert(opened.store, 'deliveries', rows);
    await opened.store.hurryDeliveries('one', nowMs);
    const due = (await opened.store.scan('deliveries', null, 10)).map(({ id, dueAtMs }) => [
      id,
      dueAtMs - nowMs,
    ]);
    expect(due).toEqual([
      ['a', 0],
      ['b', 500_000],
      ['c', 500_000],
      ['d', 500_000],
    ]);
    await opened.fresh();
  });
});

describe.runIf(ON_POSTGRES)('several processes', () => {
  test('advance one clock together, and do each job once', async () => {
    const { id, holds } = await clockWithHolds(12, 100);
    const others = await Promise.all([opened.again(), opened.again()]);
    try {
      for (const store of others) start(makeTestEngine(store, { clock: made.clock }));
      await run(made.engine, startAdvance(ACCOUNT, id, PAST + WEEK_SECONDS + DAY_SECONDS));
      // Nobody keeps a lease: every process takes the advance over from the others all the time.
      let racing = true;
      const takeOver = (async () => {
        while (racing) {
          const now = made.clock.ms / 1000;
          await opened.sql(`UPDATE jobs SET due_at = ${now} WHERE id = '${advanceJobId(id)}'`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      await arrived(id);
      racing = false;
      await takeOver;
      // Ids of several processes are in no order within a millisecond; moments are.
      const ended = (await happened('intent.expired')).sort(([, a], [, b]) => a - b);
      expect(ended).toEqual(holds.map((hold, i) => [hold, PAST + WEEK_SECONDS + i * 100]));
      expect((await happened('clock.ready')).length).toBe(12);
    } finally {
      await stopAll();
      await Promise.all(others.map((store) => store.close()));
    }
  });
});
