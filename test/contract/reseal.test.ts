import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveKeys, type Keys } from '../../src/engine/keys.js';
import { oldSeals, resealRow, SEALED_TABLES } from '../../src/engine/reseal.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, createPaid, run, subscribe } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

let testStore: TestStore;
let store: Store;
let made: TestEngine;
/** As the engine has them, and the same with a newer key before. */
const OLD = Buffer.alloc(32, 7);
const NEW = Buffer.alloc(32, 8);
const before: Keys = deriveKeys(OLD);
const after: Keys = deriveKeys(NEW, [OLD]);

beforeAll(async () => {
  testStore = await openTestStore();
  store = testStore.store;
  made = makeTestEngine(store);
  await run(made.engine, createPaid());
  await run(made.engine, subscribe());
});
afterAll(() => testStore.close());

const subscription = async () => (await store.scan('subscriptions', null, 9))[0];
const method = async () => (await store.scan('methods', null, 9))[0];
const reseal = (keys: Keys, table: keyof typeof SEALED_TABLES, id: string) =>
  made.engine.background(resealRow(keys, table, { account: ACCOUNT, id }));

test('what is sealed with an older key is counted, wherever in a row it is', () => {
  const old = before.sealSecret('one', 'id');
  const current = after.sealSecret('two', 'id');
  const row = { secret: old, deep: [{ sealed: old, body: current }, null, 7], other: old };
  expect(oldSeals(after, row)).toBe(2);
  expect(oldSeals(before, row)).toBe(1);
  expect(oldSeals(after, { secret: 'v1.plain', body: `${old} and more`, sealed: null })).toBe(0);
});

test('a secret is sealed anew, once, and opens as before without the older key', async () => {
  const stored = await subscription();
  if (stored === undefined) throw new Error('nobody subscribed');
  expect(oldSeals(after, stored)).toBeGreaterThan(0);
  expect(await reseal(after, 'subscriptions', stored.id)).toBeGreaterThan(0);
  const renewed = await subscription();
  if (renewed === undefined) throw new Error('it is gone');
  expect(oldSeals(after, renewed)).toBe(0);
  expect(renewed).not.toEqual(stored);
  const texts = (row: object): string[] =>
    [...JSON.stringify(row).matchAll(/v1\.[0-9a-f]{8}\.[\w-]+/g)].map(([text]) => text);
  const alone = deriveKeys(NEW);
  expect(texts(renewed).map((text) => alone.openSecret(text, stored.id))).toEqual(
    texts(stored).map((text) => before.openSecret(text, stored.id)),
  );
  expect(await reseal(after, 'subscriptions', stored.id)).toBe(0);
  expect(await subscription()).toEqual(renewed);
});

test('a card is sealed anew with the key of cards', async () => {
  const plain = await method();
  if (plain === undefined) throw new Error('nobody paid');
  const row = { ...plain, sealed: before.seal('4242424242424242', plain.id) };
  await store.transact('sealed', ({ write }) =>
    write({ changes: [{ table: 'methods', kind: 'update', row }], postings: [] }),
  );
  // Of its own: the other has read the row as it was.
  const keys = deriveKeys(NEW, [OLD]);
  const { engine } = makeTestEngine(store);
  const again = resealRow(keys, 'methods', { account: ACCOUNT, id: plain.id });
  expect(await engine.background(again)).toBe(1);
  const renewed = await method();
  expect(deriveKeys(NEW).open(renewed?.sealed ?? '', plain.id)).toBe('4242424242424242');
});

test('a row that has gone meanwhile has nothing to seal', async () => {
  expect(await reseal(after, 'tokens', 'tok_none')).toBe(0);
});

test('cards are sealed by one key, secrets by another', () => {
  expect(SEALED_TABLES).toEqual({
    methods: 'card',
    tokens: 'card',
    subscriptions: 'secret',
    accounts: 'secret',
    idempotency: 'secret',
  });
});
