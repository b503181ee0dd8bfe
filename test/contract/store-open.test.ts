import { describe, expect, test } from 'vitest';
import { openTestStore } from '../support/stores.js';
import { insert, read, rowOf } from './rows.js';

describe('opening', () => {
  test('a database that is opened again keeps its rows and migrates nothing', async () => {
    const opened = await openTestStore();
    try {
      await insert(opened.store, 'intents', [rowOf('intents', 'acct', 'pi_1')]);
      const applied = 'SELECT name, at_ms FROM migrations ORDER BY name';
      const before = await opened.sql(applied);
      expect(before.map(({ name }) => name)).toContain('0001-initial');
      const second = await opened.again();
      expect(await read(second, 'intents', 'acct', 'pi_1')).not.toBeNull();
      await second.close();
      expect(await opened.sql(applied)).toEqual(before);
    } finally {
      await opened.close();
    }
  });

  test('a database of a newer version is refused, and left as it is', async () => {
    const opened = await openTestStore();
    try {
      await opened.sql("INSERT INTO migrations (name, at_ms) VALUES ('9999-later', 1)");
      const before = await opened.sql('SELECT name FROM migrations ORDER BY name');
      await expect(opened.again()).rejects.toThrow(/9999-later.*newer/);
      expect(await opened.sql('SELECT name FROM migrations ORDER BY name')).toEqual(before);
    } finally {
      await opened.close();
    }
  });
});
