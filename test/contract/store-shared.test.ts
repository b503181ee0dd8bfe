import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/storage/postgres.js';
import { PROFILES, type ProfileName } from '../../src/storage/profiles.js';
import {
  ConstraintViolation,
  OutcomeUnknown,
  RolledBack,
  type Store,
  type Transaction,
} from '../../src/storage/store.js';
import { startPostgres } from '../support/postgres.js';
import {
  newPostgresDatabase,
  ON_POSTGRES,
  openPostgresAt,
  openTestStore,
  postgresSql,
  type TestStore,
} from '../support/stores.js';
import { insert, read, rowOf, unique, write } from './rows.js';
import { startWire, type Wire } from './wire.js';

const table = 'intents' as const;

let opened: TestStore;
let store: Store;
beforeAll(async () => {
  if (!ON_POSTGRES) return;
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened?.close());

function insertOne(account: string, id = 'pi_1') {
  const row = rowOf(table, account, id);
  const postings = [{ account, ledgerAccount: 'm', currency: 'usd', posted: 1n, pending: 0n }];
  return ({ write }: Transaction) => write({ changes: [{ table, kind: 'insert', row }], postings });
}

/** What a promise was rejected with. */
async function thrownBy(end: Promise<unknown>): Promise<unknown> {
  try {
    return expect.unreachable(`ended in ${await end}`);
  } catch (error) {
    return error;
  }
}

/** A promise that others wait for, and the function that ends their waiting. */
function signal(): { wait: Promise<void>; go: () => void } {
  let go = (): void => {};
  const wait = new Promise<void>((resolve) => {
    go = resolve;
  });
  return { wait, go };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const KILL_OTHERS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity ' +
  'WHERE datname = current_database() AND pid <> pg_backend_pid()';

describe.skipIf(!ON_POSTGRES)('batch ids', () => {
  test('a batch that was committed does not run again', async () => {
    const account = unique('acct');
    const batch = unique('batch');
    expect(await store.transact(batch, insertOne(account))).toBe('committed');
    let ran = false;
    const again = store.transact(batch, async () => {
      ran = true;
    });
    expect(await again).toBe('already_committed');
    expect(ran).toBe(false);
    expect(await store.balances(account)).toMatchObject([{ posted: 1n }]);
  });

  test('a batch that was rolled back does', async () => {
    const account = unique('acct');
    const batch = unique('batch');
    await expect(store.transact(batch, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(await store.transact(batch, insertOne(account))).toBe('committed');
  });

  test.each(['COMMIT', 'ROLLBACK'])('one still open elsewhere is waited for: %s', async (end) => {
    const batch = unique('batch');
    const client = new pg.Client({ connectionString: opened.location });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO batches VALUES ($1, 1)', [batch]);
      let over = false;
      const ran = store.transact(batch, insertOne(unique('acct'))).finally(() => {
        over = true;
      });
      await pause(50);
      expect(over).toBe(false);
      await client.query(end);
      expect(await ran).toBe(end === 'COMMIT' ? 'already_committed' : 'committed');
    } finally {
      await client.end();
    }
  });
});

describe.skipIf(!ON_POSTGRES)('concurrency', () => {
  test('the second process on an intent waits, then sees what the first wrote', async () => {
    const account = unique('acct');
    await insert(store, table, [rowOf(table, account, 'pi_1', { captured: 1n })]);
    const second = await opened.again();
    try {
      const key = { table, account, id: 'pi_1' };
      const locked = signal();
      const order: string[] = [];
      const first = store.transact(unique('batch'), async ({ load, write }) => {
        await load([key], []);
        locked.go();
        await pause(50);
        // Whoever only reads does not wait for a lock, and sees what is committed.
        expect(await read(second, table, account, 'pi_1')).toMatchObject({ captured: 1n });
        const row = rowOf(table, account, 'pi_1', { captured: 2n });
        await write({ changes: [{ table, kind: 'update', row }], postings: [] });
        order.push('first wrote');
      });
      await locked.wait;
      await second.transact(unique('batch'), async ({ load }) => {
        const { rows } = await load([key], []);
        order.push('second read');
        expect(rows).toMatchObject([{ captured: 2n }]);
      });
      await first;
      expect(order).toEqual(['first wrote', 'second read']);
    } finally {
      await second.close();
    }
  });

  test('batches that move one balance do not wait for each other', async () => {
    const account = unique('acct');
    await store.transact(unique('batch'), async (transaction) => {
      await insertOne(account, 'pi_1')(transaction);
      await store.transact(unique('batch'), insertOne(account, 'pi_2'));
      expect(await store.balances(account)).toMatchObject([{ posted: 1n }]);
    });
    expect(await store.balances(account)).toMatchObject([{ posted: 2n }]);
  });

  test('of two that lock crosswise one is rolled back and may run again', async () => {
    const account = unique('acct');
    await insert(store, table, [rowOf(table, account, 'a'), rowOf(table, account, 'b')]);
    const [one, two] = [signal(), signal()];
    const crossing = (ids: string[], mine: () => void, other: Promise<void>) =>
      store.transact(unique('batch'), async ({ load }) => {
        for (const id of ids) {
          await load([{ table, account, id }], []);
          mine();
          await other;
        }
      });
    const ends = await Promise.allSettled([
      crossing(['a', 'b'], one.go, two.wait),
      crossing(['b', 'a'], two.go, one.wait),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(failed.reason).toBeInstanceOf(RolledBack);
  });

  test('rows asked for in any order are locked in one order', async () => {
    const account = unique('acct');
    const ids = Array.from({ length: 30 }, (_, i) => `pi_${i}`);
    await insert(
      store,
      table,
      ids.map((id) => rowOf(table, account, id)),
    );
    const lockAll = (order: string[]) =>
      store.transact(unique('batch'), async ({ load }) => {
        await load(
          order.map((id) => ({ table, account, id })),
          [],
        );
        await pause(1);
      });
    const batches = Array.from({ length: 12 }, (_, i) =>
      lockAll(i % 2 === 0 ? ids : ids.toReversed()),
    );
    expect(await Promise.all(batches)).toEqual(batches.map(() => 'committed'));
  });

  test('an error that the body swallows still rolls back and is told', async () => {
    const account = unique('acct');
    await insert(store, table, [rowOf(table, account, 'pi_1')]);
    const end = store.transact(unique('batch'), async (transaction) => {
      await insertOne(account)(transaction).catch(() => {});
    });
    expect(await thrownBy(end)).toBeInstanceOf(ConstraintViolation);
    expect(await store.balances(account)).toEqual([]);
  });
});

describe.skipIf(!ON_POSTGRES)('broken connections', () => {
  let wire: Wire;
  let behind: Store;
  beforeAll(async () => {
    if (!ON_POSTGRES) return;
    wire = await startWire(await newPostgresDatabase());
    behind = await openPostgresAt(wire.url);
  });
  afterAll(async () => {
    await behind?.close();
    wire?.close();
  });

  test('killed in the middle: rolled back, and the store goes on', async () => {
    const own = await openTestStore();
    const account = unique('acct');
    const batch = unique('batch');
    const end = own.store.transact(batch, async (transaction) => {
      await insertOne(account)(transaction);
      await own.sql(KILL_OTHERS);
      await transaction.load([{ table, account, id: 'pi_1' }], []);
    });
    expect(await thrownBy(end)).toBeInstanceOf(RolledBack);
    expect(await read(own.store, table, account, 'pi_1')).toBeNull();
    expect(await own.store.transact(batch, insertOne(account))).toBe('committed');
    await own.close();
  });

  test('killed where the body notices nothing: never taken for committed', async () => {
    const own = await openTestStore();
    const account = unique('acct');
    const end = own.store.transact(unique('batch'), async (transaction) => {
      await insertOne(account)(transaction);
      await own.sql(KILL_OTHERS);
      await pause(20);
    });
    const error = await thrownBy(end);
    expect(error instanceof RolledBack || error instanceof OutcomeUnknown).toBe(true);
    expect(await read(own.store, table, account, 'pi_1')).toBeNull();
    await own.close();
  });

  test('killed while idle: nobody notices', async () => {
    const own = await openTestStore();
    await Promise.all([write(own.store, []), read(own.store, table, 'a', 'b')]);
    await own.sql(KILL_OTHERS);
    await pause(20);
    await write(own.store, []);
    await own.close();
  });

  test('the answer to COMMIT lost: unknown, and the batch is found committed', async () => {
    const account = unique('acct');
    const batch = unique('batch');
    wire.breakNextCommit('answer lost');
    const before = wire.broken;
    const error = await thrownBy(behind.transact(batch, insertOne(account)));
    expect(wire.broken).toBe(before + 1);
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(error).not.toBeInstanceOf(RolledBack);
    expect(await behind.transact(batch, insertOne(account))).toBe('already_committed');
    expect(await behind.balances(account)).toMatchObject([{ posted: 1n }]);
  });

  test('COMMIT itself lost: unknown as well, and the batch runs again', async () => {
    const account = unique('acct');
    const batch = unique('batch');
    wire.breakNextCommit('request lost');
    const error = await thrownBy(behind.transact(batch, insertOne(account)));
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(await behind.transact(batch, insertOne(account))).toBe('committed');
    expect(await behind.balances(account)).toMatchObject([{ posted: 1n }]);
  });

  test('of several hosts the one that answers is taken', async () => {
    const { host } = new URL(opened.location);
    // Port 1 is nobody's.
    const own = await openPostgresAt(opened.location.replace(host, `127.0.0.1:1,${host}`));
    const account = unique('acct');
    await own.transact(unique('batch'), insertOne(account));
    expect(await read(own, table, account, 'pi_1')).not.toBeNull();
    await own.close();
  });

  test('a server that only reads is no place to write: its connections are closed', async () => {
    const url = await newPostgresDatabase();
    const own = await openPostgresAt(url);
    const account = unique('acct');
    const readOnly = (value: string) =>
      postgresSql(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET ${value}`);
    await readOnly('default_transaction_read_only = on');
    await postgresSql(url, KILL_OTHERS);
    const end = own.transact(unique('batch'), insertOne(account));
    expect(await thrownBy(end)).toBeInstanceOf(RolledBack);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('SET default_transaction_read_only = off');
    await client.query(`ALTER DATABASE ${client.database} SET default_transaction_read_only = off`);
    await client.end();
    expect(await own.transact(unique('batch'), insertOne(account))).toBe('committed');
    await own.close();
  });

  test('a server that dies and comes back has everything that was acknowledged', async () => {
    const server = await startPostgres();
    try {
      const own = await openPostgresAt(server.url);
      const account = unique('acct');
      await own.transact(unique('batch'), insertOne(account));
      await server.kill();
      expect(await thrownBy(own.transact(unique('batch'), async () => {}))).toBeInstanceOf(
        RolledBack,
      );
      expect(await thrownBy(read(own, table, account, 'pi_1'))).toBeInstanceOf(RolledBack);
      await server.restart();
      expect(await read(own, table, account, 'pi_1')).not.toBeNull();
      await own.transact(unique('batch'), insertOne(account, 'pi_2'));
      await own.close();
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(!ON_POSTGRES)('limits', () => {
  test('a statement that takes too long fails alone, and the connection serves on', async () => {
    const account = unique('acct');
    await insert(store, table, [rowOf(table, account, 'pi_1')]);
    const hasty = await openPostgres({
      url: opened.location,
      connections_max: 2,
      statement_timeout_ms: 100,
      profile: 'postgres',
    });
    const keys = [{ table, account, id: 'pi_1' }];
    await store.transact(unique('batch'), async ({ load }) => {
      await load(keys, []);
      const error = await thrownBy(
        hasty.transact(unique('batch'), async (other) => {
          await other.load(keys, []);
        }),
      );
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(RolledBack);
      expect((error as Error).message).toMatch(/statement timeout/);
    });
    expect(await hasty.transact(unique('batch'), insertOne(account, 'pi_2'))).toBe('committed');
    await hasty.close();
  });

  test('a batch that waits too long for itself may be asked for again', async () => {
    const batch = unique('batch');
    const hasty = await openPostgres({
      url: opened.location,
      connections_max: 2,
      statement_timeout_ms: 100,
      profile: 'postgres',
    });
    await store.transact(batch, async () => {
      expect(await thrownBy(hasty.transact(batch, async () => {}))).toBeInstanceOf(RolledBack);
    });
    expect(await hasty.transact(batch, async () => {})).toBe('already_committed');
    await hasty.close();
  });

  test('more at once than there are connections wait for their turn', async () => {
    const account = unique('acct');
    const ids = Array.from({ length: 50 }, (_, i) => `pi_${i}`);
    await Promise.all(ids.map((id) => store.transact(unique('batch'), insertOne(account, id))));
    const rows = await Promise.all(ids.map((id) => read(store, table, account, id)));
    expect(rows.every((row) => row !== null)).toBe(true);
  });

  test('what can never work is told, not tried again', async () => {
    const url = new URL(opened.location);
    url.password = 'wrong';
    const error = await thrownBy(openPostgresAt(url.href));
    expect(error).not.toBeInstanceOf(RolledBack);
    expect((error as Error).message).toMatch(/password authentication failed/);
  });
});

describe.skipIf(!ON_POSTGRES)('schema', () => {
  test('processes that start together on an empty database all start', async () => {
    const url = await newPostgresDatabase();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openPostgresAt(url)));
    const [applied] = await postgresSql(
      url,
      'SELECT COUNT(*), COUNT(DISTINCT name) AS d FROM migrations',
    );
    expect(applied?.count).toBe(applied?.d);
    await Promise.all(stores.map((own) => write(own, [])));
    await Promise.all(stores.map((own) => own.close()));
  });

  test('a migration that fails leaves nothing', async () => {
    const url = await newPostgresDatabase();
    await postgresSql(url, 'CREATE TABLE batches (id text)');
    await expect(openPostgresAt(url)).rejects.toThrow(/already exists/);
    const tables = await postgresSql(
      url,
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    expect(tables).toEqual([{ tablename: 'batches' }]);
  });

  test.each(Object.keys(PROFILES) as ProfileName[])(
    'what the profile %s makes us send is understood here',
    async (profile) => {
      const url = await newPostgresDatabase();
      const own = await openPostgres({
        url,
        connections_max: 2,
        statement_timeout_ms: 5000,
        profile,
      });
      const account = unique('acct');
      await own.transact(unique('batch'), insertOne(account));
      await insert(own, 'deliveries', [
        rowOf('deliveries', account, 'del', { subscription: 'we', state: 'waiting' }),
      ]);
      const claim = { account, subscription: 'we', nowMs: 10, leaseMs: 10 };
      expect(await own.claimDeliveries(claim, 1)).toHaveLength(1);
      expect(await own.fold()).toBe(1);
      expect(await own.balances(account)).toMatchObject([{ posted: 1n }]);
      expect(await own.prune('deliveries', 100, 10)).toBe(1);
      await own.close();
    },
  );

  test('an acknowledged batch is on disk whatever the database would do by itself', async () => {
    const url = await newPostgresDatabase();
    const name = new URL(url).pathname.slice(1);
    await postgresSql(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    const own = await openPostgresAt(url);
    const seen = await postgresSql(
      url,
      "SELECT setting FROM pg_settings WHERE name = 'synchronous_commit'",
    );
    expect(seen).toEqual([{ setting: 'off' }]);
    await postgresSql(
      url,
      'CREATE TABLE seen (setting text); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql ' +
        "AS $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); " +
        'RETURN new; END $$; CREATE TRIGGER note BEFORE INSERT ON batches ' +
        'FOR EACH ROW EXECUTE FUNCTION note()',
    );
    await own.transact(unique('batch'), async () => {});
    expect(await postgresSql(url, 'SELECT setting FROM seen')).toEqual([{ setting: 'on' }]);
    await own.close();
  });
});
