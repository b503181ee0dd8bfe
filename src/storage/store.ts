import type { Label } from '../domain/label.js';
import type { Balance, Posting } from '../domain/ledger.js';
import type { RowTypes, TableName } from './schema.js';

/** A row by its primary key. */
export interface Key<T extends TableName = TableName> {
  readonly table: T;
  readonly account: string;
  readonly id: string;
}

/** Where a row is among all rows of its table. */
export type RowPlace = Omit<Key, 'table'>;

/** Rows in (account, id) order: after one and up to another; null leaves that end open. */
export interface KeyRange {
  readonly after: RowPlace | null;
  readonly until: RowPlace | null;
}

/** All rows of an account whose column has a value: for short lists that a decision needs. */
export interface Finding<T extends TableName = TableName> {
  readonly table: T;
  readonly account: string;
  /** Absent: all rows of the account. */
  readonly where?: { readonly column: string; readonly value: string };
}

/** A finding reads at most this many rows; more is a limit that the engine must enforce itself. */
export const FINDING_ROWS_MAX = 1000;

export interface Loaded {
  /** One per key, in the keys' order; null where there is none. */
  readonly rows: (RowTypes[TableName] | null)[];
  /** One list per finding, oldest first. */
  readonly found: RowTypes[TableName][][];
}

/** One row that a batch writes; a batch changes a row at most once. */
export interface Change<T extends TableName = TableName> {
  readonly table: T;
  /** An insert of a key that exists fails the batch; an update replaces the row whole. */
  readonly kind: 'insert' | 'update' | 'delete';
  readonly row: RowTypes[T];
  /** The row as it is stored, where it is known: labels that stay need not be written again. */
  readonly before?: RowTypes[T] | null;
}

export interface Changes {
  readonly changes: readonly Change[];
  /** Additive changes of balances; several for one ledger account are summed. */
  readonly postings: readonly Posting[];
}

export type Comparison = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in';

export interface Condition {
  readonly column: string;
  readonly comparison: Comparison;
  /** Null: the column has no value; `eq` only. */
  readonly value: string | number | bigint | readonly string[] | null;
}

/** A page of one account's rows, newest first, as the ids' order says. */
export interface PageRequest<T extends TableName = TableName> {
  readonly table: T;
  readonly account: string;
  readonly conditions: readonly Condition[];
  readonly limit: number;
  /** Exclusive: only rows older than this id. */
  readonly olderThan?: string;
  /** Exclusive: only rows newer than this id; the page is then the nearest to it. */
  readonly newerThan?: string;
}

/** Where a search finds rows without looking at all: by a label, or by an indexed column. */
export type SearchSource =
  | { readonly label: Label }
  | { readonly column: string; readonly value: string };

/** One bounded look for rows of an account, newest first. */
export interface SearchRequest<T extends TableName = TableName> {
  readonly table: T;
  readonly account: string;
  /** The rows that any of these finds; of none, all. A label may find rows that lack it. */
  readonly sources: readonly SearchSource[];
  /** All of them hold for the rows that are answered. */
  readonly conditions: readonly Condition[];
  /** Rows looked at, at most. */
  readonly window: number;
  /** Rows answered, at most. */
  readonly limit: number;
  /** Exclusive: only rows older than this id. */
  readonly olderThan?: string;
}

export interface SearchAnswer<T extends TableName = TableName> {
  readonly rows: RowTypes[T][];
  /** How many rows were looked at. */
  readonly examined: number;
  /** The search goes on with what is older than this; null where nothing was looked at. */
  readonly last: string | null;
  /** There is nothing older to look at. */
  readonly ended: boolean;
}

/** Rows of one account by many values of one column, which is text and has an index. */
export interface Gathering<T extends TableName = TableName> {
  readonly table: T;
  readonly account: string;
  readonly column: string;
  readonly values: readonly string[];
  readonly limit: number;
}

/** A label that a row should be found by. */
export interface Labelling {
  readonly id: string;
  readonly label: Label;
}

/** What a batch may do inside its one transaction. */
export interface Transaction {
  /** Reads rows; where processes share the database, locks those of locked tables, in order. */
  load(keys: readonly Key[], findings: readonly Finding[]): Promise<Loaded>;
  /**
   * Writes everything, at the latest when the body has ended; called at most once, and nothing is
   * loaded after it.
   */
  write(changes: Changes): Promise<void>;
}

/** The write was refused because a unique key exists: some command of the batch must fail. */
export class ConstraintViolation extends Error {}

/** The transaction was certainly rolled back and may be run again. */
export class RolledBack extends Error {}

/** The connection died in COMMIT: it may have been committed; run again with the same batch id. */
export class OutcomeUnknown extends Error {}

/** What has a limit to how long it is kept. */
export type PrunedTable =
  | 'idempotency'
  | 'facts'
  | 'deliveries'
  | 'batches'
  | 'messages'
  | 'mails'
  | 'tallies';

export interface Store {
  /** What this engine can do; code asks for a capability, never for a brand. */
  readonly capabilities: {
    /** Several Tender processes may share it. */
    readonly shared: boolean;
  };
  /**
   * Runs `body` as one durable transaction: when the promise resolves, it is on disk. Text with a
   * NUL or half a surrogate pair is refused with a plain error, here and in every read.
   * `already_committed`: a transaction with this batch id was committed before; `body` did not run.
   * Throws ConstraintViolation, RolledBack or OutcomeUnknown; anything else was rolled back.
   */
  transact(
    batchId: string,
    body: (transaction: Transaction) => Promise<void>,
  ): Promise<'committed' | 'already_committed'>;
  /** Reads outside any batch, without locks; sees every acknowledged write. */
  load(keys: readonly Key[], findings: readonly Finding[]): Promise<Loaded>;
  page<T extends TableName>(request: PageRequest<T>): Promise<RowTypes[T][]>;
  /** Looks at one window of an account's rows; however few fit, it takes a few milliseconds. */
  search<T extends TableName>(request: SearchRequest<T>): Promise<SearchAnswer<T>>;
  /** All non-zero balances of an account, or of all accounts. */
  balances(account: string | null): Promise<Balance[]>;
  /**
   * The table in (account, id) order across all accounts, from after a key and up to `until`, where
   * that is given: audits and exports.
   */
  scan<T extends TableName>(
    table: T,
    after: RowPlace | null,
    limit: number,
    until?: RowPlace | null,
  ): Promise<RowTypes[T][]>;
  /** The place `rows` rows further on; null where there are not so many. */
  placeAfter(table: TableName, after: RowPlace | null, rows: number): Promise<RowPlace | null>;
  /** Rows whose column has one of the values, in no order. */
  gather<T extends TableName>(request: Gathering<T>): Promise<RowTypes[T][]>;
  /** Those of the ids that the table does not have. */
  missing(table: TableName, account: string, ids: readonly string[]): Promise<string[]>;
  /** Those of the labels that searches would not find their rows by. */
  unlabelled(
    table: TableName,
    account: string,
    labellings: readonly Labelling[],
  ): Promise<Labelling[]>;
  /** Those rows of a range whose column names no row of their account in the table `parent`. */
  strays(table: TableName, column: string, parent: TableName, range: KeyRange): Promise<RowPlace[]>;
  /** How many rows a table has, which takes a look at all of them. */
  count(table: TableName): Promise<number>;
  /**
   * Jobs whose clock says that they are due when the wall clock says `now` (Unix seconds), the
   * earliest first.
   */
  dueJobs(now: number, limit: number): Promise<RowTypes['jobs'][]>;
  /** The first job by one clock that is due at or before `until`, a time of that clock. */
  nextJob(clock: { account: string; id: string }, until: number): Promise<RowTypes['jobs'] | null>;
  /** An account's facts after one, oldest first, each with the intent that it is about. */
  factsAfter(
    account: string,
    after: string,
    limit: number,
  ): Promise<{ id: string; intentId: string | null }[]>;
  /** Subscriptions with deliveries due, with their accounts. */
  dueSubscriptions(nowMs: number, limit: number): Promise<{ account: string; id: string }[]>;
  /**
   * Takes up to `limit` due deliveries of one subscription, oldest first, by moving their due time
   * to the lease's end: nobody else gets them until then.
   */
  claimDeliveries(
    claim: { account: string; subscription: string; nowMs: number; leaseMs: number },
    limit: number,
  ): Promise<RowTypes['deliveries'][]>;
  /** Makes deliveries of an account that wait for another try due at once. */
  hurryDeliveries(account: string, nowMs: number): Promise<void>;
  /** Makes waiting deliveries of an earlier process due at once; only where nothing is shared. */
  releaseLeases(nowMs: number): Promise<void>;
  /** Adds up what batches appended to the balances; returns how many rows went. */
  fold(): Promise<number>;
  /**
   * Deletes up to `limit` rows created before, by the wall clock in the table's own unit: Unix ms
   * for `idempotency` and `batches`, seconds for the others; returns how many went.
   * A pruned batch is no longer known, so none may be pruned that could still be run again.
   */
  prune(table: PrunedTable, before: number, limit: number): Promise<number>;
  close(): Promise<void>;
}

/** What audits read by; it may be the rows of one moment. */
export type AuditStore = Pick<
  Store,
  | 'load'
  | 'page'
  | 'balances'
  | 'scan'
  | 'placeAfter'
  | 'gather'
  | 'missing'
  | 'unlabelled'
  | 'strays'
  | 'count'
>;
