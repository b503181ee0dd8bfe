import { describe, expect, test } from 'vitest';
import { currencyDigits, isCurrency } from './currency.js';

describe('currencyDigits', () => {
  test.each([
    ['usd', 2],
    ['jpy', 0],
    ['kwd', 3],
    ['clf', 4],
    ['kin', 5],
    ['xcg', 2],
    ['xad', 2],
    ['ugx', 0],
    ['mga', 2],
  ])('%s has %i', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits);
  });

  test('a withdrawn currency stays readable', () => {
    expect(currencyDigits('bgn')).toBe(2);
    expect(currencyDigits('ang')).toBe(2);
  });

  test.each(['', 'USD', 'xxx', 'xau', 'usdc', 'constructor', '__proto__'])('%j is none', (code) => {
    expect(currencyDigits(code)).toBeNull();
    expect(isCurrency(code)).toBe(false);
  });

  test('a currency of zero decimals is a currency', () => {
    expect(isCurrency('jpy')).toBe(true);
  });
});
