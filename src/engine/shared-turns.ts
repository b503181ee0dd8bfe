/** How a batch keeps its place between the one before it and the one behind it. */
export interface Order {
  /** Resolves when the one before has been committed or rolled back: write not before. */
  readonly before: Promise<void>;
  /** To be called when all rows are read, and what has to be locked is. */
  hasRead(): void;
  /** To be called when a try has ended: its locks are gone, and the one behind may have them. */
  hasTried(): void;
}

export interface Turns<T> {
  waiting(): number;
  /** Up to so many of what waits, in order. */
  take(wanted: number): T[];
  /** Resolves when something more has come. */
  arrival(): Promise<void>;
  /** Commits a batch. Never rejects. */
  run(batch: T[], order: Order): Promise<void>;
}

/** A batch under way. */
interface Turn {
  readonly read: Promise<void>;
  readonly firstTry: Promise<void>;
  readonly end: Promise<void>;
}

const OVER: Turn = {
  read: Promise.resolve(),
  firstTry: Promise.resolve(),
  end: Promise.resolve(),
};

/** One turn of the event loop: what arrives in the same one goes into one batch. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function begin<T>(turns: Turns<T>, batch: T[], before: Promise<void>): Turn {
  let hasRead = (): void => {};
  let hasTried = (): void => {};
  const read = new Promise<void>((resolve) => {
    hasRead = resolve;
  });
  const firstTry = new Promise<void>((resolve) => {
    hasTried = resolve;
  });
  const end = turns.run(batch, { before, hasRead, hasTried }).then(() => {
    hasRead();
    hasTried();
  });
  return { read, firstTry, end };
}

/**
 * Batches on a store that other processes write to as well, so that each loads under its own locks:
 * the next is loaded and decided while one is written. It waits for the rows that the first has
 * locked, and with its writing for the first to end, so that commands stay in the order in which
 * they came. Resolves when nothing is left.
 */
export async function takeTurns<T>(turns: Turns<T>): Promise<void> {
  let last = OVER;
  for (;;) {
    const all = turns.waiting();
    // The first takes half, so that from then on one half is decided while the other is written.
    const batch = turns.take(last === OVER ? Math.ceil(all / 2) : all);
    if (batch.length > 0) {
      const next = begin(turns, batch, last.firstTry);
      await Promise.all([last.end, next.read]);
      last = next;
    }
    if (turns.waiting() > 0) continue;
    const isOver = await Promise.race([
      last.end.then(() => true),
      turns.arrival().then(() => false),
    ]);
    await nextTurn();
    if (isOver && turns.waiting() === 0) return;
  }
}
