import { createHash } from 'node:crypto';
import { audit } from '../../src/engine/audit.js';
import { encodeRow } from '../../src/storage/codec.js';
import { type RowTypes, TABLE_NAMES } from '../../src/storage/schema.js';
import { subscribe } from '../support/payments.js';
import { Auditor } from './auditor.js';
import { type Chance, makeChance } from './chance.js';
import { ACCOUNTS, type Chaos, calm, drawChaos, isOrderly } from './chaos.js';
import { Clients, type Wish } from './clients.js';
import { Disk } from './disk.js';
import { auditStoreOf } from './disk-reads.js';
import { Locks } from './locks.js';
import { openMemoryStore } from './memory-store.js';
import { RemoteCards, Sink } from './network.js';
import { type Node, startNode, type Tampering } from './node.js';
import { nextOperation } from './operations.js';
import { Scheduler, WORLD } from './scheduler.js';

/** A bug that a test plants, to see that it is found. */
export interface Plant {
  readonly name: string;
  /** Put between the parts of a process. */
  tamper?(world: { chance: Chance; scheduler: Scheduler; disk: Disk }): Tampering;
  /** Answered commits are in memory for a while. */
  readonly unsynced?: boolean;
  /** Rows are read without locks. */
  readonly unlocked?: boolean;
  /** Worlds in which it can show. */
  readonly chaos?: Partial<Chaos>;
}

export interface RunOptions {
  readonly plant?: Plant;
  /** In place of what the seed draws. */
  readonly chaos?: Partial<Chaos>;
  /** The process dies before this step, once; in place of crashes at random. */
  readonly crashAtStep?: number;
}

/** How the life of a world went. */
export interface Outcome {
  readonly seed: number;
  /** What was wrong, with the step at which it was seen; the first few. */
  readonly faults: readonly string[];
  /** A digest of everything that happened. */
  readonly trace: string;
  readonly steps: number;
  /** Those of them in which something could go wrong. */
  readonly roughSteps: number;
  readonly crashes: number;
  /** How often each kind of operation ended in each way, as `capture 200`. */
  readonly ends: Readonly<Record<string, number>>;
  readonly commits: number;
}

/** 23 November 2026, 12:00 UTC. */
const START_MS = Date.UTC(2026, 10, 23, 12);
const CHAOS_MS_MAX = 120_000;
const FAULTS_MAX = 5;
/** More than any world needs; one that takes more goes round in circles. */
const STEPS_MAX = 300_000;
const QUIET_MS = 4_000;
const QUIET_ROUNDS_MAX = 200;
const SYNC_MS = 400;
const HOUR_MS = 3_600_000;

/** Lives one world from its beginning to its end, and answers what was wrong with it. */
export async function runWorld(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const chance = makeChance(seed);
  const chaos: Chaos = { ...drawChaos(chance.split()), ...options.plant?.chaos, ...options.chaos };
  const world = new World(seed, chance, chaos, options);
  return world.live();
}

class World {
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #chaos: Chaos;
  readonly #isOrderly: boolean;
  readonly #options: RunOptions;
  readonly #scheduler: Scheduler;
  readonly #disk = new Disk();
  readonly #locks: Locks;
  readonly #sink: Sink;
  readonly #cards: RemoteCards | null;
  readonly #auditor: Auditor;
  readonly #trace = createHash('sha256');
  readonly #faults: string[] = [];
  #nodes: readonly Node[] = [];
  #owners = WORLD;
  #jumpedMs = 0;
  #crashes = 0;
  #commits = 0;
  #isRough = false;
  #nextCrash = Number.POSITIVE_INFINITY;

  constructor(seed: number, chance: Chance, chaos: Chaos, options: RunOptions) {
    this.#seed = seed;
    this.#chance = chance;
    this.#chaos = chaos;
    this.#isOrderly = isOrderly(chaos);
    this.#options = options;
    const random = chance.split();
    this.#scheduler = new Scheduler(random.next, (what, owner, atMs) => {
      this.#trace.update(`${atMs} ${owner} ${what}\n`);
    });
    this.#locks = new Locks(this.#scheduler);
    const link = { scheduler: this.#scheduler, faults: chaos.network };
    this.#sink = new Sink({ ...link, chance: chance.split() });
    this.#cards = chaos.remoteCards ? new RemoteCards({ ...link, chance: chance.split() }) : null;
    this.#disk.unsynced = options.plant?.unsynced === true;
    this.#disk.watch(({ by, written }) => {
      this.#commits++;
      const names = written.map(({ table, after }) => `${table} ${after?.id ?? 'gone'}`);
      this.#trace.update(`${by} ${names.join(' ')}\n`);
    });
    this.#auditor = new Auditor({
      disk: this.#disk,
      sink: this.#sink,
      cards: this.#cards,
      shared: chaos.shared,
      nowMs: () => this.#scheduler.nowMs,
      fault: (text) => this.#fault(text),
    });
  }

  async live(): Promise<Outcome> {
    const clients = this.#makeClients();
    const faults = { store: { ...this.#chaos.store }, network: { ...this.#chaos.network } };
    calm(this.#chaos);
    for (let i = 0; i < (this.#chaos.shared ? 2 : 1); i++) this.#start();
    await this.#subscribeAll();
    Object.assign(this.#chaos.store, faults.store);
    Object.assign(this.#chaos.network, faults.network);
    clients.start();
    const calmSteps = this.#scheduler.steps;
    this.#roughen();
    await this.#run(() => clients.areDone || this.#scheduler.nowMs > CHAOS_MS_MAX);
    const roughSteps = this.#scheduler.steps - calmSteps;
    this.#isRough = false;
    this.#nextCrash = Number.POSITIVE_INFINITY;
    calm(this.#chaos);
    await this.#run(() => clients.areDone);
    await this.#becomeQuiet();
    if (this.#faults.length === 0) {
      this.#auditor.ended(clients.wishes, this.#isOrderly);
      for (const text of await audit(auditStoreOf(this.#disk))) this.#fault(`audit: ${text}`);
    }
    for (const table of TABLE_NAMES)
      for (const row of this.#disk.rows(table))
        this.#trace.update(String(encodeRow(table, row as never)));
    return {
      seed: this.#seed,
      faults: this.#faults,
      trace: this.#trace.digest('hex'),
      steps: this.#scheduler.steps,
      roughSteps,
      crashes: this.#crashes,
      ends: endsOf(clients.wishes),
      commits: this.#commits,
    };
  }

  #makeClients(): Clients {
    const operations = this.#chance.split();
    const choice = this.#chance.split();
    return new Clients({
      scheduler: this.#scheduler,
      chance: this.#chance.split(),
      faults: this.#chaos.network,
      clients: this.#chaos.clients,
      operationsPerClient: this.#chaos.operationsPerClient,
      next: (key) =>
        nextOperation({ chance: operations, disk: this.#disk, key, nowMs: this.#nowMs() }),
      node: () => (this.#nodes.length === 0 ? null : choice.pick(this.#nodes)),
      acknowledged: (operation, answer) => this.#auditor.acknowledged(operation, answer),
      fault: (text) => this.#fault(text),
    });
  }

  #fault(text: string): void {
    if (this.#faults.length < FAULTS_MAX)
      this.#faults.push(`step ${this.#scheduler.steps}: ${text}`);
  }

  /** Wall time, Unix ms. */
  #nowMs = (): number => Math.floor(START_MS + this.#scheduler.nowMs + this.#jumpedMs);

  /** Starts a process over what is on disk. */
  #start(): void {
    const owner = ++this.#owners;
    const chance = this.#chance.split();
    const { plant } = this.#options;
    const store = openMemoryStore({
      disk: this.#disk,
      locks: this.#locks,
      scheduler: this.#scheduler,
      chance: chance.split(),
      owner,
      faults: this.#chaos.store,
      shared: this.#chaos.shared,
      unlocked: plant?.unlocked === true,
    });
    const tampered = { chance: chance.split(), scheduler: this.#scheduler, disk: this.#disk };
    const start = (): void => {
      const node = startNode({
        owner,
        store,
        chance,
        nowMs: this.#nowMs,
        sink: this.#sink,
        cards: this.#cards,
        tampering: plant?.tamper?.(tampered) ?? {},
        // What goes wrong in the store is logged; what it does to the data is what counts.
        logError: (error) => this.#notice(error),
      });
      this.#nodes = [...this.#nodes, node];
    };
    this.#scheduler.after(0, 'start', start, owner);
  }

  /** A programming error is a fault, whatever it does to the data. */
  #notice(error: unknown): void {
    if (error instanceof TypeError || error instanceof RangeError)
      this.#fault(`${error.name}: ${error.message}`);
  }

  async #subscribeAll(): Promise<void> {
    let open = 0;
    const ask = (): void => {
      const [node] = this.#nodes;
      for (const account of ACCOUNTS)
        for (const dialect of ['stripe', 'dojo'] as const) {
          open++;
          const url = `https://${dialect}-${account}.example/`;
          void node?.engine.background(subscribe({ dialect, url }, account)).then(() => open--);
        }
    };
    this.#scheduler.after(1, 'subscribe', ask, this.#owners);
    await this.#run(() => this.#nodes.length > 0 && open === 0 && this.#commits > 0);
  }

  /** Plans what goes wrong. */
  #roughen(): void {
    this.#isRough = true;
    const { crashAtStep } = this.#options;
    if (crashAtStep !== undefined) this.#nextCrash = this.#scheduler.steps + crashAtStep;
    else this.#planCrash();
    if (this.#chaos.jumps)
      this.#again(6_000, () => this.#jump(this.#chance.whole(1, 40) * HOUR_MS));
    if (this.#chaos.fullDisks)
      this.#again(8_000, () => {
        const { store } = this.#chaos;
        store.diskFull = true;
        const free = (): void => {
          store.diskFull = false;
        };
        this.#scheduler.after(this.#chance.whole(100, 3_000), 'disk free', free, WORLD);
      });
    if (this.#disk.unsynced) this.#again(SYNC_MS, () => this.#disk.sync());
  }

  #planCrash(): void {
    const { stepsPerCrash } = this.#chaos;
    if (stepsPerCrash === null || this.#options.crashAtStep !== undefined) return;
    this.#nextCrash = this.#scheduler.steps + this.#chance.whole(1, 2 * stepsPerCrash);
  }

  /** Does something every now and then, while the world is rough. */
  #again(everyMs: number, work: () => void): void {
    const once = (): void => {
      if (!this.#isRough) return;
      work();
      this.#again(everyMs, work);
    };
    const ms = everyMs * (0.5 + this.#chance.next());
    this.#scheduler.after(ms, 'the world', once, WORLD);
  }

  #jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  /** One process dies where it stands, and another begins a little later. */
  #crash(): void {
    this.#nextCrash = Number.POSITIVE_INFINITY;
    if (this.#nodes.length === 0) {
      this.#planCrash();
      return;
    }
    const node = this.#chance.pick(this.#nodes);
    this.#crashes++;
    this.#nodes = this.#nodes.filter((one) => one !== node);
    this.#scheduler.kill(node.owner);
    this.#disk.powerCut();
    this.#auditor.crashed();
    const restart = (): void => {
      this.#start();
      this.#planCrash();
    };
    this.#scheduler.after(this.#chance.whole(1, 1_500), 'restart', restart, WORLD);
  }

  async #run(isOver: () => boolean): Promise<void> {
    const steps = STEPS_MAX;
    await this.#scheduler.run(() => {
      if (this.#scheduler.steps >= this.#nextCrash) this.#crash();
      if (this.#scheduler.steps > steps) this.#fault('the world does not come to an end');
      return this.#faults.length > 0 || isOver();
    });
  }

  /** Lets time go by until nothing is left to be done, or it is plain that something stays. */
  async #becomeQuiet(): Promise<void> {
    for (let round = 0; round < QUIET_ROUNDS_MAX; round++) {
      const untilMs = this.#scheduler.nowMs + QUIET_MS;
      await this.#run(() => this.#scheduler.nowMs >= untilMs);
      const dueMs = this.#nextDueMs();
      if (dueMs === null || this.#faults.length > 0) return;
      this.#jump(Math.max(0, dueMs - this.#nowMs()));
    }
  }

  /** When the next thing is to be done that waits for time alone; wall time, null for never. */
  #nextDueMs(): number | null {
    const jobs = this.#disk.rows('jobs') as RowTypes['jobs'][];
    const aheadOf = (account: string): number =>
      (this.#disk.row('accounts', account, account) as RowTypes['accounts'] | null)
        ?.clockAheadSeconds ?? 0;
    // What lives by a test clock waits for whoever moves that.
    const dues = jobs
      .filter(({ clockId }) => !clockId.startsWith('clock_'))
      .map(({ account, clockId, dueAt }) =>
        clockId === 'wall' ? dueAt * 1000 : (dueAt - aheadOf(account)) * 1000,
      );
    const deliveries = this.#disk.rows('deliveries') as RowTypes['deliveries'][];
    for (const { state, dueAtMs } of deliveries) if (state === 'waiting') dues.push(dueAtMs);
    return dues.length === 0 ? null : Math.min(...dues);
  }
}

function endsOf(wishes: readonly Wish[]): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const { operation, answer } of wishes) {
    const end = `${operation.kind} ${answer?.status ?? 'none'}`;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}
