import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import type { Change, Store } from '../../src/storage/store.js';
import { makeTestEngine } from '../support/engine.js';
import { capture, createPaid, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { ENGINE_SCENE } from './audit-plants-engine.js';
import { rowEditor } from './rows.js';

let testStore: TestStore;
let store: Store;

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());

beforeEach(async () => {
  store = await testStore.fresh();
  await ENGINE_SCENE.begin(store);
});

const { one, plant } = rowEditor(() => store);

describe('audit reads', () => {
  test('every page: faults in the first and in the last row are found', async () => {
    const { engine } = makeTestEngine(store);
    await Promise.all(
      Array.from({ length: 1100 }, (_, i) =>
        run(engine, createPaid({}, `acct_${String(i % 3).padStart(2, '0')}`)),
      ),
    );
    expect(await audit(store)).toEqual([]);
    const intents = await store.scan('intents', null, 2000);
    for (const intent of [intents[0], intents.at(-1)])
      if (intent)
        await plant({ table: 'intents', kind: 'update', row: { ...intent, refunded: 1n } });
    const faults = await audit(store);
    for (const intent of [intents[0], intents.at(-1)])
      expect(faults.join('\n')).toContain(intent?.id);
  });

  test('an intent with more attempts than one list holds', async () => {
    const attempt = await one('attempts', (row) => row.state === 'failed');
    const rows = Array.from({ length: 1500 }, (_, i) => ({
      ...attempt,
      id: `ch_more_${String(i).padStart(5, '0')}`,
    }));
    await plant(...rows.map((row): Change => ({ table: 'attempts', kind: 'insert', row })));
    expect(await audit(store)).toEqual([]);
    const last = { ...attempt, id: 'ch_zzz', released: 7n };
    await plant({ table: 'attempts', kind: 'insert', row: last });
    expect(await audit(store)).toEqual([expect.stringContaining('released is 0')]);
  });

  test('beside a working engine without crying wolf', async () => {
    const { engine } = makeTestEngine(store);
    let working = true;
    const work = (async () => {
      for (let i = 0; working; i++) {
        const { id } = await run(engine, createPaid({ captureMethod: 'manual' }));
        await run(engine, capture(id, { amount: BigInt(1 + (i % 1000)) }));
      }
    })();
    const faults = [...(await audit(store)), ...(await audit(store))];
    working = false;
    await work;
    expect(faults.filter((fault) => !fault.endsWith('were not compared'))).toEqual([]);
  });
});
