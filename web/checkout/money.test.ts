import { describe, expect, test } from 'vitest';
import { fieldMoney, shareOf, shownMoney, shownShare, typedMoney } from './money.js';

const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('an amount', () => {
  test.each([
    [1234, 'gbp', 'en-GB', '£12.34'],
    [123456, 'eur', 'de', '1.234,56 €'],
    [500, 'jpy', 'en', '¥500'],
    [1500, 'kwd', 'en', 'KWD 1.500'],
    [1_750_000, 'huf', 'en', 'Ft 17,500.00'],
    [10_000, 'idr', 'en', 'Rp 100.00'],
    [150_000, 'kin', 'en', '1.5 kin'],
  ])('of %s %s is shown as %s writes it', (value, currency, locale, text) => {
    expect(plain(shownMoney({ value, currency }, locale))).toBe(text);
  });

  test.each([
    ['12', 'gbp', 1200],
    ['12.3', 'gbp', 1230],
    [' 12,34 ', 'eur', 1234],
    ['12.', 'gbp', 1200],
    ['500', 'jpy', 500],
    ['0.07', 'gbp', 7],
    ['500', 'huf', 50_000],
    ['12.345', 'gbp', null],
    ['1.5', 'jpy', null],
    ['-3', 'gbp', null],
    ['1,234.50', 'gbp', null],
    ['twelve', 'gbp', null],
    ['', 'gbp', null],
    ['9999999999999', 'gbp', null],
  ])('typed as "%s" in %s is %s', (text, currency, value) => {
    expect(typedMoney(text, currency)).toBe(value);
  });

  test.each(['en', 'de', 'fr', 'es', 'it', 'nl', 'ar-EG'])(
    'is offered in the field of a reader of %s as it can be typed',
    (locale) => {
      const money = { value: 123_405, currency: 'eur' };
      expect(typedMoney(fieldMoney(money, locale), 'eur')).toBe(123_405);
    },
  );
});

test('a share is rounded half up to a minor unit', () => {
  expect(shareOf(1000, 1250)).toBe(125);
  expect(shareOf(1020, 1250)).toBe(128);
  expect(shareOf(1003, 1000)).toBe(100);
  expect(shareOf(1005, 1000)).toBe(101);
  expect(plain(shownShare(1250, 'de'))).toBe('12,5 %');
});
