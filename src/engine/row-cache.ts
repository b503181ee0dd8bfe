import type { RowTypes, TableName } from '../storage/schema.js';
import type { Change, Finding, Key, Loaded } from '../storage/store.js';

type AnyRow = RowTypes[TableName];

/** Tables that only batches write, and whose rows are often needed again soon. */
const KEPT: ReadonlySet<TableName> = new Set([
  'accounts',
  'intents',
  'attempts',
  'methods',
  'customers',
  'tokens',
  'transfers',
  'subscriptions',
  'clocks',
  'setups',
  'setup_attempts',
  'idempotency',
]);

/** The cache's name of a row. */
export function rowName(table: TableName, account: string, id: string): string {
  return `${table}/${account}/${id}`;
}

/** The cache's name of a list. */
export function listName({ table, account, where }: Finding): string {
  return where === undefined
    ? `${table}/${account}`
    : `${table}/${account}/${where.column}=${where.value}`;
}

/**
 * What the newest batches left and read, where no other process writes: a row that is here need
 * not be read. Nulls are kept too: that there is no such row is as good as the row.
 */
export class RowCache {
  readonly #rows_max: number;
  readonly #rows = new Map<string, AnyRow | null>();
  readonly #lists = new Map<string, AnyRow[]>();

  /** Beyond `rows_max` the longest-kept rows go; lists likewise. */
  constructor(rows_max: number) {
    this.#rows_max = rows_max;
  }

  row(name: string): AnyRow | null | undefined {
    return this.#rows.get(name);
  }

  list(name: string): AnyRow[] | undefined {
    return this.#lists.get(name);
  }

  /** Keeps what was read. */
  read(keys: readonly Key[], findings: readonly Finding[], loaded: Loaded): void {
    for (const [i, { table, account, id }] of keys.entries())
      if (KEPT.has(table)) this.#rows.set(rowName(table, account, id), loaded.rows[i] ?? null);
    // Whole tables only: what a condition finds changes with columns that are not looked at here.
    for (const [i, finding] of findings.entries())
      if (KEPT.has(finding.table) && finding.where === undefined)
        this.#lists.set(listName(finding), loaded.found[i] ?? []);
    this.#trim(this.#rows);
    this.#trim(this.#lists);
  }

  /** Keeps what a batch has written; called once it is durable. */
  written(changes: readonly Change[]): void {
    for (const { table, kind, row } of changes) {
      if (!KEPT.has(table)) continue;
      this.#lists.delete(listName({ table, account: row.account }));
      const name = rowName(table, row.account, row.id);
      // Deleted first, so that it counts as new: the oldest are the first to go.
      this.#rows.delete(name);
      this.#rows.set(name, kind === 'delete' ? null : row);
    }
    this.#trim(this.#rows);
  }

  #trim(kept: Map<string, unknown>): void {
    for (const name of kept.keys()) {
      if (kept.size <= this.#rows_max) return;
      kept.delete(name);
    }
  }
}
