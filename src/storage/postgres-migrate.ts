import type { Scalar } from './codec.js';
import { fillLabels, LABELS_MIGRATION } from './label-fill.js';
import { migrationsFor, pendingMigrations, repeatable } from './migrate.js';
import { openPool, type Session, withSession } from './postgres-session.js';
import { LABEL_SQL, labelArrays, MIGRATION_SQL, mark } from './postgres-sql.js';
import type { Profile } from './profiles.js';
import type { Query } from './sql.js';

/** "tender" on a telephone: any number that no other program in this database locks. */
const LOCK_KEY = 836337;

async function apply(session: Session, profile: Profile): Promise<void> {
  await session.runOnce(
    'CREATE TABLE IF NOT EXISTS migrations (name text NOT NULL PRIMARY KEY, at_ms bigint NOT NULL)',
  );
  const { rows } = await session.runOnce('SELECT name FROM migrations');
  const applied = rows.map(([name]) => name as string);
  const key = profile.hasByteCollation ? 'text COLLATE "C"' : 'text';
  for (const { name, statements } of pendingMigrations(migrationsFor({ key }), applied)) {
    // Where nothing undoes the half of a step that was done, all of it is done once more.
    const asked = profile.hasTransactionalDdl ? statements : statements.map(repeatable);
    for (const statement of asked) await session.runOnce(statement);
    if (name === LABELS_MIGRATION) await fill(session);
    await session.runOnce(MIGRATION_SQL, [name]);
  }
}

/** Gives the rows of an older database their labels. */
function fill(session: Session): Promise<void> {
  const read = async ({ sql, values }: Query): Promise<Scalar[][]> =>
    (await session.run(sql, values)).rows;
  return fillLabels(mark, read, async (labels) => {
    await session.run(LABEL_SQL, labelArrays(labels));
  });
}

/**
 * Brings the schema up to date. Processes that start together do it one after the other; the later
 * ones find nothing to do. Where tables are made in transactions, it is all or nothing; elsewhere
 * a step is noted once it is done, and one that was broken off is done again.
 */
export async function migratePostgres(url: string, profile: Profile): Promise<void> {
  // An index on a large table, or another process that makes one, takes as long as it takes.
  const pool = openPool({ url, connections_max: 1, statement_timeout_ms: 0, profile });
  try {
    await withSession(pool, (session) => migrateIn(session, profile));
  } finally {
    await pool.end();
  }
}

async function migrateIn(session: Session, profile: Profile): Promise<void> {
  if (!profile.hasTransactionalDdl) return apply(session, profile);
  await session.runOnce('BEGIN');
  try {
    if (profile.hasAdvisoryLocks)
      await session.runOnce('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await apply(session, profile);
    await session.runOnce('COMMIT');
  } catch (error) {
    if (!session.lost) await session.runOnce('ROLLBACK');
    throw error;
  }
}
