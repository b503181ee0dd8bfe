import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTestEngine, type TestEngine } from '../../test/support/engine.js';
import { ACCOUNT, createPaid, run, subscribe } from '../../test/support/payments.js';
import { until } from '../../test/support/sink.js';
import { openTestStore, type TestStore } from '../../test/support/stores.js';
import { keyOf, request } from '../../test/support/wallets.js';
import type { Job } from '../domain/subscription.js';
import type { Store } from '../storage/store.js';
import { type JobDependencies, type JobLimits, type Jobs, startJobs } from './jobs.js';
import { leaveMessage } from './requests.js';

let testStore: TestStore;
let made: TestEngine;
let jobs: Jobs | null = null;

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  made = makeTestEngine(await testStore.fresh());
});
afterEach(async () => {
  await jobs?.stop();
  jobs = null;
});
afterAll(() => testStore.close());

const LIMITS: JobLimits = {
  job_poll_ms: 10,
  jobs_per_look_max: 5,
  prune_interval_ms: 60_000,
  prune_rows_max: 2,
  idempotency_hours: 24,
  retention_days: 30,
};

function start(over: Partial<JobDependencies> = {}, limits: Partial<JobLimits> = {}): Jobs {
  jobs = startJobs({
    store: made.store,
    engine: made.engine,
    nowMs: () => made.clock.ms,
    driver: { drive: async () => true },
    logError: (error, what) => void made.logged.push({ error, what }),
    ...over,
    limits: { ...LIMITS, ...limits },
  });
  return jobs;
}

const WEEK_SECONDS = 7 * 24 * 3600;
const hold = (account = ACCOUNT) =>
  run(made.engine, createPaid({ captureMethod: 'manual' }, account));
const states = async () => (await made.store.scan('intents', null, 100)).map(({ state }) => state);
const stored = () => made.store.scan('jobs', null, 100);

async function plantJob(job: Partial<Job>): Promise<void> {
  const row: Job = {
    account: ACCOUNT,
    id: 'job_planted',
    dueAt: 1,
    clockId: 'wall',
    kind: 'recover_attempt',
    subject: 'ch_none',
    tries: 0,
    ...job,
  };
  await made.store.transact(`plant_${row.id}`, ({ write }) =>
    write({ changes: [{ table: 'jobs', kind: 'insert', row }], postings: [] }),
  );
}

describe('due jobs', () => {
  test('what became due while nobody was there is done at the start', async () => {
    for (let i = 0; i < 12; i++) await hold(`acct_${i}`);
    made.clock.advance(WEEK_SECONDS);
    start();
    await until(async () => (await states()).every((state) => state === 'canceled'));
    expect(await stored()).toEqual([]);
    expect(made.logged).toEqual([]);
  });

  test('what becomes due later is done then, and not before', async () => {
    await hold();
    start();
    made.clock.advance(WEEK_SECONDS - 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await states()).toEqual(['authorized']);
    made.clock.advance(1);
    await until(async () => (await states())[0] === 'canceled');
  });

  test('requests that nobody has paid end in their time', async () => {
    await request(made.engine, { destination: keyOf('till') });
    start();
    made.clock.advance(3599);
    await jobs?.runDue();
    expect(await states()).toEqual(['awaiting_method']);
    made.clock.advance(1);
    await until(async () => (await states())[0] === 'canceled');
    expect(await stored()).toEqual([]);
  });

  test('jobs that fail are put off, and hold up nobody', async () => {
    for (let i = 0; i < 8; i++) await plantJob({ id: `job_bad_${i}` });
    await hold();
    made.clock.advance(WEEK_SECONDS);
    start();
    await until(async () => (await states())[0] === 'canceled');
    await until(async () => (await stored()).every(({ tries }) => tries === 1));
    const now = Math.floor(made.clock.ms / 1000);
    expect((await stored()).map(({ dueAt }) => dueAt - now)).toEqual(Array(8).fill(15));
    expect(made.logged).toHaveLength(8);
    made.clock.advance(15);
    await until(async () => (await stored()).every(({ tries }) => tries === 2));
    expect((await stored()).map(({ dueAt }) => dueAt - now - 15)).toEqual(Array(8).fill(30));
  });

  test('attempts to recover go to the driver, and are put off when it is busy', async () => {
    const { latestAttempt } = await run(made.engine, createPaid());
    await plantJob({ subject: latestAttempt ?? '' });
    const driven: { id: string; rail: string }[] = [];
    let busy = true;
    start({
      driver: {
        drive: async ({ id, rail }) => {
          driven.push({ id, rail });
          return !busy;
        },
      },
    });
    await until(async () => (await stored())[0]?.tries === 1);
    expect(driven).toEqual([{ id: latestAttempt, rail: 'card' }]);
    busy = false;
    made.clock.advance(15);
    await until(() => driven.length > 1);
  });

  test('a rail that takes its time does not hold up the next look', async () => {
    const { latestAttempt } = await run(made.engine, createPaid());
    for (let i = 0; i < 8; i++)
      await plantJob({ id: `job_slow_${i}`, subject: latestAttempt ?? '' });
    let release = (): void => {};
    const gate = new Promise<boolean>((resolve) => {
      release = () => resolve(true);
    });
    let calls = 0;
    start({
      driver: {
        drive: () => {
          calls++;
          return gate;
        },
      },
    });
    await until(() => calls === 8);
    await hold();
    made.clock.advance(WEEK_SECONDS);
    await until(async () => (await states()).includes('canceled'));
    expect(calls).toBe(8);
    release();
  });

  test('a store that fails for a while is asked again', async () => {
    await hold();
    made.clock.advance(WEEK_SECONDS);
    let broken = 3;
    const store: Store = {
      ...made.store,
      dueJobs: (now, limit) =>
        broken-- > 0 ? Promise.reject(new Error('no disk')) : made.store.dueJobs(now, limit),
    };
    start({ store });
    await until(async () => (await states())[0] === 'canceled');
    expect(made.logged).toHaveLength(3);
  });

  test('stop waits for what is under way, and begins nothing more', async () => {
    const { latestAttempt } = await run(made.engine, createPaid());
    await plantJob({ subject: latestAttempt ?? '' });
    let ended = false;
    let begun = 0;
    const own = start({
      driver: {
        drive: async () => {
          begun++;
          await new Promise((resolve) => setTimeout(resolve, 60));
          ended = true;
          return true;
        },
      },
    });
    await until(() => begun > 0);
    await own.stop();
    expect(ended).toBe(true);
    const before = begun;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(begun).toBe(before);
  });
});

describe('upkeep', () => {
  test('limits that would forget too early are refused', () => {
    expect(() => start({}, { idempotency_hours: 23 })).toThrow(RangeError);
    expect(() => start({}, { retention_days: 3 })).toThrow(RangeError);
  });

  test('balances are folded until nothing is left, and no longer than a while', async () => {
    const left = [3, 2, 1, 0];
    let folds = 0;
    start({
      store: {
        ...made.store,
        fold: async () => {
          folds++;
          return left.shift() ?? 0;
        },
      },
    });
    await until(() => left.length === 0);
    expect(folds).toBeGreaterThanOrEqual(4);
  });

  test('what is older than its limit goes, in small portions', async () => {
    const { engine, store, clock } = made;
    await run(engine, subscribe());
    for (const key of ['k1', 'k2', 'k3'])
      await engine.call(createPaid(), {
        account: ACCOUNT,
        requestId: 'req_1',
        idempotency: { key, path: '/', digest: '' },
        render: () => ({ status: 200, body: '' }),
      });
    const message = { uuid: '0', kind: 'codeScanned', body: '', signature: null };
    await run(engine, leaveMessage('rendezvous', message, null, 9));
    const own = start();
    const counts = async () =>
      Promise.all(
        (['idempotency', 'facts', 'deliveries', 'messages'] as const).map(
          async (table) => (await store.scan(table, null, 100)).length,
        ),
      );
    expect(await counts()).toEqual([3, 6, 9, 1]);
    clock.advance(24 * 3600);
    await own.prune();
    expect(await counts()).toEqual([3, 6, 9, 1]);
    clock.advance(1);
    await own.prune();
    expect(await counts()).toEqual([0, 6, 9, 1]);
    clock.advance(30 * 24 * 3600);
    await own.prune();
    expect(await counts()).toEqual([0, 0, 0, 0]);
  });

  test('facts stay while deliveries of their age could not be pruned', async () => {
    const pruned: string[] = [];
    const store: Store = {
      ...made.store,
      prune: async (table) => {
        pruned.push(table);
        if (table === 'deliveries') throw new Error('no disk');
        return 0;
      },
    };
    const own = start({ store });
    await expect(own.prune()).rejects.toThrow('no disk');
    expect(pruned).not.toContain('facts');
  });
});
