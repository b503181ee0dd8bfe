import type { Row, RowTypes, TableName } from '../../src/storage/schema.js';
import type { Commit } from './disk.js';

/** The auditor's own copy of what was committed, found by what belongs together. */
export class Books {
  readonly #rows = new Map<TableName, Map<string, Row>>();
  /** Rows by the object that they are about, for each table that names one. */
  readonly #byParent = new Map<string, Set<string>>();

  take({ written }: Commit): void {
    for (const { table, before, after } of written) {
      const rows = this.#tableOf(table);
      if (before !== null) {
        rows.delete(before.id);
        for (const parent of parentsOf(table, before))
          this.#children(table, parent).delete(before.id);
      }
      if (after === null) continue;
      rows.set(after.id, after);
      for (const parent of parentsOf(table, after)) this.#children(table, parent).add(after.id);
    }
  }

  get<T extends TableName>(table: T, id: string): RowTypes[T] | null {
    return (this.#tableOf(table).get(id) ?? null) as RowTypes[T] | null;
  }

  all<T extends TableName>(table: T): RowTypes[T][] {
    return [...this.#tableOf(table).values()] as RowTypes[T][];
  }

  /** What belongs to an object, such as the refunds of an intent. */
  of<T extends TableName>(table: T, parent: string): RowTypes[T][] {
    return [...this.#children(table, parent)].flatMap((id) => this.get(table, id) ?? []);
  }

  #tableOf(table: TableName): Map<string, Row> {
    const rows = this.#rows.get(table) ?? new Map<string, Row>();
    this.#rows.set(table, rows);
    return rows;
  }

  #children(table: TableName, parent: string): Set<string> {
    const name = `${table} ${parent}`;
    const children = this.#byParent.get(name) ?? new Set<string>();
    this.#byParent.set(name, children);
    return children;
  }
}

const PARENTS: Partial<Record<TableName, readonly string[]>> = {
  attempts: ['intent'],
  refunds: ['intent'],
  disputes: ['intent'],
  transfers: ['intent', 'source'],
  deliveries: ['fact'],
  facts: ['intentId'],
};

function parentsOf(table: TableName, row: Row): string[] {
  const fields = row as unknown as Record<string, unknown>;
  const ids = (PARENTS[table] ?? []).map((column) => fields[column]);
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && id !== ''))];
}
