import { describe, expect, test } from 'vitest';
import { cardHash } from './card-hash.js';
import { formEncoded, laidOver } from './form-encoding.js';
import { planOf } from './questions.js';

const CARD = { number: '4242', exp_month: 12, exp_year: 2034, cvc: '123' };
const chosen = {
  saved: null,
  type: 'card',
  method: { card: CARD },
  billing: { name: 'Typed', address: { postal_code: '94107' } },
} as const;

describe('a question becomes a call', () => {
  test('of a payment method, where the page has the last word on billing details', () => {
    const params = {
      type: 'klarna',
      card: { number: '1' },
      billing_details: { name: 'Ada', address: { city: 'Wien' } },
      metadata: { a: 'b' },
    };
    expect(planOf('payment_method', chosen, params)).toEqual({
      path: '/v1/payment_methods',
      params: {
        type: 'card',
        card: CARD,
        billing_details: { name: 'Ada', address: { postal_code: '94107', city: 'Wien' } },
        metadata: { a: 'b' },
      },
    });
  });

  test('of a token, with the postal code in the card', () => {
    expect(planOf('token', chosen, { card: { name: 'Ada' } })).toEqual({
      path: '/v1/tokens',
      params: { card: { ...CARD, name: 'Ada', address_zip: '94107' } },
    });
  });

  test('of a confirmation token, for what is typed and for what is saved', () => {
    const params = {
      return_url: 'https://a.example',
      payment_method_data: { metadata: { a: 'b' } },
    };
    expect(planOf('confirmation_token', chosen, params)).toMatchObject({
      path: '/v1/confirmation_tokens',
      params: {
        return_url: 'https://a.example',
        payment_method_data: { type: 'card', card: CARD, metadata: { a: 'b' } },
      },
    });
    const saved = { saved: 'pm_1', type: 'card' };
    expect(planOf('confirmation_token', saved, { return_url: 'x' })).toEqual({
      path: '/v1/confirmation_tokens',
      params: { return_url: 'x', payment_method: 'pm_1' },
    });
    expect(planOf('payment_method', saved, {})).toEqual({
      value: { id: 'pm_1', object: 'payment_method', type: 'card' },
    });
  });
});

test('a split card is its number with the parts of the other fields', () => {
  const parts = { expMonth: 1, expYear: 2030, cvcToken: 'tok_1' };
  const { cvc, ...rest } = cardHash({ number: '4242 4242', cvc: '' }, parts);
  expect(cvc).toBeUndefined();
  expect(rest).toEqual({ number: '42424242', exp_month: 1, exp_year: 2030, cvc_token: 'tok_1' });
});

describe('parameters', () => {
  test('are sent as the API reads them', () => {
    const tree = { card: { number: '4242 &', cvc: undefined, x: null }, list: ['a', { b: true }] };
    expect(decodeURIComponent(formEncoded(tree))).toBe(
      'card[number]=4242+&&list[0]=a&list[1][b]=true',
    );
  });

  test('are laid over each other hash by hash', () => {
    expect(laidOver({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: 3 }, d: [2], e: null })).toEqual({
      a: { b: 3, c: 2 },
      d: [2],
    });
  });
});
