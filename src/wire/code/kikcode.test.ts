import { encode } from '@code-wallet/kikcode';
import { describe, expect, test } from 'vitest';
import { decodeKikcode, encodeKikcode } from './kikcode.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** A generator of bytes that a seed repeats. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
}

describe('the bytes of a round scan code', () => {
  test.each([
    ['zeros', '00'.repeat(20), '25f37ac37f78b2ff1e8efd3973'],
    [
      'the numbers from 0 to 19',
      '000102030405060708090a0b0c0d0e0f10111213',
      '56efeeb8f682bd8bf269643565',
    ],
    ['5 cents', `028c05${'00'.repeat(17)}`, 'b02a7b22531da888391b7a0a76'],
  ])('of %s are the published ones', (_, payload, check) => {
    const code = encodeKikcode(bytes(payload));
    expect(hex(code)).toBe(`${check}0200${payload}`);
    expect(hex(decodeKikcode(code) ?? new Uint8Array())).toBe(payload);
  });

  test('of any payload are those of the published encoder', async () => {
    const seed = Date.now() >>> 0;
    const next = random(seed);
    for (let round = 0; round < 20; round += 1) {
      const payload = Uint8Array.from({ length: 20 }, next);
      expect(hex(encodeKikcode(payload)), `seed ${seed}`).toBe(hex(await encode(payload)));
    }
  });

  test('are no code once one of them is another', () => {
    const code = encodeKikcode(bytes('00'.repeat(20)));
    for (const at of [0, 12, 13, 34]) {
      const wrong = code.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(decodeKikcode(wrong), `byte ${at}`).toBeNull();
    }
    expect(decodeKikcode(code.slice(1))).toBeNull();
  });

  test('are not made of another length', () => {
    expect(() => encodeKikcode(new Uint8Array(19))).toThrow('20 bytes');
  });
});
