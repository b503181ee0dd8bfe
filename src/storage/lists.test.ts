import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { migrationsFor } from './migrate.js';
import { TABLES, type TableName } from './schema.js';
import { findingSql } from './sql.js';

const SOURCES = join(import.meta.dirname, '..');

/** The lists that the sources ask for: a table, and the column that says which rows. */
function listsAsked(): [TableName, string][] {
  const found = new Set<string>();
  for (const name of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const text = readFileSync(join(SOURCES, name), 'utf8');
    for (const [, table, column] of text.matchAll(/\.list\('(\w+)', '(\w+)'/g))
      found.add(`${table} ${column}`);
  }
  return [...found].sort().map((both) => both.split(' ') as [TableName, string]);
}

test('every list that is asked for is found by an index, however full its table', () => {
  const db = new Database(':memory:');
  for (const { statements } of migrationsFor({ key: 'text', clustered: 'WITHOUT ROWID' }))
    for (const statement of statements) db.exec(statement);
  const asked = listsAsked();
  expect(asked.length).toBeGreaterThan(20);
  const slow: string[] = [];
  for (const [table, column] of asked) {
    expect(Object.keys(TABLES)).toContain(table);
    const { sql } = findingSql({ table, account: 'a', where: { column, value: 'x' } }, () => '?');
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('a', 'x', 1) as { detail: string }[];
    const details = plan.map(({ detail }) => detail).join('; ');
    // Two columns are looked up, and nothing is sorted after.
    if (!/^SEARCH \w+ USING (COVERING )?INDEX \w+ \(account=\? AND \w+=\?\)$/.test(details))
      slow.push(`${table} by ${column}: ${details}`);
  }
  db.close();
  expect(slow).toEqual([]);
});
