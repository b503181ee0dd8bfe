import type { Scalar } from './codec.js';
import type { ColumnKind } from './schema.js';

/** Of PostgreSQL's types (`pg_type.oid`). */
const TEXT_OID = 25;
const BIGINT_OID = 20;
/** Dimensions, whether there are nulls, the element's type, how many, the index of the first. */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
const BIGINT_BYTES = 8;

function header(oid: number, count: number, bytes: number): Buffer {
  const array = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(1, 4);
  array.writeInt32BE(oid, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return array;
}

/**
 * `text[]` as PostgreSQL's binary protocol has it. As text, each quote of the JSON within would be
 * escaped here and read back there, which was a tenth of the main thread's time.
 */
export function textArray(values: readonly Scalar[]): Buffer {
  const lengths = values.map((value) =>
    value === null ? NULL_LENGTH : Buffer.byteLength(value as string),
  );
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), 0);
  const array = header(TEXT_OID, values.length, bytes);
  let at = HEADER_BYTES;
  for (const [i, length] of lengths.entries()) {
    at = array.writeInt32BE(length, at);
    if (length > 0) at += array.write(values[i] as string, at, 'utf8');
  }
  return array;
}

/** The same of `bigint[]`. Throws RangeError for what is no whole number of 64 bits. */
export function bigintArray(values: readonly Scalar[]): Buffer {
  const bytes = values.reduce<number>((sum, one) => sum + (one === null ? 4 : 4 + BIGINT_BYTES), 0);
  const array = header(BIGINT_OID, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = array.writeInt32BE(value === null ? NULL_LENGTH : BIGINT_BYTES, at);
    if (value !== null) at = array.writeBigInt64BE(BigInt(value), at);
  }
  return array;
}

/** Columns as arrays, by what they hold: all that is no text is a number. */
export function arraysOf(
  kinds: readonly ColumnKind[],
  columns: readonly (readonly Scalar[])[],
): Buffer[] {
  return columns.map((values, i) =>
    kinds[i] === 'text' ? textArray(values) : bigintArray(values),
  );
}
