import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountNamed, type Keyring, makeKeyring } from '../../src/api/auth.js';
import { createKey, findKey, type NewKey, revokeKey } from '../../src/engine/api-keys.js';
import type { Command } from '../../src/engine/command.js';
import { LIMITS } from '../../src/limits.js';
import type { Store } from '../../src/storage/store.js';
import { makeClock, makeTestEngine, type TestClock } from '../support/engine.js';
import { openTestStore, type TestStore } from '../support/stores.js';

const account = accountNamed('shop');

/** The longest that a revoked key may go on working anywhere. */
const REVOKED_SECONDS_MAX = 5;

/** A server on the database, with what it knows of keys. */
interface Server {
  readonly ring: Keyring;
  run<T>(command: Command<T>): Promise<T>;
}

let opened: TestStore;
let second: Store;
const clock = makeClock();
let one: Server;
let other: Server;

function serverOn(store: Store, sharedClock: TestClock): Server {
  const { engine } = makeTestEngine(store, { clock: sharedClock });
  const { keyring_fresh_ms } = LIMITS;
  const nowMs = () => sharedClock.ms;
  const find = (of: string, digest: string) => findKey(engine, of, digest);
  const stored = { find, nowMs, keyring_fresh_ms };
  const apiKeys = [{ key: 'sk_test_shop', owner: null }];
  return {
    ring: makeKeyring({ mode: 'sandbox', apiKeys, keyring_keys_max: 10, stored }),
    run: async (command) => {
      const end = await engine.background(command);
      if (end !== null && typeof end === 'object' && 'failure' in end) throw new Error(end.failure);
      return end as never;
    },
  };
}

beforeAll(async () => {
  opened = await openTestStore();
  second = await opened.again();
  one = serverOn(opened.store, clock);
  other = serverOn(second, clock);
});
afterAll(async () => {
  await second.close();
  await opened.close();
});

function newKey(): Promise<NewKey> {
  const fields = { kind: 'secret', name: null, permissions: null, expiresAt: null } as const;
  return one.run(createKey(account, { ...fields, livemode: false }));
}

test('a key that one server made opens at another server of the same database', async () => {
  const { text } = await newKey();
  expect(await other.ring.identify(text)).toMatchObject({ account, kind: 'secret' });
});

test('a key that one server revoked ends at every other within five seconds', async () => {
  const { key, text } = await newKey();
  await Promise.all([one.ring.identify(text), other.ring.identify(text)]);
  await one.run(revokeKey(account, key.id));
  one.ring.forget(account);
  expect(await one.ring.identify(text)).toBe('expired');
  clock.advance(REVOKED_SECONDS_MAX);
  expect(await other.ring.identify(text)).toBe('expired');
});

test('two servers that revoke a key at once leave it revoked', async () => {
  const { key, text } = await newKey();
  await Promise.allSettled([
    one.run(revokeKey(account, key.id)),
    other.run(revokeKey(account, key.id)),
  ]);
  clock.advance(REVOKED_SECONDS_MAX);
  expect(await other.ring.identify(text)).toBe('expired');
});
