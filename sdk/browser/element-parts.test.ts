import { describe, expect, test, vi } from 'vitest';
import { challengeEnd } from './challenge-dialog.js';
import { classesOf } from './classes.js';
import { makeListeners } from './events.js';
import { COUNTRIES, labelOf, languageOf } from './form-texts.js';
import { savedOf } from './payment-setup.js';
import type { ChangeState } from './protocol.js';

const state: ChangeState = {
  elementType: 'card',
  empty: false,
  complete: true,
  brand: 'visa',
  error: null,
  value: null,
};

describe('the classes of a container', () => {
  test('tell its state', () => {
    expect(classesOf({ state: null, focused: false }, {})).toEqual([
      'StripeElement',
      'StripeElement--empty',
    ]);
    const filled = { ...state, autofilled: true };
    expect(classesOf({ state: filled, focused: true }, {})).toEqual([
      'StripeElement',
      'StripeElement--focus',
      'StripeElement--complete',
      'StripeElement--webkit-autofill',
    ]);
    const error = { type: 'validation_error', message: 'no' };
    const wrong = { ...state, complete: false, error };
    expect(classesOf({ state: wrong, focused: false }, {})).toContain('StripeElement--invalid');
  });

  test('have the names that the page gives them, several at once', () => {
    const own = { base: 'field card', complete: 'is-done', focus: '' };
    const classes = classesOf({ state, focused: true }, own);
    expect(classes).toEqual(['field', 'card', 'is-done']);
  });
});

describe('handlers', () => {
  test('are called until they are removed, or once', () => {
    const listeners = makeListeners(() => {});
    const [each, first] = [vi.fn(), vi.fn()];
    listeners.add('change', each);
    listeners.addOnce('change', first);
    listeners.emit('change', 1);
    listeners.emit('change', 2);
    listeners.remove('change', each);
    listeners.emit('change', 3);
    expect([each.mock.calls, first.mock.calls]).toEqual([[[1], [2]], [[1]]]);
  });

  test('that throw are reported, and keep no other from its turn', () => {
    const report = vi.fn();
    const listeners = makeListeners(report);
    const later = vi.fn();
    const fault = new Error('of the page');
    listeners.add('ready', () => {
      throw fault;
    });
    listeners.add('ready', later);
    listeners.emit('ready', null);
    expect(report).toHaveBeenCalledWith(fault);
    expect(later).toHaveBeenCalledOnce();
    expect(() => listeners.add('ready', 'not a function')).toThrow('must be a function');
  });
});

test('countries are each a code of two letters, and none is there twice', () => {
  expect(new Set(COUNTRIES).size).toBe(COUNTRIES.length);
  expect(COUNTRIES.length).toBe(249);
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  expect(COUNTRIES.filter((code) => names.of(code) === undefined)).toEqual([]);
});

test('labels are in the language of the page, else in English', () => {
  expect(labelOf('phone', languageOf('de-AT', 'en-US'))).toBe('Telefon');
  expect(labelOf('email', languageOf('auto', 'fr-FR'))).toBe('E-mail');
  expect(labelOf('postal_code', 'ja')).toBe('Postal code');
});

test('of saved methods a form lists the cards', () => {
  const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 };
  expect(savedOf({ id: 'pm_1', type: 'card', card })).toEqual([
    { id: 'pm_1', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034 },
  ]);
  expect(savedOf({ id: 'pm_2', type: 'sepa_debit', sepa_debit: {} })).toEqual([]);
});

test.each([
  [{ tender: 'challenge_done', version: 1 }, 'answered'],
  [{ tender: 'challenge_escape', version: 1 }, 'abandoned'],
  [{ tender: 'challenge_done', version: 2 }, null],
  [{ tender: 'toString', version: 1 }, null],
  ['challenge_done', null],
  [null, null],
])('a challenge page that says %o has meant %s', (data, end) => {
  expect(challengeEnd(data)).toBe(end);
});
