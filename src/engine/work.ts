import { type Account, defaultAccount } from '../domain/account.js';
import { ACCOUNT_CLOCK, WALL_CLOCK } from '../domain/clock.js';
import {
  type Fact,
  type FactType,
  SNAPSHOT_VERSION,
  SUBJECT_KINDS,
  type SubjectKind,
} from '../domain/fact.js';
import type { JsonObject } from '../domain/json.js';
import {
  type Entry,
  entryRows,
  type Posting,
  postingsBetween,
  type Transfer,
} from '../domain/ledger.js';
import { type Job, type Subscription, WALL_JOBS } from '../domain/subscription.js';
import type { CardDesk, Rail } from '../rails/rail.js';
import { snapshotOf } from '../storage/codec.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { Change } from '../storage/store.js';
import type { BatchRows } from './batch-rows.js';
import type { Rows } from './command.js';
import type { EventTeller } from './events.js';
import { SUBJECT_TABLES } from './snapshots.js';

/** What decisions may use of the world; everything in it is an argument, so runs repeat exactly. */
export interface DecisionContext {
  /** Wall time, Unix ms. */
  readonly nowMs: number;
  /** A time-ordered id: prefix, and the number of characters after it. */
  newId(prefix: string, length: number): string;
  /** That many random base62 characters. */
  secret(length: number): string;
  /** The rail that pays with a method type; null where none does. */
  railFor(methodType: string): Rail | null;
  readonly cards: CardDesk;
  readonly vault: Vault;
  readonly tellers: readonly EventTeller[];
}

/** What needs the installation's keys. */
export interface Vault {
  /** Encrypts; only the same row id opens it again. */
  seal(plain: string, rowId: string): string;
  open(sealed: string, rowId: string): string;
  sealSecret(plain: string, rowId: string): string;
  openSecret(sealed: string, rowId: string): string;
  /** The same text for the same card number; says nothing of the number. */
  fingerprint(cardNumber: string): string;
}

/** Who asks, for the facts that a command records. */
export interface Origin {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** What is to be said of a transfer that moves money at once. */
type Posted = Pick<Transfer, 'kind' | 'intent' | 'source' | 'amount' | 'currency'> &
  Partial<Pick<Transfer, 'id' | 'fee' | 'availableOn' | 'description'>> & {
    readonly lines: Entry[];
  };

/** The objects of a fact. */
export type Subjects = { [Kind in SubjectKind]?: RowTypes[(typeof SUBJECT_TABLES)[Kind]] };

const NO_SUBJECTS = Object.fromEntries(SUBJECT_KINDS.map((kind) => [kind, null])) as Record<
  SubjectKind,
  null
>;

/** The intent that a fact is about. */
function intentOf({ intent, ...parts }: Subjects): string | null {
  const part = parts.attempt ?? parts.refund ?? parts.dispute ?? parts.inquiry ?? parts.warning;
  return (intent?.id ?? part?.intent) || null;
}

/**
 * One command's view of the batch: it reads what earlier commands left, and its own changes. They
 * reach the batch only by `keep`, so a command that throws or refuses leaves nothing.
 */
export class Work implements Rows {
  readonly accountId: string;
  readonly context: DecisionContext;
  readonly #batch: BatchRows;
  readonly #origin: Origin;
  #changes = new Map<string, Change>();
  #postings: Posting[] = [];
  #now: number | null = null;
  /** The test clock in force; null: the account's own. */
  #clockId: string | null;
  #others: Map<string, Work> | null = null;
  #account: Account | null = null;

  constructor(
    batch: BatchRows,
    context: DecisionContext,
    account: string,
    origin: Origin,
    clockId: string | null = null,
  ) {
    this.#batch = batch;
    this.context = context;
    this.accountId = account;
    this.#origin = origin;
    this.#clockId = clockId;
  }

  /**
   * The same command over another account's rows, which it has asked for by `need.of`; kept or
   * dropped with this one. It goes by that account's own clock until `goBy` says otherwise.
   */
  of(account: string): Work {
    if (account === this.accountId) return this;
    this.#others ??= new Map();
    let other = this.#others.get(account);
    if (other === undefined) {
      other = new Work(this.#batch, this.context, account, this.#origin);
      this.#others.set(account, other);
    }
    return other;
  }

  get<T extends TableName>(table: T, id: string): RowTypes[T] | null {
    const change = this.#changes.get(`${table}/${id}`);
    if (change !== undefined) return change.kind === 'delete' ? null : (change.row as RowTypes[T]);
    return this.#batch.get(table, this.accountId, id);
  }

  /** As `get`, undefined where no command of the batch has asked for the row. */
  peek<T extends TableName>(table: T, id: string): RowTypes[T] | null | undefined {
    const change = this.#changes.get(`${table}/${id}`);
    return change === undefined ? this.#batch.peek(table, this.accountId, id) : this.get(table, id);
  }

  /** A list as earlier commands left it, with this command's own changes laid over it. */
  list<T extends TableName>(table: T, column: string, value: string): RowTypes[T][] {
    const account = this.accountId;
    const changes = [...this.#changes.values()];
    // What belongs to a row that this command has made can only have been made by it, too.
    const isNew = changes.some(({ kind, row }) => kind === 'insert' && row.id === value);
    const stored = isNew ? [] : this.#batch.list<T>({ table, account, where: { column, value } });
    const own = changes.filter((change) => change.table === table);
    if (own.length === 0) return stored;
    const changed = new Set(own.map(({ row }) => row.id));
    const kept = own.filter(
      ({ kind, row }) => kind !== 'delete' && (row as unknown as JsonObject)[column] === value,
    );
    return [
      ...stored.filter(({ id }) => !changed.has(id)),
      ...kept.map(({ row }) => row as RowTypes[T]),
    ];
  }

  account(): Account {
    const stored = this.get('accounts', this.accountId);
    if (stored !== null) return stored;
    this.#account ??= defaultAccount(this.accountId);
    return this.#account;
  }

  /** The account's subscriptions, changes of this batch included. */
  subscriptions(): Subscription[] {
    const stored = this.#batch.list({ table: 'subscriptions', account: this.accountId });
    const own = [...this.#changes.values()].filter(({ table }) => table === 'subscriptions');
    if (own.length === 0) return stored;
    const changed = new Set(own.map(({ row }) => row.id));
    const kept = own.filter(({ kind }) => kind !== 'delete');
    return [
      ...stored.filter(({ id }) => !changed.has(id)),
      ...kept.map(({ row }) => row as Subscription),
    ];
  }

  /**
   * Business time, Unix seconds: one moment for the whole command. Of the rows that the command
   * names, the first that could live by a test clock decides; without one it is the account's.
   */
  now(): number {
    this.#now ??= this.#readClock();
    return this.#now;
  }

  /** Wall time, Unix seconds. */
  wallNow(): number {
    return Math.floor(this.context.nowMs / 1000);
  }

  /** What the clock says by which a job is due. */
  nowFor({ clockId }: Pick<Job, 'clockId'>): number {
    return clockId === WALL_CLOCK ? this.wallNow() : this.now();
  }

  /** Puts a clock in force from here on: of a row that is made, or that moves to another clock. */
  goBy(clockId: string | null): void {
    this.#clockId = clockId;
    this.#now = null;
  }

  #readClock(): number {
    if (this.#clockId === null) return this.wallNow() + this.account().clockAheadSeconds;
    const clock = this.get('clocks', this.#clockId);
    if (clock === null) throw new Error(`there is no clock ${this.#clockId}`);
    return clock.frozenTime;
  }

  insert<T extends TableName>(table: T, row: RowTypes[T]): RowTypes[T] {
    this.#changes.set(`${table}/${row.id}`, { table, kind: 'insert', row });
    return row;
  }

  /** Replaces a row that was loaded or inserted before. */
  update<T extends TableName>(table: T, row: RowTypes[T]): RowTypes[T] {
    const name = `${table}/${row.id}`;
    const kind = this.#changes.get(name)?.kind === 'insert' ? 'insert' : 'update';
    this.#changes.set(name, { table, kind, row });
    return row;
  }

  remove<T extends TableName>(table: T, row: RowTypes[T]): void {
    this.#changes.set(`${table}/${row.id}`, { table, kind: 'delete', row });
  }

  /** Writes down work for later, due by the clock in force, or by the wall's for `WALL_JOBS`. */
  schedule(job: Pick<Job, 'id' | 'dueAt' | 'kind' | 'subject'>): void {
    const clockId = WALL_JOBS.has(job.kind) ? WALL_CLOCK : (this.#clockId ?? ACCOUNT_CLOCK);
    this.insert('jobs', { account: this.accountId, tries: 0, clockId, ...job });
  }

  /** Drops work that is no longer to be done; the command has asked for its row. */
  unschedule(id: string): void {
    const job = this.get('jobs', id);
    if (job !== null) this.remove('jobs', job);
  }

  /** Writes a transfer, new or changed, and moves the balances by what it changes. */
  transfer(before: Transfer | null, after: Transfer): Transfer {
    this.#postings.push(...postingsBetween(before, after));
    return before === null ? this.insert('transfers', after) : this.update('transfers', after);
  }

  /** Writes a transfer that moves money at once; what is not said of it is of this moment. */
  post({ lines, ...posting }: Posted): Transfer {
    const now = this.now();
    return this.transfer(null, {
      account: this.accountId,
      id: posting.id ?? this.context.newId('txn_', 24),
      state: 'posted',
      fee: 0n,
      settled: posting.amount,
      created: now,
      availableOn: now,
      description: null,
      ...posting,
      entries: entryRows(lines),
    });
  }

  /** Records that something happened, and queues its events to whoever subscribed to them. */
  record(type: FactType, subjects: Subjects, previous: JsonObject | null = null): void {
    const fact: Fact = {
      account: this.accountId,
      id: this.context.newId('fact_', 23),
      type,
      intentId: intentOf(subjects),
      created: this.now(),
      writtenAt: this.wallNow(),
      version: SNAPSHOT_VERSION,
      ...NO_SUBJECTS,
      previous,
      requestId: this.#origin.requestId,
      idempotencyKey: this.#origin.idempotencyKey,
    };
    for (const kind of SUBJECT_KINDS) {
      const row = subjects[kind];
      if (row !== undefined) fact[kind] = snapshotOf(SUBJECT_TABLES[kind], row as never);
    }
    this.insert('facts', fact);
    this.#queueDeliveries(fact);
  }

  #queueDeliveries(fact: Fact): void {
    const subscriptions = this.subscriptions().filter(({ enabled }) => enabled);
    if (subscriptions.length === 0) return;
    for (const teller of this.context.tellers) {
      const mine = subscriptions.filter(({ dialect }) => dialect === teller.dialect);
      if (mine.length === 0) continue;
      for (const [index, event] of teller.events(fact).entries()) {
        const audience = mine.filter(
          ({ events }) => events.includes('*') || events.includes(event.type),
        );
        for (const subscription of audience)
          this.insert('deliveries', {
            account: this.accountId,
            id: this.context.newId('del_', 24),
            subscription: subscription.id,
            event: event.id,
            state: 'waiting',
            dueAtMs: this.context.nowMs,
            created: fact.writtenAt,
            fact: fact.id,
            index,
            type: event.type,
            audience: audience.length,
            tries: [],
            isReplay: false,
          });
      }
    }
  }

  /** Forgets every change: the command was refused. */
  drop(): void {
    this.#changes = new Map();
    this.#postings = [];
    for (const other of this.#others?.values() ?? []) other.drop();
  }

  /** Hands the changes to the batch. */
  keep(): void {
    this.#batch.merge(this.accountId, this.#changes.values(), this.#postings);
    for (const other of this.#others?.values() ?? []) other.keep();
  }
}
