import { isTestClock, WALL_CLOCK } from '../domain/clock.js';
import { tallyId } from '../domain/tally.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { Finding, Key, Loaded } from '../storage/store.js';
import type { BatchRows } from './batch-rows.js';
import type { Need } from './command.js';
import { listName, rowName } from './row-cache.js';
import { countsTries, type FingerprintOf, talliesOf } from './tallies.js';

/** Rounds in which a command may name further rows; more means that it asks in circles. */
export const LOAD_ROUNDS_MAX = 5;

/** One asker: an account, and the function that names its rows. */
export interface Asker {
  readonly account: string;
  needs(need: Need): void;
  /** Called when `needs` throws: this asker fails alone, the others go on. */
  failed?(error: unknown): void;
}

type NeedOptions = Pick<LoadingOptions, 'whole' | 'fingerprintOf'>;

/** Tables whose rows may come to pay. */
const PAYERS: ReadonlySet<TableName> = new Set(['customers', 'methods', 'tokens']);

type Load = (keys: readonly Key[], findings: readonly Finding[]) => Promise<Loaded>;

export interface LoadingOptions {
  /** Tables read whole per account. */
  readonly whole: readonly TableName[];
  /** A lock taken late makes everything read before it stale: read all again. */
  readonly rereadAfterLateLock: (table: TableName) => boolean;
  /** For what counts tries to pay; absent where nothing is decided. */
  readonly fingerprintOf?: FingerprintOf;
}

/** Loads into `rows` what all askers need, a few rounds at most, each a read for all of them. */
export async function loadRows(
  rows: BatchRows,
  askers: readonly Asker[],
  load: Load,
  options: LoadingOptions,
): Promise<void> {
  const all: { keys: Key[]; findings: Finding[] } = { keys: [], findings: [] };
  for (let round = 0; round < LOAD_ROUNDS_MAX; round++) {
    const { keys, findings } = newNeeds(askers, rows, options);
    if (round === 0) findings.push(...wholeTables(rows, askers, options.whole));
    if (keys.length === 0 && findings.length === 0) return;
    all.keys.push(...keys);
    all.findings.push(...findings);
    const late = round > 0 && keys.some(({ table }) => options.rereadAfterLateLock(table));
    if (late) rows.put(all.keys, all.findings, await load(all.keys, all.findings));
    else rows.put(keys, findings, await load(keys, findings));
  }
  const { keys, findings } = newNeeds(askers, rows, options);
  if (keys.length + findings.length > 0) throw new Error('rows are asked for in circles');
}

/** The clock that a row lives by, null for the account's; undefined where rows have none. */
function clockOf(row: object): string | null | undefined {
  return 'clockId' in row ? (row as { clockId: string | null }).clockId : undefined;
}

/**
 * The test clock by which a command goes once its rows are loaded; null for the account's. Of the
 * rows that it names, the first that could live by a test clock decides.
 */
export function clockInForce({ account, needs }: Asker, rows: BatchRows): string | null {
  let found: string | null | undefined;
  const need = <T extends TableName>(table: T, id: string | null | undefined) => {
    if (id === null || id === undefined) return id as null | undefined;
    const row = rows.peek(table, account, id);
    const clockId = row ? clockOf(row) : undefined;
    if (found === undefined && clockId !== undefined && clockId !== WALL_CLOCK) found = clockId;
    return row;
  };
  const list = <T extends TableName>(table: T, column: string, value: string) =>
    rows.peekList({ table, account, where: { column, value } });
  // Another account's rows go by their own clock, whatever this command's is.
  const of = (other: string): Need => needOf(other, rows, new Map(), new Map(), { whole: [] });
  needs(Object.assign(need, { list, of }));
  return typeof found === 'string' && isTestClock(found) ? found : null;
}

function wholeTables(
  rows: BatchRows,
  askers: readonly Asker[],
  whole: readonly TableName[],
): Finding[] {
  const accounts = new Set(askers.map(({ account }) => account));
  return whole
    .flatMap((table) => [...accounts].map((account) => ({ table, account })))
    .filter((finding) => rows.peekList(finding) === undefined);
}

function newNeeds(
  askers: readonly Asker[],
  rows: BatchRows,
  options: NeedOptions,
): { keys: Key[]; findings: Finding[] } {
  const keys = new Map<string, Key>();
  const findings = new Map<string, Finding>();
  // Many askers of one round are of few accounts, and what names rows holds nothing of an asker's.
  const needs = new Map<string, Need>();
  for (const asker of askers) {
    let need = needs.get(asker.account);
    if (need === undefined) {
      need = needOf(asker.account, rows, keys, findings, options);
      needs.set(asker.account, need);
    }
    try {
      asker.needs(need);
    } catch (error) {
      if (asker.failed === undefined) throw error;
      asker.failed(error);
    }
  }
  return { keys: [...keys.values()], findings: [...findings.values()] };
}

function needOf(
  account: string,
  rows: BatchRows,
  keys: Map<string, Key>,
  findings: Map<string, Finding>,
  options: NeedOptions,
): Need {
  const { whole, fingerprintOf } = options;
  const isCounted = (): boolean =>
    fingerprintOf !== undefined && countsTries(rows.peek('accounts', account, account));
  const need = <T extends TableName>(table: T, id: string | null | undefined) => {
    if (id === null || id === undefined) return id as null | undefined;
    const row = rows.peek(table, account, id);
    if (row === undefined) keys.set(rowName(table, account, id), { table, account, id });
    const clockId = row && clockOf(row);
    if (typeof clockId === 'string' && isTestClock(clockId)) need('clocks', clockId);
    if (fingerprintOf !== undefined && PAYERS.has(table) && isCounted())
      for (const tally of talliesOf(table, id, row, fingerprintOf)) need('tallies', tally);
    return row as RowTypes[T] | null | undefined;
  };
  const list = <T extends TableName>(table: T, column: string, value: string) => {
    const finding = { table, account, where: { column, value } };
    const found = rows.peekList(finding);
    if (found === undefined) findings.set(listName(finding), finding);
    return found;
  };
  const of = (other: string): Need => {
    const theirs = needOf(other, rows, keys, findings, options);
    theirs('accounts', other);
    for (const table of whole) {
      const finding = { table, account: other };
      if (rows.peekList(finding) === undefined) findings.set(listName(finding), finding);
    }
    return theirs;
  };
  const card = (text: string): void => {
    const fingerprint = isCounted() ? fingerprintOf?.(text) : null;
    if (fingerprint) need('tallies', tallyId('card_number', fingerprint));
  };
  return Object.assign(need, { list, of, card });
}
