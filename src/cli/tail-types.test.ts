import { describe, expect, test } from 'vitest';
import { typesOf } from './tail-types.js';

describe('--types', () => {
  test.each([
    [undefined, undefined],
    [' , ', undefined],
    ['*', ['*']],
    ['charge.succeeded, refund.*', ['charge.succeeded', 'refund.*']],
    ['charge.dispute.*,pay*', ['charge.dispute.*', 'pay*']],
  ])('of %s are %j', (text, types) => {
    expect(typesOf(text)).toEqual(types);
  });

  test.each([
    ['charge.succeded', 'There is no event charge.succeded. Did you mean charge.succeeded?'],
    ['refund.*,charges.*', 'There is no event charges.*. Did you mean charge.*?'],
    ['charge', 'There is no event charge. Did you mean charge.*?'],
    [
      'dojo:*',
      'There is no event dojo:*. ' +
        'Types are the Stripe dialect’s: payment_intent.succeeded, or charge.* for a family.',
    ],
    [
      Array(21).fill('charge.*').join(),
      '--types takes up to 20 types; charge.* is a family of them.',
    ],
  ])('refuses %s, which no event can match', (text, message) => {
    expect(() => typesOf(text)).toThrow(message);
  });
});
