import { describe, expect, test } from 'vitest';
import { bankAccountOf, bankMessage, capturesAtOnce, currenciesOf, isBankDebit } from './bank.js';

describe('a type that pays from a bank', () => {
  test.each([
    ['sepa_debit', ['eur'], true],
    ['us_bank_account', ['usd'], true],
    ['customer_balance', ['eur', 'gbp', 'jpy', 'mxn', 'usd'], false],
  ])('%s has its currencies, and is taken at once', (type, currencies, isDebit) => {
    expect(currenciesOf(type)).toEqual(currencies);
    expect(capturesAtOnce(type)).toBe(true);
    expect(isBankDebit(type)).toBe(isDebit);
  });

  test('is not the card', () => {
    expect(currenciesOf('card')).toBeNull();
    expect(capturesAtOnce('card')).toBe(false);
    expect(isBankDebit('card')).toBe(false);
  });
});

test('a bank account is known by how it behaves', () => {
  const details = { behaviour: 'pays', last4: '3000' };
  expect(bankAccountOf(details)).toBe(details);
  expect(bankAccountOf({ last4: '3000' })).toBeNull();
  expect(bankAccountOf(null)).toBeNull();
});

test.each([
  ['account_closed', "The customer's bank account has been closed."],
  ['no_account', "The customer's bank account could not be located."],
  ['insufficient_funds', "The customer's account has insufficient funds to cover this payment."],
  ['another', 'The payment failed.'],
])('a merchant reads of %s what it means', (code, text) => {
  expect(bankMessage(code)).toBe(text);
});
