import { describe, expect, test } from 'vitest';
import { defaultAccount } from '../domain/account.js';
import { BatchRows } from './batch-rows.js';
import { RowCache } from './row-cache.js';

const ACCOUNT = 'acct_1';
const key = (id: string) => ({ table: 'accounts', account: ACCOUNT, id }) as const;
const row = (id: string) => ({ ...defaultAccount(id), account: ACCOUNT });

describe('rows that the cache gave', () => {
  test('stay the batch’s own when the cache lets them go before it decides', () => {
    const cache = new RowCache(1);
    cache.read([key('a')], [], { rows: [row('a')], found: [] });
    const rows = new BatchRows(null, cache);
    expect(rows.peek('accounts', ACCOUNT, 'a')).toEqual(row('a'));
    rows.put([key('b')], [], { rows: [row('b')], found: [] });
    expect(cache.row(`accounts/${ACCOUNT}/a`)).toBeUndefined();
    expect(rows.get('accounts', ACCOUNT, 'a')).toEqual(row('a'));
  });

  test('count as stored, and so does that there are none', () => {
    const cache = new RowCache(10);
    cache.read([key('a'), key('none')], [], { rows: [row('a'), null], found: [] });
    const rows = new BatchRows(null, cache);
    expect(rows.get('accounts', ACCOUNT, 'a')).toEqual(row('a'));
    expect(rows.get('accounts', ACCOUNT, 'none')).toBeNull();
    expect(rows.peek('accounts', ACCOUNT, 'unread')).toBeUndefined();
  });
});

describe('a list', () => {
  const named = (id: string, businessName: string) => ({ ...row(id), businessName });
  const finding = {
    table: 'accounts',
    account: ACCOUNT,
    where: { column: 'businessName', value: 'shop' },
  } as const;
  const insert = (id: string, name: string) =>
    ({ table: 'accounts', kind: 'insert', row: named(id, name) }) as const;

  test('has what the batch before has changed, whatever the store said of it', () => {
    const before = new BatchRows();
    before.merge(ACCOUNT, [insert('new', 'shop'), insert('other', 'pub')], []);
    const rows = new BatchRows(before);
    rows.put([], [finding], { rows: [], found: [[named('old', 'shop')]] });
    expect(rows.list(finding).map(({ id }) => id)).toEqual(['old', 'new']);
  });

  test('has what the batch itself changes, and no other table’s rows', () => {
    const rows = new BatchRows();
    const intents = { ...finding, table: 'intents' } as const;
    rows.put([], [finding, intents], { rows: [], found: [[], []] });
    rows.merge(ACCOUNT, [insert('new', 'shop')], []);
    expect(rows.list(finding).map(({ id }) => id)).toEqual(['new']);
    expect(rows.list(intents)).toEqual([]);
  });

  test('loses what is deleted, and what no longer has its value', () => {
    const rows = new BatchRows();
    const stored = ['a', 'b', 'c'].map((id) => named(id, 'shop'));
    rows.put([], [finding], { rows: [], found: [stored] });
    rows.merge(ACCOUNT, [{ table: 'accounts', kind: 'delete', row: named('a', 'shop') }], []);
    rows.merge(ACCOUNT, [{ table: 'accounts', kind: 'update', row: named('b', 'pub') }], []);
    expect(rows.list(finding).map(({ id }) => id)).toEqual(['c']);
  });
});

describe('a change', () => {
  const named = (businessName: string) => ({ ...row('a'), businessName });
  const change = (kind: 'insert' | 'update' | 'delete', name: string) =>
    ({ table: 'accounts', kind, row: named(name) }) as const;

  test.each([
    ['two updates', ['update', 'update'], 'update', 'stored'],
    ['a deletion and an insert', ['delete', 'insert'], 'update', 'stored'],
    ['an update and a deletion', ['update', 'delete'], 'delete', 'stored'],
    ['an insert and an update', ['insert', 'update'], 'insert', undefined],
  ] as const)('knows the stored row: %s', (_name, kinds, kind, before) => {
    const rows = new BatchRows();
    const isNew = kinds[0] === 'insert';
    rows.put([key('a')], [], { rows: [isNew ? null : named('stored')], found: [] });
    rows.merge(ACCOUNT, [change(kinds[0], 'first')], []);
    rows.merge(ACCOUNT, [change(kinds[1], 'second')], []);
    const [folded] = rows.changes().changes;
    expect(folded).toMatchObject({ kind, row: named('second') });
    expect((folded?.before as ReturnType<typeof named> | undefined)?.businessName).toBe(before);
  });
});
