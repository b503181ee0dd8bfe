import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClockStatus } from '../../src/domain/clock.js';
import type { Balance, Posting } from '../../src/domain/ledger.js';
import type { Delivery } from '../../src/domain/subscription.js';
import type { Store } from '../../src/storage/store.js';
import { ON_POSTGRES, openTestStore, type TestStore } from '../support/stores.js';
import { insert, read, rowOf, unique, write } from './rows.js';

let opened: TestStore;
let store: Store;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened.close());

function posting(account: string, ledgerAccount: string, posted: bigint, pending = 0n): Posting {
  return { account, ledgerAccount, currency: 'usd', posted, pending };
}

/** Folds until nothing is left to fold; how many rows that were. */
async function foldAll(): Promise<number> {
  let folded = 0;
  for (let rows = await store.fold(); rows > 0; rows = await store.fold()) folded += rows;
  return folded;
}

describe('balances', () => {
  test('postings of one batch and of many are summed, before and after a fold', async () => {
    await opened.fresh();
    await foldAll();
    const [one, two] = [unique('acct'), unique('acct')];
    await write(
      store,
      [],
      [posting(one, 'm', 5n, 1n), posting(one, 'm', 6n), posting(two, 'm', 1n)],
    );
    await write(store, [], [posting(one, 'm', -1n, -2n), posting(one, 'fees', 0n, 7n)]);
    await write(store, [], [{ ...posting(one, 'm', 3n), currency: 'eur' }]);
    await write(store, [], [posting(two, 'm', -1n)]);
    const expected: Balance[] = [
      posting(one, 'fees', 0n, 7n),
      { ...posting(one, 'm', 3n), currency: 'eur' },
      posting(one, 'm', 10n, -1n),
    ];
    expect(await store.balances(one)).toEqual(expected);
    expect(await store.balances(two)).toEqual([]);
    expect(await foldAll()).toBe(store.capabilities.shared ? 6 : 0);
    expect(await store.balances(one)).toEqual(expected);
    expect(await store.balances(null)).toEqual(expected);
    expect(await store.fold()).toBe(0);
    const parts = await opened.sql("SELECT COUNT(*) AS n FROM balances WHERE part <> ''");
    expect(Number(parts[0]?.n)).toBe(0);
  });

  test('sums of ledger accounts whose names run into each other stay apart', async () => {
    const account = unique('acct');
    await write(store, [], [posting(account, 'a usd', 1n), { ...posting(account, 'a', 2n) }]);
    await write(
      store,
      [],
      [
        { account, ledgerAccount: 'a', currency: 'b c', posted: 1n, pending: 0n },
        { account, ledgerAccount: 'a b', currency: 'c', posted: 1n, pending: 0n },
      ],
    );
    expect(await store.balances(account)).toHaveLength(4);
  });

  test('the largest amounts are exact', async () => {
    const account = unique('acct');
    await write(store, [], [posting(account, 'm', 2n ** 62n, -(2n ** 62n))]);
    await write(store, [], [posting(account, 'm', 2n ** 62n - 1n, 1n - 2n ** 62n)]);
    await foldAll();
    expect(await store.balances(account)).toEqual([
      posting(account, 'm', 2n ** 63n - 1n, 1n - 2n ** 63n),
    ]);
  });

  test('batches and folds at the same time lose nothing', async () => {
    const account = unique('acct');
    const drawn = fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { minLength: 5, maxLength: 30 });
    let sum = 0n;
    await fc.assert(
      fc.asyncProperty(drawn, async (amounts) => {
        const batches = amounts.map((amount) => write(store, [], [posting(account, 'm', amount)]));
        const folds = Array.from({ length: 6 }, () => store.fold());
        await Promise.all([...batches, ...folds]);
        sum += amounts.reduce((total, amount) => total + amount, 0n);
        const expected = sum === 0n ? [] : [posting(account, 'm', sum)];
        expect(await store.balances(account)).toEqual(expected);
        await foldAll();
        expect(await store.balances(account)).toEqual(expected);
      }),
      // A smaller case would start from another sum.
      { numRuns: 5, endOnFailure: true },
    );
  });
});

describe('jobs', () => {
  test('those due are listed, the earliest first', async () => {
    await opened.fresh();
    const job = (id: string, dueAt: number) =>
      rowOf('jobs', id < 'm' ? 'one' : 'two', id, { dueAt, clockId: 'account' });
    await insert(store, 'jobs', [
      job('z', 10),
      job('b', 30),
      job('a', 20),
      job('c', 20),
      job('y', 31),
    ]);
    const due = async (now: number, limit: number) =>
      (await store.dueJobs(now, limit)).map(({ id }) => id);
    expect(await due(9, 10)).toEqual([]);
    expect(await due(30, 10)).toEqual(['z', 'a', 'c', 'b']);
    expect(await due(100, 2)).toEqual(['z', 'a']);
    expect(await store.dueJobs(10, 1)).toEqual([job('z', 10)]);
  });

  test('each job is due by its own clock', async () => {
    await opened.fresh();
    const job = (id: string, account: string, clockId: string, dueAt: number) =>
      rowOf('jobs', account, id, { dueAt, clockId });
    const clock = (id: string, status: ClockStatus, frozenTime: number) =>
      rowOf('clocks', 'plain', id, { status, frozenTime });
    await insert(store, 'accounts', [
      rowOf('accounts', 'ahead', 'ahead', { clockAheadSeconds: 50 }),
      rowOf('accounts', 'plain', 'plain', { clockAheadSeconds: 0 }),
    ]);
    await insert(store, 'clocks', [
      clock('c_ready', 'ready', 30),
      clock('c_moving', 'advancing', 30),
      clock('c_gone', 'deleted', 30),
      clock('c_failed', 'failed', 30),
    ]);
    await insert(store, 'jobs', [
      job('a1', 'ahead', 'account', 150),
      job('a2', 'ahead', 'account', 151),
      job('a3', 'ahead', 'wall', 150),
      job('a4', 'ahead', 'wall', 100),
      job('p1', 'plain', 'account', 101),
      job('p2', 'plain', 'c_ready', 30),
      job('p3', 'plain', 'c_ready', 31),
      job('p4', 'plain', 'c_moving', 1),
      job('p5', 'plain', 'c_gone', 2),
      job('p6', 'plain', 'c_failed', 3),
    ]);
    const due = (await store.dueJobs(100, 10)).map(({ id }) => id);
    expect(due).toEqual(['p6', 'p2', 'a4', 'a1']);
    expect((await store.dueJobs(100, 2)).map(({ id }) => id)).toEqual(['p6', 'p2']);
  });

  test('the next job of one clock is its earliest', async () => {
    await opened.fresh();
    const job = (id: string, clockId: string, dueAt: number) =>
      rowOf('jobs', 'one', id, { dueAt, clockId });
    await insert(store, 'jobs', [
      job('b', 'c', 20),
      job('a', 'c', 20),
      job('c', 'c', 30),
      job('d', 'other', 1),
    ]);
    const clock = { account: 'one', id: 'c' };
    expect(await store.nextJob(clock, 19)).toBe(null);
    expect(await store.nextJob(clock, 100)).toEqual(job('a', 'c', 20));
    expect(await store.nextJob({ account: 'two', id: 'c' }, 100)).toBe(null);
  });
});

describe('deliveries', () => {
  const delivery = (account: string, id: string, fields: Partial<Delivery> = {}): Delivery =>
    rowOf('deliveries', account, id, {
      subscription: 'we_1',
      state: 'waiting',
      dueAtMs: 1000,
      tries: [],
      ...fields,
    });
  const claimOf = (account: string, nowMs: number) => ({
    account,
    subscription: 'we_1',
    nowMs,
    leaseMs: 500,
  });

  test('subscriptions with something due are listed once', async () => {
    await opened.fresh();
    await insert(store, 'deliveries', [
      delivery('one', 'a'),
      delivery('one', 'b'),
      delivery('one', 'c', { subscription: 'we_2', dueAtMs: 1001 }),
      delivery('two', 'd', { state: 'delivered' }),
      delivery('two', 'e', { subscription: 'we_3', state: 'abandoned' }),
      delivery('two', 'f', { subscription: 'we_4' }),
    ]);
    const due = async (nowMs: number, limit: number) => await store.dueSubscriptions(nowMs, limit);
    expect(await due(999, 10)).toEqual([]);
    const listed = await due(1000, 10);
    expect(listed.map(({ account, id }) => `${account} ${id}`).sort()).toEqual([
      'one we_1',
      'two we_4',
    ]);
    expect(await due(1001, 10)).toHaveLength(3);
    expect(await due(1001, 2)).toHaveLength(2);
  });

  test('a claim takes the oldest due of one subscription until its lease ends', async () => {
    const account = unique('acct');
    await insert(store, 'deliveries', [
      delivery(account, 'd'),
      delivery(account, 'b', { dueAtMs: 999 }),
      delivery(account, 'c', { tries: [{ atMs: 1 }] as never }),
      delivery(account, 'a', { dueAtMs: 1001 }),
      delivery(account, 'other', { subscription: 'we_2' }),
      delivery(account, 'done', { state: 'delivered' }),
      delivery(unique('acct'), 'elsewhere'),
    ]);
    expect(await store.claimDeliveries(claimOf(account, 998), 10)).toEqual([]);
    expect(await store.claimDeliveries(claimOf(account, 1000), 2)).toEqual([
      delivery(account, 'b', { dueAtMs: 1500 }),
      delivery(account, 'c', { dueAtMs: 1500, tries: [{ atMs: 1 }] as never }),
    ]);
    const claimed = async (nowMs: number) =>
      (await store.claimDeliveries(claimOf(account, nowMs), 10)).map(({ id }) => id);
    expect(await claimed(1000)).toEqual(['d']);
    expect(await claimed(1499)).toEqual(['a']);
    expect(await claimed(1499)).toEqual([]);
    expect(await claimed(1500)).toEqual(['b', 'c', 'd']);
    expect(await read(store, 'deliveries', account, 'b')).toMatchObject({ dueAtMs: 2000 });
    expect(await read(store, 'deliveries', account, 'other')).toMatchObject({ dueAtMs: 1000 });
  });

  test('claims at the same time never take the same delivery, and miss none', async () => {
    const account = unique('acct');
    const names = Array.from({ length: 60 }, (_, i) => `del_${String(i).padStart(3, '0')}`);
    await insert(
      store,
      'deliveries',
      names.map((id) => delivery(account, id)),
    );
    const second = store.capabilities.shared ? await opened.again() : store;
    try {
      const taken: string[] = [];
      for (let round = 0; taken.length < names.length && round < 20; round++) {
        const claims = await Promise.all(
          [store, second, store, second].map((from) =>
            from.claimDeliveries(claimOf(account, 1000), 7),
          ),
        );
        for (const rows of claims) {
          expect(rows.length).toBeLessThanOrEqual(7);
          taken.push(...rows.map(({ id }) => id));
        }
      }
      expect(taken.toSorted()).toEqual(names);
    } finally {
      if (second !== store) await second.close();
    }
  });

  test('leases are given up at once only where no other process can hold them', async () => {
    const account = unique('acct');
    await insert(store, 'deliveries', [
      delivery(account, 'first try'),
      delivery(account, 'retry', { tries: [{ atMs: 1 }] as never }),
    ]);
    await store.claimDeliveries(claimOf(account, 1000), 10);
    await store.releaseLeases(1200);
    const due = (await store.claimDeliveries(claimOf(account, 1200), 10)).map(({ id }) => id);
    expect(due).toEqual(ON_POSTGRES ? [] : ['first try']);
  });
});

describe('prune', () => {
  test.each([
    ['idempotency', 'createdMs'],
    ['facts', 'writtenAt'],
    ['deliveries', 'created'],
    ['messages', 'created'],
  ] as const)('%s older than a time go, so many at once', async (table, age) => {
    await opened.fresh();
    const account = unique('acct');
    const rows = [1, 2, 3, 4, 5].map((at) => rowOf(table, account, `r${at}`, { [age]: at }));
    await insert(store, table, rows as never);
    expect(await store.prune(table, 1, 10)).toBe(0);
    expect(await store.prune(table, 4, 2)).toBe(2);
    expect(await store.scan(table, null, 10)).toHaveLength(3);
    expect(await store.prune(table, 4, 2)).toBe(1);
    expect(await store.prune(table, 4, 2)).toBe(0);
    expect(await store.scan(table, null, 10)).toEqual(rows.slice(3));
  });

  test('batches are known until they are pruned', async () => {
    while ((await store.prune('batches', Date.now() + 60_000, 1000)) > 0);
    await write(store, []);
    await write(store, []);
    expect(await store.prune('batches', Date.now() - 60_000, 10)).toBe(0);
    const kept = store.capabilities.shared ? 2 : 0;
    expect(await store.prune('batches', Date.now() + 60_000, 10)).toBe(kept);
    expect(await store.prune('batches', Date.now() + 60_000, 10)).toBe(0);
  });
});
