import { afterEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import { migratePostgres } from '../../src/storage/postgres-migrate.js';
import { PROFILES } from '../../src/storage/profiles.js';
import { TABLE_NAMES } from '../../src/storage/schema.js';
import type { Store } from '../../src/storage/store.js';
import { ON_POSTGRES } from '../support/stores.js';
import {
  migrationsHere,
  migrationsOf,
  type OldDatabase,
  RECORDINGS,
  readRecording,
  restoreOld,
} from './upgrade-database.js';

const ALL = migrationsHere().map(({ name }) => name);
/** Each opening starts a thread, which takes its time on a busy machine. */
const MS_MAX = 120_000;
const OLDEST = readRecording(RECORDINGS[0] ?? '');

const open: Store[] = [];
const databases: OldDatabase[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  for (const database of databases.splice(0)) database.remove();
});

async function oldest(): Promise<OldDatabase> {
  const database = await restoreOld(OLDEST);
  databases.push(database);
  return database;
}

async function opened(database: OldDatabase): Promise<Store> {
  const store = await database.open();
  open.push(store);
  return store;
}

async function applied(database: OldDatabase): Promise<unknown[]> {
  const rows = await database.sql('SELECT name FROM migrations ORDER BY name');
  return rows.map(({ name }) => name);
}

const MADE = /CREATE (?:UNIQUE )?(?:TABLE|INDEX)(?: IF NOT EXISTS)? (\w+)/g;

/** The last new name that a migration makes: where it is taken, all before it has been done. */
function lastMade(name: string): string {
  const madeBy = (names: readonly string[]): string[] =>
    migrationsHere()
      .filter((one) => names.includes(one.name))
      .flatMap(({ statements }) => [...statements.join(';').matchAll(MADE)])
      .map(([, made = '']) => made);
  const before = madeBy(ALL.slice(0, ALL.indexOf(name)));
  return madeBy([name]).findLast((made) => !before.includes(made)) ?? '';
}

async function expectWhole(store: Store): Promise<void> {
  expect(await audit(store)).toEqual([]);
  for (const table of TABLE_NAMES)
    expect([table, await store.count(table)]).toEqual([
      table,
      OLDEST.tables[table]?.rows.length ?? 0,
    ]);
}

describe('an upgrade of the oldest schema', () => {
  test(
    'that breaks off within every step is taken up again, with every row',
    async () => {
      const database = await oldest();
      const steps = ALL.filter((name) => !migrationsOf(OLDEST).includes(name));
      const obstacles = steps.map((name) => `CREATE TABLE ${lastMade(name)} (obstacle bigint);`);
      await database.sql(obstacles.join('\n'));
      for (const name of steps) {
        await expect(database.open()).rejects.toThrow();
        // Each step is a transaction of its own in SQLite; in PostgreSQL all are one.
        const done = ON_POSTGRES ? migrationsOf(OLDEST) : ALL.slice(0, ALL.indexOf(name));
        expect(await applied(database)).toEqual(done);
        await database.sql(`DROP TABLE ${lastMade(name)}`);
      }
      await expectWhole(await opened(database));
      expect(await applied(database)).toEqual(ALL);
    },
    MS_MAX,
  );

  test.runIf(ON_POSTGRES)(
    'is done once by processes that start together',
    async () => {
      const database = await oldest();
      const stores = await Promise.all([1, 2, 3].map(() => opened(database)));
      expect(await applied(database)).toEqual(ALL);
      for (const store of stores) await expectWhole(store);
    },
    MS_MAX,
  );

  test.runIf(ON_POSTGRES)(
    'where tables are made outside of transactions goes on in the middle of a step',
    async () => {
      const database = await oldest();
      const profile = { ...PROFILES.postgres, hasAdvisoryLocks: false, hasTransactionalDdl: false };
      const migrate = () => migratePostgres(database.location, profile);
      const broken = '0006-clocks';
      await database.sql('ALTER TABLE facts RENAME TO away');
      await expect(migrate()).rejects.toThrow('facts');
      expect(await applied(database)).toEqual(ALL.slice(0, ALL.indexOf(broken)));
      await database.sql('ALTER TABLE away RENAME TO facts');
      await migrate();
      expect(await applied(database)).toEqual(ALL);
      // Steps that were done, and not yet noted, are done once more.
      await database.sql('DELETE FROM migrations');
      await migrate();
      expect(await applied(database)).toEqual(ALL);
      await expectWhole(await opened(database));
    },
    MS_MAX,
  );

  test('is refused where a newer version has begun it, and leaves it alone', async () => {
    const database = await oldest();
    await database.sql("INSERT INTO migrations (name, at_ms) VALUES ('9999-later', 1)");
    const before = await applied(database);
    await expect(database.open()).rejects.toThrow(/9999-later.*newer/);
    expect(await applied(database)).toEqual(before);
  });
});
