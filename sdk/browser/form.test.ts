import { describe, expect, test } from 'vitest';
import { encodeForm, merged } from './form.js';

describe('a form', () => {
  test('has brackets for what is nested, and places for what is listed', () => {
    const form = encodeForm({
      amount: 2000,
      use_stripe_sdk: true,
      shipping: { address: { line1: 'a & b' } },
      expand: ['payment_method', 'latest_charge'],
      description: null,
      gone: undefined,
    });
    expect(decodeURIComponent(form)).toBe(
      'amount=2000&use_stripe_sdk=true&shipping[address][line1]=a+&+b&' +
        'expand[0]=payment_method&expand[1]=latest_charge&description=',
    );
    expect(encodeForm({})).toBe('');
  });
});

describe('two trees', () => {
  test('become one, where the second wins and undefined says nothing', () => {
    const below = { billing_details: { name: 'A', email: 'a@x' }, expand: ['a'] };
    const above = { billing_details: { name: 'B', email: undefined }, expand: ['b'] };
    expect(merged(below, above)).toEqual({
      billing_details: { name: 'B', email: 'a@x' },
      expand: ['b'],
    });
  });
});
