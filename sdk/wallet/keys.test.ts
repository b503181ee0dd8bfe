import { describe, expect, test } from 'vitest';
import { toBase58 } from '../../src/wire/code/base58.js';
import { opaquePair, webCurve } from './curve.js';
import {
  derive,
  keysFromPhrase,
  keysFromStored,
  newPhrase,
  normalPhrase,
  storedKeys,
} from './keys.js';

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const ZERO_PHRASE = `${'abandon '.repeat(11)}about`;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('keys of a phrase', () => {
  // The published vectors of SLIP-0010 for ed25519: seed, then [path, private key, public key].
  test.each([
    [
      '000102030405060708090a0b0c0d0e0f',
      [
        [
          [],
          '2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7',
          'a4b2856bfec510abab89753fac1ac0e1112364e7d250545963f135f2a33188ed',
        ],
        [
          [0],
          '68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3',
          '8c8a13df77a28f3445213a0f432fde644acaa215fc72dcdf300d5efaa85d350c',
        ],
        [
          [0, 1, 2, 2, 1_000_000_000],
          '8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793',
          '3c24da049451555d51a7014a37337aa4e12d41e485abccfa46b47dfb2af54b7a',
        ],
      ],
    ],
    [
      'fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e' +
        '7b7875726f6c696663605d5a5754514e4b484542',
      [
        [
          [],
          '171cb88b1b3c1db25add599712e36245d75bc65a1a5c9e18d76f9f2b1eab4012',
          '8fe9693f8fa62a4305a140b9764c5ee01e455963744fe18204b4fb948249308a',
        ],
        [
          [0, 2_147_483_647, 1, 2_147_483_646, 2],
          '551d333177df541ad876a60ea71f00447931c0a9da16f227c11ea080d7391b8d',
          '47150c75db263559a70d5778bf36abbab30fb061ad69f69ece61a72b0cfa4fc0',
        ],
      ],
    ],
  ] as const)('follow SLIP-0010 from seed %s', async (seed, steps) => {
    for (const [path, privateKey, publicKey] of steps) {
      const child = await derive(hex(seed), path);
      expect(child).toEqual(hex(privateKey));
      expect((await opaquePair(child)).publicKey).toEqual(hex(publicKey));
    }
  });

  test('are those that other Solana wallets derive', async () => {
    const { owner } = await keysFromPhrase(ZERO_PHRASE);
    expect(toBase58(owner.publicKey)).toBe('HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk');
  });

  test('sign, kept in memory or in a browser, as the same wallet', async () => {
    const phrase = newPhrase();
    expect(phrase.split(' ')).toHaveLength(12);
    const fresh = await keysFromPhrase(phrase);
    const stored = await storedKeys(phrase);
    expect([stored.owner.extractable, stored.domains.extractable]).toEqual([false, false]);
    const kept = keysFromStored(stored);
    for (const pick of [
      (keys: typeof fresh) => keys.owner,
      (keys: typeof fresh) => keys.relationship('shop.example'),
    ]) {
      const [a, b] = [await pick(fresh), await pick(kept)];
      expect(b.publicKey).toEqual(a.publicKey);
      const signature = await b.sign(text('a'));
      expect(await webCurve.verify(a.publicKey, text('a'), signature)).toBe(true);
      expect(await webCurve.verify(a.publicKey, text('b'), signature)).toBe(false);
    }
  });

  test('are others for each domain, and for each phrase', async () => {
    const one = await keysFromPhrase(ZERO_PHRASE);
    const two = await keysFromPhrase(newPhrase());
    const all = [
      one.owner,
      two.owner,
      await one.relationship('shop.example'),
      await one.relationship('other.example'),
      await two.relationship('shop.example'),
    ].map(({ publicKey }) => toBase58(publicKey));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a phrase', () => {
  test('may be typed with capitals and wide spaces', () => {
    expect(normalPhrase(` ${ZERO_PHRASE.toUpperCase().replaceAll(' ', ' \n ')} `)).toBe(
      ZERO_PHRASE,
    );
  });

  test('with a wrong word or order is refused', async () => {
    const wrong = [ZERO_PHRASE.replace('about', 'abandon'), 'hello world', ''];
    for (const phrase of wrong) {
      expect(normalPhrase(phrase)).toBeNull();
      await expect(keysFromPhrase(phrase)).rejects.toMatchObject({ code: 'unreadable' });
    }
  });
});

test('nothing is signed by what is no key', async () => {
  const { owner } = await keysFromPhrase(ZERO_PHRASE);
  const signature = await owner.sign(text('a'));
  for (const key of [new Uint8Array(31), new Uint8Array(32).fill(255), new Uint8Array()]) {
    expect(await webCurve.verify(key, text('a'), signature)).toBe(false);
  }
  expect(await webCurve.verify(owner.publicKey, text('a'), signature.subarray(1))).toBe(false);
});
