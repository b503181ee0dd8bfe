import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bigintArray, textArray } from '../../src/storage/postgres-arrays.js';
import { newPostgresDatabase, ON_POSTGRES } from '../support/stores.js';

let client: pg.Client;

beforeAll(async () => {
  if (!ON_POSTGRES) return;
  client = new pg.Client({ connectionString: await newPostgresDatabase() });
  await client.connect();
});
afterAll(() => client?.end());

const LARGEST = 2n ** 63n - 1n;

/** What the database makes of the array, printed by itself: no reader of ours is believed. */
async function stored(type: 'text' | 'bigint', array: Buffer): Promise<(string | null)[]> {
  const sql =
    `SELECT one::text FROM unnest($1::${type}[]) ` +
    'WITH ORDINALITY AS all_of (one, i) ORDER BY i';
  const { rows } = await client.query({ text: sql, values: [array], rowMode: 'array' });
  return rows.map(([value]) => value);
}

describe.skipIf(!ON_POSTGRES)('columns as PostgreSQL reads them', () => {
  test.each([
    ['none', []],
    ['what would have to be escaped', ['{"a":"\\"b\\\\c"}', '{}', ',', '', 'NULL', ' x ', "'"]],
    ['nulls', [null, 'a', null]],
    ['characters of one to four bytes', ['é', '漢', '😀', 'aé漢😀']],
  ])('texts: %s', async (_what, values) => {
    expect(await stored('text', textArray(values))).toEqual(values);
  });

  test('whole numbers of 64 bits', async () => {
    const values = [0, -1, 255, 2 ** 53 - 1, -(2 ** 53 - 1), LARGEST, -LARGEST - 1n, null];
    expect(await stored('bigint', bigintArray(values))).toEqual(
      values.map((value) => (value === null ? null : String(value))),
    );
  });
});

test.each([LARGEST + 1n, -LARGEST - 2n, 1.5])(
  'what is no number of 64 bits is refused: %s',
  (value) => {
    expect(() => bigintArray([value])).toThrow(RangeError);
  },
);
