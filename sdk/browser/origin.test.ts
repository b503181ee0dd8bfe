import { describe, expect, test } from 'vitest';
import { tenderOrigin, trainOf } from './origin.js';

const nothing = { option: undefined, global: undefined, meta: null, script: null };

describe('where Tender is', () => {
  test.each([
    ['the script’s own address', { script: 'http://127.0.0.1:4400/v3/' }, 'http://127.0.0.1:4400'],
    ['nowhere, for a script of Stripe’s', { script: 'https://js.stripe.com/v3/' }, null],
    ['nowhere, where nothing is said', {}, null],
    [
      'a meta element',
      { meta: 'https://pay.example/', script: 'https://js.stripe.com/v3/' },
      'https://pay.example',
    ],
    [
      'the global before the meta element',
      { global: 'https://b.example', meta: 'https://a.example' },
      'https://b.example',
    ],
    [
      'the option before all',
      { option: 'https://c.example/x', global: 'https://b.example' },
      'https://c.example',
    ],
    ['not a script’s text', { option: 'javascript:alert(1)' }, null],
  ])('is %s', (_, said, origin) => {
    expect(tenderOrigin({ ...nothing, ...said })).toBe(origin);
  });
});

test.each([
  ['http://127.0.0.1:4400/basil/stripe.js?advancedFraudSignals=false', 'basil'],
  ['http://127.0.0.1:4400/v3/', 'endive'],
  [null, 'endive'],
])('a script from %s is of the train %s', (script, train) => {
  expect(trainOf(script)).toBe(train);
});
