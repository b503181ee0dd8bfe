import { readdirSync, readFileSync } from 'node:fs';

export interface Migration {
  /** `0001-initial`: the order is the names' order. */
  readonly name: string;
  readonly statements: string[];
}

/** How a migration's words read on an engine. */
export interface MigrationWords {
  /** Text that is compared byte by byte. */
  readonly key: string;
  /** What keeps a table in the order of its key, where the engine has two ways of keeping one. */
  readonly clustered?: string;
}

/**
 * The migrations beside this file, in order, as statements for one engine. They only go forward: a
 * released one is never edited, a mistake is mended by the next.
 */
export function migrationsFor(words: MigrationWords): Migration[] {
  const folder = new URL('./migrations/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => ({
    name: name.slice(0, -'.sql'.length),
    statements: readFileSync(new URL(name, folder), 'utf8')
      .replaceAll('{key}', words.key)
      .replaceAll('{clustered}', words.clustered ?? '')
      .replace(/^--.*$/gm, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== ''),
  }));
}

/**
 * Those of `all` that an installation with `applied` still lacks. Throws when the database was
 * made by a newer Tender: running on would write rows that the newer one does not expect.
 */
export function pendingMigrations(all: Migration[], applied: readonly string[]): Migration[] {
  const known = new Set(all.map(({ name }) => name));
  const foreign = applied.find((name) => !known.has(name));
  if (foreign !== undefined)
    throw new Error(`the database has migration ${foreign}, made by a newer Tender; upgrade first`);
  return all.filter(({ name }) => !applied.includes(name));
}

/**
 * A statement of a migration as one that may have been run before. Those that change rows are such
 * already.
 */
export function repeatable(statement: string): string {
  return statement
    .replace(/^CREATE (TABLE|INDEX|UNIQUE INDEX) (?!IF )/, 'CREATE $1 IF NOT EXISTS ')
    .replace(/^DROP INDEX (?!IF )/, 'DROP INDEX IF EXISTS ')
    .replace(/^(ALTER TABLE \w+ ADD COLUMN) (?!IF )/, '$1 IF NOT EXISTS ');
}
