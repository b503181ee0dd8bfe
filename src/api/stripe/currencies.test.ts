import currencyCodes from 'currency-codes';
import { describe, expect, test } from 'vitest';
import {
  checkAmountDigits,
  checkChargeAmount,
  currencyDecimals,
  formatAmount,
  isSupportedCurrency,
  minimumCharge,
  presentmentCurrencies,
  unsupportedCurrency,
} from './currencies.js';

describe('the table', () => {
  test('has each currency once, all of them in ISO 4217', () => {
    expect(new Set(presentmentCurrencies).size).toBe(presentmentCurrencies.length);
    const unknown = presentmentCurrencies.filter(
      (currency) => currencyCodes.code(currency.toUpperCase()) === undefined,
    );
    expect(unknown).toEqual([]);
  });

  test('differs from the ISO decimals only where Stripe does', () => {
    const different = presentmentCurrencies.filter(
      (currency) =>
        currencyCodes.code(currency.toUpperCase())?.digits !== currencyDecimals(currency),
    );
    expect(different).toEqual(['isk', 'mga', 'ugx']);
  });

  test('names the currencies it supports', () => {
    expect(isSupportedCurrency('usd')).toBe(true);
    expect(isSupportedCurrency('xyz')).toBe(false);
    expect(unsupportedCurrency('xyz', 'currency').message).toMatch(
      /^Invalid currency: xyz\. Stripe currently supports these currencies: usd, aed, afn, /,
    );
  });
});

describe('checkChargeAmount', () => {
  test.each([
    [49n, 'usd', 'Amount must be at least $0.50 usd', 'amount_too_small'],
    [29n, 'gbp', 'Amount must be at least £0.30 gbp', 'amount_too_small'],
    [49n, 'jpy', 'Amount must be at least ¥50 jpy', 'amount_too_small'],
    [1_499n, 'czk', 'Amount must be at least 15.00 czk', 'amount_too_small'],
    [100_000_000n, 'usd', 'Amount must be no more than $999,999.99', 'amount_too_large'],
    [100_000_000n, 'jpy', 'Amount must be no more than ¥99,999,999', 'amount_too_large'],
  ])('%s %s: %s', (amount, currency, message, code) => {
    expect(checkChargeAmount(amount, currency)).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message,
      code,
      param: 'amount',
    });
  });

  test('takes the limits themselves, and anything without a minimum', () => {
    for (const currency of presentmentCurrencies) {
      expect(checkChargeAmount(minimumCharge(currency) * 100n, currency)).toBeNull();
    }
    expect(checkChargeAmount(50n, 'usd')).toBeNull();
    expect(checkChargeAmount(99_999_999n, 'usd')).toBeNull();
    expect(checkChargeAmount(1n, 'zar')).toBeNull();
  });

  test('wants zeros where a currency has no such coins', () => {
    expect(checkChargeAmount(5_120n, 'kwd')).toBeNull();
    expect(checkChargeAmount(5_124n, 'kwd')).toMatchObject({ param: 'amount' });
    expect(checkAmountDigits(500n, 'isk')).toBeNull();
    expect(checkAmountDigits(550n, 'ugx')?.message).toContain('divisible by 100');
  });
});

test('formatAmount shows all decimals and groups thousands', () => {
  expect(formatAmount(123_456_789n, 'usd')).toBe('$1,234,567.89');
  expect(formatAmount(5n, 'kwd')).toBe('0.005');
  expect(formatAmount(-100n, 'eur')).toBe('-€1.00');
});
