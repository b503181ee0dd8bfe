import { describe, expect, it } from 'vitest';
import { currencyAt } from '../../wire/code/currencies.js';
import { makeRates, type RateSource } from './rates.js';

const NOON_MS = Date.UTC(2026, 10, 21, 12);

describe('the rates', () => {
  it('are of the last second before the quarter of an hour', () => {
    const asOf = (minutes: number) => makeRates(() => NOON_MS + minutes * 60_000).current().asOf;
    expect(asOf(0)).toBe(NOON_MS / 1000 - 1);
    expect(asOf(14.99)).toBe(NOON_MS / 1000 - 1);
    expect(asOf(15)).toBe(NOON_MS / 1000 + 899);
  });

  it('price every currency that a payload can name', () => {
    const { rates } = makeRates(() => NOON_MS).current();
    for (let index = 0; currencyAt(index) !== null; index++)
      expect(rates.get(currencyAt(index) as string), `currency ${index}`).toBeGreaterThan(0);
    expect(rates.size).toBe(154);
    expect(rates.get('kin')).toBe(1);
    expect(rates.get('usd')).toBe(0.00001);
    expect(rates.get('eur')).toBe(0.000008625);
  });

  it('are accepted for half an hour, within a thousandth', () => {
    const source: RateSource = (asOf) => new Map([['usd', asOf < NOON_MS / 1000 ? 1 : 2]]);
    const at = (minutes: number) => makeRates(() => NOON_MS + minutes * 60_000, source);
    expect(at(0).wasPublished('usd', 1.0009)).toBe(true);
    expect(at(0).wasPublished('usd', 1.0011)).toBe(false);
    expect(at(15).wasPublished('usd', 2)).toBe(true);
    expect(at(44).wasPublished('usd', 1)).toBe(true);
    expect(at(45).wasPublished('usd', 1)).toBe(false);
    expect(at(0).wasPublished('xyz', 1)).toBe(false);
    expect(at(0).wasPublished('usd', Number.NaN)).toBe(false);
  });
});
