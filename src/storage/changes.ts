import type { Posting } from '../domain/ledger.js';
import { encodeRow, type Scalar } from './codec.js';
import type { TableName } from './schema.js';
import type { Change } from './store.js';

/** All changes of one kind to one table. */
export interface ChangeGroup {
  readonly table: TableName;
  readonly kind: Change['kind'];
  /** Encoded rows; of deletions only account and id. */
  readonly rows: Scalar[][];
}

/** Changes by table and kind, in the order in which each pair first appears. */
export function groupChanges(changes: readonly Change[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>();
  for (const { table, kind, row } of changes) {
    const name = `${kind} ${table}`;
    let group = groups.get(name);
    if (group === undefined) {
      group = { table, kind, rows: [] };
      groups.set(name, group);
    }
    const values = encodeRow(table, row);
    group.rows.push(kind === 'delete' ? values.slice(0, 2) : values);
  }
  return [...groups.values()];
}

/** Postings with those of one ledger account and currency made one; sums of zero are left out. */
export function sumPostings(postings: readonly Posting[]): Posting[] {
  const sums = new Map<string, Posting>();
  for (const posting of postings) {
    // JSON: ledger accounts may hold any character, so a separator could be forged.
    const name = JSON.stringify([posting.account, posting.ledgerAccount, posting.currency]);
    const sum = sums.get(name);
    if (sum === undefined) sums.set(name, { ...posting });
    else {
      sum.posted += posting.posted;
      sum.pending += posting.pending;
    }
  }
  return [...sums.values()].filter(({ posted, pending }) => posted !== 0n || pending !== 0n);
}
