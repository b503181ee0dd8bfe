import fc from 'fast-check';
import {
  type ColumnKind,
  type RowTypes,
  TABLES,
  type TableName,
} from '../../src/storage/schema.js';
import type { Change, Changes, Store } from '../../src/storage/store.js';

/** The columns that may be null, as the migrations say. */
const NULLABLE: { readonly [T in TableName]?: readonly string[] } = {
  intents: ['customer'],
  attempts: ['customer'],
  methods: ['customer'],
  setups: ['customer', 'method'],
  customers: ['email', 'clockId'],
  facts: ['intent', 'attempt', 'refund', 'customer', 'method'],
  requests: ['intent'],
  wallets: ['owner'],
};

/** The columns beside the key that no two rows of an account share. */
const UNIQUE: { readonly [T in TableName]?: readonly string[] } = { submissions: ['codeId'] };

/** Values for those columns that nobody else draws. */
export function uniqueFields(table: TableName, value: string): Record<string, string> {
  return Object.fromEntries((UNIQUE[table] ?? []).map((property) => [property, value]));
}

const VALUES = { text: 'x', int: 1, money: 1n, flag: false } as const;

/** A row of any table with plain values; `fields` replaces or adds. */
export function rowOf<T extends TableName>(
  table: T,
  account: string,
  id: string,
  fields: Partial<RowTypes[T]> | Record<string, unknown> = {},
): RowTypes[T] {
  const row: Record<string, unknown> = { ...TABLES[table].blank };
  for (const [property, kind] of TABLES[table].columns) row[property] = VALUES[kind];
  return { ...row, account, id, ...fields } as unknown as RowTypes[T];
}

const MAX = 2n ** 63n - 1n;

/** Whole characters without NUL: what every store keeps. */
const storableText = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => text.replaceAll('\0', ''));

const ARBITRARIES: { readonly [K in ColumnKind]: fc.Arbitrary<unknown> } = {
  text: storableText,
  int: fc.maxSafeInteger(),
  money: fc.oneof(fc.constantFrom(MAX, -MAX - 1n), fc.bigInt({ min: -MAX - 1n, max: MAX })),
  flag: fc.boolean(),
};

/** Rows of a table with random values, of the given key. */
export function anyRow<T extends TableName>(table: T, account: string, id: string) {
  const nullable: readonly string[] = NULLABLE[table] ?? [];
  const columns = TABLES[table].columns.slice(2).map(([property, kind]) => {
    const value = ARBITRARIES[kind];
    return [property, nullable.includes(property) ? fc.option(value) : value] as const;
  });
  return fc
    .tuple(fc.record(Object.fromEntries(columns)), fc.jsonValue(), fc.string({ unit: 'binary' }))
    .map(([fields, json, text]) =>
      // As it comes back: JSON has no negative zero.
      rowOf(table, account, id, { ...fields, more: [JSON.parse(JSON.stringify(json))], text }),
    );
}

let last = 0;

/** A name that no other test of this run uses. */
export function unique(prefix: string): string {
  last += 1;
  return `${prefix}_${process.pid}_${last}`;
}

/** One transaction that only writes. */
export function write(
  store: Store,
  changes: readonly Change[],
  postings: Changes['postings'] = [],
) {
  return store.transact(unique('batch'), (transaction) => transaction.write({ changes, postings }));
}

/** Inserts rows of one table in one transaction. */
export function insert<T extends TableName>(store: Store, table: T, rows: readonly RowTypes[T][]) {
  return write(
    store,
    rows.map((row) => ({ table, kind: 'insert', row })),
  );
}

/** One row as it is stored now. */
export async function read<T extends TableName>(
  store: Store,
  table: T,
  account: string,
  id: string,
): Promise<RowTypes[T] | null> {
  const { rows } = await store.load([{ table, account, id }], []);
  return rows[0] as RowTypes[T] | null;
}

type Is<T extends TableName> = (row: RowTypes[T]) => boolean;

/** What of a row is to be others than they are. */
type Altered<T extends TableName> =
  | Partial<RowTypes[T]>
  | ((row: RowTypes[T]) => Partial<RowTypes[T]>);

/** Reads and changes single rows past the engine, for what must find them wrong. */
export function rowEditor(store: () => Store) {
  const one = async <T extends TableName>(table: T, is: Is<T>): Promise<RowTypes[T]> => {
    const row = (await store().scan(table, null, 100)).find(is);
    if (row === undefined) throw new Error(`no such row in ${table}`);
    return row;
  };
  const plant = async (...changes: Change[]): Promise<void> => {
    await write(store(), changes);
  };
  return {
    one,
    plant,
    alter: async <T extends TableName>(table: T, is: Is<T>, by: Altered<T>): Promise<void> => {
      const stored = await one(table, is);
      const row = { ...stored, ...(typeof by === 'function' ? by(stored) : by) };
      await plant({ table, kind: 'update', row } as Change);
    },
    remove: async <T extends TableName>(table: T, is: Is<T>): Promise<void> => {
      await plant({ table, kind: 'delete', row: await one(table, is) } as Change);
    },
  };
}
