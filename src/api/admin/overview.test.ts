import { expect, test } from 'vitest';
import { percentile } from './overview.js';

test.each([
  [0.5, 3],
  [0.9, 5],
  [0.99, 5],
  [0.2, 1],
])('of five values, the part %d lies at or below %d', (part, value) => {
  const steps = [1, 2, 3, 4, 5].map((each) => [each, 1] as const);
  expect(percentile(steps, part)).toBe(value);
});

test('a step counts as often as it has values', () => {
  const steps = [[0, 98] as const, [60, 2] as const];
  expect([0.5, 0.98, 0.99].map((part) => percentile(steps, part))).toEqual([0, 0, 60]);
});

test('of one value all parts are that value, of none nothing', () => {
  const one = [[7, 1] as const];
  expect([percentile(one, 0.5), percentile(one, 0.99), percentile([], 0.5)]).toEqual([7, 7, 0]);
});
