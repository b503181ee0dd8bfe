import { auditReads, POSTGRES_LIST } from './audit-sql.js';
import { assertStorable, byId, decodeAll, decodeBalance, type Scalar } from './codec.js';
import { migratePostgres } from './postgres-migrate.js';
import { openPool, type Pool, withSession } from './postgres-session.js';
import { claimSql, foldSql, hurrySql, mark, pruneSql } from './postgres-sql.js';
import { loadRows, postgresTransact } from './postgres-transaction.js';
import { PROFILES, type Profile, type ProfileName } from './profiles.js';
import type { TableName } from './schema.js';
import { decodeSearch, searchSql } from './search-sql.js';
import {
  balancesSql,
  decodeFactPlaces,
  dueJobsSql,
  dueSubscriptionsSql,
  factsAfterSql,
  nextJobSql,
  pageSql,
  type Query,
} from './sql.js';
import type { PageRequest, SearchRequest, Store } from './store.js';

export interface PostgresSettings {
  /** `postgres://user:password@host:port/database`, with the parameters that libpq knows. */
  url: string;
  /** Of this process, for batches and reads together; at least 2. */
  connections_max: number;
  /** The longest that the server works on one statement, waiting for locks included. */
  statement_timeout_ms: number;
  profile: ProfileName;
}

/** How many deltas one `fold` takes: they are held locked for as long as it takes. */
const FOLD_ROWS_MAX = 5_000;

/** How many deliveries one statement makes due. */
const HURRIED_ROWS_MAX = 5_000;

/**
 * Opens a database that several processes may share, applying missing migrations. Throws when it
 * cannot be reached, when it was made by a newer version, or when a migration fails.
 */
export async function openPostgres(settings: PostgresSettings): Promise<Store> {
  const profile = PROFILES[settings.profile];
  const { url, statement_timeout_ms, connections_max } = settings;
  await migratePostgres(url, profile);
  const common = { url, statement_timeout_ms, profile };
  // A process runs one batch at a time; claims and upkeep run beside it. The rest is for reads.
  const forWrites = Math.max(1, Math.min(4, Math.floor(connections_max / 2)));
  const writers = openPool({ ...common, connections_max: forWrites });
  const readers = openPool({
    ...common,
    connections_max: Math.max(1, connections_max - forWrites),
  });
  return {
    capabilities: { shared: true },
    transact: postgresTransact(writers),
    load: (keys, findings) =>
      withSession(readers, (session) => loadRows(session, keys, findings, null)),
    ...postgresReads(readers),
    ...postgresUpkeep(writers, profile),
    close: async () => {
      await Promise.all([writers.end(), readers.end()]);
    },
  };
}

type Reads = Omit<Store, keyof Upkeep | 'capabilities' | 'transact' | 'load' | 'close'>;

function postgresReads(pool: Pool): Reads {
  const ask = async ({ sql, values }: Query, oneOfMany = false): Promise<Scalar[][]> => {
    values.forEach(assertStorable);
    const { rows } = await withSession(pool, ({ run, runOnce }) =>
      oneOfMany ? runOnce(sql, values) : run(sql, values),
    );
    return rows;
  };
  return {
    page: async <T extends PageRequest['table']>(request: PageRequest<T>) => {
      // A list has as many placeholders as values: too many texts to keep them all prepared.
      const listed = request.conditions.some(({ comparison }) => comparison === 'in');
      const rows = decodeAll(request.table, await ask(pageSql(request, mark), listed));
      return request.newerThan === undefined ? rows : rows.reverse();
    },
    search: async <T extends TableName>(request: SearchRequest<T>) => {
      // Of several sources or conditions there are too many texts to keep them all prepared.
      const isOneOfMany = request.sources.length + request.conditions.length > 1;
      return decodeSearch(request, await ask(searchSql(request, mark), isOneOfMany));
    },
    balances: async (account) => (await ask(balancesSql(account, mark))).map(decodeBalance),
    ...auditReads(ask, mark, POSTGRES_LIST),
    dueJobs: async (now, limit) => decodeAll('jobs', await ask(dueJobsSql(now, limit, mark))),
    nextJob: async (clock, until) =>
      decodeAll('jobs', await ask(nextJobSql(clock, until, mark)))[0] ?? null,
    factsAfter: async (account, after, limit) =>
      decodeFactPlaces(await ask(factsAfterSql(account, after, limit, mark))),
    dueSubscriptions: async (nowMs, limit) => {
      const rows = await ask(dueSubscriptionsSql(nowMs, limit, mark));
      return rows.map(([account, id]) => ({ account: account as string, id: id as string }));
    },
  };
}

type Upkeep = Pick<
  Store,
  'claimDeliveries' | 'hurryDeliveries' | 'releaseLeases' | 'fold' | 'prune'
>;

function postgresUpkeep(pool: Pool, profile: Profile): Upkeep {
  const claim = claimSql(profile);
  const fold = foldSql(profile);
  const hurry = hurrySql(profile);
  return {
    claimDeliveries: async ({ account, subscription, nowMs, leaseMs }, limit) => {
      for (const text of [account, subscription]) assertStorable(text);
      const values = [nowMs + leaseMs, account, subscription, nowMs, limit];
      const { rows } = await withSession(pool, ({ run }) => run(claim, values));
      return byId(decodeAll('deliveries', rows));
    },
    hurryDeliveries: async (account, nowMs) => {
      assertStorable(account);
      const values = [nowMs, account, HURRIED_ROWS_MAX];
      for (let count = HURRIED_ROWS_MAX; count === HURRIED_ROWS_MAX; )
        ({ count } = await withSession(pool, ({ run }) => run(hurry, values)));
    },
    // A lease may be another process's: those of one that died end by themselves.
    releaseLeases: async () => {},
    fold: async () => {
      const { rows } = await withSession(pool, ({ run }) => run(fold, [FOLD_ROWS_MAX]));
      return Number(rows[0]?.[0]);
    },
    prune: async (table, before, limit) => {
      const sql = pruneSql(table, profile);
      const { count } = await withSession(pool, ({ run }) => run(sql, [before, limit]));
      return count;
    },
  };
}
