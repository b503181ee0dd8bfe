import { type DayTallies, ROLLUP_PLACE, recounted, type Tally } from '../domain/rollup.js';
import type { AuditStore } from '../storage/store.js';
import { accountAfter, rangeOf } from './accounts.js';
import type { Report } from './audit-ledger.js';
import { pages, storedOf } from './audit-reads.js';

/**
 * Each day of the dashboard's counts is the sum of its segments, which are written with it. Whether
 * a segment counts what its payments are is not asked: it lags behind them by intent, says so, and
 * is counted anew; no money goes by it. Tallies of tries are not looked at either: they last for a
 * day, and are not made of rows that are kept. Counts that never stand still are not compared.
 */
export async function auditRollups(
  store: AuditStore,
  report: Report,
  looks_max: number,
): Promise<void> {
  const tables = ['rollup_segments', 'rollups'] as const;
  const accounts = new Set<string>();
  for (const table of tables) {
    let account = await accountAfter(store, table, null);
    while (account !== null) {
      accounts.add(account);
      account = await accountAfter(store, table, account);
    }
  }
  for (const account of accounts)
    for (let look = 1; look <= looks_max; look++) {
      const before = await versionOf(store, account);
      const faults = await faultsOf(store, account);
      if (faults.length > 0 && before !== (await versionOf(store, account))) continue;
      for (const fault of faults) report(fault);
      break;
    }
}

async function versionOf(store: AuditStore, account: string): Promise<number | null> {
  const [place] = await storedOf(store, 'rollup_places', [{ account, id: ROLLUP_PLACE }]);
  return place?.version ?? null;
}

async function faultsOf(store: AuditStore, account: string): Promise<string[]> {
  const range = rangeOf(account);
  const sums = new Map<string, Tally>();
  const add = (days: DayTallies): void => {
    for (const [day, tally] of Object.entries(days))
      sums.set(day, recounted(sums.get(day) ?? {}, {}, tally));
  };
  for await (const page of pages(store, 'rollup_segments', range))
    for (const { days } of page) add(days);
  const faults: string[] = [];
  const compare = (day: string, tally: Tally): void => {
    if (JSON.stringify(tally) !== JSON.stringify(sums.get(day) ?? {}))
      faults.push(`account ${account}: the counts of ${day} are not the sum of their segments`);
    sums.delete(day);
  };
  for await (const page of pages(store, 'rollups', range))
    for (const { id, tally } of page) compare(id, tally);
  for (const day of [...sums.keys()]) compare(day, {});
  return faults;
}
