/**
 * The one clock and the one queue of a simulated world. Nothing happens but what lies in the queue;
 * what is due first happens first, and what is due at once in the order in which it was put there.
 */

/** Who is to live for a happening to happen: a process by its number, or the world itself. */
export type Owner = number;
export const WORLD: Owner = 0;

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly owner: Owner;
  readonly what: string;
  readonly work: () => void;
  canceled: boolean;
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  now: performance.now,
  random: Math.random,
};

/** All promises that can go on have gone on. */
const settled = (): Promise<void> => new Promise((resolve) => void real.setImmediate(resolve));

export class Scheduler {
  /** Since the beginning of the world; monotonic. */
  nowMs = 0;
  /** Happenings so far. */
  steps = 0;
  #owner: Owner = WORLD;
  #order = 0;
  readonly #dead = new Set<Owner>();
  readonly #wills = new Map<Owner, Map<symbol, () => void>>();
  /** A binary heap. */
  readonly #queue: Happening[] = [];
  readonly #random: () => number;
  readonly #told: (what: string, owner: Owner, atMs: number) => void;

  /** `random` stands in for `Math.random`; `told` hears of everything that happens. */
  constructor(random: () => number, told: (what: string, owner: Owner, atMs: number) => void) {
    this.#random = random;
    this.#told = told;
  }

  /** Puts a happening into the queue; without an owner it is whoever acts now. */
  after(delayMs: number, what: string, work: () => void, owner = this.#owner): { cancel(): void } {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const order = this.#order++;
    const happening: Happening = { atMs, order, owner, what, work, canceled: false };
    this.#push(happening);
    return {
      cancel: () => {
        happening.canceled = true;
      },
    };
  }

  /** Resolves after a time; never, if the owner has died by then. */
  wait(delayMs: number, what: string, owner = this.#owner): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, what, resolve, owner));
  }

  /** Does something as a process would: what it puts into the queue dies with the process. */
  as<T>(owner: Owner, work: () => T): T {
    const before = this.#owner;
    this.#owner = owner;
    try {
      return work();
    } finally {
      this.#owner = before;
    }
  }

  isDead(owner: Owner): boolean {
    return this.#dead.has(owner);
  }

  /** What is done elsewhere when a process dies: a database ends its transactions. */
  onDeath(owner: Owner, name: symbol, work: (() => void) | null): void {
    const wills = this.#wills.get(owner) ?? new Map<symbol, () => void>();
    this.#wills.set(owner, wills);
    if (work === null) wills.delete(name);
    else wills.set(name, work);
  }

  /** Nothing that this process has begun goes on. */
  kill(owner: Owner): void {
    this.#dead.add(owner);
    for (const work of this.#wills.get(owner)?.values() ?? []) work();
    this.#wills.delete(owner);
  }

  /** Resolves, as the owner's doing, once something of the world's has ended. */
  async until(ended: Promise<void>, owner: Owner): Promise<void> {
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    void ended.then(() => void this.after(0, 'on', go, owner));
    await gone;
  }

  /**
   * Lets things happen until `isOver`, or until nothing is left. Meanwhile the timers, the
   * monotonic clock and the chance of the language are the world's.
   */
  async run(isOver: () => boolean): Promise<void> {
    this.#takeOver();
    try {
      while (!isOver()) {
        const next = this.#pop();
        if (next === undefined) return;
        if (next.canceled || this.#dead.has(next.owner)) continue;
        this.nowMs = Math.max(this.nowMs, next.atMs);
        this.steps++;
        this.#told(next.what, next.owner, this.nowMs);
        this.#owner = next.owner;
        next.work();
        await settled();
      }
    } finally {
      this.#owner = WORLD;
      giveBack();
    }
  }

  #takeOver(): void {
    const timer = (work: (...given: never[]) => void, ms = 0, ...given: never[]) =>
      this.after(ms, 'timer', () => work(...given));
    const clear = (made: unknown): void => {
      if (made !== undefined && made !== null) (made as { cancel(): void }).cancel();
    };
    Object.assign(globalThis, {
      setTimeout: timer,
      clearTimeout: clear,
      setImmediate: (work: (...given: never[]) => void, ...given: never[]) =>
        this.after(0, 'turn', () => work(...given)),
      clearImmediate: clear,
    });
    performance.now = () => this.nowMs;
    Math.random = this.#random;
  }

  #push(happening: Happening): void {
    const queue = this.#queue;
    let at = queue.push(happening) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!isBefore(happening, queue[up] as Happening)) break;
      queue[at] = queue[up] as Happening;
      at = up;
    }
    queue[at] = happening;
  }

  #pop(): Happening | undefined {
    const queue = this.#queue;
    const first = queue[0];
    const last = queue.pop();
    if (last === undefined || last === first) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= queue.length) break;
      const right = queue[down + 1];
      if (right !== undefined && isBefore(right, queue[down] as Happening)) down++;
      if (!isBefore(queue[down] as Happening, last)) break;
      queue[at] = queue[down] as Happening;
      at = down;
    }
    queue[at] = last;
    return first;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}

function giveBack(): void {
  const { now, random, ...timers } = real;
  Object.assign(globalThis, timers);
  performance.now = now;
  Math.random = random;
}
