import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableName } from '../../src/storage/schema.js';
import type { Condition, PageRequest, Store } from '../../src/storage/store.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { insert, rowOf, unique, write } from './rows.js';

let opened: TestStore;
let store: Store;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened.close());

/** Ids in an order that locales, cases and UTF-16 each see differently. */
const ORDERED = [
  'A_1',
  'B',
  'Z',
  '_',
  'a',
  'a-b',
  'aB',
  'a_b',
  'ab',
  'b',
  'é',
  '\uffee',
  '\u{1f4b8}',
];

function bytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function ids<T extends TableName>(request: PageRequest<T>): Promise<string[]> {
  return (await store.page(request)).map(({ id }) => id);
}

describe('pages', () => {
  const table = 'intents' as const;
  const page = { table, conditions: [], limit: 100 };

  test('ids are compared byte by byte', async () => {
    const account = unique('acct');
    const shuffled = ORDERED.toSorted();
    await insert(
      store,
      table,
      shuffled.map((id) => rowOf(table, account, id)),
    );
    expect(ORDERED.toSorted(bytes)).toEqual(ORDERED);
    expect(await ids({ ...page, account })).toEqual(ORDERED.toReversed());
    expect(await ids({ ...page, account, olderThan: 'a_b' })).toEqual(
      ORDERED.slice(0, ORDERED.indexOf('a_b')).toReversed(),
    );
    const { found } = await store.load([], [{ table, account }]);
    expect(found[0]?.map(({ id }) => id)).toEqual(ORDERED);
  });

  test('newest first, and the nearest to either side of a row', async () => {
    const account = unique('acct');
    const rows = Array.from({ length: 10 }, (_, i) => rowOf(table, account, `pi_${i}`));
    await insert(store, table, rows);
    await insert(store, table, [rowOf(table, unique('acct'), 'pi_5')]);
    const of = { ...page, account, limit: 3 };
    expect(await ids(of)).toEqual(['pi_9', 'pi_8', 'pi_7']);
    expect(await ids({ ...of, olderThan: 'pi_7' })).toEqual(['pi_6', 'pi_5', 'pi_4']);
    expect(await ids({ ...of, olderThan: 'pi_1' })).toEqual(['pi_0']);
    expect(await ids({ ...of, olderThan: 'pi_0' })).toEqual([]);
    expect(await ids({ ...of, newerThan: 'pi_4' })).toEqual(['pi_7', 'pi_6', 'pi_5']);
    expect(await ids({ ...of, newerThan: 'pi_8' })).toEqual(['pi_9']);
    expect(await ids({ ...of, newerThan: 'pi_2', olderThan: 'pi_5' })).toEqual(['pi_4', 'pi_3']);
    expect(await store.page({ ...of, limit: 1 })).toEqual([rows[9]]);
  });

  test('a walk in either direction meets every row once', async () => {
    const drawn = fc.tuple(
      fc.uniqueArray(fc.stringMatching(/^[0-9A-Za-z_-]{1,6}$/), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(drawn, async ([names, limit]) => {
        const account = unique('acct');
        await insert(
          store,
          table,
          names.map((id) => rowOf(table, account, id)),
        );
        const newestFirst = names.toSorted(bytes).reverse();
        const down: string[] = [];
        for (let next = await ids({ ...page, account, limit }); next.length > 0; ) {
          down.push(...next);
          next = await ids({ ...page, account, limit, olderThan: down.at(-1) as string });
        }
        expect(down).toEqual(newestFirst);
        let up: string[] = [newestFirst.at(-1) as string];
        for (let grown = true; grown; ) {
          const more = await ids({ ...page, account, limit, newerThan: up[0] as string });
          up = [...more, ...up];
          grown = more.length > 0;
        }
        expect(up).toEqual(newestFirst);
      }),
      { numRuns: 10 },
    );
  });

  const CASES: [string, Condition[], string[]][] = [
    ['eq', [{ column: 'state', comparison: 'eq', value: 'captured' }], ['c', 'b']],
    ['ne', [{ column: 'state', comparison: 'ne', value: 'captured' }], ['d', 'a']],
    ['gt', [{ column: 'amount', comparison: 'gt', value: 20n }], ['d', 'c']],
    ['gte', [{ column: 'created', comparison: 'gte', value: 2 }], ['d', 'c', 'b']],
    ['lt', [{ column: 'amount', comparison: 'lt', value: 20n }], ['a']],
    ['lte', [{ column: 'created', comparison: 'lte', value: 2 }], ['b', 'a']],
    ['in', [{ column: 'state', comparison: 'in', value: ['canceled', 'x'] }], ['d']],
    ['in nothing', [{ column: 'state', comparison: 'in', value: [] }], []],
    ['a null is not different', [{ column: 'customer', comparison: 'ne', value: 'x' }], ['c', 'b']],
    [
      'all of several',
      [
        { column: 'customer', comparison: 'eq', value: 'cus' },
        { column: 'state', comparison: 'in', value: ['captured', 'authorized'] },
        { column: 'created', comparison: 'gt', value: 2 },
      ],
      ['c'],
    ],
    ['the largest amount', [{ column: 'amount', comparison: 'eq', value: 2n ** 63n - 1n }], ['d']],
  ];

  test.each(CASES)('condition: %s', async (_name, conditions, expected) => {
    const account = unique('acct');
    await insert(store, table, [
      rowOf(table, account, 'a', { state: 'authorized', amount: 10n, created: 1, customer: null }),
      rowOf(table, account, 'b', { state: 'captured', amount: 20n, created: 2, customer: 'cus' }),
      rowOf(table, account, 'c', { state: 'captured', amount: 30n, created: 3, customer: 'cus' }),
      rowOf(table, account, 'd', {
        state: 'canceled',
        amount: 2n ** 63n - 1n,
        created: 4,
        customer: null,
      }),
    ]);
    expect(await ids({ ...page, account, conditions })).toEqual(expected);
    const around = { ...page, account, conditions, olderThan: 'zz', newerThan: 'A' };
    expect(await ids(around)).toEqual(expected);
  });
});

describe('scan', () => {
  test('goes through all accounts in the order of the keys, from after any key', async () => {
    await opened.fresh();
    const keys = ['A', 'a', 'a_', 'é'].flatMap((account) =>
      ['1', 'B', 'b'].map((id) => ({ account, id })),
    );
    await insert(
      store,
      'tokens',
      keys.toReversed().map(({ account, id }) => rowOf('tokens', account, id)),
    );
    const walked: { account: string; id: string }[] = [];
    for (let after: { account: string; id: string } | null = null; ; ) {
      const rows: { account: string; id: string }[] = await store.scan('tokens', after, 5);
      walked.push(...rows.map(({ account, id }) => ({ account, id })));
      if (rows.length < 5) break;
      after = rows.at(-1) ?? null;
    }
    expect(walked).toEqual(keys);
    expect(await store.scan('tokens', { account: 'a', id: 'c' }, 1)).toMatchObject([
      { account: 'a_', id: '1' },
    ]);
    expect(await store.scan('tokens', { account: 'é', id: 'b' }, 1)).toEqual([]);
  });

  test('an emptied store has nothing left', async () => {
    const account = unique('acct');
    await write(
      store,
      [{ table: 'intents', kind: 'insert', row: rowOf('intents', account, 'pi') }],
      [{ account, ledgerAccount: 'm', currency: 'usd', posted: 5n, pending: -5n }],
    );
    await opened.fresh();
    expect(await store.scan('intents', null, 10)).toEqual([]);
    expect(await store.scan('tokens', null, 10)).toEqual([]);
    expect(await store.balances(null)).toEqual([]);
  });
});
