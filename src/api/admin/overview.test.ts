import { expect, test } from 'vitest';
import { percentile } from './overview.js';

test.each([
  [0.5, 3],
  [0.9, 5],
  [0.99, 5],
  [0.2, 1],
])('of five values, the part %d lies at or below %d', (part, value) => {
  expect(percentile([1, 2, 3, 4, 5], part)).toBe(value);
});

test('of one value all parts are that value, of none nothing', () => {
  expect([percentile([7], 0.5), percentile([7], 0.99), percentile([], 0.5)]).toEqual([7, 7, 0]);
});
