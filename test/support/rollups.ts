import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { type DayTallies, talliesOf } from '../../src/domain/rollup.js';
import type { Engine } from '../../src/engine/engine.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import type { Store } from '../../src/storage/store.js';

const PAGE_ROWS = 500;

async function allOf<T extends TableName>(
  store: Store,
  table: T,
  account: string,
): Promise<RowTypes[T][]> {
  const rows: RowTypes[T][] = [];
  for (;;) {
    const after = { account, id: rows.at(-1)?.id ?? '' };
    const page = await store.scan(table, after, PAGE_ROWS);
    const own = page.filter((row) => row.account === account);
    rows.push(...own);
    if (own.length < PAGE_ROWS) return rows;
  }
}

/** What the rows of all of an account's intents add up to. */
export async function countedByHand(store: Store, account: string): Promise<DayTallies> {
  return talliesOf(await allOf(store, 'intents', account), await allOf(store, 'attempts', account));
}

/** What an account's rollups say; days that have become empty are left out. */
export async function rolledUp(store: Store, account: string): Promise<DayTallies> {
  const days = await allOf(store, 'rollups', account);
  const full = days.filter(({ tally }) => Object.keys(tally).length > 0);
  return Object.fromEntries(full.map(({ id, tally }) => [id, tally]));
}

/** Counts on until nothing is left, in every account; answers the accounts. */
export async function rollUpAll(engine: Engine): Promise<string[]> {
  const accounts = await engine.accounts(1_000);
  for (const account of accounts) while (!(await engine.rollUp(account, 10)).isUpToDate);
  return accounts.filter((account) => account !== INSTALLATION);
}
