import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { AUDITED_TABLES, audit } from '../engine/audit.js';
import { openStorage } from '../open-storage.js';
import type { TableName } from '../storage/schema.js';
import type { Store } from '../storage/store.js';
import { CommandFailure, configuration } from './failure.js';
import { columns, makePaint, type Terminal, wantsColors } from './terminal.js';

/** How many faults are printed; the first ones tell most. */
const FAULTS_SHOWN_MAX = 100;

/** `tender verify`: reads everything and checks that all money is accounted for. */
export async function verify(options: { data?: string }): Promise<void> {
  const config = configuration(options);
  requireData(config);
  const storage = await openStorage(config, 'tender verify');
  const startMs = performance.now();
  const progress = makeProgress(process.stderr);
  const counts = new Map<TableName, number>();
  let faults: string[];
  try {
    if (process.stderr.isTTY) progress.expect(await countRows(storage.store));
    faults = await audit(counting(storage.store, counts, progress.show));
  } finally {
    progress.clear();
    await storage.close();
  }
  const seconds = (performance.now() - startMs) / 1000;
  process.stdout.write(report(storage.place, counts, faults, seconds));
  if (faults.length > 0) process.exitCode = 1;
}

/** How many rows an audit reads. */
async function countRows(store: Store): Promise<number> {
  let rows = 0;
  for (const table of AUDITED_TABLES) rows += await store.count(table);
  return rows;
}

/** Looking must not make what is looked for. */
function requireData({ database, dataFolder }: Config): void {
  if (database !== null || existsSync(join(dataFolder, 'tender.db'))) return;
  throw new CommandFailure(`${dataFolder} has no data. Choose the folder with --data.`);
}

function report(
  place: string,
  counts: ReadonlyMap<TableName, number>,
  faults: readonly string[],
  seconds: number,
): string {
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

/** The store, with each row that is read counted once; audits read in the order of the keys. */
function counting(
  store: Store,
  counts: Map<TableName, number>,
  show: (rows: number) => void,
): Store {
  const furthest = new Map<TableName, string>();
  let total = 0;
  const count = (table: TableName, rows: readonly { account: string; id: string }[]): void => {
    let last = furthest.get(table) ?? '';
    for (const { account, id } of rows) {
      const key = `${account}\u0000${id}`;
      if (key <= last) continue;
      last = key;
      total += 1;
      counts.set(table, (counts.get(table) ?? 0) + 1);
    }
    furthest.set(table, last);
    show(total);
  };
  const scan: Store['scan'] = async (table, after, limit) => {
    const rows = await store.scan(table, after, limit);
    count(table, rows);
    return rows;
  };
  const links: Store['links'] = async (table, column, after, limit) => {
    const rows = await store.links(table, column, after, limit);
    count(table, rows);
    return rows;
  };
  return { ...store, scan, links };
}

const PROGRESS_INTERVAL_MS = 100;
const BAR_CHARACTERS = 24;

interface Progress {
  /** How many rows there are to be read. */
  expect(rows: number): void;
  show(rows: number): void;
  clear(): void;
}

/** A line that is written over, for a person who waits; nothing where nobody does. */
function makeProgress(terminal: Terminal): Progress {
  const startMs = performance.now();
  let shownMs = startMs;
  let isShown = false;
  let expected = 0;
  return {
    expect: (rows) => {
      expected = rows;
    },
    show: (rows) => {
      const nowMs = performance.now();
      if (terminal.isTTY !== true || nowMs - shownMs < PROGRESS_INTERVAL_MS) return;
      shownMs = nowMs;
      isShown = true;
      terminal.write(`\r\u001b[K${progressLine(rows, expected, (nowMs - startMs) / 1000)}`);
    },
    clear: () => {
      if (isShown) terminal.write('\r\u001b[K');
    },
  };
}

/** A bar, how far it is, how fast, and how many seconds are left at that speed. */
export function progressLine(rows: number, expected: number, seconds: number): string {
  // Rows may come while it reads.
  const share = expected === 0 ? 0 : Math.min(1, rows / expected);
  const full = Math.round(share * BAR_CHARACTERS);
  const rate = Math.round(rows / seconds);
  const rest = share === 0 ? '' : `, ${Math.ceil((seconds * (1 - share)) / share)} s left`;
  return (
    `${'█'.repeat(full)}${'░'.repeat(BAR_CHARACTERS - full)} ${Math.floor(share * 100)} %  ` +
    `${rows.toLocaleString('en-US')} rows, ${rate.toLocaleString('en-US')} a second${rest}`
  );
}
