import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountNamed, type Keyring, makeKeyring } from '../../src/api/auth.js';
import { ACTIVE_KEYS_MAX } from '../../src/domain/api-key.js';
import {
  createEphemeralKey,
  createKey,
  deleteEphemeralKey,
  findKey,
  keyDigest,
  type NewKey,
  revokeKey,
  rollKey,
  updateKey,
} from '../../src/engine/api-keys.js';
import type { Command } from '../../src/engine/command.js';
import { createCustomer } from '../../src/engine/customers.js';
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
  find(digest: string): ReturnType<typeof findKey>;
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
    find: (digest) => findKey(engine, account, digest),
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

test('a key is kept as its digest and its last four characters', async () => {
  const { key, text } = await newKey();
  expect(key).toMatchObject({
    id: expect.stringMatching(/^key_.{24}$/),
    digest: keyDigest(text),
    state: 'active',
    kind: 'secret',
    created: Math.floor(clock.ms / 1000),
    hint: text.slice(-4),
    text: null,
    revokedAt: null,
    replacedBy: null,
    customer: null,
  });
  const fields = { kind: 'publishable', name: 'till', permissions: null, expiresAt: null } as const;
  const open = await one.run(createKey(account, { ...fields, livemode: false }));
  expect(open.key).toMatchObject({ text: open.text, name: 'till', kind: 'publishable' });
});

test('what a key may do is changed only where it may do some things', async () => {
  const { key } = await newKey();
  const permissions = { intents: 'read' } as never;
  await expect(one.run(updateKey(account, key.id, { permissions }))).rejects.toThrow(
    'not_restricted',
  );
  expect(await one.run(updateKey(account, key.id, { name: 'shop' }))).toMatchObject({
    name: 'shop',
  });
  const fields = { kind: 'restricted', name: null, permissions: {}, expiresAt: null } as const;
  const bounded = await one.run(createKey(account, { ...fields, livemode: false }));
  const changed = await one.run(updateKey(account, bounded.key.id, { permissions }));
  expect(changed.permissions).toEqual(permissions);
  await expect(one.run(updateKey(account, 'key_none', {}))).rejects.toThrow('missing');
});

test('a key that is rolled at once has ended, and one that works on ends in time', async () => {
  const now = Math.floor(clock.ms / 1000);
  const first = await newKey();
  const next = await one.run(rollKey(account, first.key.id, 0, false));
  const ofDigest = (digest: string) => other.find(digest);
  expect(await ofDigest(first.key.digest)).toMatchObject({
    state: 'ended',
    revokedAt: now,
    expiresAt: now,
    replacedBy: next.key.id,
  });
  const last = await one.run(rollKey(account, next.key.id, 3600, false));
  expect(await ofDigest(next.key.digest)).toMatchObject({
    state: 'active',
    revokedAt: null,
    expiresAt: now + 3600,
    replacedBy: last.key.id,
  });
  await expect(one.run(rollKey(account, first.key.id, 0, false))).rejects.toThrow('key_over');
});

test('a key that ends before it would be rolled ends no later', async () => {
  const expiresAt = Math.floor(clock.ms / 1000) + 60;
  const fields = { kind: 'secret', name: null, permissions: null, expiresAt } as const;
  const { key } = await one.run(createKey(account, { ...fields, livemode: false }));
  const next = await one.run(rollKey(account, key.id, 3600, false));
  expect(await other.find(key.digest)).toMatchObject({ expiresAt });
  expect(next.key.expiresAt).toBe(expiresAt);
});

test('an account has so many keys, and those whose time has ended count no longer', async () => {
  const mine = accountNamed('many');
  const expiresAt = Math.floor(clock.ms / 1000) + 60;
  const fields = { kind: 'secret', name: null, permissions: null, expiresAt } as const;
  const make = () => one.run(createKey(mine, { ...fields, livemode: false }));
  let count = 0;
  for (;;) {
    const made = await make().catch((error: Error) => error.message);
    if (typeof made === 'string') {
      expect(made).toBe('limit_reached');
      break;
    }
    count += 1;
  }
  expect(count).toBe(ACTIVE_KEYS_MAX);
  clock.advance(60);
  await make();
});

test('a key for a customer’s app works for an hour or until it is ended', async () => {
  const customer = await one.run(createCustomer(account, {}));
  const { key, text } = await one.run(createEphemeralKey(account, customer.id, false));
  expect(key).toMatchObject({
    id: expect.stringMatching(/^ephkey_.{24}$/),
    state: 'ephemeral',
    customer: customer.id,
    expiresAt: Math.floor(clock.ms / 1000) + 3600,
  });
  expect(text).toMatch(/^ek_test_/);
  await expect(one.run(revokeKey(account, key.id))).rejects.toThrow('missing');
  const ended = await one.run(deleteEphemeralKey(account, key.id));
  expect(ended.revokedAt).toBe(Math.floor(clock.ms / 1000));
  await expect(one.run(deleteEphemeralKey(account, key.id))).rejects.toThrow('missing');
  const secret = await newKey();
  await expect(one.run(deleteEphemeralKey(account, secret.key.id))).rejects.toThrow('missing');
  await expect(one.run(createEphemeralKey(account, 'cus_none', false))).rejects.toThrow('missing');
});
