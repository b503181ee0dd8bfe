import type { RowTypes, TableName } from '../storage/schema.js';
import type { AuditStore, Finding, Key, KeyRange, RowPlace } from '../storage/store.js';

/** Rows read at a time. */
const PAGE_ROWS = 1000;
/** Rows that one gathering answers at most. */
const GATHERED_ROWS_MAX = 10_000;

/** All rows of a range, page by page, each read while the one before it is worked on. */
export async function* pages<T extends TableName>(
  store: Pick<AuditStore, 'scan'>,
  table: T,
  { after, until }: KeyRange,
): AsyncGenerator<RowTypes[T][]> {
  const start = (from: RowPlace | null): Promise<RowTypes[T][]> => {
    const page = store.scan(table, from, PAGE_ROWS, until);
    // Whoever needs no more pages does not wait for the one under way.
    page.catch(() => {});
    return page;
  };
  for (let next = start(after); ; ) {
    const rows = await next;
    const last = rows.at(-1);
    if (last === undefined) return;
    next = start(last);
    yield rows;
  }
}

/** Rows as they are now, in the order of their places; what is gone since is left out. */
export async function storedOf<T extends TableName>(
  store: AuditStore,
  table: T,
  places: readonly RowPlace[],
): Promise<RowTypes[T][]> {
  const { rows } = await store.load(
    places.map(({ account, id }) => ({ table, account, id })),
    [],
  );
  return (rows as (RowTypes[T] | null)[]).filter((row) => row !== null);
}

/** One list per finding by a column, oldest first, however long; few reads for many findings. */
export async function findAll<T extends TableName>(
  store: AuditStore,
  table: T,
  findings: readonly Finding[],
): Promise<RowTypes[T][][]> {
  const lists = new Map<string, RowTypes[T][]>();
  const named = findings.flatMap(({ account, where }) => (where ? [{ account, ...where }] : []));
  const groups = groupBy(named, ({ account, column }) => `${account} ${column}`);
  for (const group of groups.values()) {
    const [{ account, column } = { account: '', column: '' }] = group;
    const values = [...new Set(group.map(({ value }) => value))];
    for (const row of await gatherAll(store, table, account, column, values)) {
      const value = (row as unknown as Record<string, string>)[column];
      const name = `${account} ${column} ${value}`;
      const list = lists.get(name);
      if (list === undefined) lists.set(name, [row]);
      else list.push(row);
    }
  }
  for (const list of lists.values())
    if (list.length > 1) list.sort((a, b) => (a.id < b.id ? -1 : 1));
  return findings.map(
    ({ account, where }) => lists.get(`${account} ${where?.column} ${where?.value}`) ?? [],
  );
}

async function gatherAll<T extends TableName>(
  store: AuditStore,
  table: T,
  account: string,
  column: string,
  values: readonly string[],
): Promise<RowTypes[T][]> {
  const limit = GATHERED_ROWS_MAX;
  const rows = await store.gather<T>({ table, account, column, values, limit });
  if (rows.length < limit) return rows;
  const half = Math.ceil(values.length / 2);
  if (half === values.length) return pageAll(store, table, account, column, values[0] ?? '');
  return [
    ...(await gatherAll(store, table, account, column, values.slice(0, half))),
    ...(await gatherAll(store, table, account, column, values.slice(half))),
  ];
}

/** What has one value, where that is very much. */
async function pageAll<T extends TableName>(
  store: AuditStore,
  table: T,
  account: string,
  column: string,
  value: string,
): Promise<RowTypes[T][]> {
  const rows: RowTypes[T][] = [];
  const conditions = [{ column, comparison: 'eq', value } as const];
  for (let newerThan = ''; ; newerThan = rows.at(-1)?.id ?? '') {
    const page = await store.page<T>({ table, account, conditions, limit: PAGE_ROWS, newerThan });
    rows.push(...page.reverse());
    if (page.length < PAGE_ROWS) return rows;
  }
}

/** A key as text. */
export function keyName({ table, account, id }: Key): string {
  return `${table} ${account} ${id}`;
}

/** Which of many keys are of no row, by `keyName`; `known` names rows that are surely there. */
export async function missingOf(
  store: AuditStore,
  keys: readonly Key[],
  known: ReadonlySet<string> = new Set(),
): Promise<Set<string>> {
  const missing = new Set<string>();
  const groups = groupBy(keys, ({ table, account }) => `${table} ${account}`);
  for (const [name, group] of groups) {
    const [{ table, account } = { table: 'accounts' as const, account: '' }] = group;
    const ids = new Set(group.map(({ id }) => id));
    const asked = [...ids].filter((id) => !known.has(`${name} ${id}`));
    for (const id of await store.missing(table, account, asked))
      missing.add(keyName({ table, account, id }));
  }
  return missing;
}

/** A list cut into lists by a name; the runtimes' own is younger than the oldest of them. */
export function groupBy<R>(list: readonly R[], nameOf: (item: R) => string): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const item of list) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
