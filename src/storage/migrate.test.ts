import { describe, expect, test } from 'vitest';
import { migrationsFor, pendingMigrations, repeatable } from './migrate.js';

const all = ['0001-a', '0002-b', '0003-c'].map((name) => ({ name, statements: [] }));
const names = (list: { name: string }[]): string[] => list.map(({ name }) => name);

describe('the migrations', () => {
  const migrations = migrationsFor({ key: 'text COLLATE "C"' });

  test('come in order, none twice, from the first on', () => {
    const found = names(migrations);
    expect(found[0]).toBe('0001-initial');
    expect(found).toEqual([...new Set(found)].sort());
    for (const name of found) expect(name).toMatch(/^\d{4}-[a-z-]+$/);
  });

  test('are single statements without comments or unknown words', () => {
    const statements = migrations.flatMap((migration) => migration.statements);
    expect(statements.length).toBeGreaterThan(10);
    for (const statement of statements) {
      expect(statement).toMatch(/^(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE) /);
      expect(statement).not.toMatch(/;|--|\{|\}/);
    }
  });

  test('can be done once more, each of their statements', () => {
    for (const statement of migrations.flatMap(({ statements }) => statements))
      expect(repeatable(statement)).toMatch(
        /^UPDATE |^(CREATE|ALTER|DROP) [^(]* IF (NOT )?EXISTS /,
      );
  });

  test('keys are what the engine calls them', () => {
    const [first] = migrations;
    expect(first?.statements[0]).toContain('account text COLLATE "C" NOT NULL');
    expect(migrationsFor({ key: 'text' })[0]?.statements[0]).toContain('account text NOT NULL');
  });
});

describe('what is pending', () => {
  test('is what was not applied, in order', () => {
    expect(names(pendingMigrations(all, []))).toEqual(names(all));
    expect(names(pendingMigrations(all, ['0001-a']))).toEqual(['0002-b', '0003-c']);
    expect(pendingMigrations(all, names(all))).toEqual([]);
  });

  test('is nothing that this version could do to a newer database', () => {
    expect(() => pendingMigrations(all, [...names(all), '0004-d'])).toThrow(/0004-d.*newer/);
  });
});
