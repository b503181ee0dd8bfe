import { describe, expect, test } from 'vitest';
import {
  currencyName,
  shortAddress,
  shownAmount,
  shownKin,
  shownPart,
  shownQuarks,
  shownShare,
  typedAmount,
} from './money.js';

const rates = {
  asOf: new Date(0),
  rates: new Map([
    ['usd', 0.00002],
    ['kin', 1],
  ]),
};

describe('amounts are written', () => {
  test('with the digits of their currency', () => {
    expect(shownAmount(5, 'usd')).toBe('$5.00');
    expect(shownAmount(500, 'jpy')).toBe('¥500');
    expect(shownAmount(12.5, 'huf')).toMatch(/12\.50/);
    expect(shownAmount(10_000.5, 'kin')).toBe('10,000.5 kin');
  });

  test('with more where they are below the smallest coin', () => {
    expect(shownAmount(0.00123, 'usd')).toBe('$0.0012');
    expect(shownAmount(0, 'usd')).toBe('$0.00');
  });

  test('as parts that add up to the whole', () => {
    expect(shownPart(4.925, 'usd')).toBe('$4.925');
    expect(shownPart(0.075, 'usd')).toBe('$0.075');
    expect(shownPart(4.9, 'usd')).toBe('$4.90');
    expect(shownPart(99.5, 'jpy')).toBe('¥99.5');
    expect(shownPart(12.5, 'kin')).toBe('12.5 kin');
  });

  test('in a currency of the reader’s choice, or in kin without a rate', () => {
    expect(shownKin(12_345_678n)).toBe('123.46 kin');
    expect(shownQuarks(100_000n * 50_000n, 'usd', rates)).toBe('$1.00');
    expect(shownQuarks(100_000n, 'eur', rates)).toBe('1 kin');
    expect(shownQuarks(100_000n, 'usd', null)).toBe('1 kin');
  });

  test('as shares of a hundred', () => {
    expect(shownShare(125)).toBe('1.25%');
  });
});

test('currencies have names', () => {
  expect(currencyName('usd')).toBe('USD, US Dollar');
  expect(currencyName('kin')).toBe('Kin');
});

test.each([
  ['5', 5],
  [' 0,5 ', 0.5],
  ['12.345', 12.345],
  ['0', null],
  ['-1', null],
  ['1e3', null],
  ['1.2.3', null],
  ['', null],
])('what is typed as an amount: %s', (text, amount) => {
  expect(typedAmount(text)).toBe(amount);
});

test('a long address is shortened in its middle', () => {
  expect(shortAddress('E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR')).toBe('E8ot…T9jR');
  expect(shortAddress('short')).toBe('short');
});
