import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openPostgresReader, openSqliteReader, type Reader } from '../../src/storage/reader.js';
import {
  newPostgresDatabase,
  ON_POSTGRES,
  openTestStore,
  type TestStore,
} from '../support/stores.js';
import { insert, rowOf } from './rows.js';

/** What commands look through, beside whoever works on the database. */

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function readerAt(location: string): Reader {
  const limits = { connections_max: 1, statement_timeout_ms: 10_000 };
  const reader = ON_POSTGRES
    ? openPostgresReader({ url: location, profile: 'postgres', ...limits })
    : openSqliteReader({ file: location, cache_kibibytes: 1024 });
  closing.push(reader.close);
  return reader;
}

async function opened(): Promise<TestStore & { reader: Reader }> {
  const made = await openTestStore();
  closing.push(made.close);
  return { ...made, reader: readerAt(made.location) };
}

describe('a reader', () => {
  test('sees what is committed, page by page, while another writes', async () => {
    const { store, reader } = await opened();
    expect(await reader.scan('intents', null, 10)).toEqual([]);
    const ids = ['pi_1', 'pi_2', 'pi_3'];
    await insert(
      store,
      'intents',
      ids.map((id) => rowOf('intents', 'acct', id)),
    );
    expect(await reader.count('intents')).toBe(3);
    const first = await reader.scan('intents', null, 2);
    expect(first).toEqual((await store.scan('intents', null, 10)).slice(0, 2));
    const rest = await reader.scan('intents', { account: 'acct', id: 'pi_2' }, 2);
    expect(rest.map(({ id }) => id)).toEqual(['pi_3']);
  });

  test('tells which migrations are missing, applies none, refuses a newer database', async () => {
    const { reader, sql } = await opened();
    expect(await reader.missingMigrations()).toEqual([]);
    await sql("DELETE FROM migrations WHERE name = '0007-keys'");
    expect(await reader.missingMigrations()).toEqual(['0007-keys']);
    expect(await reader.missingMigrations()).toEqual(['0007-keys']);
    await sql("INSERT INTO migrations (name, at_ms) VALUES ('9999-later', 1)");
    await expect(reader.missingMigrations()).rejects.toThrow(/9999-later.*newer/);
  });

  test('takes an empty database for one that lacks all of them', async () => {
    const { sql, location, reader } = await opened();
    const all = (await sql('SELECT name FROM migrations ORDER BY name')).map(({ name }) => name);
    const empty = ON_POSTGRES ? await newPostgresDatabase() : `${location}.empty`;
    expect(await readerAt(empty).missingMigrations()).toEqual(all);
    if (!ON_POSTGRES) rmSync(empty);
    // A database server has a clock of its own; a file has its machine's.
    const nowMs = await reader.nowMs();
    if (ON_POSTGRES) expect(Math.abs(Date.now() - (nowMs ?? 0))).toBeLessThan(3_600_000);
    else expect(nowMs).toBeNull();
  });
});
