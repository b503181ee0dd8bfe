import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertStorable,
  byId,
  decodeBalance,
  decodeRow,
  encodeRow,
  rowOfSnapshot,
  type Scalar,
  snapshotOf,
} from './codec.js';
import { type ColumnKind, type RowTypes, TABLE_NAMES, TABLES, type TableName } from './schema.js';

const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', ''));

const ARBITRARIES: { readonly [K in ColumnKind]: fc.Arbitrary<unknown> } = {
  text: fc.option(text),
  int: fc.maxSafeInteger(),
  money: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  flag: fc.boolean(),
};

/** Of each table; the kinds of columns come again in all of them. */
const RUNS = { numRuns: 25 };

function anyRow(table: TableName): fc.Arbitrary<RowTypes[TableName]> {
  const columns = TABLES[table].columns.map(([property, kind]) => {
    const inKey = property === 'account' || property === 'id';
    return [property, inKey ? text : ARBITRARIES[kind]];
  });
  return fc
    .tuple(fc.record(Object.fromEntries(columns)), fc.object({ maxDepth: 2 }), fc.boolean())
    .map(([own, rest, plain]) => {
      const row = { ...TABLES[table].blank, ...own };
      return plain ? row : { ...row, rest: JSON.parse(JSON.stringify(rest)) };
    }) as fc.Arbitrary<RowTypes[TableName]>;
}

function customer(fields: Record<string, unknown>): RowTypes['customers'] {
  const row = { account: 'acct', id: 'cus_1', created: 7, email: null, deleted: true };
  return { ...TABLES.customers.blank, ...row, ...fields } as unknown as RowTypes['customers'];
}

describe('rows', () => {
  test.each(TABLE_NAMES)('%s: decoding undoes encoding, whatever a driver makes of it', (table) => {
    fc.assert(
      fc.property(anyRow(table), (row) => {
        const values = encodeRow(table, row as never);
        expect(values).toHaveLength(TABLES[table].columns.length + 1);
        expect(decodeRow(table, values)).toEqual(row);
        // PostgreSQL's driver gives numbers as text, SQLite's as bigint.
        const numbers = (value: Scalar) => typeof value === 'bigint' || typeof value === 'number';
        const texts = values.map((value) => (numbers(value) ? String(value) : value));
        expect(decodeRow(table, texts)).toEqual(row);
        const bigints = values.map((value) => (typeof value === 'number' ? BigInt(value) : value));
        expect(decodeRow(table, bigints)).toEqual(row);
      }),
      RUNS,
    );
  });

  test.each(TABLE_NAMES)('%s: a snapshot is JSON and gives the row back', (table) => {
    fc.assert(
      fc.property(anyRow(table), (row) => {
        const text = snapshotOf(table, row as never);
        expect(() => JSON.parse(text)).not.toThrow();
        expect(rowOfSnapshot(table, text)).toEqual(row);
      }),
      RUNS,
    );
  });

  test('columns come in their order, the rest as JSON', () => {
    expect(encodeRow('customers', customer({ name: 'Ada', phone: undefined }))).toEqual([
      'acct',
      'cus_1',
      7,
      null,
      1,
      null,
      '{"name":"Ada"}',
    ]);
  });

  test('money keeps every digit, in a snapshot as text', () => {
    const amount = 2n ** 63n - 1n;
    const columns = TABLES.refunds.columns.map(([property]) => [property, 'x'] as const);
    const row = { ...Object.fromEntries(columns), amount } as unknown as RowTypes['refunds'];
    expect(encodeRow('refunds', row)).toContain(amount);
    expect(JSON.parse(snapshotOf('refunds', row)).amount).toBe('9223372036854775807');
  });

  test('nulls take no room, and come back', () => {
    const row = customer({ name: null });
    expect(encodeRow('customers', row).at(-1)).toBe('{}');
    expect(snapshotOf('customers', row)).not.toContain('null');
    expect(decodeRow('customers', encodeRow('customers', row)).name).toBeNull();
  });

  test('a row is encoded once', () => {
    const row = customer({});
    expect(encodeRow('customers', row)).toBe(encodeRow('customers', row));
  });
});

describe('text', () => {
  test.each(['', 'a', '\u0001', '\u{1f4b8}', 'é', '\uffff', '\ue000'])('%j is storable', (text) => {
    expect(() => assertStorable(text)).not.toThrow();
  });

  test.each(['\0', 'a\0', '\ud800', 'a\udfff', '\udfff\ud800', 'é\ud83d', '\u{1f4b8}\udcb8'])(
    '%j is not, in a column',
    (text) => {
      expect(() => assertStorable(text)).toThrow(/cannot be stored/);
      expect(() => encodeRow('customers', customer({ email: text }))).toThrow(/cannot be stored/);
      expect(() => encodeRow('customers', customer({ id: text }))).toThrow(/cannot be stored/);
    },
  );

  test('in a detail everything is, for JSON escapes it', () => {
    const row = customer({ name: 'a\0\ud800' });
    const values = encodeRow('customers', row);
    for (const value of values) expect(() => assertStorable(value)).not.toThrow();
    expect(decodeRow('customers', values)).toEqual(row);
  });
});

describe('what was encoded', () => {
  const rollup = (id: string): RowTypes['rollups'] => ({ account: 'acct_1', id, tally: {} });

  test('is remembered while it is written, and forgotten once many more are', () => {
    const row = rollup('day');
    const values = encodeRow('rollups', row);
    expect(encodeRow('rollups', row)).toBe(values);
    for (let n = 0; n < 5_000; n++) encodeRow('rollups', rollup(`${n}`));
    expect(encodeRow('rollups', row)).not.toBe(values);
    expect(encodeRow('rollups', row)).toEqual(values);
  });
});

describe('answers', () => {
  test('a balance is exact, as bigint or as text', () => {
    const balance = {
      account: 'a',
      ledgerAccount: 'm',
      currency: 'usd',
      posted: 2n ** 63n,
      pending: -1n,
    };
    expect(decodeBalance(['a', 'm', 'usd', 2n ** 63n, -1n])).toEqual(balance);
    expect(decodeBalance(['a', 'm', 'usd', '9223372036854775808', '-1'])).toEqual(balance);
  });

  test('rows are sorted by id, oldest first', () => {
    expect(byId([{ id: 'b' }, { id: 'a' }, { id: 'B' }]).map(({ id }) => id)).toEqual([
      'B',
      'a',
      'b',
    ]);
  });
});
