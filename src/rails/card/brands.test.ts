import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brandOf, passesLuhn } from './brands.js';

describe('brandOf', () => {
  test.each([
    ['4242424242424242', 'visa'],
    ['5099999999999999', 'unknown'],
    ['5100000000000000', 'mastercard'],
    ['5599999999999999', 'mastercard'],
    ['5600000000000000', 'unknown'],
    ['2220999999999999', 'unknown'],
    ['2221000000000000', 'mastercard'],
    ['2720999999999999', 'mastercard'],
    ['2721000000000000', 'unknown'],
    ['378282246310005', 'amex'],
    ['340000000000000', 'amex'],
    ['6011111111111117', 'discover'],
    ['6450000000000000', 'discover'],
    ['6500000000000000', 'discover'],
    ['30569309025904', 'diners'],
    ['36227206271667', 'diners'],
    ['3566002020360505', 'jcb'],
    ['3527000000000000', 'unknown'],
    ['6200000000000005', 'unionpay'],
    ['8171000000000000', 'unionpay'],
    ['9000000000000000', 'unknown'],
    ['', 'unknown'],
    ['6', 'unknown'],
  ])('%s is %s', (number, name) => {
    expect(brandOf(number).name).toBe(name);
  });
});

describe('passesLuhn', () => {
  test.each(['4242424242424242', '378282246310005', '6205500000000000004', '0'])('%s', (number) => {
    expect(passesLuhn(number)).toBe(true);
  });

  test.each(['4242424242424241', '1', ''])('not %j', (number) => {
    expect(passesLuhn(number)).toBe(false);
  });

  test('notices every wrong digit', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 19 });
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (list, position, change) => {
        const at = position % list.length;
        const other = list.map((digit, index) => (index === at ? (digit + change) % 10 : digit));
        expect(passesLuhn(list.join('')) && passesLuhn(other.join(''))).toBe(false);
      }),
    );
  });
});
