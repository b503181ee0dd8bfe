import { describe, expect, test } from 'vitest';
import type { CheckoutFault, CheckoutState } from '../../src/api/checkout/schema.js';
import { declineText, faultText, isStale } from './refusal.js';
import { speechOf } from './texts.js';

const english = await speechOf(['en']);
const german = await speechOf(['de']);

const declined = (code: string, message: string): CheckoutState =>
  ({ lastError: { code, message } }) as CheckoutState;

describe('a decline', () => {
  test('is told in the server’s words in English, with what to do next', () => {
    expect(declineText(declined('expired_card', 'Your card has expired.'), english)).toBe(
      'Your card has expired. Try another card or another way to pay; your order is kept.',
    );
  });

  test.each([
    ['insufficient_funds', 'Ihre Karte ist nicht ausreichend gedeckt.'],
    ['authentication_failed', 'Ihre Bank hat diese Zahlung nicht bestätigt.'],
    ['something_new', 'Ihre Karte wurde abgelehnt.'],
  ])('of %s is told in German', (code, text) => {
    expect(declineText(declined(code, 'English.'), german)).toMatch(new RegExp(`^${text} `));
  });

  test('is not told where there was none', () => {
    expect(declineText({ lastError: null } as CheckoutState, english)).toBeNull();
  });
});

type Code = CheckoutFault['error']['code'];

function fault(status: number, code: Code, message: string, field: string | null = null) {
  return { kind: 'fault', status, fault: { code, message, field } } as const;
}

describe('a refused call', () => {
  test('is told in words of the customer’s language, at its field', () => {
    const wrong = fault(400, 'invalid', 'This is no IBAN.', 'iban');
    expect(faultText(wrong, english, 'Shop')).toBe('This is no IBAN.');
    expect(faultText(wrong, german, 'Shop')).toBe('Die eingegebene IBAN ist ungültig.');
    const other = fault(400, 'invalid', 'This is no tip.', 'tips');
    expect(faultText(other, german, 'Shop')).toBe('Prüfen Sie Ihre Angaben.');
  });

  test('says whether to wait, or to ask the shop', () => {
    expect(faultText(fault(503, 'busy', 'x'), english, 'Shop')).toMatch(/busy/);
    expect(faultText(fault(429, 'too_many_tries', 'x'), english, 'Shop')).toContain('Ask Shop');
    expect(faultText(fault(500, 'trouble', ''), english, 'Shop')).toMatch(/at our end/);
  });

  test('that came too late has the page look again', () => {
    expect(isStale(fault(409, 'over', 'x'))).toBe(true);
    expect(isStale(fault(400, 'invalid', 'x'))).toBe(false);
  });
});
