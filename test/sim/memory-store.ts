import type { Row, RowTypes } from '../../src/storage/schema.js';
import { TABLES } from '../../src/storage/schema.js';
import { PRUNED } from '../../src/storage/sql.js';
import {
  type Changes,
  type Key,
  OutcomeUnknown,
  RolledBack,
  type Store,
  type Transaction,
} from '../../src/storage/store.js';
import type { Chance } from './chance.js';
import { compare, type Disk } from './disk.js';
import { auditStoreOf, loadFrom, searchIn, workReadsOf } from './disk-reads.js';
import type { Locks } from './locks.js';
import { type Owner, type Scheduler, WORLD } from './scheduler.js';

/** How often what goes wrong, from 0 to 1; all of it zero where nothing does. */
export interface StoreFaults {
  /** A read is refused. */
  read: number;
  /** A write is rolled back, and says so. */
  rolledBack: number;
  /** A write fails for another reason, and is rolled back. */
  writeFails: number;
  /** A commit's answer is lost, whether it was made or not; only where the database is shared. */
  answerLost: number;
  /** An answer takes twenty times as long. */
  slow: number;
  /** Nothing can be written. */
  diskFull: boolean;
}

export interface MemoryStoreOptions {
  readonly disk: Disk;
  readonly locks: Locks;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  /** The process whose store it is. */
  readonly owner: Owner;
  readonly faults: StoreFaults;
  /** As PostgreSQL, which several processes use at once; else as SQLite, with one writer. */
  readonly shared: boolean;
  /** A planted bug: rows are read without their locks. */
  readonly unlocked?: boolean;
}

const FULL = 'database or disk is full';

/** The store of one process over a disk: every answer takes its time, and may be an error. */
export function openMemoryStore(options: MemoryStoreOptions): Store {
  const { disk, faults } = options;
  const audits = auditStoreOf(disk);
  const answers = async <T>(what: string, work: () => Promise<T> | T): Promise<T> => {
    await delay(options, `read ${what}`);
    if (options.chance.hits(faults.read)) throw new Error('the read was refused');
    return work();
  };
  const upkeep = async <T>(what: string, work: () => T): Promise<T> => {
    await delay(options, what);
    if (faults.diskFull) throw new Error(FULL);
    if (options.chance.hits(faults.writeFails)) throw new Error(`${what} failed`);
    const answer = work();
    await delay(options, `${what} answered`);
    // As a connection that breaks after the statement has run.
    if (options.chance.hits(faults.answerLost)) throw new Error(`${what}: no answer`);
    return answer;
  };
  const { dueJobs, nextJob, factsAfter, dueSubscriptions } = workReadsOf(disk);
  return {
    capabilities: { shared: options.shared },
    transact: options.shared ? sharedTransact(options) : singleTransact(options),
    ...audits,
    load: (keys, findings) => answers('load', () => loadFrom(disk, keys, findings)),
    page: (request) => answers('page', () => audits.page(request)),
    search: (request) => answers('search', () => searchIn(disk, request)),
    dueJobs: (now, limit) => answers('due jobs', () => dueJobs(now, limit)),
    nextJob: (clock, until) => answers('next job', () => nextJob(clock, until)),
    factsAfter: (account, after, limit) =>
      answers('facts', () => factsAfter(account, after, limit)),
    dueSubscriptions: (nowMs, limit) => answers('due', () => dueSubscriptions(nowMs, limit)),
    claimDeliveries: (claim, limit) => upkeep('claim', () => claimIn(disk, claim, limit)),
    hurryDeliveries: (account, nowMs) =>
      upkeep('hurry', () =>
        makeDue(disk, nowMs, (one) => one.account === account && one.tries.length > 0),
      ),
    releaseLeases: (nowMs) =>
      upkeep('leases', () => makeDue(disk, nowMs, ({ tries }) => tries.length === 0)),
    // Every posting is added to its balance at once.
    fold: async () => 0,
    prune: (...what) => upkeep('prune', () => pruneIn(disk, ...what)),
    close: async () => {},
  };
}

async function delay({ scheduler, chance, owner, faults }: MemoryStoreOptions, what: string) {
  const ms = 1 + chance.next() * 4;
  await scheduler.wait(chance.hits(faults.slow) ? ms * 20 : ms, what, owner);
}

function deliveries(disk: Disk): RowTypes['deliveries'][] {
  const all = [...disk.each('deliveries')] as RowTypes['deliveries'][];
  return all.filter(({ state }) => state === 'waiting');
}

/** Makes those that wait for later, and are meant, due at once. */
function makeDue(
  disk: Disk,
  nowMs: number,
  isMeant: (delivery: RowTypes['deliveries']) => boolean,
): void {
  const rows = deliveries(disk).filter((one) => one.dueAtMs > nowMs && isMeant(one));
  disk.touch(
    'lease',
    rows.map((row) => ['deliveries', row, { ...row, dueAtMs: nowMs }]),
  );
}

function pruneIn(disk: Disk, ...[table, before, limit]: Parameters<Store['prune']>): number {
  if (table === 'batches') return 0;
  const age = PRUNED[table].age.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const old = disk
    .rows(table)
    .filter((row) => ((row as unknown as Record<string, number>)[age] ?? before) < before)
    .slice(0, limit);
  disk.touch(
    'prune',
    old.map((row) => [table, row, null]),
  );
  return old.length;
}

function claimIn(
  disk: Disk,
  claim: Parameters<Store['claimDeliveries']>[0],
  limit: number,
): RowTypes['deliveries'][] {
  const { account, subscription, nowMs, leaseMs } = claim;
  const due = deliveries(disk)
    .filter((one) => one.account === account && one.subscription === subscription)
    .filter(({ dueAtMs }) => dueAtMs <= nowMs)
    .sort((a, b) => compare(a.id, b.id))
    .slice(0, limit)
    .map((row) => ({ ...row, dueAtMs: nowMs + leaseMs }));
  disk.touch(
    'claim',
    due.map((row) => ['deliveries', row, row]),
  );
  return due;
}

/** What keeps a write from being made; it is then certain that it was not. */
function refuseWrite({ chance, faults }: MemoryStoreOptions): void {
  if (faults.diskFull) throw new Error(FULL);
  if (chance.hits(faults.rolledBack)) throw new RolledBack('could not serialize access');
  if (chance.hits(faults.writeFails)) throw new Error('disk I/O error');
}

/** One writer, as SQLite: bodies one after the other, and what one writes kept until its end. */
function singleTransact(options: MemoryStoreOptions): Store['transact'] {
  const { disk, chance, faults } = options;
  let last: Promise<unknown> = Promise.resolve();
  return (batchId, body) => {
    const run = async (): Promise<'committed'> => {
      let changes: Changes | null = null;
      await body({
        load: async (keys, findings) => {
          await delay(options, 'load');
          if (chance.hits(faults.read)) throw new Error('the read was refused');
          return loadFrom(disk, keys, findings);
        },
        write: async (given) => {
          changes = given;
        },
      });
      if (changes !== null) {
        await delay(options, 'commit');
        refuseWrite(options);
        disk.commit(batchId, changes);
        // A process that dies here has committed what nobody was told.
        await delay(options, 'committed');
      }
      return 'committed';
    };
    const turn = last.then(run);
    last = turn.catch(() => {});
    return turn;
  };
}

/** Commits that were sent and are not made yet, by batch. */
const underWay = new WeakMap<Disk, Map<string, Promise<void>>>();

/** Several writers, as PostgreSQL: READ COMMITTED, with rows of locked tables locked on reading. */
function sharedTransact(options: MemoryStoreOptions): Store['transact'] {
  const { disk, locks, owner, scheduler } = options;
  const sent = underWay.get(disk) ?? new Map<string, Promise<void>>();
  underWay.set(disk, sent);
  return async (batchId, body) => {
    const by = Symbol(batchId);
    const seen: Seen = new Map();
    let changes: Changes | null = null;
    await delay(options, 'begin');
    const earlier = sent.get(batchId);
    if (earlier !== undefined) {
      await earlier;
      await delay(options, 'begin again');
    }
    if (disk.hasBatch(batchId)) return 'already_committed';
    scheduler.onDeath(owner, by, () => locks.release(by));
    try {
      await body({
        load: (keys, findings) => loadLocked(options, { by, seen }, keys, findings),
        write: async (given) => {
          changes = given;
          await delay(options, 'write');
        },
      });
      refuseWrite(options);
    } catch (error) {
      locks.release(by);
      scheduler.onDeath(owner, by, null);
      throw error;
    }
    await commitShared(options, { batchId, by, seen, changes: changes ?? NOTHING, sent });
    return 'committed';
  };
}

const NOTHING: Changes = { changes: [], postings: [] };

/** Rows as a transaction has first read them, by name; those that it has locked are left out. */
type Seen = Map<string, Row>;

const nameOf = ({ table, account, id }: Key): string => `${table}/${account}/${id}`;

async function loadLocked(
  options: MemoryStoreOptions,
  { by, seen }: { readonly by: symbol; readonly seen: Seen },
  ...[keys, findings]: Parameters<Transaction['load']>
): ReturnType<Transaction['load']> {
  const { disk, locks, owner, chance, faults } = options;
  await delay(options, 'load');
  if (chance.hits(faults.read)) throw new Error('the read was refused');
  if (options.unlocked === true) return loadFrom(disk, keys, findings);
  const isStored = ({ table, account, id }: Key): boolean =>
    TABLES[table].locked && disk.row(table, account, id) !== null;
  const names = keys.filter(isStored).map(nameOf);
  for (const name of names.sort(compare)) await locks.take(name, by, owner);
  // Read under the locks: whoever had them before has committed.
  const loaded = loadFrom(disk, keys, findings);
  const see = (table: Key['table'], row: Row | null): void => {
    if (row === null || TABLES[table].locked) return;
    const name = nameOf({ table, account: row.account, id: row.id });
    if (!seen.has(name)) seen.set(name, row);
  };
  for (const [i, { table }] of keys.entries()) see(table, loaded.rows[i] ?? null);
  for (const [i, { table }] of findings.entries())
    for (const row of loaded.found[i] ?? []) see(table, row);
  return loaded;
}

/** What another process has changed since it was read is not written over. */
function refuseStale(disk: Disk, seen: Seen, { changes }: Changes): void {
  for (const { table, kind, row } of changes) {
    const { account, id } = row;
    const before = seen.get(nameOf({ table, account, id }));
    if (kind === 'insert' || before === undefined) continue;
    if (disk.row(table, account, id) !== before) throw new RolledBack(`${table} ${id} has changed`);
  }
}

interface Sent {
  readonly batchId: string;
  readonly by: symbol;
  readonly seen: Seen;
  readonly changes: Changes;
  readonly sent: Map<string, Promise<void>>;
}

/** COMMIT is on its way: it is made even if the process that sent it dies meanwhile. */
async function commitShared(options: MemoryStoreOptions, made: Sent): Promise<void> {
  const { disk, locks, owner, scheduler, chance, faults } = options;
  const { batchId, by, seen, changes, sent } = made;
  scheduler.onDeath(owner, by, null);
  const isCut = chance.hits(faults.answerLost);
  const arrives = !isCut || chance.hits(0.5);
  let fault: Error | null = null;
  const done = scheduler.wait(1 + chance.next() * 8, 'commit', WORLD).then(() => {
    if (arrives) {
      try {
        refuseStale(disk, seen, changes);
        disk.commit(batchId, changes);
      } catch (error) {
        fault = error as Error;
      }
    }
    locks.release(by);
    sent.delete(batchId);
  });
  sent.set(batchId, done);
  if (isCut) {
    await delay(options, 'connection lost');
    throw new OutcomeUnknown('the connection is gone');
  }
  await scheduler.until(done, owner);
  await delay(options, 'committed');
  if (fault !== null) throw fault;
}
