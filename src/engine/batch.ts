import type { Attempt } from '../domain/attempt.js';
import { WALL_CLOCK } from '../domain/clock.js';
import type { Failure } from '../domain/errors.js';
import type { RendezvousMessage } from '../domain/rendezvous.js';
import type { Delivery, Job } from '../domain/subscription.js';
import { TABLES } from '../storage/schema.js';
import {
  type Change,
  ConstraintViolation,
  OutcomeUnknown,
  RolledBack,
  type Store,
  type Transaction,
} from '../storage/store.js';
import { BatchRows } from './batch-rows.js';
import type { Answer, Call, Command, Decision } from './command.js';
import { idempotencyMismatch, idempotencyRecord, keptBody } from './idempotency.js';
import { type Asker, clockInForce, loadRows } from './loading.js';
import { TurnQueue } from './queue.js';
import { RowCache } from './row-cache.js';
import { fingerprinter } from './tallies.js';
import type { EngineTracing, TraceLink } from './tracing.js';
import { type DecisionContext, Work } from './work.js';

export interface BatchLimits {
  readonly batch_commands_max: number;
  readonly queue_commands_max: number;
  readonly queue_wait_ms_max: number;
  /** Rows kept in memory for the batches to come, where no other process writes. */
  readonly cached_rows_max: number;
  /** How often a batch that was certainly rolled back is run again. */
  readonly batch_tries_max: number;
}

/** The command was not accepted, or waited too long, and left no trace: it may be sent again. */
export class Overloaded extends Error {
  readonly failure: Failure;
  constructor(waitedMs: number) {
    super('overloaded');
    this.failure = { failure: 'overloaded', waited_ms: waitedMs };
  }
}

/** What happened to one command of a committed batch. */
export interface Result<T> {
  readonly decision: Decision<T> | null;
  readonly answer: Answer | null;
}

interface Submission {
  readonly command: Command<unknown>;
  readonly call: Call<unknown> | null;
  readonly queuedMs: number;
  readonly trace: TraceLink;
  readonly resolve: (result: Result<never>) => void;
  readonly reject: (error: Error) => void;
}

/** What happened to a command, or what its code threw. */
export type Verdict = Result<unknown> | { readonly thrown: Error };

/** Told of each commit, for metrics: its commands, its rows, and how long it took in ms. */
export type Committed = (
  commands: number,
  changes: readonly Change[],
  tookMs: number,
  verdicts: readonly Verdict[],
) => void;

interface Decided {
  readonly verdicts: Verdict[];
  readonly rows: BatchRows;
}

/** A decided batch on its way to the disk. */
interface Flight {
  readonly batch: Submission[];
  readonly decided: Decided;
  readonly startMs: number;
  /** True once it is durable as decided; false when it was run again, and answered, otherwise. */
  end: Promise<boolean>;
  ended: boolean;
}

/** The batch that is decided while another is written; `decided` is null where that failed. */
interface Ahead {
  batch: Submission[];
  decided: Decided | null;
}

export interface BatchDependencies {
  readonly store: Store;
  readonly limits: BatchLimits;
  /** A fresh context per batch: one time for all of its commands. */
  context(): DecisionContext;
  /** Told after the commit: deliveries that a batch wrote. */
  delivered(deliveries: readonly Delivery[]): void;
  /** Told after the commit: attempts that a batch started on remote rails. */
  started(attempts: readonly Attempt[]): void;
  /** Told after the commit: messages that a batch put down at rendezvous. */
  messages(messages: readonly RendezvousMessage[]): void;
  /** Told after the commit: a batch wrote jobs that are due at once by the wall clock. */
  due(): void;
  readonly committed?: Committed;
  /** Told of each command that was not taken in, for metrics. */
  readonly overloaded?: () => void;
  /** null: nobody traces. */
  readonly tracing: EngineTracing | null;
  /** Unexpected errors, which the callers see only as a refusal without a reason. */
  logError(error: unknown, what: string): void;
}

/**
 * Collects the commands that arrive while the last transaction commits, and runs them as one:
 * loads, decides each in order, writes in bulk, commits once, then answers everybody.
 */
export class Batcher {
  readonly #deps: BatchDependencies;
  readonly #queue = new TurnQueue<Submission>();
  #pumping: Promise<void> | null = null;
  #arrival: (() => void) | null = null;
  readonly #cache: RowCache;

  constructor(deps: BatchDependencies) {
    this.#deps = deps;
    this.#cache = new RowCache(deps.limits.cached_rows_max);
  }

  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Runs a command; resolves once its batch is durable. Rejects with Overloaded when it was not
   * taken in, with the thrown error when the command itself is broken, and with the storage's
   * error when the batch could not be written.
   */
  run<T>(command: Command<T>, call: Call<T> | null, background = false): Promise<Result<T>> {
    const { tracing } = this.#deps;
    if (tracing === null) return this.#submit(command, call, background);
    const submit = () => this.#submit(command, call, background);
    return tracing.command(call?.requestId ?? null, submit, outcomeOf);
  }

  #submit<T>(command: Command<T>, call: Call<T> | null, background: boolean): Promise<Result<T>> {
    const { limits, tracing, overloaded } = this.#deps;
    if (!background && this.#queue.size >= limits.queue_commands_max) {
      overloaded?.();
      return Promise.reject(new Overloaded(0));
    }
    return new Promise((resolve, reject) => {
      const trace = tracing === null ? null : tracing.active();
      const submission = { command, call, queuedMs: performance.now(), trace, resolve, reject };
      this.#queue.push(command.account, submission as unknown as Submission, background);
      this.#arrival?.();
      this.#pumping ??= tracing === null ? this.#pump() : tracing.apart(() => this.#pump());
    });
  }

  /** The transaction of a batch; `body` may be run again. */
  #transact(
    batch: readonly Submission[],
    batchId: string,
    body: (transaction: Transaction) => Promise<void>,
  ): Promise<unknown> {
    const { store, tracing } = this.#deps;
    if (tracing === null) return store.transact(batchId, body);
    const links = batch.map(({ trace }) => trace);
    return tracing.batch(links, () => store.transact(batchId, body));
  }

  /** Resolves when everything that was taken in is answered. */
  async drain(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping;
  }

  async #pump(): Promise<void> {
    // One turn of the event loop: what arrives together goes into one batch.
    await nextTurn();
    // Looked at once more: an answered caller may send its next command before this line.
    while (this.#queue.size > 0) {
      if (this.#deps.store.capabilities.shared) await this.#pumpInTurn();
      else await this.#pumpAhead();
    }
    this.#pumping = null;
  }

  /** One batch after the other: other processes may change rows, so each loads under its locks. */
  async #pumpInTurn(): Promise<void> {
    while (this.#queue.size > 0) {
      const batch = this.#take(this.#queue.size);
      if (batch.length > 0) await this.#runBatch(batch);
    }
  }

  /**
   * While one batch is written, the next is decided over the rows that it leaves: nobody else
   * writes, so they are what will be stored. It grows until the first has committed, and is
   * written only then; if the first fails, what was decided on top is decided again.
   */
  async #pumpAhead(): Promise<void> {
    let flight: Flight | null = null;
    for (;;) {
      const next: Ahead = await this.#fill(flight);
      const stands = flight === null || (await flight.end);
      const landed = flight;
      flight = null;
      if (next.batch.length > 0 && next.decided !== null && stands)
        flight = this.#fly(next.batch, next.decided);
      // The thread that writes gets its next batch before the callers of the last are answered.
      if (landed !== null && stands) {
        if (flight !== null) await nextTurn();
        this.#land(landed);
      }
      if (flight === null && next.batch.length > 0) await this.#runBatch(next.batch);
      if (flight === null && this.#queue.size === 0) return;
    }
  }

  /** Takes and decides what arrives until the batch before has ended, or there is no more room. */
  async #fill(flight: Flight | null): Promise<Ahead> {
    const next: Ahead = { batch: [], decided: null };
    // The first takes half, so that from then on one half is decided while the other is written.
    if (flight === null) {
      next.batch = this.#take(Math.ceil(this.#queue.size / 2));
      if (next.batch.length > 0) await this.#decideAhead(next, next.batch, null);
      return next;
    }
    while (!flight.ended && next.batch.length < this.#deps.limits.batch_commands_max) {
      const more = this.#take(this.#deps.limits.batch_commands_max - next.batch.length);
      next.batch.push(...more);
      if (more.length === 0) {
        await Promise.race([flight.end, this.#nextArrival()]);
        // What arrives in the same turn of the event loop is decided together.
        await nextTurn();
      } else if (!(await this.#decideAhead(next, more, flight))) break;
    }
    return next;
  }

  #nextArrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrival = resolve;
    });
  }

  /** Decides more commands on top of those of the same batch; false where that is not possible. */
  async #decideAhead(next: Ahead, more: Submission[], flight: Flight | null): Promise<boolean> {
    try {
      const rows = next.decided?.rows ?? new BatchRows(flight?.decided.rows ?? null, this.#cache);
      const decided = await this.#decideAll(more, this.#deps.store.load, rows);
      if (next.decided === null) next.decided = decided;
      else next.decided.verdicts.push(...decided.verdicts);
      return true;
    } catch (error) {
      this.#deps.logError(error, 'deciding ahead failed');
      next.decided = null;
      return false;
    }
  }

  /** Sends a decided batch to be written. A batch that cannot be is run again the plain way. */
  #fly(batch: Submission[], decided: Decided): Flight {
    const { context } = this.#deps;
    const startMs = performance.now();
    const write = this.#transact(batch, context().newId('bat_', 24), (transaction) =>
      transaction.write(decided.rows.changes()),
    );
    const flight: Flight = { batch, decided, startMs, ended: false, end: Promise.resolve(true) };
    flight.end = write
      .then(
        () => true,
        async () => {
          await this.#runBatch(batch);
          return false;
        },
      )
      .finally(() => {
        flight.ended = true;
      });
    return flight;
  }

  #land({ batch, decided, startMs }: Flight): void {
    this.#announce(decided, startMs);
    for (const [i, submission] of batch.entries())
      answer(submission, decided.verdicts[i] as Verdict);
  }

  #take(wanted: number): Submission[] {
    return this.#fresh(this.#queue.take(Math.min(wanted, this.#deps.limits.batch_commands_max)));
  }

  #fresh(batch: Submission[]): Submission[] {
    const nowMs = performance.now();
    return batch.filter(({ queuedMs, reject, call }) => {
      const waitedMs = nowMs - queuedMs;
      if (call === null || waitedMs <= this.#deps.limits.queue_wait_ms_max) return true;
      this.#deps.overloaded?.();
      reject(new Overloaded(Math.round(waitedMs)));
      return false;
    });
  }

  async #runBatch(batch: Submission[]): Promise<void> {
    try {
      const verdicts = await this.#commit(batch);
      for (const [i, submission] of batch.entries()) answer(submission, verdicts[i] as Verdict);
    } catch (error) {
      if (batch.length > 1 && !(error instanceof OutcomeUnknown)) {
        // One of them cannot be written; alone, it fails alone.
        for (const submission of batch) await this.#runBatch([submission]);
        return;
      }
      this.#deps.logError(error, 'batch failed');
      for (const { reject } of batch) reject(error as Error);
    }
  }

  /** Runs the batch until it is committed, or throws what cannot be mended by running it again. */
  async #commit(batch: Submission[]): Promise<Verdict[]> {
    const { limits, context } = this.#deps;
    const batchId = context().newId('bat_', 24);
    let current: Decided | null = null;
    let lost: OutcomeUnknown | null = null;
    for (let attempt = 1; ; attempt++) {
      try {
        const startMs = performance.now();
        await this.#transact(batch, batchId, async (transaction) => {
          // It runs, so no earlier try with this id was committed.
          lost = null;
          const decided = await this.#decideAll(batch, transaction.load, new BatchRows());
          await transaction.write(decided.rows.changes());
          current = decided;
        });
        // A commit whose answer was lost stands: what was decided then is what happened.
        if (current === null) throw new Error(`batch ${batchId} was committed by somebody else`);
        const { verdicts } = current as Decided;
        this.#announce(current, startMs);
        return verdicts;
      } catch (error) {
        if (error instanceof OutcomeUnknown) lost = error;
        const again =
          error instanceof RolledBack ||
          error instanceof OutcomeUnknown ||
          // A row that another process has just inserted is found by loading again.
          (error instanceof ConstraintViolation && batch.length === 1);
        // A try whose end nobody knows may have been committed, whatever the later ones met.
        if (!again || attempt >= limits.batch_tries_max) throw lost ?? error;
        await pause(attempt);
      }
    }
  }

  /** Tells who listens. The batch stands: what a listener throws must not make it run again. */
  #announce({ rows, verdicts }: Decided, startMs: number): void {
    const { changes } = rows.changes();
    if (!this.#deps.store.capabilities.shared) this.#cache.written(changes);
    const inserted = changes.filter(({ kind }) => kind === 'insert');
    const deliveries = inserted.filter(({ table }) => table === 'deliveries');
    const messages = inserted.filter(({ table }) => table === 'messages');
    const started = inserted.filter(
      ({ table, row }) => table === 'attempts' && (row as Attempt).state === 'started',
    );
    const urgent = inserted.some(({ table, row }) => table === 'jobs' && this.#isDue(row as Job));
    try {
      const tookMs = performance.now() - startMs;
      this.#deps.committed?.(verdicts.length, changes, tookMs, verdicts);
      if (deliveries.length > 0) this.#deps.delivered(deliveries.map(({ row }) => row as Delivery));
      if (started.length > 0) this.#deps.started(started.map(({ row }) => row as Attempt));
      if (messages.length > 0)
        this.#deps.messages(messages.map(({ row }) => row as RendezvousMessage));
      if (urgent) this.#deps.due();
    } catch (error) {
      this.#deps.logError(error, 'a listener of commits failed');
    }
  }

  #isDue({ clockId, dueAt }: Job): boolean {
    return clockId === WALL_CLOCK && dueAt * 1000 <= this.#deps.context().nowMs;
  }

  async #decideAll(
    batch: Submission[],
    load: Parameters<typeof loadRows>[2],
    rows: BatchRows,
  ): Promise<Decided> {
    const broken = new Map<number, Error>();
    const askers: Asker[] = batch.map(({ command, call }, i) => ({
      account: command.account,
      needs: (need) => {
        if (broken.has(i)) return;
        need('accounts', command.account);
        if (call?.idempotency) need('idempotency', call.idempotency.key);
        command.needs(need);
        call?.alsoNeeds?.(need);
      },
      failed: (error) => broken.set(i, error as Error),
    }));
    const context = this.#deps.context();
    await loadRows(rows, askers, load, {
      whole: ['subscriptions'],
      rereadAfterLateLock: (table) => this.#deps.store.capabilities.shared && TABLES[table].locked,
      fingerprintOf: fingerprinter(context),
    });
    const verdicts = batch.map((submission, i): Verdict => {
      const thrown = broken.get(i);
      return thrown === undefined ? this.#decide(submission, rows, context) : { thrown };
    });
    return { verdicts, rows };
  }

  #decide({ command, call }: Submission, rows: BatchRows, context: DecisionContext): Verdict {
    const claim = call?.idempotency ?? null;
    const origin = {
      requestId: call?.requestId ?? null,
      idempotencyKey: claim?.sent ?? claim?.key ?? null,
    };
    const clockId = rows.clocked ? clockInForce(command, rows) : null;
    const work = new Work(rows, context, command.account, origin, clockId);
    try {
      const record = claim === null ? null : work.get('idempotency', claim.key);
      if (call !== null && claim !== null && record !== null) {
        const failure = idempotencyMismatch(record, claim);
        if (failure === null) {
          const { status, requestId } = record;
          const body = keptBody(record, context);
          const answer = { status, body, replayed: true, originalRequestId: requestId };
          return { decision: null, answer };
        }
        const rendered = call.render({ end: 'refused', failure }, work);
        return { decision: null, answer: fresh(rendered, call.requestId) };
      }
      const decision = command.decide(work);
      if (decision.end === 'refused') work.drop();
      const rendered = call?.render(decision, work) ?? null;
      if (call !== null && claim !== null && rendered !== null)
        work.insert('idempotency', idempotencyRecord(call, claim, rendered, context));
      work.keep();
      return { decision, answer: rendered && call ? fresh(rendered, call.requestId) : null };
    } catch (error) {
      return { thrown: error as Error };
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How a command ended, in a word: as its decision, or `replayed` from its idempotency key. */
export function outcomeOf({ decision, answer }: Result<unknown>): string {
  if (decision !== null) return decision.end;
  return answer?.replayed === true ? 'replayed' : 'refused';
}

function fresh(rendered: { status: number; body: string }, requestId: string): Answer {
  return { ...rendered, replayed: false, originalRequestId: requestId };
}

function answer({ resolve, reject }: Submission, verdict: Verdict): void {
  if ('thrown' in verdict) reject(verdict.thrown);
  else resolve(verdict as Result<never>);
}

/** A short, growing pause with a random part, so that two that collided do not collide again. */
function pause(attempt: number): Promise<void> {
  const ms = Math.min(200, 5 * 2 ** attempt) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, ms));
}
