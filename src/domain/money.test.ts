import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AMOUNT_MAX,
  allocate,
  doubleToMinor,
  formatForError,
  formatPlain,
  min,
  parseDecimal,
  share,
} from './money.js';

const amount = fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX });
const currency = fc.constantFrom('usd', 'jpy', 'kwd', 'clf', 'kin');

describe('parseDecimal', () => {
  test.each([
    ['12.50', 'usd', 1250n],
    ['12.5', 'usd', 1250n],
    ['12', 'usd', 1200n],
    ['-0.01', 'usd', -1n],
    ['-0', 'usd', 0n],
    ['500', 'jpy', 500n],
    ['1.234', 'kwd', 1234n],
    ['0.00001', 'kin', 1n],
    ['92233720368547758.07', 'usd', AMOUNT_MAX],
  ])('%s %s', (text, code, expected) => {
    expect(parseDecimal(text, code)).toEqual({ ok: true, amount: expected });
  });

  test.each([
    ['12.505', 'usd', 'too_many_digits'],
    ['12.500', 'usd', 'too_many_digits'],
    ['1.0', 'jpy', 'too_many_digits'],
    ['92233720368547758.08', 'usd', 'too_large'],
    ['9'.repeat(1_000_000), 'usd', 'too_large'],
    ['1', 'xyz', 'unknown_currency'],
    ['', 'usd', 'not_a_number'],
    ['.5', 'usd', 'not_a_number'],
    ['5.', 'usd', 'not_a_number'],
    ['1e2', 'usd', 'not_a_number'],
    ['+1', 'usd', 'not_a_number'],
    ['1,000', 'usd', 'not_a_number'],
    [' 1', 'usd', 'not_a_number'],
    ['1\n', 'usd', 'not_a_number'],
    ['١', 'usd', 'not_a_number'],
  ])('refuses %.20s %s', (text, code, reason) => {
    expect(parseDecimal(text, code)).toEqual({ ok: false, reason });
  });

  test('reads back what formatPlain wrote', () => {
    fc.assert(
      fc.property(amount, currency, (units, code) => {
        expect(parseDecimal(formatPlain(units, code), code)).toEqual({ ok: true, amount: units });
      }),
    );
  });
});

describe('doubleToMinor', () => {
  test.each([
    [0.1, 'usd', 10n],
    [0.1 + 0.7, 'usd', null],
    [19.99, 'usd', 1999n],
    [1e-5, 'kin', 1n],
    [1e-7, 'kin', null],
    [1.5e-7, 'kin', null],
    [-2.5, 'usd', -250n],
    [-0, 'usd', 0n],
    [0.5, 'jpy', null],
    [1e16, 'usd', 10n ** 18n],
    [1.2e21, 'jpy', null],
  ])('%d %s', (value, code, expected) => {
    const read = doubleToMinor(value, code);
    expect(read.ok ? read.amount : null).toBe(expected);
  });

  test.each([
    [Number.NaN, 'not_a_number'],
    [Number.POSITIVE_INFINITY, 'not_a_number'],
    [1e300, 'too_large'],
    [5e-324, 'too_many_digits'],
    [0.125, 'too_many_digits'],
  ])('refuses %d: %s', (value, reason) => {
    expect(doubleToMinor(value, 'usd')).toEqual({ ok: false, reason });
  });

  test('every amount of cents that a double can hold comes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (cents) => {
        expect(doubleToMinor(cents / 100, 'usd')).toEqual({ ok: true, amount: BigInt(cents) });
      }),
    );
  });

  test('never throws and never goes out of range', () => {
    fc.assert(
      fc.property(fc.double(), currency, (value, code) => {
        const read = doubleToMinor(value, code);
        if (read.ok) expect(read.amount <= AMOUNT_MAX && read.amount >= -AMOUNT_MAX).toBe(true);
      }),
    );
  });
});

describe('formats', () => {
  test.each([
    [1099n, 'usd', '10.99', '$10.99'],
    [6000n, 'usd', '60.00', '$60.00'],
    [5n, 'eur', '0.05', '€0.05'],
    [99_999_999n, 'usd', '999999.99', '$999,999.99'],
    [500n, 'jpy', '500', '¥500'],
    [1099n, 'chf', '10.99', '10.99 chf'],
    [-1099n, 'gbp', '-10.99', '-£10.99'],
    [0n, 'kwd', '0.000', '0.000 kwd'],
    [123456789n, 'kin', '1234.56789', '1,234.56789 kin'],
  ])('%d %s', (units, code, plain, forError) => {
    expect(formatPlain(units, code)).toBe(plain);
    expect(formatForError(units, code)).toBe(forError);
  });

  test('an unknown currency is a mistake of the program', () => {
    expect(() => formatPlain(1n, 'xyz')).toThrow(RangeError);
    expect(() => formatForError(1n, 'USD')).toThrow(RangeError);
  });
});

describe('allocate', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 })
    .filter((list) => list.some((weight) => weight > 0n));

  test('gives what is left over to the largest remainders, then to the earlier', () => {
    expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(allocate(10n, [5n, 4n, 3n])).toEqual([4n, 3n, 3n]);
    expect(allocate(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
    expect(allocate(1n, [0n, 1n])).toEqual([0n, 1n]);
  });

  test('loses nothing, and no part is a unit away from its share', () => {
    fc.assert(
      fc.property(amount, weights, (total, list) => {
        const parts = allocate(total, list);
        const sum = list.reduce((so, weight) => so + weight, 0n);
        expect(parts.reduce((so, part) => so + part, 0n)).toBe(total);
        for (const [index, part] of parts.entries()) {
          const off = part * sum - total * (list[index] ?? 0n);
          expect(off < sum && off > -sum).toBe(true);
        }
      }),
    );
  });

  test.each([[[]], [[0n, 0n]], [[2n, -1n]]])('refuses weights %s', (list) => {
    expect(() => allocate(1n, list)).toThrow(RangeError);
  });
});

describe('share', () => {
  test.each([
    [1000n, 290, 29n],
    [20n, 250, 1n],
    [19n, 250, 0n],
    [-20n, 250, -1n],
    [-19n, 250, 0n],
    [12345n, 10_000, 12345n],
    [12345n, 0, 0n],
    [20n, -250, -1n],
  ])('%d at %d basis points', (units, basisPoints, expected) => {
    expect(share(units, basisPoints)).toBe(expected);
  });

  test('is within half a unit of the exact share and mirrors at zero', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 10_000 }), (units, basisPoints) => {
        const part = share(units, basisPoints);
        const off = part * 10_000n - units * BigInt(basisPoints);
        expect(off <= 5_000n && off >= -5_000n).toBe(true);
        expect(share(-units, basisPoints)).toBe(-part);
      }),
    );
  });

  test('a fraction of a basis point is a mistake of the program', () => {
    expect(() => share(1n, 2.5)).toThrow(RangeError);
  });
});

test('min', () => {
  expect(min(1n, 2n)).toBe(1n);
  expect(min(2n, -1n)).toBe(-1n);
});
