import { describe, expect, test } from 'vitest';
import { type CardInput, cardFromToken, createCard } from './create-card.js';
import { TEST_CARDS } from './test-cards.js';

const NOW = Date.UTC(2026, 7, 15) / 1000;
const VISA: CardInput = {
  number: '4242424242424242',
  expMonth: 12,
  expYear: 2034,
  cvc: '123',
  now: NOW,
};

describe('createCard', () => {
  test('describes a card', () => {
    expect(createCard(VISA)).toEqual({
      ok: true,
      number: '4242424242424242',
      card: {
        brand: 'visa',
        country: 'US',
        expMonth: 12,
        expYear: 2034,
        funding: 'credit',
        last4: '4242',
        networks: ['visa'],
        threeDSecureSupported: true,
        cvcCheck: 'unchecked',
        addressLine1Check: null,
        postalCodeCheck: null,
        behaviour: 'approves',
      },
    });
  });

  test.each<[string, Partial<CardInput>]>([
    ['spaces', { number: ' 4242 4242 4242 4242 ' }],
    ['hyphens', { number: '4242-4242-4242-4242' }],
    ['a year of two digits', { expYear: 34 }],
    ['this month', { expMonth: 8, expYear: 26 }],
    ['fifty years', { expYear: 2076 }],
  ])('accepts %s', (_, change) => {
    const made = createCard({ ...VISA, ...change });
    expect(made.ok && made.number).toBe('4242424242424242');
    expect(made.ok && made.card.expYear).toBeGreaterThanOrEqual(2026);
  });

  test('a card without CVC has no CVC check', () => {
    const made = createCard({ ...VISA, cvc: null });
    expect(made.ok && made.card.cvcCheck).toBeNull();
  });

  test.each<[Partial<CardInput>, string, string]>([
    [{ number: '4242424242424241' }, 'incorrect_number', 'number'],
    [{ number: '4242' }, 'incorrect_number', 'number'],
    [{ number: '42424242424242424242' }, 'incorrect_number', 'number'],
    [{ number: '0'.repeat(20) }, 'incorrect_number', 'number'],
    [{ number: 'visa' }, 'invalid_number', 'number'],
    [{ number: '' }, 'invalid_number', 'number'],
    [{ number: '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢' }, 'invalid_number', 'number'],
    [{ number: `4242424242424242${' '.repeat(30)}` }, 'invalid_number', 'number'],
    [{ expMonth: 0 }, 'invalid_expiry_month', 'exp_month'],
    [{ expMonth: 13 }, 'invalid_expiry_month', 'exp_month'],
    [{ expMonth: Number.NaN }, 'invalid_expiry_month', 'exp_month'],
    [{ expMonth: 1.5 }, 'invalid_expiry_month', 'exp_month'],
    [{ expMonth: 7, expYear: 2026 }, 'invalid_expiry_month', 'exp_month'],
    [{ expYear: 2025 }, 'invalid_expiry_year', 'exp_year'],
    [{ expYear: 95 }, 'invalid_expiry_year', 'exp_year'],
    [{ expYear: 2077 }, 'invalid_expiry_year', 'exp_year'],
    [{ expYear: 202 }, 'invalid_expiry_year', 'exp_year'],
    [{ expYear: -26 }, 'invalid_expiry_year', 'exp_year'],
    [{ cvc: '99' }, 'invalid_cvc', 'cvc'],
    [{ cvc: '1234' }, 'invalid_cvc', 'cvc'],
    [{ cvc: '' }, 'invalid_cvc', 'cvc'],
    [{ cvc: '12a' }, 'invalid_cvc', 'cvc'],
    [{ number: '4242424242424241', expMonth: 13, cvc: '9' }, 'incorrect_number', 'number'],
  ])('refuses %j', (change, code, param) => {
    expect(createCard({ ...VISA, ...change })).toEqual({ ok: false, code, param });
  });

  test('American Express has four digits on its cards, and three are let through', () => {
    for (const cvc of ['1234', '123']) {
      expect(createCard({ ...VISA, number: '378282246310005', cvc }).ok).toBe(true);
    }
  });

  test('a card expires at the end of its month, in UTC', () => {
    const august = { ...VISA, expMonth: 8, expYear: 2026 };
    expect(createCard({ ...august, now: Date.UTC(2026, 8, 1) / 1000 - 1 }).ok).toBe(true);
    expect(createCard({ ...august, now: Date.UTC(2026, 8, 1) / 1000 }).ok).toBe(false);
  });

  test('a number that could be a real card is one that will be refused', () => {
    const made = createCard({ ...VISA, number: '4012888888881881' });
    expect(made.ok && made.card.behaviour).toBe('live_card');
    expect(made.ok && made.card.funding).toBe('unknown');
  });
});

describe('cardFromToken', () => {
  test('a name stands for a card of next year', () => {
    const made = cardFromToken('pm_card_br', NOW);
    expect(made?.number).toBe('4000000760000002');
    expect(made?.card).toMatchObject({ country: 'BR', expMonth: 8, expYear: 2027 });
    expect(cardFromToken('tok_br', NOW)).toEqual(made);
  });

  test('every name gives the same card as its number typed', () => {
    for (const { names, number } of TEST_CARDS) {
      const typed = createCard({ ...VISA, number, expMonth: 8, expYear: 27 });
      expect(typed.ok).toBe(true);
      for (const name of names) {
        expect({ ok: true, ...cardFromToken(`pm_card_${name}`, NOW) }).toEqual(typed);
        expect({ ok: true, ...cardFromToken(`tok_${name}`, NOW) }).toEqual(typed);
      }
    }
  });

  test.each(['pm_card_', 'pm_card_nope', 'tok_', 'visa', 'pm_visa', 'pm_card_constructor', ''])(
    '%j is no name',
    (name) => {
      expect(cardFromToken(name, NOW)).toBeNull();
    },
  );
});
