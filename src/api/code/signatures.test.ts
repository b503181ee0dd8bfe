import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isSignedBy } from './signatures.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
const data = Buffer.from('what is signed');
const signature = sign(null, data, privateKey);

test('a signature by the key over the bytes holds', async () => {
  expect(await isSignedBy(key, data, signature)).toBe(true);
});

test('other bytes, another key and half a signature do not', async () => {
  expect(await isSignedBy(key, Buffer.from('what is not'), signature)).toBe(false);
  expect(await isSignedBy(Buffer.alloc(32, 5), data, signature)).toBe(false);
  expect(await isSignedBy(key, data, signature.subarray(0, 32))).toBe(false);
  expect(await isSignedBy(key.subarray(1), data, signature)).toBe(false);
});

describe('a key of a point of small order', () => {
  // By RFC 8032 any of these would hold with a scalar of zero: nothing secret is needed for it.
  const points = [
    ['zero', '00'.repeat(32)],
    ['the neutral point', `01${'00'.repeat(31)}`],
    ['the point of order two', `ec${'ff'.repeat(30)}7f`],
    ['a point of order eight', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['another', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['zero in another form', `ed${'ff'.repeat(30)}7f`],
    ['the neutral point in another form', `ee${'ff'.repeat(30)}7f`],
  ] as const;

  test.each(points)('has signed nothing: %s', async (_, hex) => {
    for (const sign of [0, 0x80])
      for (const [, point] of points)
        for (let text = 0; text < 8; text += 1) {
          const small = Buffer.from(hex, 'hex');
          small[31] = (small[31] ?? 0) | sign;
          const forged = Buffer.concat([Buffer.from(point, 'hex'), Buffer.alloc(32)]);
          expect(await isSignedBy(small, Buffer.from([text]), forged)).toBe(false);
        }
  });
});
