import { expect, test } from 'vitest';
import { mergeNewest } from './merge.js';

const row = (id: string, state = 'open') => ({ id, state });

test('new rows come first, changed ones in their place', () => {
  const known = [row('c'), row('b'), row('a')];
  const { rows, added } = mergeNewest(known, [row('d'), row('c'), row('b', 'paid')]);
  expect(rows).toEqual([row('d'), row('c'), row('b', 'paid'), row('a')]);
  expect(added).toBe(1);
  expect(rows[1]).toBe(known[0]);
  expect(rows[3]).toBe(known[2]);
});

test('a page that does not join what is known takes its place', () => {
  const { rows, joins } = mergeNewest([row('b'), row('a')], [row('z'), row('y')]);
  expect(rows).toEqual([row('z'), row('y')]);
  expect(joins).toBe(false);
});

test('an empty list takes the page', () => {
  expect(mergeNewest([], [row('a')])).toEqual({ rows: [row('a')], added: 1, joins: true });
  expect(mergeNewest([row('a')], []).rows).toEqual([]);
});
