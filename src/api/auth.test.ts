import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountNamed, DEFAULT_KEY, keyParts, makeKeyring, parseAuthorization } from './auth.js';

const open = makeKeyring({ mode: 'sandbox', apiKeys: null, keyring_keys_max: 3 });

describe('a sandbox without keys', () => {
  test('takes any test key, and the same name opens the same account', () => {
    const account = open.identify('sk_test_shop')?.account;
    expect(account).toMatch(/^acct_[0-9A-Za-z]{16}$/);
    for (const key of ['pk_test_shop', 'rk_test_shop', 'sk_sandbox_shop']) {
      expect(open.identify(key)).toMatchObject({ account, livemode: false });
    }
    expect(open.identify('sk_test_other')?.account).not.toBe(account);
  });

  test('knows what kind a key is', () => {
    expect(open.identify('sk_test_shop')?.kind).toBe('secret');
    expect(open.identify('pk_test_shop')?.kind).toBe('publishable');
    expect(open.identify('rk_test_shop')?.kind).toBe('restricted');
  });

  test('keeps the first account where it was', () => {
    expect(open.identify(DEFAULT_KEY)?.account).toBe(accountNamed('tender'));
    expect(accountNamed('tender')).toMatchInlineSnapshot(`"acct_YJhTVukqaQuudf2P"`);
  });

  test.each([
    ['sk_live_shop', 'a live key'],
    ['sk_test_ab', 'two characters'],
    [`sk_test_${'x'.repeat(201)}`, 'too long'],
    ['sk_test_a-b', 'another character'],
    ['sk_test_shop\n', 'a line break'],
    ['pk_sandbox_shop', 'a kind that Dojo has not'],
    ['xk_test_shop', 'another prefix'],
    ['', 'nothing'],
  ])('refuses %j: %s', (key) => {
    expect(open.identify(key)).toBeNull();
  });

  test('remembers a bounded number of keys, and forgets the oldest', () => {
    const first = open.identify('sk_test_first');
    expect(open.identify('sk_test_first')).toBe(first);
    for (const name of ['one', 'two', 'three']) open.identify(`sk_test_${name}`);
    expect(open.identify('sk_test_first')).not.toBe(first);
    expect(open.identify('sk_test_first')).toEqual(first);
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
    expect(ring.identify('sk_test_shop')).toEqual({
      account: accountNamed('shop'),
      kind: 'secret',
      livemode: false,
    });
    for (const key of [DEFAULT_KEY, 'pk_test_shop', 'sk_test_public9', 'sk_test_sho']) {
      expect(ring.identify(key)).toBeNull();
    }
  });

  test('open their owner’s account', () => {
    expect(ring.identify('pk_test_public9')?.account).toBe(accountNamed('shop'));
  });
});

test('live mode takes no key that is not configured, and no test key', () => {
  const secret = 'sk_live_0123456789abcdefghijkl';
  const closed = makeKeyring({ mode: 'live', apiKeys: null, keyring_keys_max: 10 });
  expect(closed.identify(secret)).toBeNull();
  expect(closed.identify('sk_test_shop')).toBeNull();
  const ring = makeKeyring({
    mode: 'live',
    apiKeys: [
      { key: secret, owner: null },
      { key: 'sk_test_shop', owner: null },
    ],
    keyring_keys_max: 10,
  });
  expect(ring.identify(secret)?.livemode).toBe(true);
  expect(ring.identify('sk_test_shop')).toBeNull();
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
  expect(keyParts('sk_live_abc')).toEqual({ kind: 'secret', livemode: true, own: 'abc' });
});
