import { auditReads, SQLITE_LIST } from './audit-sql.js';
import { sumPostings } from './changes.js';
import {
  assertStorable,
  byId,
  decodeAll,
  decodeBalance,
  decodeRow,
  encodeRow,
  type Scalar,
} from './codec.js';
import { fillLabels, LABELS_MIGRATION } from './label-fill.js';
import { type LabelRow, labelChanges } from './labels.js';
import { migrationsFor, pendingMigrations } from './migrate.js';
import { TABLE_NAMES, type TableName } from './schema.js';
import { decodeSearch, LABEL_COLUMNS, labelValues, searchSql } from './search-sql.js';
import {
  balancesSql,
  columnsOf,
  decodeFactPlaces,
  dueJobsSql,
  dueSubscriptionsSql,
  factsAfterSql,
  findingSql,
  nextJobSql,
  PRUNED,
  pageSql,
  type Query,
  selectFrom,
  updateList,
} from './sql.js';
import type { Step } from './sqlite-connection.js';
import { type SqliteThread, startSqliteThread } from './sqlite-thread.js';
import type {
  AuditStore,
  Change,
  Changes,
  Finding,
  Key,
  Loaded,
  PageRequest,
  Store,
} from './store.js';

export interface SqliteSettings {
  /** The database file; its folder exists. */
  file: string;
  cache_kibibytes: number;
  /** Told where a thread of the open store ends by itself: nothing is written or read any more. */
  died?: (error: Error) => void;
}

const mark = (): string => '?';

function changeSql(table: TableName, kind: Change['kind']): string {
  if (kind === 'delete') return `DELETE FROM ${table} WHERE account = ? AND id = ?`;
  const columns = columnsOf(table);
  const insert =
    `INSERT INTO ${table} (${columns.join(', ')}) ` + `VALUES (${columns.map(mark).join(', ')})`;
  if (kind === 'insert') return insert;
  return `${insert} ON CONFLICT (account, id) DO UPDATE SET ${updateList(table)}`;
}

const CHANGE_SQL = new Map(
  TABLE_NAMES.flatMap((table) =>
    (['insert', 'update', 'delete'] as const).map((kind) => [
      `${kind} ${table}`,
      changeSql(table, kind),
    ]),
  ),
);

const POSTING_SQL =
  'INSERT INTO balances (account, ledger_account, currency, part, posted, pending) ' +
  "VALUES (?, ?, ?, '', ?, ?) ON CONFLICT (account, ledger_account, currency, part) " +
  'DO UPDATE SET posted = posted + excluded.posted, pending = pending + excluded.pending';

const LABEL_MARKS = '(?, ?, ?, ?)';
const KEPT = 'ON CONFLICT DO NOTHING';
const LABEL_SQL = `INSERT INTO labels (${LABEL_COLUMNS}) VALUES ${LABEL_MARKS} ${KEPT}`;
const UNLABEL_SQL = `DELETE FROM labels WHERE (${LABEL_COLUMNS}) = ${LABEL_MARKS}`;

function labelStep(sql: string, labels: readonly LabelRow[]): Step {
  return { sql, width: 4, values: labels.flatMap(labelValues) };
}

/** A deletion names its row by account and id, the first two values of every row. */
const KEY_WIDTH = 2;

/** One step per table and kind of change, in the order in which they first appear. */
function stepsOf({ changes, postings }: Changes): Step[] {
  const byName = new Map<string, Step>();
  for (const { table, kind, row } of changes) {
    const name = `${kind} ${table}`;
    const encoded = encodeRow(table, row);
    const width = kind === 'delete' ? KEY_WIDTH : encoded.length;
    let step = byName.get(name);
    if (step === undefined) {
      step = { sql: CHANGE_SQL.get(name) as string, width, values: [] };
      byName.set(name, step);
    }
    for (let i = 0; i < width; i++) step.values.push(encoded[i] as Scalar);
  }
  const steps = [...byName.values()];
  const sums = sumPostings(postings).flatMap((sum): Scalar[] => {
    const texts = [sum.account, sum.ledgerAccount, sum.currency];
    texts.forEach(assertStorable);
    return [...texts, sum.posted, sum.pending];
  });
  if (sums.length > 0) steps.push({ sql: POSTING_SQL, width: 5, values: sums });
  const { added, removed } = labelChanges(changes, false);
  if (removed.length > 0) steps.push(labelStep(UNLABEL_SQL, removed));
  if (added.length > 0) steps.push(labelStep(LABEL_SQL, added));
  return steps;
}

/** A query as a step, once it is sure that its text means what it says. */
function stepOf({ sql, values }: Query): Step {
  values.forEach(assertStorable);
  return { sql, width: values.length, values };
}

/** What runs reads: a thread, or a connection of one's own. */
export type SqliteReading = Pick<SqliteThread, 'read'>;

async function load(
  thread: SqliteReading,
  keys: readonly Key[],
  findings: readonly Finding[],
): Promise<Loaded> {
  const steps: Step[] = [];
  const places: [step: number, run: number][] = [];
  const byTable = new Map<TableName, number>();
  for (const { table, account, id } of keys) {
    assertStorable(account);
    assertStorable(id);
    let index = byTable.get(table);
    if (index === undefined) {
      const sql = `${selectFrom(table)} WHERE account = ? AND id = ?`;
      index = steps.push({ sql, width: 2, values: [] }) - 1;
      byTable.set(table, index);
    }
    const step = steps[index] as Step;
    places.push([index, step.values.length / 2]);
    step.values.push(account, id);
  }
  const firstFinding = steps.length;
  for (const finding of findings) steps.push(stepOf(findingSql(finding, mark)));
  if (steps.length === 0) return { rows: [], found: [] };
  const answers = await thread.read(steps);
  const rows = keys.map(({ table }, i) => {
    const [step, run] = places[i] as [number, number];
    const row = answers[step]?.[run]?.[0];
    return row === undefined ? null : decodeRow(table, row);
  });
  const found = findings.map(({ table }, i) => decodeAll(table, answers[firstFinding + i]?.[0]));
  return { rows, found };
}

async function migrate(writer: SqliteThread): Promise<void> {
  const created =
    'CREATE TABLE IF NOT EXISTS migrations (name text NOT NULL PRIMARY KEY, at_ms bigint NOT NULL)';
  await writer.write([{ sql: created, width: 0, values: [] }]);
  const [known] = await writer.read([{ sql: 'SELECT name FROM migrations', width: 0, values: [] }]);
  const names = (known?.[0] ?? []).map(([name]) => name as string);
  const all = migrationsFor({ key: 'text', clustered: 'WITHOUT ROWID' });
  for (const { name, statements } of pendingMigrations(all, names)) {
    const steps = statements.map((sql) => ({ sql, width: 0, values: [] }));
    const done = "INSERT INTO migrations VALUES (?, CAST(strftime('%s', 'now') AS integer) * 1000)";
    const applied: Step = { sql: done, width: 1, values: [name] };
    if (name === LABELS_MIGRATION) {
      await writer.write(steps);
      await fill(writer);
      await writer.write([applied]);
    } else await writer.write([...steps, applied]);
  }
}

/** Gives the rows of an older database their labels, a thousand rows a transaction. */
function fill(writer: SqliteThread): Promise<void> {
  const read = async (query: Query): Promise<Scalar[][]> =>
    (await writer.read([stepOf(query)]))[0]?.[0] ?? [];
  return fillLabels(mark, read, async (labels) => {
    await writer.write([labelStep(LABEL_SQL, labels)]);
  });
}

/**
 * Runs bodies one after the other: the one writer is the lock, so a body must not decide on rows
 * that another is about to write. What a body writes is kept until it has ended, so that one that
 * throws leaves nothing.
 */
function sqliteTransact(writer: SqliteThread): Store['transact'] {
  let last: Promise<unknown> = Promise.resolve();
  return (_batchId, body) => {
    const run = async (): Promise<'committed'> => {
      let steps: Step[] = [];
      await body({
        load: (keys, findings) => load(writer, keys, findings),
        write: async (changes) => {
          steps = stepsOf(changes);
        },
      });
      if (steps.length > 0) await writer.write(steps);
      return 'committed';
    };
    const turn = last.then(run);
    last = turn.catch(() => {});
    return turn;
  };
}

/**
 * Opens the embedded store: one file, one writer thread, one reader thread. Applies missing
 * migrations; throws when the database was made by a newer version. The caller holds the data
 * folder's lock, so that nobody else writes.
 */
export async function openSqlite(settings: SqliteSettings): Promise<Store> {
  const common = { file: settings.file, cacheKibibytes: settings.cache_kibibytes };
  let isOpen = false;
  // What fails while it opens is thrown.
  const died = (error: Error): void => {
    if (isOpen) settings.died?.(error);
  };
  const writer = startSqliteThread({ ...common, readOnly: false }, died);
  try {
    await migrate(writer);
  } catch (error) {
    await writer.close();
    throw error;
  }
  const reader = startSqliteThread({ ...common, readOnly: true }, died);
  try {
    // A thread loads its file when it starts: what is open has done so, whatever then becomes of
    // the files of this version.
    await reader.read([]);
  } catch (error) {
    await reader.close();
    await writer.close();
    throw error;
  }
  isOpen = true;
  // Started by the first search, so that no payment's read ever waits behind one.
  let searcher: SqliteThread | null = null;
  return {
    capabilities: { shared: false },
    transact: sqliteTransact(writer),
    load: (keys, findings) => load(reader, keys, findings),
    ...sqliteReads(reader),
    search: async (request) => {
      // One that has died does not fail every search from then on.
      if (searcher === null || searcher.isDead)
        searcher = startSqliteThread({ ...common, readOnly: true });
      const [answers] = await searcher.read([stepOf(searchSql(request, mark))]);
      return decodeSearch(request, answers?.[0] ?? []);
    },
    ...sqliteUpkeep(writer),
    close: async () => {
      await searcher?.close();
      await reader.close();
      await writer.close();
    },
  };
}

type Reads = Omit<Store, keyof Upkeep | 'capabilities' | 'transact' | 'load' | 'search' | 'close'>;

function sqliteReads(reader: SqliteReading): Reads {
  const ask = async (query: Query): Promise<Scalar[][]> => {
    const [answers] = await reader.read([stepOf(query)]);
    return answers?.[0] ?? [];
  };
  return {
    page: async <T extends TableName>(request: PageRequest<T>) => {
      const rows = decodeAll(request.table, await ask(pageSql(request, mark)));
      return request.newerThan === undefined ? rows : rows.reverse();
    },
    balances: async (account) => (await ask(balancesSql(account, mark))).map(decodeBalance),
    ...auditReads(ask, mark, SQLITE_LIST),
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

/** What audits read, over whatever runs their reads. */
export function sqliteAuditStore(reading: SqliteReading): AuditStore {
  return { ...sqliteReads(reading), load: (keys, findings) => load(reading, keys, findings) };
}

type Upkeep = Pick<
  Store,
  'claimDeliveries' | 'hurryDeliveries' | 'releaseLeases' | 'fold' | 'prune'
>;

function sqliteUpkeep(writer: SqliteThread): Upkeep {
  const ask = async (query: Query): Promise<Scalar[][]> => {
    const [answers] = await writer.write([stepOf(query)]);
    return answers?.[0] ?? [];
  };
  return {
    claimDeliveries: async ({ account, subscription, nowMs, leaseMs }, limit) => {
      const sql =
        'UPDATE deliveries SET due_at_ms = ? WHERE (account, id) IN ' +
        "(SELECT account, id FROM deliveries WHERE state = 'waiting' AND account = ? " +
        'AND subscription = ? AND due_at_ms <= ? ORDER BY id LIMIT ?) ' +
        `RETURNING ${columnsOf('deliveries').join(', ')}`;
      const values = [nowMs + leaseMs, account, subscription, nowMs, limit];
      return byId(decodeAll('deliveries', await ask({ sql, values })));
    },
    hurryDeliveries: async (account, nowMs) => {
      const sql =
        "UPDATE deliveries SET due_at_ms = ? WHERE account = ? AND state = 'waiting' " +
        "AND due_at_ms > ? AND json_array_length(detail, '$.tries') > 0";
      await ask({ sql, values: [nowMs, account, nowMs] });
    },
    releaseLeases: async (nowMs) => {
      const sql =
        "UPDATE deliveries SET due_at_ms = ? WHERE state = 'waiting' AND due_at_ms > ? " +
        "AND json_array_length(detail, '$.tries') = 0";
      await ask({ sql, values: [nowMs, nowMs] });
    },
    // Every posting is added to the balance at once, so there is nothing to add up later.
    fold: async () => 0,
    prune: async (table, before, limit) => {
      const sql =
        `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ` +
        `WHERE ${PRUNED[table].age} < ? LIMIT ?) RETURNING 1`;
      return (await ask({ sql, values: [before, limit] })).length;
    },
  };
}
