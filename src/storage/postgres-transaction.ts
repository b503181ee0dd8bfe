import type pg from 'pg';
import { groupChanges, sumPostings } from './changes.js';
import { assertStorable, decodeAll, decodeRow, type Scalar } from './codec.js';
import { labelChanges } from './labels.js';
import {
  type Answer,
  ConnectionLost,
  type Session,
  sqlState,
  together,
  withSession,
} from './postgres-session.js';
import {
  BATCH_SQL,
  CHANGE_SQL,
  columnArrays,
  LABEL_SQL,
  LOAD_SQL,
  LOCK_SQL,
  labelArrays,
  mark,
  POSTINGS_SQL,
  UNLABEL_SQL,
} from './postgres-sql.js';
import { type Row, TABLES, type TableName } from './schema.js';
import { findingSql } from './sql.js';
import {
  type Changes,
  type Finding,
  type Key,
  type Loaded,
  OutcomeUnknown,
  RolledBack,
  type Store,
} from './store.js';

interface TableKeys {
  readonly table: TableName;
  readonly accounts: string[];
  readonly ids: string[];
}

/** Keys by table: what is locked comes first, so that all else is read under the locks. */
function keysByTable(keys: readonly Key[]): TableKeys[] {
  const tables = new Map<TableName, TableKeys>();
  for (const { table, account, id } of keys) {
    assertStorable(account);
    assertStorable(id);
    let own = tables.get(table);
    if (own === undefined) {
      own = { table, accounts: [], ids: [] };
      tables.set(table, own);
    }
    own.accounts.push(account);
    own.ids.push(id);
  }
  const rank = ({ table }: TableKeys): string => `${TABLES[table].locked ? 0 : 1}${table}`;
  return [...tables.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** No text that can be stored holds a NUL, so it cannot be forged. */
function nameOf(table: string, account: Scalar, id: Scalar): string {
  return `${table}\0${account}\0${id}`;
}

/** Reads rows and lists, all sent at once; with `lock`, rows of locked tables stay locked. */
export async function loadRows(
  session: Session,
  keys: readonly Key[],
  findings: readonly Finding[],
  lock: boolean,
): Promise<Loaded> {
  const tables = keysByTable(keys);
  const lists = findings.map((finding) => findingSql(finding, mark));
  for (const { values } of lists) values.forEach(assertStorable);
  const answers = await together([
    ...tables.map(({ table, accounts, ids }) => {
      const sql = lock && TABLES[table].locked ? LOCK_SQL : LOAD_SQL;
      return session.run(sql[table], [accounts, ids]);
    }),
    ...lists.map(({ sql, values }) => session.run(sql, values)),
  ]);
  const rows = new Map<string, Row>();
  for (const [i, { table }] of tables.entries())
    for (const values of answers[i]?.rows ?? [])
      rows.set(nameOf(table, values[0] as Scalar, values[1] as Scalar), decodeRow(table, values));
  return {
    rows: keys.map(({ table, account, id }) => rows.get(nameOf(table, account, id)) ?? null),
    found: findings.map(({ table }, i) => decodeAll(table, answers[tables.length + i]?.rows)),
  };
}

/** Writes everything, a statement per table and kind, tables in one order for all processes. */
async function write(session: Session, batchId: string, changes: Changes): Promise<void> {
  const groups = groupChanges(changes.changes).sort((a, b) =>
    a.table === b.table ? 0 : a.table < b.table ? -1 : 1,
  );
  const sums = sumPostings(changes.postings);
  for (const { account, ledgerAccount, currency } of sums)
    for (const text of [account, ledgerAccount, currency]) assertStorable(text);
  const sent: Promise<Answer>[] = groups.map((group) =>
    session.run(CHANGE_SQL[group.table][group.kind], columnArrays(group)),
  );
  if (sums.length > 0)
    sent.push(
      session.run(POSTINGS_SQL, [
        batchId,
        sums.map(({ account }) => account),
        sums.map(({ ledgerAccount }) => ledgerAccount),
        sums.map(({ currency }) => currency),
        sums.map(({ posted }) => posted),
        sums.map(({ pending }) => pending),
      ]),
    );
  // After the rows, whose locks keep two batches from each other's labels.
  const { added, removed } = labelChanges(changes.changes, true);
  if (removed.length > 0) sent.push(session.run(UNLABEL_SQL, labelArrays(removed)));
  if (added.length > 0) sent.push(session.run(LABEL_SQL, labelArrays(added)));
  await together(sent);
}

const QUERY_CANCELED = '57014';

/** Begins and claims the batch's id; false when that batch was committed before. */
async function begin(session: Session, batchId: string): Promise<boolean> {
  try {
    const [, batch] = await together([
      session.runOnce('BEGIN ISOLATION LEVEL READ COMMITTED'),
      session.run(BATCH_SQL, [batchId]),
    ]);
    return batch?.rows.length === 1;
  } catch (error) {
    // It waited for the same batch, still being committed: ask again, it may be either.
    if (sqlState(error) !== QUERY_CANCELED) throw error;
    throw new RolledBack((error as Error).message, { cause: error });
  }
}

async function rollback(session: Session): Promise<void> {
  if (session.lost) return;
  // A connection on which not even this works is closed, which rolls back as well.
  await session.runOnce('ROLLBACK').catch(() => {});
}

async function commit(session: Session): Promise<void> {
  try {
    const { command } = await session.runOnce('COMMIT');
    // PostgreSQL answers so when an earlier statement has failed.
    if (command !== 'COMMIT') throw new RolledBack(`PostgreSQL: COMMIT ended in ${command}`);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    throw new OutcomeUnknown(error.message, { cause: error });
  }
}

/** `Store.transact` on a pool. */
export function postgresTransact(pool: pg.Pool): Store['transact'] {
  return (batchId, body) =>
    withSession(pool, async (session) => {
      try {
        if (!(await begin(session, batchId))) {
          await rollback(session);
          return 'already_committed';
        }
        await body({
          load: (keys, findings) => loadRows(session, keys, findings, true),
          write: (changes) => write(session, batchId, changes),
        });
        // Also where the body has swallowed it: the server would roll back and not say why.
        if (session.failure !== null) throw session.failure;
        if (session.lost) throw new ConnectionLost('PostgreSQL: the connection is gone');
      } catch (error) {
        await rollback(session);
        throw error;
      }
      await commit(session);
      return 'committed';
    });
}
