import type { Chance } from './chance.js';
import type { StoreFaults } from './memory-store.js';
import type { NetworkFaults } from './network.js';

/** The merchants of a simulated world. */
export const ACCOUNTS: readonly string[] = ['acct_a', 'acct_b'];

/** What one world is like: all of it follows from its seed. */
export interface Chaos {
  /** Two processes on one shared database; else one process with its own. */
  readonly shared: boolean;
  /** Cards are paid by a network elsewhere. */
  readonly remoteCards: boolean;
  readonly clients: number;
  /** What each client wants done. */
  readonly operationsPerClient: number;
  /** Happenings between two crashes, on average; null: nothing crashes. */
  readonly stepsPerCrash: number | null;
  /** The wall clock is moved on, by hours or days, while payments are made. */
  readonly jumps: boolean;
  /** For seconds at a time nothing can be written. */
  readonly fullDisks: boolean;
  readonly store: StoreFaults;
  readonly network: NetworkFaults;
}

const QUIET_STORE: StoreFaults = {
  read: 0,
  rolledBack: 0,
  writeFails: 0,
  answerLost: 0,
  slow: 0,
  diskFull: false,
};

/** Draws a world: some are rough in all ways, some in one, a few in none. */
export function drawChaos(chance: Chance): Chaos {
  const shared = chance.hits(0.45);
  const some = (most: number): number => (chance.hits(0.6) ? chance.next() * most : 0);
  return {
    shared,
    remoteCards: chance.hits(0.5),
    clients: chance.whole(2, 4),
    operationsPerClient: chance.whole(6, 16),
    stepsPerCrash: chance.hits(0.75) ? chance.whole(80, 900) : null,
    jumps: chance.hits(0.4),
    fullDisks: chance.hits(0.3),
    store: {
      ...QUIET_STORE,
      read: some(0.03),
      rolledBack: some(0.15),
      writeFails: some(0.05),
      answerLost: shared ? some(0.1) : 0,
      slow: some(0.1),
    },
    network: { lost: some(0.1), answerLost: some(0.15), late: some(0.15), refused: some(0.25) },
  };
}

/** Ends all faults in place: those who hold them see it at once. */
export function calm(chaos: Chaos): void {
  Object.assign(chaos.store, QUIET_STORE);
  Object.assign(chaos.network, { lost: 0, answerLost: 0, late: 0, refused: 0 });
}

/**
 * Whether nothing happens that may put an event behind a later one. A receiver that leaves a try
 * without an answer is such a thing: claims of what waits behind it run out meanwhile.
 */
export function isOrderly({ shared, jumps, fullDisks, store, network }: Chaos): boolean {
  const answers = network.lost + network.answerLost + network.late === 0;
  const works = !fullDisks && store.read === 0 && store.writeFails === 0;
  return !shared && !jumps && answers && works;
}
