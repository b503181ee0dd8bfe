import { describe, expect, test } from 'vitest';
import { brandOf, passesLuhn } from './brands.js';
import { TEST_CARDS, testCardNamed, testCardOf } from './test-cards.js';

describe('the table', () => {
  test('has each number and each name once', () => {
    const numbers = TEST_CARDS.map(({ number }) => number);
    const names = TEST_CARDS.flatMap((card) => card.names);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(TEST_CARDS.map((card) => [card.number, card] as const))(
    '%s is well formed',
    (_, card) => {
      const brand = brandOf(card.number);
      const lengths: readonly number[] = brand.numberLengths;
      expect(passesLuhn(card.number)).toBe(true);
      expect(lengths).toContain(card.number.length);
      expect(card.brand).toBe(brand.name);
      expect(card.networks).toContain(card.brand);
      expect(card.country).toMatch(/^[A-Z]{2}$/);
    },
  );

  test.each([
    ['pm_card_visa', '4242424242424242', 'visa', 'credit', 'US'],
    ['pm_card_us', '4242424242424242', 'visa', 'credit', 'US'],
    ['pm_card_visa_debit', '4000056655665556', 'visa', 'debit', 'US'],
    ['pm_card_mastercard', '5555555555554444', 'mastercard', 'credit', 'US'],
    ['pm_card_mastercard_debit', '5200828282828210', 'mastercard', 'debit', 'US'],
    ['pm_card_mastercard_prepaid', '5105105105105100', 'mastercard', 'prepaid', 'US'],
    ['pm_card_amex', '378282246310005', 'amex', 'credit', 'US'],
    ['pm_card_discover', '6011111111111117', 'discover', 'credit', 'US'],
    ['pm_card_diners', '3056930009020004', 'diners', 'credit', 'US'],
    ['pm_card_jcb', '3566002020360505', 'jcb', 'credit', 'JP'],
    ['pm_card_unionpay', '6200000000000005', 'unionpay', 'credit', 'CN'],
    ['tok_visa', '4242424242424242', 'visa', 'credit', 'US'],
    ['tok_chargeDeclined', '4000000000000002', 'visa', 'credit', 'US'],
    ['tok_visa_chargeDeclined', '4000000000000002', 'visa', 'credit', 'US'],
    ['pm_card_gb_debit', '4000058260000005', 'visa', 'debit', 'GB'],
    ['pm_card_de', '4000002760000016', 'visa', 'credit', 'DE'],
  ])('%s is %s', (name, number, brand, funding, country) => {
    expect(testCardNamed(name)).toMatchObject({ number, brand, funding, country });
  });

  test.each([
    ['4456530000001096', 'visa', 'challenge_always', true],
    ['4456530000000007', 'visa', 'challenge_required_version_1', true],
    ['4456530000001013', 'visa', 'approves', false],
    ['4456530000001005', 'visa', 'challenge_frictionless', true],
    ['4456530000001070', 'visa', 'authentication_times_out', true],
    ['5200000000001096', 'mastercard', 'challenge_always', true],
    ['5200000000001005', 'mastercard', 'challenge_frictionless', true],
    ['5200000000001070', 'mastercard', 'authentication_times_out', true],
    ['4976000000003436', 'visa', 'approves', true],
    ['4111111111111111', 'visa', 'challenge_always', true],
    ['5555555555555599', 'mastercard', 'approves', false],
  ])("Dojo's %s is a %s that %s", (number, brand, behaviour, threeDSecureSupported) => {
    const card = { brand, behaviour, threeDSecureSupported, country: 'GB' };
    expect(testCardOf(number)).toMatchObject(card);
  });

  test('a number that is not in it is none', () => {
    expect(testCardOf('4012888888881881')).toBeNull();
    expect(testCardOf('4242424242424241')).toBeNull();
  });
});
