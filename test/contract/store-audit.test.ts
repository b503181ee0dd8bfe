import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../support/stores.js';
import { rowOf, write } from './rows.js';

let testStore: TestStore;

beforeAll(async () => {
  testStore = await openTestStore();
  const attempts = ['ch_1', 'ch_2', 'ch_3'].map((id, i) => ({
    ...rowOf('attempts', 'acct_1', id),
    intent: i < 2 ? 'pi_1' : 'pi_\'"2',
    amount: 9_007_199_254_740_993n,
    metadata: { line: 'a\nb', order_id: id },
  }));
  await write(
    testStore.store,
    attempts.map((row) => ({ table: 'attempts', kind: 'insert', row })),
  );
});
afterAll(() => testStore.close());

test('rows are gathered and scanned as they are loaded, to the last unit of money', async () => {
  const { store } = testStore;
  const wanted = { table: 'attempts', account: 'acct_1', column: 'intent', limit: 10 } as const;
  const found = await store.gather({ ...wanted, values: ['pi_1', 'pi_\'"2', 'pi_3'] });
  const sorted = found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(sorted.map(({ id }) => id)).toEqual(['ch_1', 'ch_2', 'ch_3']);
  const keys = sorted.map(({ account, id }) => ({ table: 'attempts' as const, account, id }));
  expect(sorted).toEqual((await store.load(keys, [])).rows);
  expect(await store.scan('attempts', null, 10)).toEqual(sorted);
  expect(await store.gather({ ...wanted, values: ['pi_\'"2'] })).toMatchObject([{ id: 'ch_3' }]);
  expect(await store.gather({ ...wanted, values: ['pi_1'], limit: 1 })).toHaveLength(1);
  expect(await store.gather({ ...wanted, account: 'acct_2', values: ['pi_1'] })).toEqual([]);
});

test('what is missing is named, and what has no label', async () => {
  const { store } = testStore;
  expect(await store.missing('attempts', 'acct_1', ['ch_1', 'ch_9', 'ch_3'])).toEqual(['ch_9']);
  expect(await store.missing('attempts', 'acct_2', ['ch_1'])).toEqual(['ch_1']);
  const label = { name: 'metadata.order_id', value: 'other' } as never;
  const missing = { id: 'ch_1', label };
  expect(await store.unlabelled('attempts', 'acct_1', [missing])).toEqual([missing]);
});

test('a place is so many keys further on, and null where there are no more', async () => {
  const { store } = testStore;
  const at = (id: string) => ({ account: 'acct_1', id });
  expect(await store.placeAfter('attempts', null, 1)).toEqual(at('ch_1'));
  expect(await store.placeAfter('attempts', at('ch_1'), 2)).toEqual(at('ch_3'));
  expect(await store.placeAfter('attempts', at('ch_1'), 3)).toBeNull();
  const between = await store.scan('attempts', at('ch_1'), 10, at('ch_2'));
  expect(between.map(({ id }) => id)).toEqual(['ch_2']);
  expect(await store.count('attempts')).toBe(3);
});

test('strays of a range name a row of their account that is not there', async () => {
  const { store } = testStore;
  const at = (id: string) => ({ account: 'acct_1', id });
  const strays = (after: string | null, until: string | null) =>
    store.strays('attempts', 'intent', 'intents', {
      after: after === null ? null : at(after),
      until: until === null ? null : at(until),
    });
  await write(store, [
    { table: 'intents', kind: 'insert', row: rowOf('intents', 'acct_1', 'pi_1') },
    { table: 'intents', kind: 'insert', row: rowOf('intents', 'acct_2', 'pi_\'"2') },
  ]);
  expect(await strays(null, null)).toEqual([at('ch_3')]);
  expect(await strays('ch_1', 'ch_2')).toEqual([]);
  const methods = [null, 'cus_none'].map((customer, i) =>
    rowOf('methods', 'acct_1', `pm_${i}`, { customer }),
  );
  await write(
    store,
    methods.map((row) => ({ table: 'methods', kind: 'insert', row })),
  );
  const range = { after: null, until: null };
  expect(await store.strays('methods', 'customer', 'customers', range)).toEqual([at('pm_1')]);
});
