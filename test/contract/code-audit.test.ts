import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine } from '../support/engine.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { payment, submit } from '../support/wallets.js';
import { CODE_SCENE, friend, payer } from './audit-plants-code.js';

let testStore: TestStore;
let store: Store;

beforeAll(async () => {
  testStore = await openTestStore();
  store = await testStore.fresh();
  await CODE_SCENE.begin(store);
});
afterAll(() => testStore.close());

test('the audit of wallets finds nothing beside working ones', async () => {
  const { engine } = makeTestEngine(store);
  let working = true;
  const work = (async () => {
    while (working) await submit(engine, payment(payer, friend, { quarks: 1n }));
  })();
  const faults = [...(await audit(store)), ...(await audit(store))];
  working = false;
  await work;
  expect(faults.filter((fault) => !fault.endsWith('were not compared'))).toEqual([]);
  expect(await audit(store)).toEqual([]);
});
