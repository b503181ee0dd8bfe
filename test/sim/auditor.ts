import type { Attempt } from '../../src/domain/attempt.js';
import type { Intent } from '../../src/domain/intent.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import type { Answer } from '../../src/engine/command.js';
import type { Row } from '../../src/storage/schema.js';
import { intentMoneyFaults, Ledger } from './audit-money.js';
import { deliveryEndFaults, outboxFaults, rowFaults, waitingFaults } from './audit-rows.js';
import { Books } from './books.js';
import type { Wish } from './clients.js';
import type { Commit, Disk } from './disk.js';
import type { RemoteCards, Sink } from './network.js';
import type { Operation } from './operations.js';

/** No batch takes longer from its first read to its commit. */
const RACE_MS = 5_000;

/** What an audit is told of a world. */
export interface AuditorOptions {
  readonly disk: Disk;
  readonly sink: Sink;
  readonly cards: RemoteCards | null;
  /** Several processes write: one may decide on what another is changing. */
  readonly shared: boolean;
  /** Time of the world, monotonic ms. */
  readonly nowMs: () => number;
  /** Takes what is wrong, as a sentence. */
  fault(text: string): void;
}

/**
 * Watches a world from outside: every commit, every answer at the moment at which it is given, and
 * what is left in the end. It has a model of its own, and calls none of the engine's checks.
 */
export class Auditor {
  readonly #books = new Books();
  readonly #ledger = new Ledger();
  /** By which commit a key has done its work. */
  readonly #workOf = new Map<string, number>();
  /** Answers that were given: they must be there for ever. */
  readonly #given = new Map<string, { account: string; body: string; status: number }>();
  /** When a subscription was last changed. */
  readonly #changedMs = new Map<string, number>();
  readonly #options: AuditorOptions;

  constructor(options: AuditorOptions) {
    this.#options = options;
    options.disk.watch((commit) => this.#take(commit));
  }

  /** An answer is given: what it says must be on disk. */
  acknowledged({ key, kind, account }: Operation, { status, body }: Answer): void {
    const known = this.#given.get(key);
    if (known === undefined) this.#given.set(key, { account, status, body });
    else if (known.body !== body || known.status !== status)
      this.#options.fault(`${kind} ${key} was answered otherwise before`);
    this.#checkKept(key);
  }

  /** A process has died: what it has answered stands. */
  crashed(): void {
    for (const key of this.#given.keys()) this.#checkKept(key);
  }

  /** Nothing goes wrong any more, and nothing is left to be done. */
  ended(wishes: readonly Wish[], isOrderly: boolean): void {
    for (const intent of this.#books.all('intents')) this.#checkIntent(intent);
    for (const wish of wishes) this.#checkWish(wish);
    for (const intent of this.#books.all('intents')) this.#checkSums(intent, wishes);
    for (const text of this.#stuck()) this.#options.fault(text);
    this.#checkRail();
    this.#checkReceivers(isOrderly);
    for (const { id, balance } of this.#books.all('wallets'))
      if (balance !== this.#ledger.posted(INSTALLATION, `wallet:${id}`, 'kin'))
        this.#options.fault(`wallet ${id} has not got ${balance}`);
  }

  #take(commit: Commit): void {
    const { fault, sink } = this.#options;
    this.#books.take(commit);
    for (const text of this.#ledger.take(commit)) fault(text);
    const touched = new Set<string>();
    for (const written of commit.written) {
      for (const text of rowFaults(written)) fault(text);
      const row = written.after ?? written.before;
      if (row !== null) this.#noteTouched(written.table, row, touched);
      if (written.table === 'subscriptions' && row !== null)
        this.#changedMs.set(row.id, this.#options.nowMs());
      if (written.table === 'facts' && written.after) this.#noteWork(commit, written.after);
      if (written.table === 'deliveries' && written.after)
        for (const text of deliveryEndFaults(this.#books, sink, written.after as never))
          fault(text);
    }
    for (const text of outboxFaults(this.#books, commit, (id) => this.#isKnown(id))) fault(text);
    for (const id of touched) {
      const intent = this.#books.get('intents', id);
      if (intent !== null) this.#checkIntent(intent);
    }
    this.#checkWallets(commit);
  }

  /**
   * Whether whoever decides now must know of a subscription as it is. The commit that changes it
   * may have decided before; another process may have read before and commit after.
   */
  #isKnown(subscription: string): boolean {
    const { shared, nowMs } = this.#options;
    const agoMs = nowMs() - (this.#changedMs.get(subscription) ?? 0);
    return agoMs > (shared ? RACE_MS : 0);
  }

  #noteTouched(table: string, row: Row, touched: Set<string>): void {
    if (table === 'intents') touched.add(row.id);
    else if ('intent' in row && typeof row.intent === 'string') touched.add(row.intent);
    if (table === 'jobs' && 'subject' in row) {
      const subject = row.subject as string;
      touched.add(this.#books.get('attempts', subject)?.intent ?? subject);
    }
  }

  /** All that a key has done, it has done in one commit. */
  #noteWork(commit: Commit, row: Row): void {
    const key = 'idempotencyKey' in row ? (row.idempotencyKey as string | null) : null;
    if (key === null) return;
    const before = this.#workOf.get(key);
    if (before !== undefined && before !== commit.number)
      this.#options.fault(`${key} has worked twice`);
    this.#workOf.set(key, commit.number);
    if (this.#books.get('idempotency', key) === null)
      this.#options.fault(`${key} has worked, and its answer is not kept`);
  }

  #checkIntent(intent: Intent): void {
    const { fault } = this.#options;
    for (const text of intentMoneyFaults(this.#books, intent)) fault(text);
    for (const text of waitingFaults(this.#books, intent)) fault(text);
  }

  #checkWallets({ written }: Commit): void {
    for (const { table, after } of written) {
      if (table !== 'wallets' || after === null || !('balance' in after)) continue;
      const posted = this.#ledger.posted(INSTALLATION, `wallet:${after.id}`, 'kin');
      if ((after.balance as bigint) < 0n) this.#options.fault(`wallet ${after.id} is overdrawn`);
      if (after.balance !== posted)
        this.#options.fault(`wallet ${after.id} has ${after.balance}, its books say ${posted}`);
    }
  }

  #checkKept(key: string): void {
    const given = this.#given.get(key);
    if (given === undefined) return;
    const kept = this.#options.disk.row('idempotency', given.account, key);
    if (kept === null || !('body' in kept) || kept.body !== given.body)
      this.#options.fault(`${key} was answered, and that is not on disk`);
  }

  /** What an operation has made is there once if it was done, and not if it was refused. */
  #checkWish({ operation: { key, kind }, answer }: Wish): void {
    const { fault } = this.#options;
    if (answer === null) {
      fault(`${kind} ${key} was never answered`);
      return;
    }
    const made = (['intents', 'refunds', 'setups', 'customers'] as const).map(
      (table) => this.#books.all(table).filter((row) => row.metadata.op === key).length,
    );
    const count = made.reduce((sum, one) => sum + one, 0);
    const makes = ['create', 'create_dojo', 'refund', 'set_up', 'customer', 'clock_customer'];
    const wanted = makes.includes(kind) && answer.status !== 400 ? 1 : 0;
    if (count !== wanted) fault(`${kind} ${key} (${answer.status}) has made ${count} things`);
  }

  /** What was captured by hand is what clients were told. */
  #checkSums(intent: Intent, wishes: readonly Wish[]): void {
    if (intent.captureMethod !== 'manual' || intent.holdTerms?.end === 'capture') return;
    const asked = wishes.reduce((sum, { operation: { moves }, answer }) => {
      const isDone = moves?.intent === intent.id && answer?.status === 200;
      return isDone ? sum + (moves?.capture ?? 0n) : sum;
    }, 0n);
    if (asked !== intent.captured)
      this.#options.fault(`${intent.id} has captured ${intent.captured}, asked were ${asked}`);
  }

  #stuck(): string[] {
    const jobs = this.#books.all('jobs').filter(({ clockId }) => !clockId.startsWith('clock_'));
    return [
      ...jobs.map(({ id }) => `${id} was never done`),
      ...this.#books
        .all('deliveries')
        .filter(({ state }) => state === 'waiting')
        .map(({ id }) => `${id} still waits`),
      ...this.#books
        .all('attempts')
        .filter(({ state }) => state === 'started')
        .map(({ id }) => `${id} has never ended`),
    ];
  }

  /** The network has charged what the books say, each attempt once and each intent once. */
  #checkRail(): void {
    const { cards, fault } = this.#options;
    if (cards === null) return;
    for (const [id, { request, result }] of cards.decided) {
      const attempt = this.#books.get('attempts', id) as Attempt | null;
      if (attempt === null) fault(`${id} was charged, and there is no such attempt`);
      else if (result.outcome === 'succeeded' && attempt.state === 'failed')
        fault(`${id} was charged, and has failed in the books`);
      else if (result.outcome !== 'succeeded' && attempt.state !== 'failed')
        fault(`${id} is ${attempt.state}, and was never charged`);
      else if (attempt.amount !== request.amount) fault(`${id} was charged another amount`);
    }
  }

  #checkReceivers(isOrderly: boolean): void {
    const { sink, fault } = this.#options;
    for (const { id, url } of this.#books.all('subscriptions')) {
      const deliveries = this.#books
        .all('deliveries')
        .filter((one) => one.subscription === id)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const arrived = new Set(sink.arrived.get(url));
      for (const { event, state } of deliveries)
        if (state !== 'abandoned' && !arrived.has(event)) fault(`${event} never reached ${url}`);
      const begun = sink.begun.get(url) ?? [];
      const places = new Map(deliveries.map(({ event }, place) => [event, place]));
      const order = begun.map((event) => places.get(event) ?? -1);
      const isSorted = order.every((place, i) => i === 0 || place > (order[i - 1] ?? -1));
      if (isOrderly && !isSorted) fault(`${url} was told in another order: ${order.join(' ')}`);
    }
  }
}
