import { auditReads, POSTGRES_LIST } from './audit-sql.js';
import type { Scalar } from './codec.js';
import { migrationsFor, pendingMigrations } from './migrate.js';
import type { PostgresSettings } from './postgres.js';
import { openPool, withSession } from './postgres-session.js';
import { mark as numbered } from './postgres-sql.js';
import { PROFILES } from './profiles.js';
import { type SqliteSettings, sqliteAuditStore } from './sqlite.js';
import { startSqliteThread } from './sqlite-thread.js';
import type { Store } from './store.js';

/**
 * A database that is only looked at, beside a server that works on it or without one: no lock is
 * taken and no migration applied. Each call sees what is committed when it is made.
 */
export interface Reader extends Pick<Store, 'scan' | 'gather' | 'count'> {
  /**
   * Names of the migrations that it lacks; all of them where it is empty. Throws when it was made
   * by a newer Tender.
   */
  missingMigrations(): Promise<string[]>;
  /** The database server's wall clock, Unix ms; null where the database has none of its own. */
  nowMs(): Promise<number | null>;
  close(): Promise<void>;
}

type Ask = (sql: string, values: readonly Scalar[]) => Promise<Scalar[][]>;

/** Answers a row where the database has a table of migrations, whatever the schema's name. */
const SQLITE_HAS = "SELECT 1 FROM sqlite_master WHERE name = 'migrations'";
const POSTGRES_HAS =
  "SELECT 1 FROM information_schema.tables WHERE table_name = 'migrations' " +
  'AND table_schema = current_schema()';

async function missingMigrations(ask: Ask, has: string): Promise<string[]> {
  const isThere = (await ask(has, [])).length > 0;
  const applied = isThere ? await ask('SELECT name FROM migrations', []) : [];
  // Names are the same on every engine; only the statements have its words.
  const all = migrationsFor({ key: 'text' });
  const missing = pendingMigrations(
    all,
    applied.map(([name]) => String(name)),
  );
  return missing.map(({ name }) => name);
}

/** Looks into the file of an embedded database, which has to be there. */
export function openSqliteReader({ file, cache_kibibytes }: SqliteSettings): Reader {
  const thread = startSqliteThread({ file, cacheKibibytes: cache_kibibytes, readOnly: true });
  const ask: Ask = async (sql, values) => {
    const [answers] = await thread.read([{ sql, width: values.length, values: [...values] }]);
    return answers?.[0] ?? [];
  };
  const { scan, gather, count } = sqliteAuditStore(thread);
  return {
    scan,
    gather,
    count,
    missingMigrations: () => missingMigrations(ask, SQLITE_HAS),
    nowMs: async () => null,
    close: thread.close,
  };
}

/** Looks into a PostgreSQL database; connects with the first call, which fails where it cannot. */
export function openPostgresReader({ url, profile, ...limits }: PostgresSettings): Reader {
  const pool = openPool({ url, profile: PROFILES[profile], ...limits });
  const ask: Ask = async (sql, values) =>
    (await withSession(pool, (session) => session.runOnce(sql, values))).rows;
  const { scan, gather, count } = auditReads(
    ({ sql, values }) => ask(sql, values),
    numbered,
    POSTGRES_LIST,
  );
  return {
    scan,
    gather,
    count,
    missingMigrations: () => missingMigrations(ask, POSTGRES_HAS),
    nowMs: async () => {
      const [row] = await ask(
        'SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
        [],
      );
      return Number(row?.[0]);
    },
    close: () => pool.end(),
  };
}
