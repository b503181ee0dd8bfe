import { describe, expect, test } from 'vitest';
import { formatIban, judgeAccount, judgeIban, judgeRouting } from './bank-numbers.js';
import { brandOf, formatNumber, judgeNumber } from './card-number.js';
import { backspaceCaret, formatTyped } from './caret.js';
import { formatExpiry, judgeExpiry, parseExpiry } from './expiry.js';
import { formatPostal, judgeCvc, judgeEmail, judgePostal, postalCountry } from './short-codes.js';

/** What stands in a field after each key of a text. */
const typed = (text: string, format: (text: string) => string): string =>
  [...text].reduce((shown, key) => format(shown + key), '');

describe('a card number', () => {
  test.each([
    ['4242424242424242', 'visa', '4242 4242 4242 4242'],
    ['5555555555554444', 'mastercard', '5555 5555 5555 4444'],
    ['2223003122003222', 'mastercard', '2223 0031 2200 3222'],
    ['378282246310005', 'amex', '3782 822463 10005'],
    ['6011111111111117', 'discover', '6011 1111 1111 1117'],
    ['3056930009020004', 'diners', '3056 9300 0902 0004'],
    ['36227206271667', 'diners', '3622 720627 1667'],
    ['3566002020360505', 'jcb', '3566 0020 2036 0505'],
    ['6200000000000005', 'unionpay', '6200 0000 0000 0005'],
    ['6205500000000000004', 'unionpay', '6205 5000 0000 0000 004'],
  ])('%s is of %s', (number, brand, shown) => {
    expect(brandOf(number).name).toBe(brand);
    expect(typed(number, formatNumber)).toBe(shown);
    expect(judgeNumber(shown).complete).toBe(true);
  });

  test('is wrong only when nothing can mend it', () => {
    expect(judgeNumber('4242 4242 4242 424').fault).toBeNull();
    expect(judgeNumber('4242 4242 4242 4241').fault).toBe('invalid_number');
    expect(judgeNumber('6200 0000 0000 0004').fault).toBeNull();
    expect(judgeNumber('')).toEqual({ complete: false, fault: null, full: false });
    expect(brandOf('').name).toBe('unknown');
    expect(brandOf('222').name).toBe('unknown');
  });

  test('is taken as it was copied, and no longer than it can be', () => {
    expect(formatNumber(' 4242-4242 4242–4242 99')).toBe('4242 4242 4242 4242');
    expect(formatNumber('card')).toBe('');
  });
});

describe('an expiry', () => {
  test.each([
    ['1234', '12 / 34'],
    ['434', '04 / 34'],
    ['134', '01 / 34'],
    ['1/34', '01 / 34'],
    ['12/2034', '12 / 34'],
    ['122034', '12 / 34'],
    ['0034', '03 / 4'],
  ])('%s is typed as %s', (keys, shown) => {
    expect(typed(keys, formatExpiry)).toBe(shown);
  });

  test.each([
    ['12/2034', '12 / 34'],
    ['2 / 34', '02 / 34'],
    ['12-34', '12 / 34'],
    ['', ''],
    ['0', '0'],
    ['1', '1'],
  ])('%j is pasted as %j', (text, shown) => {
    expect(formatExpiry(text)).toBe(shown);
  });

  test('is held against today', () => {
    const today = { year: 2026, month: 11 };
    expect(judgeExpiry('11 / 26', today)).toMatchObject({ complete: true, full: true });
    expect(judgeExpiry('10 / 26', today).fault).toBe('invalid_expiry_month_past');
    expect(judgeExpiry('12 / 25', today).fault).toBe('invalid_expiry_year_past');
    expect(judgeExpiry('12 / 77', today).fault).toBe('invalid_expiry_year');
    expect(judgeExpiry('12 / 7', today)).toMatchObject({ complete: false, fault: null });
    expect(parseExpiry('03 / 31')).toEqual({ month: 3, year: 2031 });
  });
});

describe('short codes', () => {
  test('a security code has the length of its brand', () => {
    expect(judgeCvc('123', 3).full).toBe(true);
    expect(judgeCvc('123', 4).complete).toBe(false);
    expect(judgeCvc('123', null)).toMatchObject({ complete: true, full: false });
    expect(judgeCvc('1234', null).full).toBe(true);
    expect(judgeCvc('12', null).complete).toBe(false);
  });

  test('a postal code has the form of its country', () => {
    expect(formatPostal('94107-1234', 'US')).toBe('94107');
    expect(formatPostal('m5v2t6', 'CA')).toBe('M5V 2T6');
    expect(formatPostal('sw1a 1aa', 'GB')).toBe('SW1A 1AA');
    expect(judgePostal('SW1A 1AA', 'GB').complete).toBe(true);
    expect(judgePostal('SW1A', 'GB').complete).toBe(false);
    expect(judgePostal('9410', 'US').complete).toBe(false);
    expect(judgePostal('1010', '').complete).toBe(true);
    expect(postalCountry('US', '9410')).toBe('US');
    expect(postalCountry('US', 'SW1')).toBe('');
    expect(postalCountry('AT', '1010')).toBe('');
  });

  test('an address of e-mail has one sign and a domain', () => {
    expect(judgeEmail('ada@example.com').complete).toBe(true);
    expect(judgeEmail('ada@').fault).toBeNull();
    expect(judgeEmail('ada@a@b').fault).toBe('invalid_email');
  });
});

describe('numbers of banks', () => {
  test('an IBAN has its country, its length and its check digits', () => {
    expect(typed('de89370400440532013000', formatIban)).toBe('DE89 3704 0044 0532 0130 00');
    expect(judgeIban('DE89 3704 0044 0532 0130 00')).toMatchObject({ complete: true, full: true });
    expect(judgeIban('DE89 3704 0044 0532 0130 01').fault).toBe('invalid_iban');
    expect(judgeIban('DE89 3704')).toMatchObject({ complete: false, fault: null });
    expect(judgeIban('US12').fault).toBe('invalid_iban');
    expect(judgeIban('FR14 2004 1010 0505 0001 3M02 606').complete).toBe(true);
  });

  test('an American bank has nine digits that fit each other', () => {
    expect(judgeRouting('110000000').full).toBe(true);
    expect(judgeRouting('110000001').fault).toBe('invalid_routing_number');
    expect(judgeRouting('11000000').fault).toBeNull();
    expect(judgeAccount('123').complete).toBe(false);
    expect(judgeAccount('000123456789').complete).toBe(true);
  });
});

describe('the caret', () => {
  test.each([
    ['42424|', '4242 4|'],
    ['4242 9|424', '4242 9|424'],
    ['4294|2 4242', '4294| 2424 2'],
    ['|4242', '|4242'],
  ])('in %s stays with its character: %s', (before, after) => {
    const text = before.replace('|', '');
    const caret = before.indexOf('|');
    const next = formatTyped({ text, caret }, formatNumber);
    expect(`${next.text.slice(0, next.caret)}|${next.text.slice(next.caret)}`).toBe(after);
  });

  test('skips what only separates when it goes back', () => {
    expect(backspaceCaret('12 / ', 5)).toBe(2);
    expect(backspaceCaret('4242 4', 5)).toBe(4);
    expect(backspaceCaret('4242', 4)).toBe(4);
  });
});
