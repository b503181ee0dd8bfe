import type { JsonObject } from '../../src/domain/json.js';
import { digestOf, digestsOf, type Labelled } from '../../src/storage/labels.js';
import type { Row, RowTypes, TableName } from '../../src/storage/schema.js';
import {
  type AuditStore,
  type Condition,
  FINDING_ROWS_MAX,
  type Finding,
  type Key,
  type Loaded,
  type PageRequest,
  type RowPlace,
  type SearchRequest,
  type Store,
} from '../../src/storage/store.js';
import { compare, type Disk } from './disk.js';

/** What a store answers to reads, in the plainest way: it looks at all rows. */

type Jobs = RowTypes['jobs'][];

const fieldOf = (row: Row, column: string): unknown => (row as unknown as JsonObject)[column];

const isAfter = (row: RowPlace, place: RowPlace): boolean =>
  (compare(row.account, place.account) || compare(row.id, place.id)) > 0;

function fits(row: Row, { column, comparison, value }: Condition): boolean {
  const own = fieldOf(row, column);
  if (value === null) return own === null;
  if (own === null || own === undefined) return false;
  if (comparison === 'in') return (value as readonly unknown[]).includes(own);
  const [a, b] = [own as string, value as string];
  if (comparison === 'eq') return a === b;
  if (comparison === 'ne') return a !== b;
  if (comparison === 'gt') return a > b;
  if (comparison === 'gte') return a >= b;
  return comparison === 'lt' ? a < b : a <= b;
}

function find(disk: Disk, { table, account, where }: Finding): Row[] {
  const rows = disk.ofAccount(table, account);
  const found =
    where === undefined ? rows : rows.filter((row) => fieldOf(row, where.column) === where.value);
  return found.slice(0, FINDING_ROWS_MAX);
}

/** Rows by their keys, and short lists. */
export function loadFrom(disk: Disk, keys: readonly Key[], findings: readonly Finding[]): Loaded {
  return {
    rows: keys.map(({ table, account, id }) => disk.row(table, account, id)),
    found: findings.map((finding) => find(disk, finding)),
  };
}

function pageOf(disk: Disk, request: PageRequest): Row[] {
  const { table, account, conditions, limit, olderThan, newerThan } = request;
  const rows = disk
    .ofAccount(table, account)
    .filter((row) => conditions.every((condition) => fits(row, condition)))
    .filter(({ id }) => olderThan === undefined || id < olderThan)
    .filter(({ id }) => newerThan === undefined || id > newerThan);
  return newerThan === undefined ? rows.reverse().slice(0, limit) : rows.slice(0, limit).reverse();
}

/** One window of a search. */
export function searchIn(disk: Disk, request: SearchRequest) {
  const { table, account, sources, conditions, window, limit, olderThan } = request;
  const looked = disk
    .ofAccount(table, account)
    .reverse()
    .filter(({ id }) => olderThan === undefined || id < olderThan)
    .filter(
      (row) =>
        sources.length === 0 ||
        sources.some((source) =>
          'label' in source
            ? digestsOf(table, row as Labelled).includes(digestOf(source.label))
            : fieldOf(row, source.column) === source.value,
        ),
    )
    .slice(0, window);
  const rows = looked
    .filter((row) => conditions.every((condition) => fits(row, condition)))
    .slice(0, limit);
  const last = (rows.length === limit ? rows : looked).at(-1)?.id ?? null;
  const ended = looked.length < window && rows.length < limit;
  return { rows: rows as never[], examined: looked.length, last, ended };
}

/** Jobs that are due by their clocks, the earliest first. */
export function dueJobsIn(disk: Disk, now: number): Jobs {
  const isDue = ({ account, clockId, dueAt }: Jobs[number]): boolean => {
    if (clockId === 'wall') return dueAt <= now;
    if (clockId === 'account') {
      const ahead = disk.row('accounts', account, account) as RowTypes['accounts'] | null;
      return dueAt <= now + (ahead?.clockAheadSeconds ?? 0);
    }
    const clock = disk.row('clocks', account, clockId) as RowTypes['clocks'] | null;
    if (clock === null || clock.status === 'deleted' || clock.status === 'advancing') return false;
    return dueAt <= clock.frozenTime;
  };
  const due = ([...disk.each('jobs')] as Jobs).filter(isDue);
  return due.sort((a, b) => a.dueAt - b.dueAt || compare(a.id, b.id));
}

/** What an audit reads. */
export function auditStoreOf(disk: Disk): AuditStore {
  const range = (table: TableName, after: RowPlace | null, until: RowPlace | null) =>
    disk
      .rows(table)
      .filter((row) => after === null || isAfter(row, after))
      .filter((row) => until === null || !isAfter(row, until));
  return {
    load: async (keys, findings) => loadFrom(disk, keys, findings),
    page: async (request) => pageOf(disk, request) as never[],
    balances: async (account) =>
      disk.balances().filter((one) => account === null || one.account === account),
    scan: async (table, after, limit, until = null) =>
      range(table, after, until).slice(0, limit) as never[],
    placeAfter: async (table, after, rows) => {
      const place = range(table, after, null)[rows - 1];
      return place === undefined ? null : { account: place.account, id: place.id };
    },
    gather: async ({ table, account, column, values, limit }) =>
      disk
        .ofAccount(table, account)
        .filter((row) => values.includes(fieldOf(row, column) as string))
        .slice(0, limit) as never[],
    missing: async (table, account, ids) =>
      ids.filter((id) => disk.row(table, account, id) === null),
    // Labels are found by a look at the rows: none can be missing.
    unlabelled: async () => [],
    strays: async (table, column, parent, { after, until }) =>
      range(table, after, until)
        .filter((row) => {
          const id = fieldOf(row, column);
          return typeof id === 'string' && disk.row(parent, row.account, id) === null;
        })
        .map(({ account, id }) => ({ account, id })),
    count: async (table) => disk.rows(table).length,
  };
}

type PlainReads = Pick<Store, 'nextJob' | 'factsAfter' | 'dueSubscriptions' | 'dueJobs'>;

/** What jobs and deliveries are found by. */
export function workReadsOf(disk: Disk): PlainReads {
  return {
    dueJobs: async (now, limit) => dueJobsIn(disk, now).slice(0, limit),
    nextJob: async ({ account, id }, until) => {
      const jobs = disk.ofAccount('jobs', account) as Jobs;
      const due = jobs.filter(({ clockId, dueAt }) => clockId === id && dueAt <= until);
      return due.sort((a, b) => a.dueAt - b.dueAt)[0] ?? null;
    },
    factsAfter: async (account, after, limit) =>
      (disk.ofAccount('facts', account) as RowTypes['facts'][])
        .filter(({ id }) => id > after)
        .slice(0, limit)
        .map(({ id, intentId }) => ({ id, intentId })),
    dueSubscriptions: async (nowMs, limit) => {
      const found = new Map<string, { account: string; id: string }>();
      for (const { account, subscription: id, state, dueAtMs } of disk.each(
        'deliveries',
      ) as Iterable<RowTypes['deliveries']>)
        if (state === 'waiting' && dueAtMs <= nowMs) found.set(`${account} ${id}`, { account, id });
      return [...found.values()].slice(0, limit);
    },
  };
}
