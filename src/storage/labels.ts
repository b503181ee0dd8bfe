import { hash } from 'node:crypto';
import type { Metadata } from '../domain/json.js';
import { CUSTOMER_LABELS, type Label, metadataLabel } from '../domain/label.js';
import { TABLES, type TableName } from './schema.js';
import type { Change } from './store.js';

/** A row of the table `labels`. */
export interface LabelRow {
  readonly account: string;
  readonly label: bigint;
  /** The table of the labelled row. */
  readonly owner: TableName;
  readonly id: string;
}

/** What of a row is looked at; the fill of older databases has no more than this. */
export interface Labelled {
  readonly metadata?: Metadata;
  readonly email?: string | null;
  readonly name?: string | null;
  readonly phone?: string | null;
}

/** The tables whose rows have labels, and which fields beside the metadata are labels. */
const LABELLED: ReadonlyMap<TableName, readonly (typeof CUSTOMER_LABELS)[number][]> = new Map<
  TableName,
  typeof CUSTOMER_LABELS | []
>([
  ['intents', []],
  ['attempts', []],
  ['customers', CUSTOMER_LABELS],
]);

/**
 * The eight bytes by which a label is kept and looked up. Two labels may share them, so whoever
 * finds a row by one looks at the row again.
 */
export function digestOf({ name, value }: Label): bigint {
  return hash('sha256', `${name}\0${value.toLowerCase()}`, 'buffer').readBigInt64BE();
}

const NO_LABELS: readonly bigint[] = [];

/** Metadata is never changed in place, and an intent's attempts have the intent's own. */
const metadataDigests = new WeakMap<object, readonly bigint[]>();

function digestsOfMetadata(metadata: Metadata): readonly bigint[] {
  let digests = metadataDigests.get(metadata);
  if (digests === undefined) {
    const entries = Object.entries(metadata);
    digests = entries.map(([key, value]) => digestOf({ name: metadataLabel(key), value }));
    metadataDigests.set(metadata, digests);
  }
  return digests;
}

/** The digests of all of a row's labels. */
export function digestsOf(owner: TableName, row: Labelled): readonly bigint[] {
  const fields = LABELLED.get(owner);
  if (fields === undefined) return NO_LABELS;
  const digests = row.metadata === undefined ? NO_LABELS : digestsOfMetadata(row.metadata);
  const own = fields.flatMap((name) => {
    const value = row[name];
    return value === null || value === undefined ? [] : [digestOf({ name, value })];
  });
  return own.length === 0 ? digests : [...new Set([...digests, ...own])];
}

/** Whether the labels are the same without a look at them. */
function isUntouched(owner: TableName, before: Labelled, after: Labelled): boolean {
  if (before.metadata !== after.metadata) return false;
  return (LABELLED.get(owner) ?? []).every((name) => before[name] === after[name]);
}

/**
 * The labels that changes add and take away. Those of a removed value go as well, or a value that
 * most rows once had would be slow to search for ever. Only where processes share the database,
 * rows of tables without locks keep them: of two that change such a row at once, the later one may
 * bring an older value back without knowing, and a label too many is only a row looked at in vain.
 */
export function labelChanges(
  changes: readonly Change[],
  shared: boolean,
): { added: LabelRow[]; removed: LabelRow[] } {
  const added: LabelRow[] = [];
  const removed: LabelRow[] = [];
  for (const { table, kind, row, before } of changes) {
    if (!LABELLED.has(table)) continue;
    const stored = (kind === 'insert' ? null : (before ?? null)) as Labelled | null;
    if (kind === 'update' && stored !== null && isUntouched(table, stored, row as Labelled))
      continue;
    const old = stored === null ? NO_LABELS : digestsOf(table, stored);
    const own = digestsOf(table, row as Labelled);
    const place = (label: bigint): LabelRow => ({
      account: row.account,
      label,
      owner: table,
      id: row.id,
    });
    if (kind === 'delete') {
      removed.push(...[...new Set([...old, ...own])].map(place));
      continue;
    }
    added.push(...own.filter((label) => !old.includes(label)).map(place));
    if (!shared || TABLES[table].locked)
      removed.push(...old.filter((label) => !own.includes(label)).map(place));
  }
  return { added, removed };
}
