import Database from 'libsql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationsFor } from './migrate.js';
import { searchSql } from './search-sql.js';
import { factsAfterSql, pageSql, type Query } from './sql.js';

let db: Database.Database;
beforeAll(() => {
  db = new Database(':memory:');
  for (const { statements } of migrationsFor({ key: 'text', clustered: 'WITHOUT ROWID' }))
    for (const statement of statements) db.exec(statement);
});
afterAll(() => {
  db.close();
});

const mark = (): string => '?';
const account = 'acct_1';

/** How SQLite goes about a query. */
function planOf({ sql, values }: Query): string {
  const lines = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
  return lines.map(({ detail }) => detail).join('; ');
}

const CREATED = [
  { column: 'created', comparison: 'gte', value: 1 },
  { column: 'created', comparison: 'lt', value: 2 },
] as const;

const search = { table: 'intents', account, conditions: [], window: 1000, limit: 200 } as const;
const metadata = { label: { name: 'metadata[order_id]', value: '7' } };

test.each([
  ['the list', { ...search, sources: [] }],
  ['its next page', { ...search, sources: [], olderThan: 'pi_1' }],
  ['a filter by day', { ...search, sources: [], conditions: CREATED }],
  ['a filter by customer', { ...search, sources: [{ column: 'customer', value: 'cus_1' }] }],
  ['a search by metadata', { ...search, sources: [metadata] }],
  ['a search by e-mail', { ...search, table: 'customers', sources: [metadata] } as const],
])('%s of the dashboard looks at a window of rows', (_name, request) => {
  const plan = planOf(searchSql(request, mark));
  // The window is taken from an index in the order of its ids, its rows are looked up by theirs.
  expect(plan).toMatch(/MATERIALIZE looked; SEARCH \w+ USING [^;]+; SCAN looked;/);
  expect(plan).toContain('SEARCH own USING INDEX');
  expect(plan).not.toMatch(/SCAN (own|intents|customers|labels)\b/);
});

test.each([
  ['the newest intents', pageSql({ table: 'intents', account, conditions: [], limit: 10 }, mark)],
  [
    'the intents of a segment',
    pageSql(
      {
        table: 'intents',
        account,
        conditions: [{ column: 'id', comparison: 'lte', value: 'pi_2' }],
        newerThan: 'pi_1',
        limit: 251,
      },
      mark,
    ),
  ],
  [
    'the segment of an intent',
    pageSql(
      { table: 'rollup_segments', account, conditions: [], olderThan: 'pi_1', limit: 1 },
      mark,
    ),
  ],
  ['the facts since the last look', factsAfterSql(account, 'fact_1', 1000, mark)],
])('%s are found without reading others', (name, query) => {
  const range = name === 'the newest intents' ? '' : /AND id[<>]\?( AND id<\?)?/.source;
  expect(planOf(query)).toMatch(
    new RegExp(`^SEARCH \\w+ USING INDEX sqlite_autoindex_\\w+ \\(account=\\? ?${range}\\)$`),
  );
});
