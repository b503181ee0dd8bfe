import { expect, test } from 'vitest';
import { nearest } from './nearest.js';

const EVENTS = ['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded'];

test.each([
  ['payment_intent.succeded', 'payment_intent.succeeded'],
  ['charge.suceeded', 'charge.succeeded'],
  ['nonsense', null],
  ['', null],
])('of %j the nearest known word is %j', (word, expected) => {
  expect(nearest(word, EVENTS)).toBe(expected);
});

test('what all words begin with makes none of them near', () => {
  expect(nearest('TENDER_XYZ', ['TENDER_LOG'], 'TENDER_')).toBeNull();
  expect(nearest('TENDER_LOGS', ['TENDER_LOG'], 'TENDER_')).toBe('TENDER_LOG');
  expect(nearest('TENDER_XYZ', ['TENDER_LOG'])).toBe('TENDER_LOG');
});

test('there is none of no words', () => {
  expect(nearest('start', [])).toBeNull();
});
