import { expect, test } from 'vitest';
import { seenRows, withRow } from './window.js';

test('the rows that are seen are drawn, and eight around them', () => {
  expect(seenRows(10_000, 40, 4000, 400)).toEqual({ first: 92, end: 118 });
});

test('nothing before the first row and behind the last is drawn', () => {
  expect(seenRows(10_000, 40, -300, 400)).toEqual({ first: 0, end: 11 });
  expect(seenRows(10, 40, 0, 4000)).toEqual({ first: 0, end: 10 });
  expect(seenRows(0, 40, 0, 400)).toEqual({ first: 0, end: 0 });
});

test('a list that is scrolled far out of sight draws what is near its end', () => {
  const { first, end } = seenRows(10, 40, 90_000, 400);
  expect(end - first).toBe(0);
});

test('a row that stays is drawn once, in its place', () => {
  expect(withRow({ first: 3, end: 6 }, 4)).toEqual([3, 4, 5]);
  expect(withRow({ first: 3, end: 6 }, 0)).toEqual([0, 3, 4, 5]);
  expect(withRow({ first: 3, end: 6 }, 9)).toEqual([3, 4, 5, 9]);
  expect(withRow({ first: 3, end: 6 }, -1)).toEqual([3, 4, 5]);
});
