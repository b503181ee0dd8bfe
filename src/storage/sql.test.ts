import { describe, expect, test } from 'vitest';
import { migrationsFor } from './migrate.js';
import { CHANGE_SQL, columnsInOrder, LOCK_SQL } from './postgres-sql.js';
import { TABLE_NAMES, type TableName } from './schema.js';
import { columnName, columnsOf, findingSql, kindsOf, PRUNED, pageSql } from './sql.js';
import type { PageRequest } from './store.js';

const dollar = (position: number): string => `$${position}`;
const page: PageRequest = { table: 'jobs', account: 'acct', conditions: [], limit: 10 };

/** Each column with its type, as the migrations make the table; later ones before `detail`. */
function createdColumns(table: TableName): [string, string][] {
  const all = migrationsFor({ key: 'text' }).flatMap(({ statements }) => statements);
  const [, body] = all
    .map((sql) => new RegExp(`^CREATE TABLE ${table} \\(([^]*?),\\s*PRIMARY KEY`).exec(sql))
    .find((match) => match !== null) as RegExpExecArray;
  const added = all.flatMap((sql) => {
    const match = new RegExp(`^ALTER TABLE ${table} ADD COLUMN (.*)`).exec(sql);
    return match === null ? [] : [match[1] as string];
  });
  const made = (body as string).split(',');
  return [...made.slice(0, -1), ...added, ...made.slice(-1)].map((column) => {
    const [name, type] = column.trim().split(/\s+/);
    return [name as string, type as string];
  });
}

describe('columns', () => {
  test.each(TABLE_NAMES)('%s has the columns that the migrations make, in their types', (table) => {
    const kinds = kindsOf(table).map((kind) => (kind === 'text' ? 'text' : 'bigint'));
    const ours = columnsOf(table).map((name, i) => [name, kinds[i]]);
    expect(ours).toEqual(createdColumns(table));
  });

  test('names are in snake case', () => {
    expect(columnName('dueAtMs')).toBe('due_at_ms');
    expect(columnName('id')).toBe('id');
  });

  test('every column by which rows age exists', () => {
    for (const table of ['idempotency', 'facts', 'deliveries'] as const)
      expect(columnsOf(table)).toContain(PRUNED[table].age);
  });
});

describe('pages', () => {
  test('newest first', () => {
    expect(pageSql(page, dollar)).toEqual({
      sql:
        'SELECT account, id, due_at, clock_id, detail FROM jobs WHERE account = $1 ' +
        'ORDER BY id DESC LIMIT $2',
      values: ['acct', 10],
    });
  });

  test('conditions and bounds are placeholders, never text', () => {
    const hostile = "' OR 1=1 --";
    const { sql, values } = pageSql(
      {
        ...page,
        conditions: [
          { column: 'dueAt', comparison: 'lte', value: 5n },
          { column: 'id', comparison: 'in', value: [hostile, 'b'] },
        ],
        olderThan: hostile,
        newerThan: 'n',
      },
      dollar,
    );
    expect(sql).toContain(
      'WHERE account = $1 AND due_at <= $2 AND id IN ($3, $4) AND id < $5 AND id > $6 ' +
        'ORDER BY id ASC LIMIT $7',
    );
    expect(values).toEqual(['acct', 5n, hostile, 'b', hostile, 'n', 10]);
  });

  test('a column without a value is a condition of its own', () => {
    const conditions = [{ column: 'clockId', comparison: 'eq', value: null } as const];
    const { sql, values } = pageSql({ ...page, conditions }, dollar);
    expect(sql).toContain('WHERE account = $1 AND clock_id IS NULL ORDER BY id DESC LIMIT $2');
    expect(values).toEqual(['acct', 10]);
  });

  test('a list of nothing selects nothing', () => {
    const conditions = [{ column: 'id', comparison: 'in', value: [] } as const];
    expect(pageSql({ ...page, conditions }, dollar).sql).toContain('AND 1 = 0 ORDER');
  });
});

describe('lists', () => {
  test('a finding is bounded and oldest first', () => {
    const where = { column: 'dueAt', value: '3' };
    const { sql, values } = findingSql({ table: 'jobs', account: 'a', where }, dollar);
    expect(sql).toMatch(/WHERE account = \$1 AND due_at = \$2 ORDER BY id LIMIT 1000$/);
    expect(values).toEqual(['a', '3']);
    expect(findingSql({ table: 'jobs', account: 'a' }, dollar).values).toEqual(['a']);
  });
});

describe('bulk statements', () => {
  test('a statement has one typed array a column', () => {
    expect(CHANGE_SQL.jobs.insert).toBe(
      'INSERT INTO jobs (account, id, due_at, clock_id, detail) ' +
        'SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[])',
    );
    expect(CHANGE_SQL.jobs.update).toContain(
      'ON CONFLICT (account, id) DO UPDATE SET due_at = excluded.due_at, ' +
        'clock_id = excluded.clock_id, detail = excluded.detail',
    );
  });

  test('rows are written in the order of their keys', () => {
    const rows = [
      ['b', 'x', 1],
      ['a', 'z', 2],
      ['a', 'y', 3],
    ];
    expect(columnsInOrder({ rows })).toEqual([
      ['a', 'a', 'b'],
      ['y', 'z', 'x'],
      [3, 2, 1],
    ]);
  });

  test('rows are locked in the order of their keys', () => {
    expect(LOCK_SQL.intents).toMatch(/ORDER BY account, id FOR UPDATE$/);
  });
});
