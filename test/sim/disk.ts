import type { Balance, Posting } from '../../src/domain/ledger.js';
import { decodeRow, encodeRow } from '../../src/storage/codec.js';
import { type Row, TABLE_NAMES, type TableName } from '../../src/storage/schema.js';
import { type Changes, ConstraintViolation } from '../../src/storage/store.js';

/** A row that a commit has changed, before and after; null where there was, or is, none. */
export interface Written {
  readonly table: TableName;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** What has become durable at one moment. */
export interface Commit {
  readonly number: number;
  /** `batch` by the engine's transactions; the others are the store's own upkeep. */
  readonly by: 'batch' | 'claim' | 'lease' | 'prune';
  readonly written: readonly Written[];
  readonly postings: readonly Posting[];
}

/** The name of a row within its table. */
export function keyOf(account: string, id: string): string {
  return `${account}\0${id}`;
}

const balanceName = (p: Pick<Posting, 'account' | 'ledgerAccount' | 'currency'>): string =>
  JSON.stringify([p.account, p.ledgerAccount, p.currency]);

/**
 * What a database holds, changed by whole commits only: what is applied is on disk. Rows go through
 * the codec as on any engine, and are frozen, so that nobody changes what is stored by a reference.
 */
export class Disk {
  readonly #tables = new Map<TableName, Map<string, Row>>(
    TABLE_NAMES.map((name) => [name, new Map()]),
  );
  readonly #balances = new Map<string, Balance>();
  readonly #batches = new Set<string>();
  readonly #watchers: ((commit: Commit) => void)[] = [];
  #commits = 0;
  /** Commits that were answered and are not on disk; only where `unsynced` asks for that. */
  #undo: (() => void)[] = [];
  /** A planted bug: commits are kept in memory until `sync`. */
  unsynced = false;

  row(table: TableName, account: string, id: string): Row | null {
    return this.#table(table).get(keyOf(account, id)) ?? null;
  }

  /** All rows of a table in (account, id) order. */
  rows(table: TableName): Row[] {
    return [...this.#table(table).values()].sort((a, b) =>
      a.account === b.account ? compare(a.id, b.id) : compare(a.account, b.account),
    );
  }

  /** All rows of a table in the order in which they were first written. */
  each(table: TableName): Iterable<Row> {
    return this.#table(table).values();
  }

  /** All rows of an account in the order of their ids. */
  ofAccount(table: TableName, account: string): Row[] {
    return [...this.#table(table).values()]
      .filter((row) => row.account === account)
      .sort((a, b) => compare(a.id, b.id));
  }

  balances(): Balance[] {
    return [...this.#balances.values()].filter((b) => b.posted !== 0n || b.pending !== 0n);
  }

  balance(posting: Pick<Posting, 'account' | 'ledgerAccount' | 'currency'>): Balance | null {
    return this.#balances.get(balanceName(posting)) ?? null;
  }

  hasBatch(id: string): boolean {
    return this.#batches.has(id);
  }

  watch(watcher: (commit: Commit) => void): void {
    this.#watchers.push(watcher);
  }

  /** Applies a batch whole, or throws ConstraintViolation and changes nothing. */
  commit(batchId: string, { changes, postings }: Changes): void {
    for (const { table, kind, row } of changes) {
      const taken = this.row(table, row.account, row.id) !== null;
      if (kind === 'insert' && (taken || this.#isUsedUp(table, row)))
        throw new ConstraintViolation(`${table} has ${row.id}`);
    }
    const written = changes.map(({ table, kind, row }) =>
      this.#put(table, row.account, row.id, kind === 'delete' ? null : row),
    );
    for (const posting of postings) this.#post(posting);
    this.#batches.add(batchId);
    if (this.unsynced) {
      this.#undo.push(() => {
        for (const posting of postings)
          this.#post({ ...posting, posted: -posting.posted, pending: -posting.pending });
        for (const { table, before, after } of [...written].reverse()) {
          const row = after ?? before;
          if (row !== null) this.#put(table, row.account, row.id, before);
        }
      });
    }
    this.#tell('batch', written, postings);
  }

  /** Changes single rows past any batch, as a store's own upkeep does. */
  touch(by: Commit['by'], rows: readonly [TableName, Row, Row | null][]): void {
    const written = rows.map(([table, { account, id }, after]) =>
      this.#put(table, account, id, after),
    );
    if (written.length > 0) this.#tell(by, written, []);
  }

  /** What was answered is on disk now. */
  sync(): void {
    this.#undo = [];
  }

  /** The machine stops: what is not on disk is gone. */
  powerCut(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  /** Submissions have a second unique key. */
  #isUsedUp(table: TableName, row: Row): boolean {
    if (table !== 'submissions' || !('codeId' in row)) return false;
    return this.ofAccount(table, row.account).some(
      (other) => 'codeId' in other && other.codeId === row.codeId,
    );
  }

  #table(name: TableName): Map<string, Row> {
    return this.#tables.get(name) as Map<string, Row>;
  }

  #put(table: TableName, account: string, id: string, row: Row | null): Written {
    const rows = this.#table(table);
    const name = keyOf(account, id);
    const before = rows.get(name) ?? null;
    const after = row === null ? null : frozen(decodeRow(table, encodeRow(table, row as never)));
    if (after === null) rows.delete(name);
    else rows.set(name, after);
    return { table, before, after };
  }

  #post(posting: Posting): void {
    const name = balanceName(posting);
    const { account, ledgerAccount, currency } = posting;
    const old = this.#balances.get(name) ?? { posted: 0n, pending: 0n };
    const posted = old.posted + posting.posted;
    const pending = old.pending + posting.pending;
    this.#balances.set(name, { account, ledgerAccount, currency, posted, pending });
  }

  #tell(by: Commit['by'], written: readonly Written[], postings: readonly Posting[]): void {
    const commit = { number: ++this.#commits, by, written, postings };
    for (const watcher of this.#watchers) watcher(commit);
  }
}

/** Byte by byte, as every engine compares keys: ids are ASCII. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
