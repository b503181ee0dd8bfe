import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import type { Store } from '../../src/storage/store.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { faultKinds } from './audit-kinds.js';
import { CODE_SCENE } from './audit-plants-code.js';
import { DOJO_SCENE } from './audit-plants-dojo.js';
import { ENGINE_SCENE } from './audit-plants-engine.js';
import { MONEY_SCENE } from './audit-plants-money.js';
import { undoableEditor } from './audit-scene.js';

const SCENES = [ENGINE_SCENE, DOJO_SCENE, CODE_SCENE, MONEY_SCENE];

let testStore: TestStore;

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());

/** All that was said of all plants. */
const told: string[] = [];

describe.each(SCENES)('the audit of $name', ({ begin, plants }) => {
  let store: Store;

  beforeAll(async () => {
    store = await testStore.fresh();
    await begin(store);
    expect(await audit(store)).toEqual([]);
  });

  test.each(plants)('finds %s', async (_, breakIt, said) => {
    const { edit, undo } = undoableEditor(testStore);
    try {
      await breakIt(edit);
      const faults = await audit(store);
      told.push(...faults);
      expect(faults.join('\n')).toMatch(said);
    } finally {
      await undo();
    }
  });

  test('compares no balances that never stand still', async () => {
    let moved = 0n;
    const balances: Store['balances'] = async (account) => {
      moved += 1n;
      const still = await store.balances(account);
      return still.map((balance) => ({ ...balance, posted: balance.posted + moved }));
    };
    const faults = await audit({ ...store, balances });
    told.push(...faults);
    expect(faults.join('\n')).toMatch(/changed while it was read; its balances were not compared/);
  });

  test.each([
    [
      'intents',
      /^intents (\S+) of \S+ cannot be checked: the row \1 of \S+ in intents is damaged$/,
    ],
    [
      'attempts',
      /^intents \S+ of \S+ cannot be checked: the row \S+ of \S+ in attempts is damaged$/,
    ],
    ['jobs', /^jobs (\S+) of \S+ cannot be checked: the row \1 of/],
    ['transfers', /^the check of transfers broke off: the row \S+ of \S+ in transfers is damaged$/],
  ] as const)(
    'tells of one row of %s that is damaged, and checks the others',
    async (table, said) => {
      const [row] = await store.scan(table, null, 1);
      if (row === undefined) return;
      const own = `WHERE account = '${row.account}' AND id = '${row.id}'`;
      const stored = await testStore.sql(`SELECT detail FROM ${table} ${own}`);
      const detail = String(stored[0]?.detail);
      for (const damaged of [detail.slice(0, -1), 'null', '7']) {
        await testStore.sql(
          `UPDATE ${table} SET detail = '${damaged.replaceAll("'", "''")}' ${own}`,
        );
        const faults = await audit(store);
        told.push(...faults);
        expect(
          faults.filter((fault) => said.test(fault)),
          faults.join('\n'),
        ).toHaveLength(1);
        expect(faults.every((fault) => fault.includes('is damaged'))).toBe(true);
      }
      await testStore.sql(`UPDATE ${table} SET detail = '${detail.replaceAll("'", "''")}' ${own}`);
    },
  );

  test('finds nothing any more once all is as it was', async () => {
    expect(await audit(store)).toEqual([]);
  });
});

test('each fault that the audit can find is planted', () => {
  const missing = faultKinds().filter(({ said }) => !told.some((fault) => said.test(fault)));
  expect(told).not.toEqual([]);
  expect(missing.map(({ text }) => text)).toEqual([]);
});
