import fc from 'fast-check';
import { expect, test } from 'vitest';
import { feeOf, quarksOf, worthOf } from './amounts.js';

test.each([
  [1, 1, 100_000n],
  [54321.68, 1, 5_432_168_000n],
  [0.05, 0.00001, 500_000_000n],
  // 1/3 does not come out even: the payee gets the quark.
  [1, 3, 33_334n],
  [10, 0.0000123, 81_300_813_009n],
  [1e-7, 1e-7, 100_000n],
  [1e21, 1, 100_000_000_000_000_000_000_000_000n],
])('%d at %d per kin is an exact number of quarks', (amount, rate, quarks) => {
  expect(quarksOf(amount, rate)).toBe(quarks);
});

test.each([
  [0, 1],
  [1, 0],
  [-1, 1],
  [Number.NaN, 1],
  [1, Number.POSITIVE_INFINITY],
])('%d at %d per kin is no price', (amount, rate) => {
  expect(() => quarksOf(amount, rate)).toThrow(RangeError);
});

test('quarks are worth what was asked, less than one quark above it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 25_000 }),
      fc.integer({ min: 1, max: 99_999 }),
      (c, r) => {
        const [amount, rate] = [c / 100, r / 1e9];
        const quarks = quarksOf(amount, rate);
        // In whole numbers: amount = c/100, rate = r/10^9.
        const cost = (q: bigint): bigint => q * BigInt(r);
        const asked = BigInt(c) * 10n ** 12n;
        expect(cost(quarks) >= asked && cost(quarks - 1n) < asked).toBe(true);
      },
    ),
  );
});

test('a fee is rounded down, and the rest is somebody else’s', () => {
  expect(feeOf(9_999n, 1)).toBe(0n);
  expect(feeOf(10_000n, 1)).toBe(1n);
  expect(feeOf(19_999n, 5_000)).toBe(9_999n);
});

test('worth is for reading', () => {
  expect(worthOf(500_000_000n, 0.00001)).toBeCloseTo(0.05, 12);
});
