import { describe, expect, test } from 'vitest';
import { defaultAccount } from '../domain/account.js';
import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import { type CheckoutTerms, PLAIN_TERMS } from './checkout-terms.js';
import { methodText, readMoney, receiptLetter } from './receipt-letter.js';

const merchant = { ...defaultAccount('acct_1'), businessName: 'Corner Shop' };

const INTENT = {
  id: 'pi_1',
  amount: 1125n,
  authorized: 1125n,
  captured: 1125n,
  refunded: 0n,
  currency: 'gbp',
  description: null,
  parts: { tips: '125', serviceCharge: null, cashback: null, requested: null },
} as Intent;

const ATTEMPT = {
  created: Date.UTC(2026, 10, 23, 12) / 1000,
  amount: 1125n,
  methodType: 'card',
  methodDetails: null,
  card: { brand: 'visa', last4: '4242' },
  approval: { authorizationCode: '123456' },
} as Attempt;

function write(intent: Partial<Intent> = {}, terms: Partial<CheckoutTerms> = {}, livemode = true) {
  const paid = { intent: { ...INTENT, ...intent }, attempt: ATTEMPT, merchant };
  return receiptLetter(paid, { ...PLAIN_TERMS, reference: 'Order 7', ...terms }, livemode);
}

describe('a receipt', () => {
  test('tells what was paid, with what, and when', () => {
    expect(write().text).toBe(
      [
        'You paid £11.25 to Corner Shop.',
        '',
        'Purchase  £10.00',
        'Tip       £1.25',
        'Total     £11.25',
        '',
        'Date: 23 November 2026 at 12:00 UTC',
        'Paid with: Visa •••• 4242',
        'Authorization code: 123456',
        'Reference: Order 7',
        'Payment: pi_1',
        '',
      ].join('\n'),
    );
  });

  test('of a hold does not say that it was paid', () => {
    const { text, subject } = write({ captured: 0n });
    expect(text).toContain('Corner Shop has reserved £11.25.');
    expect(subject).toBe('Receipt from Corner Shop: £11.25');
  });

  test('of a part that was taken adds up to no more than that', () => {
    const { text } = write({ captured: 500n });
    expect(text).toContain('Total  £5.00');
    expect(text).not.toMatch(/Tip|Purchase/);
  });

  test('tells what was paid back', () => {
    expect(write({ refunded: 300n }).text).toMatch(/Total +£11\.25\nPaid back +-£3\.00/);
  });

  test('of a sandbox says so, a live one does not', () => {
    expect(write({}, {}, false).text).toContain('no money has moved');
    expect(write().text).not.toContain('sandbox');
  });

  test('takes nobody’s words for markup or for headers', () => {
    const words = '<script>x</script>\r\nBcc: eve@example.com';
    const { subject, text, html } = write(
      { description: words },
      { title: words, reference: words, lines: [line(words)] },
    );
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<script');
    expect(text).not.toMatch(/^Bcc/m);
  });

  test('has no style sheet, picture or link', () => {
    expect(write().html).not.toMatch(/<style|<img|<link|href=|src=/);
  });
});

function line(name: string) {
  return { name, note: '', quantity: 1, total: { value: 1000, currency: 'gbp' } };
}

test.each([
  [1125n, 'gbp', '£11.25'],
  [-5n, 'eur', '-€0.05'],
  [500n, 'jpy', 'JP¥500'],
  [1500n, 'kwd', 'KWD 1.500'],
  [9_223_372_036_854_775_807n, 'usd', 'US$92,233,720,368,547,758.07'],
  [100_000n, 'kin', 'KIN 1.00000'],
])('%s %s is read as %s', (amount, currency, text) => {
  expect(readMoney(amount, currency).replaceAll('\u00a0', ' ')).toBe(text);
});

test.each([
  [{ card: { brand: 'amex', last4: '0005' } }, 'American Express •••• 0005'],
  [{ card: { brand: 'unknown', last4: '0005' } }, 'Card •••• 0005'],
  [{ card: null, methodType: 'crypto' }, 'Wallet'],
  [
    { card: null, methodType: 'sepa_debit', methodDetails: { behaviour: 'pays', last4: '3201' } },
    'SEPA Direct Debit •••• 3201',
  ],
])('what was paid with is told: %j', (attempt, text) => {
  expect(methodText({ ...ATTEMPT, ...attempt } as Attempt)).toBe(text);
});
