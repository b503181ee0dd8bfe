import { groupChanges, sumPostings } from './changes.js';
import { assertStorable, decodeAll, decodeRow, type Scalar } from './codec.js';
import { labelChanges } from './labels.js';
import { textArray } from './postgres-arrays.js';
import { type Guard, keyName, makeGuards } from './postgres-guard.js';
import {
  type Answer,
  ConnectionLost,
  type Pool,
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
  postingArrays,
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
  readonly isLocked: boolean;
  readonly accounts: string[];
  readonly ids: string[];
}

/** Keys by table: what is locked comes first, so that all else is read under the locks. */
function keysByTable(keys: readonly Key[], isLocked: (key: Key) => boolean): TableKeys[] {
  const groups = new Map<string, TableKeys>();
  for (const key of keys) {
    const { table, account, id } = key;
    assertStorable(account);
    assertStorable(id);
    const own = isLocked(key);
    // The same order in all processes: tables that are always locked, then what else is locked.
    const rank = `${TABLES[table].locked ? 0 : own ? 1 : 2}${table}`;
    let group = groups.get(rank);
    if (group === undefined) {
      group = { table, isLocked: own, accounts: [], ids: [] };
      groups.set(rank, group);
    }
    group.accounts.push(account);
    group.ids.push(id);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function sendKeys(session: Session, groups: readonly TableKeys[]): Promise<Answer>[] {
  return groups.map(({ table, isLocked, accounts, ids }) =>
    session.run((isLocked ? LOCK_SQL : LOAD_SQL)[table], [textArray(accounts), textArray(ids)]),
  );
}

/** Raw rows by `keyName`. */
function namedRows(
  groups: readonly TableKeys[],
  answers: readonly Answer[],
): Map<string, Scalar[]> {
  const rows = new Map<string, Scalar[]>();
  for (const [i, { table }] of groups.entries())
    for (const values of answers[i]?.rows ?? [])
      rows.set(keyName(table, values[0] as Scalar, values[1] as Scalar), values);
  return rows;
}

/** Reads rows and lists, all sent at once; what the guard wants locked stays locked. */
export async function loadRows(
  session: Session,
  keys: readonly Key[],
  findings: readonly Finding[],
  guard: Guard | null,
): Promise<Loaded> {
  const groups = keysByTable(keys, (key) => guard?.locks(key) ?? false);
  const lists = findings.map((finding) => findingSql(finding, mark));
  for (const { values } of lists) values.forEach(assertStorable);
  const answers = await together([
    ...sendKeys(session, groups),
    ...lists.map(({ sql, values }) => session.run(sql, values)),
  ]);
  const listsOf = answers.slice(groups.length);
  if (guard !== null) {
    for (const [i, { table, isLocked }] of groups.entries())
      for (const values of answers[i]?.rows ?? []) guard.saw(table, values, isLocked);
    for (const [i, { table }] of findings.entries())
      for (const values of listsOf[i]?.rows ?? []) guard.saw(table, values, false);
  }
  const raw = namedRows(groups, answers);
  const rows = new Map<string, Row>();
  return {
    rows: keys.map(({ table, account, id }) => {
      const name = keyName(table, account, id);
      const values = raw.get(name);
      if (values !== undefined && !rows.has(name)) rows.set(name, decodeRow(table, values));
      return rows.get(name) ?? null;
    }),
    found: findings.map(({ table }, i) => decodeAll(table, listsOf[i]?.rows)),
  };
}

/** Writes everything, a statement per table and kind, tables in one order for all processes. */
async function write(
  session: Session,
  batchId: string,
  changes: Changes,
  guard: Guard,
): Promise<void> {
  const groups = groupChanges(changes.changes).sort((a, b) =>
    a.table === b.table ? 0 : a.table < b.table ? -1 : 1,
  );
  const sums = sumPostings(changes.postings);
  for (const { account, ledgerAccount, currency } of sums)
    for (const text of [account, ledgerAccount, currency]) assertStorable(text);
  const suspects = guard.suspects(changes.changes);
  const again = keysByTable(suspects, () => true);
  // In one go with the writing: it is looked at before the commit, and costs no round of its own.
  const sent: Promise<Answer>[] = sendKeys(session, again);
  for (const group of groups)
    sent.push(session.run(CHANGE_SQL[group.table][group.kind], columnArrays(group)));
  if (sums.length > 0) sent.push(session.run(POSTINGS_SQL, postingArrays(batchId, sums)));
  // After the rows, whose locks keep two batches from each other's labels.
  const { added, removed } = labelChanges(changes.changes, true);
  if (removed.length > 0) sent.push(session.run(UNLABEL_SQL, labelArrays(removed)));
  if (added.length > 0) sent.push(session.run(LABEL_SQL, labelArrays(added)));
  const answers = await together(sent);
  guard.check(suspects, namedRows(again, answers));
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
export function postgresTransact(pool: Pool): Store['transact'] {
  const newGuard = makeGuards();
  return (batchId, body) =>
    withSession(pool, async (session) => {
      const guard = newGuard();
      try {
        if (!(await begin(session, batchId))) {
          await rollback(session);
          return 'already_committed';
        }
        await body({
          load: (keys, findings) => loadRows(session, keys, findings, guard),
          write: (changes) => write(session, batchId, changes, guard),
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
