import { expect, test } from 'vitest';
import { changedFields } from './previous.js';

test('the earlier values of the fields that differ, and no others', () => {
  const before = { name: 'Ada', email: null, metadata: { a: '1' }, deleted: false };
  const after = { name: 'Bob', email: null, metadata: { a: '1', b: '2' }, deleted: false };
  expect(changedFields(before, after)).toEqual({ name: 'Ada', metadata: { a: '1' } });
  expect(changedFields(before, { ...before })).toEqual({});
});

test('amounts are left out: they have no JSON', () => {
  expect(changedFields({ amount: 1n, name: 'a' }, { amount: 2n, name: 'b' })).toEqual({
    name: 'a',
  });
});
