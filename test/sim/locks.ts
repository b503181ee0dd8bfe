import { RolledBack } from '../../src/storage/store.js';
import type { Owner, Scheduler } from './scheduler.js';

/** So long a transaction waits for a row before it counts as part of a deadlock. */
const DEADLOCK_MS = 400;

interface Lock {
  holder: symbol;
  readonly waiting: { readonly by: symbol; go(): void }[];
}

/** Locks on rows, held by transactions until they end, as PostgreSQL's `FOR UPDATE` does it. */
export class Locks {
  readonly #locks = new Map<string, Lock>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Resolves once the lock is held; throws RolledBack where it takes too long. */
  take(name: string, by: symbol, owner: Owner): Promise<void> {
    const lock = this.#locks.get(name);
    if (lock === undefined) {
      this.#locks.set(name, { holder: by, waiting: [] });
      return Promise.resolve();
    }
    if (lock.holder === by) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = this.#scheduler.after(
        DEADLOCK_MS,
        'deadlock',
        () => {
          lock.waiting.splice(lock.waiting.indexOf(waiter), 1);
          reject(new RolledBack('deadlock detected'));
        },
        owner,
      );
      const go = (): void => {
        late.cancel();
        // By the queue, so that whoever waits goes on as itself.
        this.#scheduler.after(0, 'lock', resolve, owner);
      };
      const waiter = { by, go };
      lock.waiting.push(waiter);
    });
  }

  /** A transaction has ended: what it holds is the next one's. */
  release(by: symbol): void {
    for (const [name, lock] of this.#locks) {
      const waits = lock.waiting.findIndex((waiter) => waiter.by === by);
      if (waits >= 0) lock.waiting.splice(waits, 1);
      if (lock.holder !== by) continue;
      const next = lock.waiting.shift();
      if (next === undefined) this.#locks.delete(name);
      else {
        lock.holder = next.by;
        next.go();
      }
    }
  }
}
