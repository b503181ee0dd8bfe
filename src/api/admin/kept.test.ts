import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision } from '../../engine/command.js';
import { readDecision, writeDecision } from './kept.js';

const again = (decision: Decision<unknown>) => readDecision(writeDecision(decision));

test('a decision is read as it was made, whatever its texts look like', () => {
  const metadata = {
    '[bigint]': '5',
    a: 'n:5',
    b: 's:n:5',
    c: 's:',
    d: '',
    n: 'n:x',
    __proto: 's',
  };
  const value = { amount: 9_007_199_254_740_993n, fee: -1n, metadata, lists: [1n, 'n:1', null, 1] };
  expect(again({ end: 'done', value })).toEqual({ end: 'done', value });
  const failure = {
    failure: 'refund_above_remaining',
    amount: 7n,
    remaining: 5n,
    currency: 'usd',
  } as const;
  expect(again({ end: 'refused', failure })).toEqual({ end: 'refused', failure });
});

test('any value comes back as it was', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((some) => `${'sn'[some.length % 2]}:${some}`),
  );
  const leaf = fc.oneof(text, fc.bigInt(), fc.integer(), fc.boolean(), fc.constant(null));
  const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(text, leaf));
  fc.assert(
    fc.property(value, (one) => {
      expect(again({ end: 'done', value: one })).toEqual({ end: 'done', value: one });
    }),
  );
});
