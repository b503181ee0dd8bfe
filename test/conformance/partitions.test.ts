import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accountNamed } from '../../src/api/auth.js';
import { audit } from '../../src/engine/audit.js';
import { migrationsFor } from '../../src/storage/migrate.js';
import { PLANNER_SQL } from '../../src/storage/postgres-session.js';
import { LOAD_SQL, mark } from '../../src/storage/postgres-sql.js';
import { TABLE_NAMES } from '../../src/storage/schema.js';
import { dueJobsSql, pageSql } from '../../src/storage/sql.js';
import { openSink, until } from '../support/sink.js';
import {
  newPostgresDatabase,
  ON_POSTGRES,
  openPostgresAt,
  openTestStore,
  postgresSql,
} from '../support/stores.js';
import { startTestTender, type TestTender } from '../support/tender.js';
import { byCard, pageOf } from './checkout/page.js';
import { leave, newRendezvous } from './code/envelope-client.js';
import { newDojoShop, ok } from './dojo/client.js';
import { PAID } from './stripe/paid.js';

/** The script of `deploy`, as it is, on a database that had some of its migrations then. */

const SCRIPT = readFileSync('deploy/postgres/partition.sql', 'utf8');
const PARTITIONS = 4;
/** What was there when the tables were first partitioned: the later ones alter them. */
const FIRST_MIGRATIONS = 10;
/** Always the same, so that they always lie as they do. */
const names = ['merchant0', 'merchant1', 'merchant2', 'merchant3', 'merchant4', 'merchant5'];

let url: string;
let tender: TestTender;
const faults: string[] = [];

const partition = (): Promise<unknown> =>
  postgresSql(url, `SET tender.partitions = ${PARTITIONS}; ${SCRIPT}`);

/** A database as an older version left it, partitioned, upgraded, and partitioned once more. */
async function prepare(): Promise<void> {
  const first = migrationsFor({ key: 'text COLLATE "C"' }).slice(0, FIRST_MIGRATIONS);
  const noted = first.map(({ name }) => `('${name}', 1)`).join(', ');
  const statements = first.flatMap((migration) => migration.statements);
  await postgresSql(
    url,
    `CREATE TABLE migrations (name text NOT NULL PRIMARY KEY, at_ms bigint NOT NULL);
    ${statements.join('; ')}; INSERT INTO migrations VALUES ${noted}`,
  );
  await postgresSql(url, "INSERT INTO tokens VALUES ('acct_old', 'tok_old', 1, '{}')");
  await partition();
  await (await openPostgresAt(url)).close();
  await partition();
  const kept = await postgresSql(url, 'SELECT account, id, created FROM tokens');
  expect(kept).toEqual([{ account: 'acct_old', id: 'tok_old', created: '1' }]);
  await postgresSql(url, 'DELETE FROM tokens');
}

beforeAll(async () => {
  if (!ON_POSTGRES) return;
  url = await newPostgresDatabase();
  await prepare();
  const store = await openPostgresAt(url);
  const opened = { store, close: () => store.close() };
  const over = { opened, masterKey: randomBytes(32), nowMs: Date.now() };
  tender = await startTestTender({ over });
});
afterEach(() => {
  if (!ON_POSTGRES) return;
  expect([...faults.splice(0), ...tender.errors.splice(0)]).toEqual([]);
});
afterAll(async () => {
  if (!ON_POSTGRES) return;
  const broken = await audit(tender.store);
  await tender.stop();
  expect(broken).toEqual([]);
});

const relations = (where: string): string =>
  `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND ${where}
  ORDER BY relname`;

const namesIn = async (at: string, where: string): Promise<string[]> =>
  (await postgresSql(at, relations(where))).map(({ name }) => name as string);

/**
 * The partitions that a statement looks into, prepared and planned once for all accounts, as the
 * store's statements are when they have run a few times.
 */
async function touched(sql: string, values: readonly unknown[]): Promise<string[]> {
  const literals = values.map((value) =>
    Array.isArray(value) ? `ARRAY['${value.join("', '")}']` : `'${value}'`,
  );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`${PLANNER_SQL}; SET plan_cache_mode = force_generic_plan`);
    await client.query(`PREPARE wanted AS ${sql}`);
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE wanted (${literals.join(', ')})`,
    );
    return relationsOf(rows);
  } finally {
    await client.end();
  }
}

type Plan = { readonly [key: string]: unknown };

function relationsOf(plan: unknown): string[] {
  if (Array.isArray(plan)) return [...new Set(plan.flatMap(relationsOf))];
  if (typeof plan !== 'object' || plan === null) return [];
  const { 'Relation Name': name, 'Actual Loops': loops } = plan as Plan;
  const own = typeof name === 'string' && Number(loops) > 0 ? [name] : [];
  return [...new Set([...own, ...Object.values(plan).flatMap(relationsOf)])];
}

describe.skipIf(!ON_POSTGRES)('a database that is partitioned by account', () => {
  test('has all tables but two in partitions, and the indexes of any other', async () => {
    const plain = await openTestStore();
    await plain.close();
    const whole = await namesIn(plain.location, "relkind IN ('r', 'i')");
    const parents = "relkind IN ('p', 'I') AND NOT relispartition";
    const rest = "relkind IN ('r', 'i') AND NOT relispartition";
    const [partitioned, unpartitioned] = [await namesIn(url, parents), await namesIn(url, rest)];
    expect([...partitioned, ...unpartitioned].sort()).toEqual(whole.sort());
    expect(unpartitioned).toEqual([
      'batches',
      'batches_age',
      'batches_pkey',
      'migrations',
      'migrations_pkey',
    ]);
    expect(partitioned).toEqual(expect.arrayContaining([...TABLE_NAMES, 'balances', 'labels']));
    const tables = await namesIn(url, "relkind = 'p'");
    const places = await namesIn(url, "relkind = 'r' AND relispartition");
    expect(places).toHaveLength(tables.length * PARTITIONS);
  });

  test('serves cards, webhooks, lists, searches and what is due, as any other', async () => {
    const sink = await openSink();
    for (const name of names) {
      const stripe = tender.client(name);
      await stripe.webhookEndpoints.create({ url: sink.url, enabled_events: ['charge.refunded'] });
      const metadata = { order: name };
      const paid = await stripe.paymentIntents.create({ ...PAID, metadata });
      await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
      const held = await stripe.paymentIntents.create({ ...PAID, capture_method: 'manual' });
      await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 });
      const { data } = await stripe.paymentIntents.list({ limit: 10 });
      expect(data.map(({ id }) => id)).toEqual([held.id, paid.id]);
      const found = await stripe.paymentIntents.search({ query: `metadata['order']:'${name}'` });
      expect(found.data.map(({ id }) => id)).toEqual([paid.id]);
    }
    await until(() => sink.arrivals.length >= names.length);
    await until(async () => {
      const rows = await tender.store.scan('deliveries', null, 1_000);
      return rows.length === names.length && rows.every(({ state }) => state === 'delivered');
    });
    expect(sink.arrivals).toHaveLength(names.length);
    await sink.close();
    const stripe = tender.client(names[0]);
    const left = await stripe.paymentIntents.create({ ...PAID, capture_method: 'manual' });
    await tender.advance(8 * 24 * 3600);
    expect((await stripe.paymentIntents.retrieve(left.id)).status).toBe('canceled');
    await until(async () => (await tender.store.fold()) === 0);
    expect(await postgresSql(url, "SELECT 1 FROM balances WHERE part <> ''")).toEqual([]);
  });

  test('serves the other dialects, whose payments cross accounts', async () => {
    const shop = newDojoShop(tender, faults);
    const { id } = await shop.newIntent();
    await pageOf(tender.url, id).done('pay', byCard());
    expect((await ok(shop.dojo.get(`/payment-intents/${id}`))).status).toBe('Captured');
    await leave(tender.url, newRendezvous(), 1);
    const messages = await tender.store.scan('messages', null, 10);
    expect(messages).toHaveLength(1);
  });

  test('has its merchants in several partitions, and all of one in one of each table', async () => {
    for (const table of ['intents', 'attempts', 'transfers', 'facts', 'labels', 'balances']) {
      const rows = await postgresSql(
        url,
        `SELECT account, tableoid::regclass::text AS place FROM ${table} GROUP BY 1, 2`,
      );
      const accounts = rows.map(({ account }) => account);
      expect(new Set(accounts).size, table).toBe(accounts.length);
      const own = rows.filter(({ account }) => names.map(accountNamed).includes(account as string));
      expect(new Set(own.map(({ place }) => place)).size, table).toBeGreaterThan(1);
    }
  });

  test('reads one partition for one account, and each for what is due in any', async () => {
    const account = accountNamed(names[0] as string);
    const [row] = await postgresSql(
      url,
      `SELECT id, tableoid::regclass::text AS place FROM intents WHERE account = '${account}'`,
    );
    const load = await touched(LOAD_SQL.intents, [[account], [row?.id]]);
    expect(load).toEqual([row?.place]);
    const { sql, values } = pageSql({ table: 'intents', account, conditions: [], limit: 9 }, mark);
    expect(await touched(sql, values)).toEqual([row?.place]);
    const due = dueJobsSql(0, 9, mark);
    expect(await touched(due.sql, due.values)).toHaveLength(PARTITIONS);
  });
});
