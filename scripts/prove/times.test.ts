import { expect, test } from 'vitest';
import { percentilesOf, timesRow } from './times.js';

test('a share of times is the nearest rank of the sorted ones', () => {
  const at = percentilesOf([30, 10, 2, 20]);
  expect([0.25, 0.5, 0.51, 0.99, 1].map(at)).toEqual([2, 10, 20, 30, 30]);
  expect(percentilesOf([])(0.5)).toBe(0);
});

test('times are a line with how many, the median and the slowest of a hundred', () => {
  expect(timesRow('first view', [101.6, 99.4, 300])).toBe('| first view | 3 | 102 | 300 |');
});
