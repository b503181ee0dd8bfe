import { benchEngine, pay } from '../src/cli/bench-load.js';
import type { Changes, Store } from '../src/storage/store.js';

/** What the engine writes for payments made one by one: the rows of the storage yardstick. */
export async function recordedChanges(store: Store, payments: number): Promise<Changes[][]> {
  let current: Changes[] = [];
  const recording: Store = {
    ...store,
    transact: (batchId, body) =>
      store.transact(batchId, (transaction) =>
        body({
          load: transaction.load,
          write: (changes) => {
            current.push(changes);
            return transaction.write(changes);
          },
        }),
      ),
  };
  const engine = benchEngine(recording);
  const recorded: Changes[][] = [];
  for (let i = 0; i < payments; i++) {
    current = [];
    await pay(engine);
    recorded.push(current);
  }
  return recorded;
}
