import { describe, expect, test } from 'vitest';
import {
  type CheckoutCase,
  countryOf,
  METHOD_ROWS,
  type MethodRow,
  methodsFor,
} from './checkout-methods.js';
import { currencyDigits } from './currency.js';

/** A case in which everything fits that its country and currency let. */
const OPEN: CheckoutCase = {
  purpose: 'payment',
  methodTypes: ['card', 'sepa_debit', 'us_bank_account'],
  takes: { newCards: true, savedCards: true, wallets: true },
  hasSavedCards: true,
  takesCodes: true,
  capturesLater: false,
  livemode: false,
  country: 'GB',
  currency: 'gbp',
  amount: 1000n,
};

/** A case in which a row fits. */
function fitting(row: MethodRow): CheckoutCase {
  const [country = 'GB'] = row.countries ?? [];
  const [currency = 'gbp'] = row.currencies ?? [];
  return { ...OPEN, country, currency, amount: row.least };
}

const named = METHOD_ROWS.map((row) => [`${row.method} ${row.currencies ?? ''}`, row] as const);

describe.each(named)('the row of %s', (_, row) => {
  const offers = (change: Partial<CheckoutCase> = {}): boolean =>
    methodsFor({ ...fitting(row), ...change }).includes(row.method);

  test('is offered from its least amount to its most', () => {
    expect(offers()).toBe(true);
    expect(offers({ amount: row.most })).toBe(true);
    expect(offers({ amount: row.least - 1n })).toBe(false);
    expect(offers({ amount: row.most + 1n })).toBe(false);
  });

  test('is offered in its countries alone', () => {
    for (const country of row.countries ?? ['GB', 'US', 'JP', 'BR', 'DE'])
      expect(offers({ country }), country).toBe(true);
    expect(offers({ country: 'BR' })).toBe(row.countries === null);
  });

  test('is offered in its currencies alone', () => {
    for (const currency of row.currencies ?? ['gbp', 'eur', 'usd', 'jpy', 'kwd']) {
      expect(currencyDigits(currency)).not.toBeNull();
      expect(offers({ currency }), currency).toBe(true);
    }
    expect(offers({ currency: 'brl' })).toBe(row.currencies === null);
  });

  test('wants its type among those of the intent', () => {
    expect(offers({ methodTypes: ['crypto'] })).toBe(row.type === null);
    if (row.type !== null) expect(offers({ methodTypes: [row.type] })).toBe(true);
  });

  test('is offered in live mode only where it moves money', () => {
    expect(offers({ livemode: true })).toBe(row.isReal);
  });

  test('is offered for a capture by hand only where it can hold money', () => {
    expect(offers({ capturesLater: true })).toBe(row.holds);
  });

  test('is offered for a setup only where it can be saved, whatever the amount', () => {
    expect(offers({ purpose: 'setup', amount: 0n, currency: 'xxx' })).toBe(row.saves);
  });
});

describe('what an intent leaves open', () => {
  const NONE = { newCards: false, savedCards: false, wallets: false };

  test('decides over cards and device wallets, one by one', () => {
    const offered = (takes: Partial<CheckoutCase['takes']>) =>
      methodsFor({ ...OPEN, takesCodes: false, takes: { ...NONE, ...takes } });
    expect(offered({})).toEqual([]);
    expect(offered({ newCards: true })).toEqual(['card']);
    expect(offered({ savedCards: true })).toEqual(['saved_card']);
    expect(offered({ wallets: true })).toEqual(['device_wallet']);
  });

  test('saved cards are offered where there are any', () => {
    expect(methodsFor({ ...OPEN, hasSavedCards: false })).not.toContain('saved_card');
  });

  test('a code is offered where the merchant takes it, once', () => {
    expect(methodsFor({ ...OPEN, takesCodes: false })).not.toContain('code_wallet');
    const codes = methodsFor(OPEN).filter((method) => method === 'code_wallet');
    expect(codes).toHaveLength(1);
  });

  test('the order is that of the table', () => {
    expect(methodsFor({ ...OPEN, country: 'DE', currency: 'eur' })).toEqual([
      'saved_card',
      'card',
      'device_wallet',
      'code_wallet',
      'sepa_debit',
    ]);
  });
});

describe('where a customer is', () => {
  const HINTS = { billing: 'de', chosen: 'FR', languages: 'it-CH, en;q=0.5', account: 'US' };

  test.each([
    ['his billing address', {}, 'DE'],
    ['else what he chose', { billing: null }, 'FR'],
    ['else the region of his language', { billing: null, chosen: null }, 'CH'],
    ['else where the merchant is', { billing: null, chosen: null, languages: 'it, en' }, 'US'],
    ['what is no country is passed over', { billing: 'Germany', chosen: '' }, 'CH'],
  ])('is told by %s', (_, hints, country) => {
    expect(countryOf({ ...HINTS, ...hints })).toBe(country);
  });

  test.each([
    ['en, de-AT;q=0.8, fr-FR', 'AT'],
    ['zh-Hant-TW', 'TW'],
    ['es-419, en', 'US'],
    ['*', 'US'],
    [`${'x'.repeat(600)}, de-DE`, 'US'],
  ])('a browser that says %j', (languages, country) => {
    expect(countryOf({ billing: null, chosen: null, languages, account: 'US' })).toBe(country);
  });
});
