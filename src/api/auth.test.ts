import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApiKey, accountOfKey, keyText } from '../domain/api-key.js';
import { keyDigest } from '../engine/api-keys.js';
import {
  accountNamed,
  DEFAULT_KEY,
  type Identity,
  type Keyring,
  type KeyringSettings,
  keyParts,
  makeKeyring,
  parseAuthorization,
  type StoredKeys,
} from './auth.js';

/** Whose key it is, as far as it is known without asking a store. */
function found(ring: Keyring, key: string): Identity | null {
  const known = ring.identify(key);
  if (known instanceof Promise || known === 'expired') throw new Error(`${key} is stored`);
  return known;
}

const open = makeKeyring({ mode: 'sandbox', apiKeys: null, keyring_keys_max: 3 });

describe('a sandbox without keys', () => {
  test('takes any test key, and the same name opens the same account', () => {
    const account = found(open, 'sk_test_shop')?.account;
    expect(account).toMatch(/^acct_[0-9A-Za-z]{16}$/);
    for (const key of ['pk_test_shop', 'rk_test_shop', 'sk_sandbox_shop']) {
      expect(found(open, key)).toMatchObject({ account, livemode: false });
    }
    expect(found(open, 'sk_test_other')?.account).not.toBe(account);
  });

  test('knows what kind a key is', () => {
    expect(found(open, 'sk_test_shop')?.kind).toBe('secret');
    expect(found(open, 'pk_test_shop')?.kind).toBe('publishable');
    expect(found(open, 'rk_test_shop')?.kind).toBe('restricted');
  });

  test('keeps the first account where it was', () => {
    expect(found(open, DEFAULT_KEY)?.account).toBe(accountNamed('tender'));
    expect(accountNamed('tender')).toMatchInlineSnapshot(`"acct_YJhTVukqaQuudf2P"`);
  });

  test.each([
    ['sk_live_shop', 'a live key'],
    ['sk_prod_shop', 'a live key as Dojo has them'],
    ['sk_test_ab', 'two characters'],
    [`sk_test_${'x'.repeat(201)}`, 'too long'],
    ['sk_test_a-b', 'another character'],
    ['sk_test_shop\n', 'a line break'],
    ['pk_sandbox_shop', 'a kind that Dojo has not'],
    ['pk_prod_shop', 'a live kind that Dojo has not'],
    ['xk_test_shop', 'another prefix'],
    ['', 'nothing'],
  ])('refuses %j: %s', (key) => {
    expect(found(open, key)).toBeNull();
  });

  test('remembers a bounded number of keys, and forgets the oldest', () => {
    const first = found(open, 'sk_test_first');
    expect(found(open, 'sk_test_first')).toBe(first);
    for (const name of ['one', 'two', 'three']) found(open, `sk_test_${name}`);
    expect(found(open, 'sk_test_first')).not.toBe(first);
    expect(found(open, 'sk_test_first')).toEqual(first);
  });
});

describe('configured keys', () => {
  const ring = makeKeyring({
    mode: 'sandbox',
    apiKeys: [
      { key: 'sk_test_shop', owner: null },
      { key: 'pk_test_public9', owner: 'shop' },
    ],
    keyring_keys_max: 10,
  });

  test('are the only ones that open', () => {
    expect(found(ring, 'sk_test_shop')).toEqual({
      account: accountNamed('shop'),
      kind: 'secret',
      livemode: false,
    });
    for (const key of [DEFAULT_KEY, 'pk_test_shop', 'sk_test_public9', 'sk_test_sho']) {
      expect(found(ring, key)).toBeNull();
    }
  });

  test('open their owner’s account', () => {
    expect(found(ring, 'pk_test_public9')?.account).toBe(accountNamed('shop'));
  });
});

test('live mode takes no key that is not configured, and no test key', () => {
  const secret = 'sk_live_0123456789abcdefghijkl';
  const closed = makeKeyring({ mode: 'live', apiKeys: null, keyring_keys_max: 10 });
  expect(found(closed, secret)).toBeNull();
  expect(found(closed, 'sk_test_shop')).toBeNull();
  const ring = makeKeyring({
    mode: 'live',
    apiKeys: [
      { key: secret, owner: null },
      { key: 'sk_test_shop', owner: null },
    ],
    keyring_keys_max: 10,
  });
  expect(found(ring, secret)?.livemode).toBe(true);
  expect(found(ring, 'sk_test_shop')).toBeNull();
});

describe('an Authorization header', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each([
    ['Bearer sk_test_shop'],
    ['bearer   sk_test_shop '],
    [' BEARER\tsk_test_shop'],
    [basic('sk_test_shop:')],
    [basic('sk_test_shop')],
    [basic('sk_test_shop:').replace('Basic', 'bASIC ')],
    ['Basic sk_test_shop'],
  ])('%j carries the key', (header) => {
    expect(parseAuthorization(header)).toBe('sk_test_shop');
  });

  test.each([
    [undefined],
    [''],
    ['sk_test_shop'],
    ['Bearer'],
    ['Bearer '],
    ['Bearer a b'],
    ['Digest sk_test_shop'],
    ['Basic !!!'],
    [basic('sk_test_shop:password')],
    [basic(':')],
  ])('%j carries none', (header) => {
    expect(parseAuthorization(header)).toBeNull();
  });

  test('never throws, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const header of [text, `Basic ${text}`, `Bearer ${text}`]) parseAuthorization(header);
      }),
    );
  });

  test('brings back every user name that has no colon', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(
        name.filter((text) => !text.includes(':')),
        (user) => {
          expect(parseAuthorization(basic(`${user}:`))).toBe(user);
        },
      ),
    );
  });
});

test('a key has parts', () => {
  for (const key of ['sk_live_abc', 'sk_prod_abc'])
    expect(keyParts(key)).toEqual({ kind: 'secret', livemode: true, own: 'abc' });
});

describe('stored keys', () => {
  const account = 'acct_0123456789abcdef';
  const text = keyText('restricted', false, account, 's'.repeat(32));
  const row: ApiKey = {
    account,
    id: 'key_1',
    digest: keyDigest(text),
    state: 'active',
    created: 0,
    kind: 'restricted',
    name: null,
    hint: 'ssss',
    text: null,
    permissions: { charge: 'read' },
    expiresAt: null,
    revokedAt: null,
    replacedBy: null,
    customer: null,
  };

  /** Two servers over one store, with a clock that only the test moves. */
  function twoServers(apiKeys: KeyringSettings['apiKeys'] = null) {
    const store: { key: ApiKey | null; asked: number; nowMs: number } = {
      key: row,
      asked: 0,
      nowMs: 1_000_000,
    };
    const stored: StoredKeys = {
      find: async (_account, digest) => {
        store.asked += 1;
        return store.key?.digest === digest ? store.key : null;
      },
      nowMs: () => store.nowMs,
      keyring_fresh_ms: 3_000,
    };
    const make = () => makeKeyring({ mode: 'sandbox', apiKeys, keyring_keys_max: 3, stored });
    return { store, one: make(), other: make() };
  }

  test('are asked for once, and then known without a promise', async () => {
    const { store, one } = twoServers();
    const both = await Promise.all([one.identify(text), one.identify(text)]);
    expect(both[0]).toEqual({
      account,
      kind: 'restricted',
      livemode: false,
      permissions: { charge: 'read' },
    });
    expect(one.identify(text)).toBe(both[1]);
    expect(store.asked).toBe(1);
  });

  test('that are revoked through one server end at once there, and soon at the other', async () => {
    const { store, one, other } = twoServers();
    await Promise.all([one.identify(text), other.identify(text)]);
    store.key = { ...row, revokedAt: 1_000, state: 'ended' };
    one.forget(account);
    expect(await one.identify(text)).toBe('expired');
    store.nowMs += 2_999;
    expect(other.identify(text)).toMatchObject({ account });
    store.nowMs += 1;
    expect(await other.identify(text)).toBe('expired');
  });

  test('are asked for again where the clock was set back', async () => {
    const { store, one } = twoServers();
    await one.identify(text);
    store.key = null;
    store.nowMs -= 500_000;
    expect(await one.identify(text)).not.toMatchObject({ permissions: {} });
    expect(store.asked).toBe(2);
  });

  test('end when their time has come, without the store', async () => {
    const { store, one } = twoServers();
    store.key = { ...row, expiresAt: 1_001 };
    expect(await one.identify(text)).toMatchObject({ account });
    store.nowMs += 1_000;
    expect(one.identify(text)).toBe('expired');
    expect(store.asked).toBe(1);
  });

  test('that change while they are being read are not remembered as they were', async () => {
    const { store, one } = twoServers();
    const reading = one.identify(text);
    one.forget(account);
    await reading;
    await one.identify(text);
    expect(store.asked).toBe(2);
  });

  test('that are not there open the account of their name in an open sandbox only', async () => {
    const unknown = `${text.slice(0, -1)}t`;
    expect(await twoServers().one.identify(unknown)).toMatchObject({ kind: 'restricted' });
    const closed = twoServers([{ key: 'sk_test_shop', owner: null }]).one;
    expect(await closed.identify(unknown)).toBeNull();
    expect(await closed.identify(text)).toMatchObject({ account });
    expect(closed.configured(accountNamed('shop'))).toEqual([
      {
        id: expect.stringMatching(/^key_configured_/),
        kind: 'secret',
        hint: '',
        permissions: null,
      },
    ]);
  });

  test('are only asked for where a key can be one', () => {
    const { store, one } = twoServers();
    for (const key of ['sk_test_shop', 'ek_test_shop', `${text}x`, 'sk_live_shop', `\0${text}`])
      expect(one.identify(key)).not.toBeInstanceOf(Promise);
    expect(store.asked).toBe(0);
  });

  test('of a connected account lead back to it', () => {
    const below = `${account}-acct_shop_of_it`;
    expect(accountOfKey(keyText('ephemeral', false, below, 's'.repeat(32)))).toBe(below);
    expect(() => keyText('secret', false, below, 's'.repeat(32))).toThrow('no keys');
  });
});
