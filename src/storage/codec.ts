import type { Balance } from '../domain/ledger.js';
import { type ColumnKind, type RowTypes, TABLES, type TableName } from './schema.js';

/** What a database driver takes and gives. */
export type Scalar = string | number | bigint | null;

interface TableCodec {
  properties: string[];
  kinds: ColumnKind[];
  own: Set<string>;
  /** Every property that may be null: what is not stored is one of these. */
  nulls: string[];
}

const CODECS = Object.fromEntries(
  Object.values(TABLES).map(({ name, columns, blank }) => [
    name,
    {
      properties: columns.map(([property]) => property),
      kinds: columns.map(([, kind]) => kind),
      own: new Set(columns.map(([property]) => property)),
      nulls: Object.keys(blank),
    },
  ]),
) as { [T in TableName]: TableCodec };

/**
 * Throws a plain error for text that not every engine can keep: PostgreSQL has no NUL, SQLite's
 * driver cuts there, and half of a surrogate pair has no UTF-8. Whoever takes input in refuses it
 * earlier; text inside of JSON is escaped and needs no check.
 */
export function assertStorable(value: Scalar): void {
  if (typeof value !== 'string') return;
  if (value.includes('\0')) throw new Error('text with a NUL cannot be stored');
  if (!value.isWellFormed()) throw new Error('text with half a character cannot be stored');
}

/** Encoded rows that are remembered, at least; at most twice as many: those of a batch or two. */
const REMEMBERED_ROWS = 2048;

/**
 * Rows are never changed in place, so what one was encoded to holds for its life. What is forgotten
 * is only encoded again. Not a WeakMap: with the rows that caches keep, it would keep their text.
 */
let newerRows = new Map<object, Scalar[]>();
let olderRows = new Map<object, Scalar[]>();

function remember(row: object, values: Scalar[]): void {
  if (newerRows.size >= REMEMBERED_ROWS) {
    olderRows = newerRows;
    newerRows = new Map();
  }
  newerRows.set(row, values);
}

/**
 * A row as the driver's values: one per column, and last the rest as JSON text, without its nulls:
 * they are a third of a payment's bytes. Encoded once, for the table and for the snapshots that
 * facts keep. Throws where a column's text is not storable.
 */
export function encodeRow<T extends TableName>(table: T, row: RowTypes[T]): Scalar[] {
  const known = newerRows.get(row) ?? olderRows.get(row);
  if (known !== undefined) return known;
  const { properties, kinds, own } = CODECS[table];
  const fields = row as unknown as Record<string, unknown>;
  const values: Scalar[] = [];
  for (let i = 0; i < properties.length; i++) {
    const value = fields[properties[i] as string] as Scalar;
    assertStorable(value);
    values.push(kinds[i] === 'flag' ? Number(value) : value);
  }
  const detail: Record<string, unknown> = {};
  for (const property in fields) {
    const value = fields[property];
    if (value !== null && !own.has(property)) detail[property] = value;
  }
  values.push(JSON.stringify(detail));
  remember(row, values);
  return values;
}

function decodeValue(kind: ColumnKind, value: Scalar): unknown {
  if (value === null) return null;
  if (kind === 'text') return value;
  if (kind === 'money') return BigInt(value);
  return kind === 'int' ? Number(value) : Number(value) !== 0;
}

/** A stored row is none that was written: only damage to the database makes such. */
export class DamagedRow extends Error {
  constructor(table: TableName, [account, id]: readonly Scalar[]) {
    super(`the row ${id} of ${account} in ${table} is damaged`);
  }
}

/** The inverse of `encodeRow`. Throws DamagedRow. */
export function decodeRow<T extends TableName>(table: T, values: readonly Scalar[]): RowTypes[T] {
  const codec = CODECS[table];
  const detail = objectIn(values[codec.properties.length] as string);
  if (detail === null) throw new DamagedRow(table, values);
  return rowFrom(codec, values, detail);
}

function objectIn(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

/**
 * A row from its columns and the rest, which becomes the row: spreading it over the nulls takes
 * five times as long as putting in those that it lacks.
 */
function rowFrom<R>(
  { properties, kinds, nulls }: TableCodec,
  values: readonly Scalar[],
  row: Record<string, unknown>,
): R {
  for (const property of nulls) if (row[property] === undefined) row[property] = null;
  for (let i = 0; i < properties.length; i++)
    row[properties[i] as string] = decodeValue(kinds[i] as ColumnKind, values[i] as Scalar);
  return row as R;
}

/**
 * The inverse of many rows that were read as one text: a JSON array of pairs, the columns and the
 * rest of each.
 */
export function decodePacked<T extends TableName>(table: T, text: string): RowTypes[T][] {
  const pairs = JSON.parse(text) as [columns: Scalar[], detail: Record<string, unknown>][];
  return pairs.map(([values, detail]) => rowFrom(CODECS[table], values, detail));
}

/** All rows of an answer; of none, an empty list. */
export function decodeAll<T extends TableName>(
  table: T,
  rows: readonly Scalar[][] | undefined,
): RowTypes[T][] {
  return (rows ?? []).map((values) => decodeRow(table, values));
}

/** One line of what `balancesSql` selects. */
export function decodeBalance(values: readonly Scalar[]): Balance {
  const [account, ledgerAccount, currency, posted, pending] = values;
  return {
    account: account as string,
    ledgerAccount: ledgerAccount as string,
    currency: currency as string,
    posted: BigInt(posted as bigint),
    pending: BigInt(pending as bigint),
  };
}

/** Oldest first, byte by byte as ids are compared: what RETURNING gives is in no order. */
export function byId<R extends { readonly id: string }>(rows: R[]): R[] {
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A row as JSON text that a fact keeps; money as decimal text. */
export function snapshotOf<T extends TableName>(table: T, row: RowTypes[T]): string {
  const values = encodeRow(table, row);
  const { properties } = CODECS[table];
  let text = '{';
  for (let i = 0; i < properties.length; i++) {
    const value = values[i];
    if (value === null) continue;
    const json = typeof value === 'bigint' ? `"${value}"` : JSON.stringify(value);
    text += `"${properties[i]}":${json},`;
  }
  const detail = values[properties.length] as string;
  return detail === '{}' ? `${text.slice(0, -1)}}` : text + detail.slice(1);
}

/** The inverse of `snapshotOf`. */
export function rowOfSnapshot<T extends TableName>(table: T, text: string): RowTypes[T] {
  const codec = CODECS[table];
  const row = JSON.parse(text) as Record<string, unknown>;
  const values = codec.properties.map((property) => (row[property] ?? null) as Scalar);
  return rowFrom(codec, values, row);
}
