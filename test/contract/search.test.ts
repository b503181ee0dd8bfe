import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import type { Metadata } from '../../src/domain/json.js';
import { labelFaults } from '../../src/engine/audit-labels.js';
import type { Found, Search } from '../../src/engine/search.js';
import { makeSearcher } from '../../src/engine/search.js';
import { searchSql } from '../../src/storage/search-sql.js';
import type { SearchRequest, SearchSource, Store } from '../../src/storage/store.js';
import { ON_POSTGRES, openTestStore, postgresSql, type TestStore } from '../support/stores.js';
import { insert, rowOf, unique, write } from './rows.js';

let opened: TestStore;
let store: Store;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened.close());

const intent = (account: string, id: string, metadata: Metadata, fields: Partial<Intent> = {}) =>
  rowOf('intents', account, id, { metadata, ...fields });

const byKey = (key: string, value: string): SearchSource => ({
  label: { name: `metadata.${key}`, value },
});

function looked(account: string, sources: SearchSource[], more: Partial<SearchRequest> = {}) {
  const request = { table: 'intents' as const, account, sources, conditions: [] };
  return store.search({ ...request, window: 100, limit: 100, ...more, table: 'intents' });
}

async function found(account: string, ...sources: SearchSource[]): Promise<string[]> {
  return (await looked(account, sources)).rows.map(({ id }) => id);
}

async function labels(account: string): Promise<number> {
  const [line] = await opened.sql(`SELECT COUNT(*) AS n FROM labels WHERE account = '${account}'`);
  return Number(line?.n);
}

describe('labels', () => {
  test('come with a row, follow its metadata, and go with it', async () => {
    const account = unique('acct');
    const first = intent(account, 'pi_1', { order: 'A1', shop: 'north' });
    const second = intent(account, 'pi_2', { order: 'a1' });
    await insert(store, 'intents', [first, second, intent(account, 'pi_3', {})]);
    expect(await found(account, byKey('order', 'a1'))).toEqual(['pi_2', 'pi_1']);
    expect(await found(account, byKey('order', 'A1'), byKey('shop', 'north'))).toEqual([
      'pi_2',
      'pi_1',
    ]);
    expect(await found(account, byKey('Order', 'a1'))).toEqual([]);
    expect(await found(unique('acct'), byKey('order', 'a1'))).toEqual([]);

    const changed = { ...first, metadata: { order: 'B2', shop: 'north' } };
    await write(store, [{ table: 'intents', kind: 'update', row: changed, before: first }]);
    expect(await found(account, byKey('order', 'a1'))).toEqual(['pi_2']);
    expect(await found(account, byKey('order', 'b2'))).toEqual(['pi_1']);
    expect(await found(account, byKey('shop', 'north'))).toEqual(['pi_1']);
    expect(await labels(account)).toBe(3);

    await write(store, [
      { table: 'intents', kind: 'delete', row: changed },
      { table: 'intents', kind: 'delete', row: second },
    ]);
    expect(await labels(account)).toBe(0);
  });

  test('are written where nobody knows what was stored before', async () => {
    const account = unique('acct');
    await insert(store, 'intents', [intent(account, 'pi_1', { a: '1' })]);
    const row = intent(account, 'pi_1', { a: '2' });
    await write(store, [{ table: 'intents', kind: 'update', row }]);
    expect(await found(account, byKey('a', '2'))).toEqual(['pi_1']);
  });

  test('of customers are email, name and phone too, whatever their case', async () => {
    const account = unique('acct');
    const fields = { email: 'Ann@Example.com', name: 'Ann Ä', phone: '+1', metadata: {} };
    await insert(store, 'customers', [rowOf('customers', account, 'cus_1', fields)]);
    for (const [name, value] of Object.entries({ email: 'ann@example.COM', name: 'ANN ä' })) {
      const sources = [{ label: { name, value } }];
      const { rows } = await store.search({
        ...{ table: 'customers', account, sources, conditions: [], window: 9, limit: 9 },
      });
      expect(rows.map(({ id }) => id)).toEqual(['cus_1']);
    }
  });
});

test('a database from before labels gets those of all its rows when it is opened', async () => {
  const account = unique('acct');
  const rows = Array.from({ length: 2_100 }, (_, i) =>
    intent(account, `pi_${i}`, { n: String(i) }),
  );
  await insert(store, 'intents', rows);
  const customer = rowOf('customers', account, 'cus_1', { email: 'a@b.co', metadata: { n: '7' } });
  await insert(store, 'customers', [customer]);
  const before = await labels(account);
  expect(before).toBe(2_102);
  await opened.sql('DROP TABLE labels');
  await opened.sql("DELETE FROM migrations WHERE name = '0005-labels'");
  const other = await opened.again();
  await other.close();
  expect(await labels(account)).toBe(before);
  expect(await found(account, byKey('n', '2099'))).toEqual(['pi_2099']);
});

test('an audit notices a row that has lost a label', async () => {
  const account = unique('acct');
  const rows = [intent(account, 'pi_1', { a: '1', b: '2' }), intent(account, 'pi_2', { a: '1' })];
  await insert(store, 'intents', rows);
  expect(await labelFaults(store, 'intents', rows)).toEqual([]);
  await opened.sql(`DELETE FROM labels WHERE account = '${account}' AND id = 'pi_1'`);
  const missed = (key: string) =>
    `intents pi_1 of ${account}: a search by metadata.${key} misses it`;
  expect(await labelFaults(store, 'intents', rows)).toEqual([missed('a'), missed('b')]);
});

describe('a look', () => {
  test('goes through its window, says where it ended, and answers what fits', async () => {
    const account = unique('acct');
    const rows = Array.from({ length: 25 }, (_, i) =>
      intent(account, `pi_${String(i).padStart(2, '0')}`, { k: 'v' }, { amount: BigInt(i % 10) }),
    );
    await insert(store, 'intents', rows);
    await insert(store, 'intents', [intent(unique('acct'), 'pi_00', { k: 'v' })]);
    const conditions = [{ column: 'amount', comparison: 'eq' as const, value: 3 }];
    for (const sources of [[], [byKey('k', 'v')], [byKey('k', 'v'), byKey('k', 'w')]]) {
      const one = await looked(account, sources, { conditions, window: 10 });
      expect(one).toEqual({ rows: [rows[23]], examined: 10, last: 'pi_15', ended: false });
      const two = await looked(account, sources, { conditions, window: 10, olderThan: 'pi_15' });
      expect(two).toEqual({ rows: [rows[13]], examined: 10, last: 'pi_05', ended: false });
      const three = await looked(account, sources, { conditions, window: 10, olderThan: 'pi_05' });
      expect(three).toEqual({ rows: [rows[3]], examined: 5, last: 'pi_00', ended: true });
      const full = await looked(account, sources, { window: 10, limit: 2 });
      expect(full).toMatchObject({ rows: [rows[24], rows[23]], last: 'pi_23', ended: false });
    }
    const none = await looked(unique('acct'), []);
    expect(none).toEqual({ rows: [], examined: 0, last: null, ended: true });
  });

  test('goes by the index, from a label as from a customer', async () => {
    const account = unique('acct');
    for (let at = 0; at < 4_000; at += 1_000)
      await insert(
        store,
        'intents',
        Array.from({ length: 1_000 }, (_, i) => {
          const id = `pi_${String(at + i).padStart(5, '0')}`;
          const metadata = { order: String(at + i), all: 'x' };
          return intent(account, id, metadata, { customer: `cus_${i % 100}` });
        }),
      );
    for (const source of [byKey('order', '17'), { column: 'customer', value: 'cus_7' }]) {
      const plan = await planOf({ account, sources: [source] });
      expect(plan).toMatch('column' in source ? /intents_customer/ : LABELS_INDEX);
      expect(plan).toMatch(INTENTS_INDEX);
      expect(plan).not.toMatch(WHOLE_TABLE);
    }
    expect(await planOfText('SELECT id FROM intents WHERE amount = 1')).toMatch(WHOLE_TABLE);
  });
});

/** How each engine's plan calls what a search may go by, and what it must not. */
const LABELS_INDEX = ON_POSTGRES
  ? /Index (Only )?Scan( Backward)? using labels_pkey/
  : /SEARCH labels USING PRIMARY KEY \(account=\? AND label=\? AND owner=\?/;
const INTENTS_INDEX = ON_POSTGRES
  ? /using intents_pkey on intents/
  : /SEARCH own USING INDEX sqlite_autoindex_intents_1 \(account=\? AND id=\?\)/;
const WHOLE_TABLE = /Seq Scan|SCAN (own|intents|labels)/;

function planOf(request: Pick<SearchRequest, 'account' | 'sources'>): Promise<string> {
  const values: unknown[] = [];
  const whole: SearchRequest = {
    ...{ ...request, table: 'intents', conditions: [], window: 100, limit: 10 },
    olderThan: 'pi_03000',
  };
  const query = searchSql(whole, (position) => `{${position}}`);
  values.push(...query.values);
  const text = query.sql.replaceAll(/\{(\d+)\}/g, (_, position: string) => {
    const value = values[Number(position) - 1];
    return typeof value === 'string' ? `'${value}'` : String(value);
  });
  return planOfText(text);
}

/** The plan, on PostgreSQL with the settings that the store's own connections have. */
async function planOfText(text: string): Promise<string> {
  const off = ['seqscan', 'hashjoin', 'mergejoin'].map((name) => `-c enable_${name}=off`);
  const lines = ON_POSTGRES
    ? await postgresSql(
        `${opened.location}?options=${off.join(' ').replaceAll(' ', '%20')}`,
        `EXPLAIN ${text}`,
      )
    : await opened.sql(`EXPLAIN QUERY PLAN ${text}`);
  return lines.map((line) => Object.values(line).join(' ')).join('\n');
}

describe('a search', () => {
  const LIMITS = {
    ...{ search_rows_max: 1_000, search_ms_max: 60_000, search_window_rows_max: 256 },
    searches_max: 2,
  };
  const account = unique('acct');
  const all: Omit<Search<'intents'>, 'fits'> = {
    ...{ table: 'intents', account, ways: [], conditions: [], limit: 10 },
  };
  beforeAll(async () => {
    for (let at = 0; at < 3_000; at += 1_000)
      await insert(
        store,
        'intents',
        Array.from({ length: 1_000 }, (_, i) => {
          const n = at + i;
          const metadata = { tens: String(n % 10), one: n === 2_999 ? 'last' : '-', k: 'v' };
          return intent(account, `pi_${String(n).padStart(5, '0')}`, metadata);
        }),
      );
  });

  test('ends at its limit of rows, and goes on where it ended', async () => {
    const searcher = makeSearcher(store, LIMITS);
    const oldest = (row: Intent): boolean => row.id === 'pi_00000';
    const first = await searcher.search({ ...all, fits: oldest });
    expect(first).toMatchObject({ rows: [], complete: false });
    expect(Number(first.next?.slice(3))).toBeLessThanOrEqual(2_000);
    const seen: string[] = [];
    let olderThan: string | null = null;
    for (let rounds = 0; rounds < 10; rounds++) {
      const part: Found<'intents'> = await searcher.search({
        ...all,
        fits: oldest,
        ...(olderThan === null ? {} : { olderThan }),
      });
      seen.push(...part.rows.map(({ id }) => id));
      olderThan = part.next;
      if (olderThan === null) break;
    }
    expect(seen).toEqual(['pi_00000']);
    expect(await searcher.count({ ...all, fits: oldest }, 10)).toBeNull();
  });

  test('pages through all that fits, each row once', async () => {
    const searcher = makeSearcher(store, { ...LIMITS, search_rows_max: 100_000 });
    const ways = [[byKey('tens', '3')]];
    const ids: string[] = [];
    let olderThan: string | null = '~';
    while (olderThan !== null) {
      const page: Found<'intents'> = await searcher.search({
        ...all,
        ways,
        limit: 7,
        fits: () => true,
        olderThan,
      });
      expect(page.rows.length).toBeGreaterThan(0);
      ids.push(...page.rows.map(({ id }) => id));
      olderThan = page.next;
    }
    const expected = Array.from(
      { length: 300 },
      (_, i) => `pi_${String(i * 10 + 3).padStart(5, '0')}`,
    );
    expect(ids).toEqual(expected.reverse());
    expect(await searcher.count({ ...all, ways, fits: () => true }, 10_000)).toBe(300);
    expect(await searcher.count({ ...all, ways, fits: () => true }, 50)).toBe(50);
  });

  test('goes the way that finds the fewest', async () => {
    const searcher = makeSearcher(store, { ...LIMITS, search_rows_max: 2_000 });
    const ways = [[byKey('k', 'v')], [byKey('one', 'last')]];
    const fits = (row: Intent): boolean => row.metadata.one === 'last';
    const result = await searcher.search({ ...all, ways, fits });
    expect(result).toMatchObject({ rows: [{ id: 'pi_02999' }], next: null, complete: true });
  });

  test('beyond those that may run at once is refused', async () => {
    const searcher = makeSearcher(store, LIMITS);
    const runs = [1, 2, 3].map(() => searcher.search({ ...all, fits: () => true }));
    const ends = await Promise.allSettled(runs);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await searcher.search({ ...all, fits: () => true })).toMatchObject({ complete: true });
  });
});
