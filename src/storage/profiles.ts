/**
 * What an engine that speaks PostgreSQL's protocol can do. The code asks for one of these, never
 * for an engine by name.
 */
export interface Profile {
  /** `FOR UPDATE SKIP LOCKED`: claims and folds pass over rows that another process holds. */
  readonly hasSkipLocked: boolean;
  /** `pg_advisory_xact_lock`: processes that start together migrate one after the other. */
  readonly hasAdvisoryLocks: boolean;
  /** `CREATE TABLE` and `CREATE INDEX` are undone by a rollback like everything else. */
  readonly hasTransactionalDdl: boolean;
  /** `COLLATE "C"`; where there is none, text is compared byte by byte anyway. */
  readonly hasByteCollation: boolean;
  /** Takes PostgreSQL's `enable_…` settings of the planner. */
  readonly hasPlannerSettings: boolean;
}

/**
 * Only `postgres` (18) is tested: the contract suite runs on it with every `npm test`. The others
 * are written down from their documentation, on the safe side where versions differ, and have not
 * been run.
 */
export const PROFILES = {
  postgres: {
    hasSkipLocked: true,
    hasAdvisoryLocks: true,
    hasTransactionalDdl: true,
    hasByteCollation: true,
    hasPlannerSettings: true,
  },
  citus: {
    hasSkipLocked: true,
    hasAdvisoryLocks: true,
    hasTransactionalDdl: true,
    hasByteCollation: true,
    hasPlannerSettings: false,
  },
  yugabyte: {
    hasSkipLocked: false,
    hasAdvisoryLocks: false,
    hasTransactionalDdl: false,
    hasByteCollation: true,
    hasPlannerSettings: false,
  },
  cockroach: {
    hasSkipLocked: true,
    hasAdvisoryLocks: false,
    hasTransactionalDdl: false,
    hasByteCollation: false,
    hasPlannerSettings: false,
  },
} as const satisfies Record<string, Profile>;

/** An engine as the configuration names it. */
export type ProfileName = keyof typeof PROFILES;
