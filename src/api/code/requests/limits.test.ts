import { describe, expect, test } from 'vitest';
import { currencyAt } from '../../../wire/code/currencies.js';
import { makeRates } from '../rates.js';
import { limitFault, makeLimits } from './limits.js';

const rates = makeRates(() => 0);
const usd250 = makeLimits('usd250', rates);
const published = makeLimits('published', rates);

/** Every currency that a payload can carry. */
const CURRENCIES = Array.from({ length: 154 }, (_, index) => currencyAt(index) ?? '');

describe('up to 250 US dollars', () => {
  test('the bounds are what that is in the currency, in its own steps', () => {
    expect(usd250('usd')).toEqual({ min: 0.05, max: 250 });
    expect(usd250('kin')).toEqual({ min: 5000, max: 25_000_000 });
    // 0.8625 euro a dollar: the least is rounded up, the most down.
    expect(usd250('eur')).toEqual({ min: 0.05, max: 215.62 });
    expect(usd250('jpy')).toEqual({ min: 8, max: 38_750 });
  });

  test('the ten dollars of the documents are well', () => {
    expect(limitFault(usd250, 'usd', 10)).toBeNull();
  });
});

describe('the published table', () => {
  test.each([
    ['usd', 0.05, 5],
    ['eur', 0.05, 5],
    ['gbp', 0.05, 5],
    ['cad', 0.05, 5],
    ['aud', 0.05, 5],
    ['chf', 0.05, 5],
    ['jpy', 5, 500],
    ['kin', 2500, 250_000],
    ['inr', 2, 200],
  ])('has %s from %d to %d', (currency, min, max) => {
    expect(published(currency)).toEqual({ min, max });
  });

  test('has round bounds, a hundredfold apart, near those of the dollar', () => {
    for (const currency of CURRENCIES) {
      const bounds = published(currency);
      if (bounds === null) continue;
      expect(bounds.max / bounds.min, currency).toBeCloseTo(100, 6);
      const inUsd = (bounds.min * 1e-5) / (rates.current().rates.get(currency) ?? 0);
      expect(inUsd, currency).toBeGreaterThan(0.02);
      expect(inUsd, currency).toBeLessThan(0.11);
    }
  });
});

test('no payment is asked for in currencies without limits, or that have ended', () => {
  const refused = ['hrk', 'sll', 'ssp', 'stn', 'ves'];
  expect(CURRENCIES.filter((currency) => usd250(currency) === null)).toEqual(refused);
  expect(CURRENCIES.filter((currency) => published(currency) === null)).toEqual(refused);
  expect(usd250('xyz')).toBeNull();
});

test('amounts outside the bounds are refused in the published words', () => {
  expect(limitFault(published, 'usd', 5)).toBeNull();
  expect(limitFault(published, 'usd', 5.01)).toBe('usd currency has a maximum amount of 5.00');
  expect(limitFault(published, 'usd', 0.04)).toBe('usd currency has a minimum amount of 0.05');
  expect(limitFault(published, 'ssp', 5)).toBe('ssp currency is not currently supported');
  expect(limitFault(usd250, 'usd', Number.POSITIVE_INFINITY)).toMatch(/maximum amount of 250.00/);
});
