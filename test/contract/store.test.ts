import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Row, TABLE_NAMES } from '../../src/storage/schema.js';
import { ConstraintViolation, RolledBack, type Store } from '../../src/storage/store.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { anyRow, insert, read, rowOf, unique, uniqueFields, write } from './rows.js';

let opened: TestStore;
let store: Store;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened.close());

const HOSTILE = [
  `'; DROP TABLE intents; -- "quoted" \\ {a,"b"} $1 ? %s`,
  'NULL',
  '{}',
  '',
  ' \t\r\n\u0001\u007f\u2028\ufeff\uffff',
  'Zażółć 決済 \u{1f4b8}\u{10ffff} e\u0301',
  'x'.repeat(1_000_000),
];

describe('rows', () => {
  test.each(TABLE_NAMES)('%s: any row is inserted, replaced and deleted whole', async (table) => {
    const account = unique('acct');
    const pairs = fc.array(fc.tuple(anyRow(table, account, 'a'), anyRow(table, account, 'b')), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (drawn) => {
        const account = unique('acct');
        const named = (row: object, i: number, text: string) =>
          ({ ...row, account, id: `r${i}`, ...uniqueFields(table, `${text}${i}`) }) as never;
        const rows: Row[] = drawn.map(([row], i) => named(row, i, 'a'));
        const others: Row[] = drawn.map(([, row], i) => named(row, i, 'b'));
        const keys = rows.map(({ id }) => ({ table, account, id }));
        await insert(store, table, rows);
        expect((await store.load(keys, [])).rows).toEqual(rows);
        await write(
          store,
          others.map((row) => ({ table, kind: 'update', row })),
        );
        expect((await store.load(keys, [])).rows).toEqual(others);
        await write(
          store,
          others.map((row) => ({ table, kind: 'delete', row })),
        );
        expect((await store.load(keys, [])).rows).toEqual(keys.map(() => null));
      }),
      { numRuns: 8 },
    );
  });

  test('hostile text comes back as it went in, in columns, keys and details', async () => {
    const account = unique('acct');
    const rows = HOSTILE.map((text, i) =>
      rowOf('idempotency', account, `${i}${text.slice(0, 60)}`, { body: text, path: text }),
    );
    await insert(store, 'idempotency', rows);
    const keys = rows.map(({ id }) => ({ table: 'idempotency' as const, account, id }));
    expect((await store.load(keys, [])).rows).toEqual(rows);
  });

  test('an update of a missing row inserts it, a delete of one does nothing', async () => {
    const account = unique('acct');
    const row = rowOf('customers', account, 'cus_1', { email: null, deleted: true });
    await write(store, [{ table: 'customers', kind: 'delete', row }]);
    await write(store, [{ table: 'customers', kind: 'update', row }]);
    expect(await read(store, 'customers', account, 'cus_1')).toEqual(row);
  });

  test('the same id in two accounts is two rows', async () => {
    const [one, two] = [unique('acct'), unique('acct')];
    await insert(store, 'tokens', [
      rowOf('tokens', one, 'tok', { created: 1 }),
      rowOf('tokens', two, 'tok', { created: 2 }),
    ]);
    await write(store, [{ table: 'tokens', kind: 'delete', row: rowOf('tokens', one, 'tok') }]);
    expect(await read(store, 'tokens', one, 'tok')).toBeNull();
    expect(await read(store, 'tokens', two, 'tok')).toMatchObject({ created: 2 });
  });

  test('money beyond 64 bits is refused, not cut off', async () => {
    const account = unique('acct');
    const row = rowOf('intents', account, 'pi_1', { amount: 2n ** 63n });
    const end = insert(store, 'intents', [row]);
    await expect(end).rejects.toThrow(Error);
    await expect(end).rejects.not.toBeInstanceOf(RolledBack);
    expect(await read(store, 'intents', account, 'pi_1')).toBeNull();
  });

  test.each([
    ['NUL', 'a\0b'],
    ['half a character', 'a\ud800b'],
  ])('text with %s is refused by writes and reads alike', async (_name, text) => {
    const account = unique('acct');
    const plain = async (end: Promise<unknown>): Promise<void> => {
      const error = await end.then(
        () => null,
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(ConstraintViolation);
      expect(error).not.toBeInstanceOf(RolledBack);
    };
    await plain(insert(store, 'customers', [rowOf('customers', account, 'c', { email: text })]));
    await plain(insert(store, 'customers', [rowOf('customers', account, text)]));
    await plain(read(store, 'customers', account, text));
    await plain(store.load([], [{ table: 'customers', account: text }]));
    const conditions = [{ column: 'email', comparison: 'eq', value: text } as const];
    await plain(store.page({ table: 'customers', account, conditions, limit: 1 }));
    await plain(store.balances(text));
    const posting = { account, ledgerAccount: text, currency: 'usd', posted: 1n, pending: 0n };
    await plain(write(store, [], [posting]));
    // In a detail it is escaped, and so kept.
    const row = rowOf('customers', account, 'kept', { name: text });
    await insert(store, 'customers', [row]);
    expect(await read(store, 'customers', account, 'kept')).toEqual(row);
  });
});

describe('loads', () => {
  test('rows come in the order of their keys, null where there is none', async () => {
    const account = unique('acct');
    const intents = ['pi_1', 'pi_2', 'pi_3'].map((id) => rowOf('intents', account, id));
    await insert(store, 'intents', intents);
    await insert(store, 'attempts', [rowOf('attempts', account, 'pi_1')]);
    const key = (table: 'intents' | 'attempts', id: string) => ({ table, account, id });
    const keys = [
      key('intents', 'pi_3'),
      key('attempts', 'pi_1'),
      key('intents', 'none'),
      key('intents', 'pi_1'),
      key('intents', 'pi_3'),
      key('attempts', 'pi_2'),
    ];
    const expected = [
      rowOf('intents', account, 'pi_3'),
      rowOf('attempts', account, 'pi_1'),
      null,
      rowOf('intents', account, 'pi_1'),
      rowOf('intents', account, 'pi_3'),
      null,
    ];
    expect((await store.load(keys, [])).rows).toEqual(expected);
    await store.transact(unique('batch'), async (transaction) => {
      expect((await transaction.load(keys, [])).rows).toEqual(expected);
    });
    expect(await store.load([], [])).toEqual({ rows: [], found: [] });
  });

  test('findings list an account, or one value of a column, oldest first', async () => {
    const account = unique('acct');
    const row = (id: string, intent: string) => rowOf('attempts', account, id, { intent });
    await insert(store, 'attempts', [row('b', 'one'), row('a', 'one'), row('c', 'two')]);
    await insert(store, 'attempts', [rowOf('attempts', unique('acct'), 'z', { intent: 'one' })]);
    const table = 'attempts' as const;
    const findings = [
      { table, account, where: { column: 'intent', value: 'one' } },
      { table, account },
      { table, account, where: { column: 'intent', value: 'none' } },
    ];
    const expected = [
      [row('a', 'one'), row('b', 'one')],
      [row('a', 'one'), row('b', 'one'), row('c', 'two')],
      [],
    ];
    expect((await store.load([], findings)).found).toEqual(expected);
    await store.transact(unique('batch'), async (transaction) => {
      const loaded = await transaction.load([{ table, account, id: 'c' }], findings);
      expect(loaded.found).toEqual(expected);
      expect(loaded.rows).toEqual([row('c', 'two')]);
    });
  });

  test('every read sees what was acknowledged before', async () => {
    const account = unique('acct');
    for (let i = 0; i < 30; i++) {
      const row = rowOf('intents', account, `pi_${i}`, { amount: BigInt(i) });
      await insert(store, 'intents', [row]);
      expect(await read(store, 'intents', account, row.id)).toEqual(row);
      const page = await store.page({ table: 'intents', account, conditions: [], limit: 100 });
      expect(page).toHaveLength(i + 1);
    }
  });
});

describe('transactions', () => {
  test('a row that exists makes the whole batch fail, and nothing of it stays', async () => {
    const account = unique('acct');
    await insert(store, 'intents', [rowOf('intents', account, 'pi_1', { amount: 5n })]);
    const end = store.transact(unique('batch'), ({ write }) =>
      write({
        changes: [
          { table: 'attempts', kind: 'insert', row: rowOf('attempts', account, 'ch_1') },
          { table: 'intents', kind: 'insert', row: rowOf('intents', account, 'pi_1') },
          { table: 'transfers', kind: 'insert', row: rowOf('transfers', account, 'tr_1') },
        ],
        postings: [{ account, ledgerAccount: 'm', currency: 'usd', posted: 1n, pending: 0n }],
      }),
    );
    await expect(end).rejects.toBeInstanceOf(ConstraintViolation);
    expect(await read(store, 'intents', account, 'pi_1')).toMatchObject({ amount: 5n });
    expect(await read(store, 'attempts', account, 'ch_1')).toBeNull();
    expect(await read(store, 'transfers', account, 'tr_1')).toBeNull();
    expect(await store.balances(account)).toEqual([]);
  });

  test('a body that throws leaves nothing, and its own error comes out', async () => {
    const account = unique('acct');
    const thrown = new Error('on purpose');
    const row = rowOf('intents', account, 'pi_1');
    const postings = [{ account, ledgerAccount: 'm', currency: 'usd', posted: 1n, pending: 0n }];
    const end = store.transact(unique('batch'), async ({ write }) => {
      await write({ changes: [{ table: 'intents', kind: 'insert', row }], postings });
      throw thrown;
    });
    await expect(end).rejects.toBe(thrown);
    await expect(store.transact(unique('batch'), () => Promise.reject(thrown))).rejects.toBe(
      thrown,
    );
    expect(await read(store, 'intents', account, 'pi_1')).toBeNull();
    expect(await store.balances(account)).toEqual([]);
    await insert(store, 'intents', [row]);
  });

  test('an empty batch is a batch', async () => {
    expect(await store.transact(unique('batch'), async () => {})).toBe('committed');
    expect(await write(store, [])).toBe('committed');
  });

  test('transactions on one intent come one after the other', async () => {
    const account = unique('acct');
    const table = 'intents' as const;
    await insert(store, table, [rowOf(table, account, 'pi_1', { captured: 0n })]);
    const addOne = () =>
      store.transact(unique('batch'), async ({ load, write }) => {
        const [row] = (await load([{ table, account, id: 'pi_1' }], [])).rows;
        const { captured } = row as { captured: bigint };
        await new Promise((resolve) => setTimeout(resolve, 5));
        const after = rowOf(table, account, 'pi_1', { captured: captured + 1n });
        await write({ changes: [{ table, kind: 'update', row: after }], postings: [] });
      });
    await Promise.all(Array.from({ length: 8 }, addOne));
    expect(await read(store, table, account, 'pi_1')).toMatchObject({ captured: 8n });
  });

  test('one key inserted by two transactions at once: one wins, the other is told', async () => {
    const account = unique('acct');
    const table = 'idempotency' as const;
    const claim = (body: string) =>
      store.transact(unique('batch'), async ({ load, write }) => {
        await load([{ table, account, id: 'key' }], []);
        const row = rowOf(table, account, 'key', { body });
        await write({ changes: [{ table, kind: 'insert', row }], postings: [] });
      });
    const ends = await Promise.allSettled(['a', 'b', 'c'].map(claim));
    const won = ends.findIndex(({ status }) => status === 'fulfilled');
    const lost = ends.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(lost).toHaveLength(2);
    for (const { reason } of lost) expect(reason).toBeInstanceOf(ConstraintViolation);
    expect(await read(store, table, account, 'key')).toMatchObject({ body: 'abc'[won] });
  });
});
