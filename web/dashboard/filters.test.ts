import { expect, test } from 'vitest';
import { askedBy } from './filters.js';

test('amounts are asked in minor units of the currency', () => {
  expect(askedBy({ min: '12.5', currency: 'GBP' })).toMatchObject({ min: '1250', currency: 'gbp' });
  expect(askedBy({ max: '1000', currency: 'jpy' })).toMatchObject({ max: '1000' });
});

test('the last day belongs to what is asked', () => {
  const { from, to } = askedBy({ from: '2026-11-01', to: '2026-11-01' });
  expect(Number(to) - Number(from)).toBe(86_400_000);
});

test('what is no day, amount or currency is not asked', () => {
  expect(askedBy({ from: 'soon', min: 'much', currency: 'coins' })).toEqual({
    q: undefined,
    state: undefined,
    dialect: undefined,
    from: null,
    to: null,
    currency: '',
    min: null,
    max: null,
  });
});

test('the id of a customer asks for his payments', () => {
  expect(askedBy({ q: ' cus_123 ' })).toMatchObject({ customer: 'cus_123' });
  expect(askedBy({ q: ' cus_123 ' })).not.toHaveProperty('q');
  expect(askedBy({ q: 'order:7' })).toMatchObject({ q: 'order:7' });
});
