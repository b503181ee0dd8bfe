import type { JsonObject } from '../domain/json.js';
import type { Posting } from '../domain/ledger.js';
import { encodeRow } from '../storage/codec.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { Change, Changes, Finding, Key, Loaded } from '../storage/store.js';
import { listName, type RowCache, rowName } from './row-cache.js';

type AnyRow = RowTypes[TableName];

interface FoundList {
  readonly finding: Finding;
  rows: AnyRow[];
}

const NOTHING: ReadonlyMap<string, Change> = new Map();

/** The rows of one batch: as loaded, then as its commands leave them one after the other. */
export class BatchRows {
  readonly #rows = new Map<string, AnyRow | null>();
  /** Lists by table: a change concerns few of the hundreds that a batch may ask for. */
  readonly #found = new Map<TableName, Map<string, FoundList>>();
  readonly #changes = new Map<string, Change>();
  readonly #postings: Posting[] = [];
  readonly #before: ReadonlyMap<string, Change>;
  #beforeByTable: Map<TableName, Change[]> | null = null;
  readonly #cache: RowCache | null;
  #clocked = false;

  /**
   * `before`: a batch that is being written; what it changed counts as stored. With a cache,
   * idempotency keys that are not in it count as new, unread: of an older one the insert fails,
   * and the batch is decided again over what is stored.
   */
  constructor(before: BatchRows | null = null, cache: RowCache | null = null) {
    this.#before = before === null ? NOTHING : before.#changes;
    this.#cache = cache;
  }

  /** Whether any test clock was asked for: most batches know of none. */
  get clocked(): boolean {
    return this.#clocked;
  }

  /** The row, null when there is none, undefined when it was never asked for. */
  peek<T extends TableName>(table: T, account: string, id: string): RowTypes[T] | null | undefined {
    if (table === 'clocks') this.#clocked = true;
    const name = rowName(table, account, id);
    const own = this.#rows.get(name);
    if (own !== undefined) return own as RowTypes[T] | null;
    const change = this.#before.get(name);
    if (change !== undefined) return change.kind === 'delete' ? null : (change.row as RowTypes[T]);
    if (this.#cache === null) return undefined;
    let kept = this.#cache.row(name);
    if (kept === undefined && table === 'idempotency') kept = null;
    // The batch's own from here on: the cache may let it go before the batch decides.
    if (kept !== undefined) this.#rows.set(name, kept);
    return kept as RowTypes[T] | null | undefined;
  }

  get<T extends TableName>(table: T, account: string, id: string): RowTypes[T] | null {
    const row = this.peek(table, account, id);
    if (row === undefined) throw new Error(`${table} ${id} was decided on but never asked for`);
    return row;
  }

  /** A list, changes of this batch included; undefined when it was never asked for. */
  peekList<T extends TableName>(finding: Finding<T>): RowTypes[T][] | undefined {
    const name = listName(finding);
    const found = this.#foundIn(finding.table);
    const kept = found.has(name) ? undefined : this.#cache?.list(name);
    if (kept !== undefined) this.#putList(finding, kept);
    return found.get(name)?.rows as RowTypes[T][] | undefined;
  }

  #foundIn(table: TableName): Map<string, FoundList> {
    let found = this.#found.get(table);
    if (found === undefined) {
      found = new Map();
      this.#found.set(table, found);
    }
    return found;
  }

  /** What the batch before has changed in a table. */
  #earlier(table: TableName): readonly Change[] {
    if (this.#beforeByTable === null) {
      this.#beforeByTable = new Map();
      for (const change of this.#before.values()) {
        const same = this.#beforeByTable.get(change.table);
        if (same === undefined) this.#beforeByTable.set(change.table, [change]);
        else same.push(change);
      }
    }
    return this.#beforeByTable.get(table) ?? [];
  }

  list<T extends TableName>(finding: Finding<T>): RowTypes[T][] {
    const rows = this.peekList(finding);
    if (rows === undefined)
      throw new Error(`${listName(finding)} was decided on but never asked for`);
    return rows;
  }

  put(keys: readonly Key[], findings: readonly Finding[], loaded: Loaded): void {
    for (const [i, { table, account, id }] of keys.entries())
      this.#rows.set(rowName(table, account, id), loaded.rows[i] ?? null);
    for (const [i, finding] of findings.entries()) this.#putList(finding, loaded.found[i] ?? []);
    this.#cache?.read(keys, findings, loaded);
  }

  #putList(finding: Finding, rows: AnyRow[]): void {
    const list = { finding, rows };
    this.#foundIn(finding.table).set(listName(finding), list);
    for (const change of this.#earlier(finding.table)) mergeIntoList(list, change);
  }

  /** Takes over what a command changed, folded with earlier changes of the same row. */
  merge(account: string, changes: Iterable<Change>, postings: readonly Posting[]): void {
    for (const change of changes) {
      const { table, kind, row } = change;
      // Encoded here, while an earlier batch is written, and not between the two.
      if (kind !== 'delete') encodeRow(table, row);
      const name = rowName(table, account, row.id);
      const first = this.#changes.get(name);
      // What is stored is what was there before the batch's first change of the row.
      const before =
        first === undefined && kind !== 'insert' ? this.peek(table, account, row.id) : null;
      const folded = fold(first, before ? { ...change, before } : change);
      if (folded === null) this.#changes.delete(name);
      else this.#changes.set(name, folded);
      this.#rows.set(name, kind === 'delete' ? null : row);
      for (const list of this.#foundIn(table).values()) mergeIntoList(list, change);
    }
    for (const posting of postings) this.#postings.push(posting);
  }

  changes(): Changes {
    return { changes: [...this.#changes.values()], postings: this.#postings };
  }
}

/** Brings a list into line with a change, whichever of the two the store saw first. */
function mergeIntoList(list: FoundList, { table, kind, row }: Change): void {
  const { finding } = list;
  if (finding.table !== table || finding.account !== row.account) return;
  const others = list.rows.filter(({ id }) => id !== row.id);
  const value = finding.where && (row as unknown as JsonObject)[finding.where.column];
  if (kind !== 'delete' && value === finding.where?.value) others.push(row);
  list.rows = others;
}

/** Two changes of one row as one; null when they cancel out. */
function fold(first: Change | undefined, second: Change): Change | null {
  if (first === undefined) return second;
  if (first.kind === 'insert') {
    return second.kind === 'delete' ? null : { ...second, kind: 'insert' };
  }
  // A row deleted and inserted again in one batch replaces the stored one.
  const kind = second.kind === 'insert' ? 'update' : second.kind;
  return first.before ? { ...second, kind, before: first.before } : { ...second, kind };
}
