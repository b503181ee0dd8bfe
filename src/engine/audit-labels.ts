import { CUSTOMER_LABELS, type Label, metadataLabel } from '../domain/label.js';
import type { RowTypes } from '../storage/schema.js';
import type { AuditStore, RowPlace } from '../storage/store.js';
import { groupBy, storedOf } from './audit-reads.js';

type LabelledTable = 'intents' | 'attempts' | 'customers';

function labelsOf(row: RowTypes[LabelledTable]): Label[] {
  const labels = Object.entries(row.metadata).map(([key, value]) => ({
    name: metadataLabel(key),
    value,
  }));
  if (!('email' in row)) return labels;
  for (const name of CUSTOMER_LABELS) {
    const value = row[name];
    if (value !== null) labels.push({ name, value });
  }
  return labels;
}

/** Rows that a search would miss: each label must find its row, or the row has changed since. */
export async function labelFaults(
  store: AuditStore,
  table: LabelledTable,
  rows: readonly RowTypes[LabelledTable][],
): Promise<string[]> {
  const faults: string[] = [];
  for (const [account, group] of groupBy(rows, (row) => row.account)) {
    const labellings = group.flatMap((row) =>
      labelsOf(row).map((label) => ({ id: row.id, label })),
    );
    for (const { id, label } of await store.unlabelled(table, account, labellings))
      if (await stillHas(store, table, { account, id }, label))
        faults.push(`${table} ${id} of ${account}: a search by ${label.name} misses it`);
  }
  return faults;
}

async function stillHas(
  store: AuditStore,
  table: LabelledTable,
  place: RowPlace,
  label: Label,
): Promise<boolean> {
  const [stored] = await storedOf(store, table, [place]);
  if (stored === undefined) return false;
  return labelsOf(stored).some(({ name, value }) => name === label.name && value === label.value);
}
