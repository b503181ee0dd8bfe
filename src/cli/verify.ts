import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { AUDITED_TABLES, audit, auditBy, readsOf } from '../engine/audit.js';
import { openStorage } from '../open-storage.js';
import type { TableName } from '../storage/schema.js';
import { openSqliteSnapshot, withoutWrites } from '../storage/sqlite-snapshot.js';
import type { AuditStore } from '../storage/store.js';
import { orStartFault } from '../system-fault.js';
import { configuration } from './failure.js';
import { makeProgress, type Progress } from './progress.js';
import { demandData, openReader } from './reader.js';
import { columns, makePaint, wantsColors } from './terminal.js';
import { startVerifyThread, type VerifyThread } from './verify-thread.js';

/** How many faults are printed; the first ones tell most. */
const FAULTS_SHOWN_MAX = 100;
/** Threads that read at once: beyond, they wait for the same disk. */
const THREADS_MAX = 4;

/** What a verification says. */
interface Verified {
  readonly place: string;
  readonly counts: ReadonlyMap<TableName, number>;
  readonly faults: readonly string[];
}

/**
 * `tender verify`: reads everything and checks that all money is accounted for. A server may work
 * on the data meanwhile: of SQLite it reads what is there at the moment in which it begins.
 */
export async function verify(options: { data?: string }): Promise<void> {
  const config = configuration(options);
  demandData(config);
  const startMs = performance.now();
  const progress = makeProgress(process.stderr);
  let verified: Verified;
  try {
    verified =
      config.database === null
        ? await verifyFile(config, progress)
        : await verifyServer(config, progress);
  } finally {
    progress.clear();
  }
  const seconds = (performance.now() - startMs) / 1000;
  process.stdout.write(report(verified, seconds));
  if (verified.faults.length > 0) process.exitCode = 1;
}

/** Audits a database server, by one connection after the other. */
async function verifyServer(config: Config, progress: Progress): Promise<Verified> {
  const { store, place, close } = await openStorage(config, 'tender verify');
  try {
    const counts = await countRows(store, progress);
    const scan: AuditStore['scan'] = async (table, after, limit, until) => {
      const rows = await store.scan(table, after, limit, until);
      progress.add(rows.length);
      return rows;
    };
    return { place, counts, faults: await audit({ ...store, scan }) };
  } finally {
    await close();
  }
}

/** Audits an embedded database, as it is now, by as many threads as there are processors. */
async function verifyFile(config: Config, progress: Progress): Promise<Verified> {
  await bringUpToDate(config);
  const { dataFolder: place, limits } = config;
  const file = join(place, 'tender.db');
  const settings = { file, cacheKibibytes: limits.storage.sqlite_cache_kibibytes };
  const own = openSqliteSnapshot(settings);
  const threads: VerifyThread[] = [];
  try {
    const wanted = Math.min(THREADS_MAX, availableParallelism());
    // One after the other: the driver must not be loaded by two threads at once.
    while (threads.length < wanted) threads.push(await startVerifyThread(settings, progress.add));
    await withoutWrites(file, async () => {
      own.begin();
      for (const thread of threads) await thread.begin();
    });
    const counts = await countRows(own.store, progress);
    const idle = [...threads];
    const faults = await auditBy(own.store, threads.length, async (piece) => {
      const thread = idle.pop();
      if (thread === undefined) throw new Error('more pieces at once than threads');
      const found = await thread.audit(piece);
      idle.push(thread);
      return found;
    });
    return { place, counts, faults };
  } finally {
    for (const thread of threads) await thread.close();
    own.close();
  }
}

/** Data of an older version is brought up to date first, which needs the folder for itself. */
async function bringUpToDate(config: Config): Promise<void> {
  const reader = openReader(config);
  let missing: string[];
  try {
    missing = await orStartFault('The database cannot be read', reader.missingMigrations);
  } finally {
    await reader.close();
  }
  if (missing.length === 0) return;
  const storage = await openStorage(config, 'tender verify');
  await storage.close();
}

/** How many rows there are; the progress line is told how many will be read. */
async function countRows(
  store: Pick<AuditStore, 'count'>,
  progress: Progress,
): Promise<Map<TableName, number>> {
  const counts = new Map<TableName, number>();
  for (const table of AUDITED_TABLES) counts.set(table, await store.count(table));
  progress.expect(readsOf(counts));
  return counts;
}

function report({ place, counts, faults }: Verified, seconds: number): string {
  const { strong, accent, failure } = makePaint(wantsColors(process.stdout, process.env));
  const read = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = read.map(([table, count]) => [table, count.toLocaleString('en-US')]);
  const widest = Math.max(0, ...rows.map(([, count = '']) => count.length));
  const table = columns(rows.map(([name = '', count = '']) => [name, count.padStart(widest)]));
  const shown = faults.slice(0, FAULTS_SHOWN_MAX).map((fault) => `  ${failure('▲')} ${fault}`);
  const more = faults.length - shown.length;
  const verdict =
    faults.length === 0
      ? `${accent('●')} All money is accounted for.`
      : `${failure('▲')} ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}. ` +
        'Keep the data as it is and restore a backup that verifies.';
  const lines = [
    `${strong('Verified')} ${place} in ${seconds.toFixed(1)} s`,
    ...table.map((line) => `  ${line}`),
    ...shown,
    ...(more > 0 ? [`  … and ${more} more`] : []),
    verdict,
  ];
  return `${lines.join('\n')}\n`;
}
