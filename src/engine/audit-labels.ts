import { CUSTOMER_LABELS, type Label, metadataLabel } from '../domain/label.js';
import type { RowTypes } from '../storage/schema.js';
import type { Store } from '../storage/store.js';

type LabelledTable = 'intents' | 'attempts' | 'customers';

export const LABELLED_TABLES: readonly LabelledTable[] = ['intents', 'attempts', 'customers'];

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
  store: Store,
  table: LabelledTable,
  rows: readonly RowTypes[LabelledTable][],
): Promise<string[]> {
  const links = rows.flatMap((row) => labelsOf(row).map((label) => ({ row, label })));
  const faults = await Promise.all(links.map(({ row, label }) => fault(store, table, row, label)));
  return faults.filter((text) => text !== null);
}

async function fault(
  store: Store,
  table: LabelledTable,
  { account, id }: RowTypes[LabelledTable],
  label: Label,
): Promise<string | null> {
  const { last } = await store.search({
    ...{ table, account, sources: [{ label }], conditions: [], window: 1, limit: 1 },
    // Nothing sorts between an id and the id with this behind it.
    olderThan: `${id}!`,
  });
  if (last === id) return null;
  const { rows } = await store.load([{ table, account, id }], []);
  const [stored] = rows as (RowTypes[LabelledTable] | null)[];
  const stands =
    stored &&
    labelsOf(stored).some(({ name, value }) => name === label.name && value === label.value);
  return stands ? `${table} ${id} of ${account}: a search by ${label.name} misses it` : null;
}
