import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import { cancelIntent } from '../../src/engine/intents.js';
import { RolledBack, type Store } from '../../src/storage/store.js';
import { makeTestEngine, plainCall } from '../support/engine.js';
import { ACCOUNT, confirm, create, createPaid, run } from '../support/payments.js';
import { until } from '../support/sink.js';
import { ON_POSTGRES, openTestStore, type TestStore } from '../support/stores.js';

/** What one process does with two batches at once, where the database is shared. */

let opened: TestStore;
let store: Store;

beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(async () => {
  store = await opened.fresh();
});
afterAll(() => opened.close());

interface Watched {
  readonly store: Store;
  /** What the batches have begun and ended, in order: `load 1`, `write 1`, … */
  readonly seen: string[];
  /** Lets the first writing end. */
  release(error?: Error): void;
}

/** The store, whose first writing waits. */
function watched(): Watched {
  const seen: string[] = [];
  let batches = 0;
  let release = (_error?: Error): void => {};
  const gate = new Promise<Error | undefined>((resolve) => {
    release = resolve;
  });
  let isFirst = true;
  const transact: Store['transact'] = (id, body) =>
    store.transact(id, ({ load, write }) => {
      const batch = ++batches;
      return body({
        load: (keys, findings) => {
          seen.push(`load ${batch}`);
          return load(keys, findings);
        },
        write: async (changes) => {
          seen.push(`write ${batch}`);
          const waits = isFirst;
          isFirst = false;
          const error = waits ? await gate : undefined;
          if (error !== undefined) throw error;
          await write(changes);
        },
      });
    });
  return { store: { ...store, transact }, seen, release };
}

describe.skipIf(!ON_POSTGRES)('two batches of one process', () => {
  test('one is decided while the other is written, and written after it', async () => {
    const { store: slow, seen, release } = watched();
    const { engine } = makeTestEngine(slow);
    const first = engine.background(createPaid());
    await until(() => seen.includes('write 1'));
    const second = engine.background(createPaid());
    await until(() => seen.includes('load 2'));
    const third = engine.background(createPaid());
    // Time enough for what must not happen: a writing, or a third transaction.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen.filter((step) => step !== 'load 1' && step !== 'load 2')).toEqual(['write 1']);
    release();
    await Promise.all([first, second, third]);
    expect(seen.filter((step) => step.startsWith('write'))).toEqual([
      'write 1',
      'write 2',
      'write 3',
    ]);
    expect(await audit(store)).toEqual([]);
  });

  test('one that is rolled back lets the one behind it have its rows', async () => {
    const { store: slow, seen, release } = watched();
    const { engine, logged } = makeTestEngine(slow);
    const { id } = await run(makeTestEngine(store).engine, create());
    const paid = engine.background(confirm(id));
    await until(() => seen.includes('write 1'));
    const canceled = engine.background(cancelIntent(ACCOUNT, id, null));
    await until(() => seen.includes('load 2'));
    release(new RolledBack('serialization failure'));
    const ends = await Promise.all([paid, canceled]);
    // Whichever came first is what happened.
    expect(ends.filter((end) => 'failure' in end)).toHaveLength(1);
    expect(logged).toEqual([]);
    expect(await audit(store)).toEqual([]);
  });

  test('the same key in both is worked on once, and both get its answer', async () => {
    const { store: slow, seen, release } = watched();
    const { engine } = makeTestEngine(slow);
    const send = (key: string) => engine.call(createPaid(), plainCall(createPaid(), { key }));
    const first = send('k1');
    await until(() => seen.includes('write 1'));
    const rest = ['k1', 'k2', 'k1'].map(send);
    await until(() => seen.includes('load 2'));
    release();
    const answers = await Promise.all([first, ...rest]);
    expect(answers.map(({ replayed }) => replayed)).toEqual([false, true, false, true]);
    expect(await store.scan('intents', null, 10)).toHaveLength(2);
  });
});
