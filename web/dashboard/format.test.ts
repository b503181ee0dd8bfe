import { expect, test } from 'vitest';
import { duration, localeOf, money, statusOf, wordOf } from './format.js';

const intent = { state: 'captured', captured: 100, refunded: 0, lastError: '' };

test('a status has a word and a shape, and a refund goes before the state', () => {
  expect(statusOf(intent)).toMatchObject({ shape: '●', word: 'Captured' });
  expect(statusOf({ ...intent, refunded: 40 })).toMatchObject({
    shape: '↺',
    word: 'Part refunded',
  });
  expect(statusOf({ ...intent, refunded: 100 })).toMatchObject({ shape: '↺', word: 'Refunded' });
});

test('a failed try shows only while another is awaited', () => {
  const failed = { ...intent, captured: 0, lastError: 'Card declined' };
  expect(statusOf({ ...failed, state: 'awaiting_method' }).word).toBe('Failed');
  expect(statusOf({ ...failed, state: 'processing' }).word).toBe('Processing');
});

test('a state that the page does not know is told by its name', () => {
  expect(statusOf({ ...intent, state: 'under_review' }).word).toBe('Under review');
});

test('an amount in a currency that the browser does not know is told in minor units', () => {
  expect(money({ value: 1250, currency: 'quarks' })).toBe('1250 quarks');
});

test('a duration has its two largest units', () => {
  expect([0, 0.25, 59.6, 3605, 190_000].map(duration)).toEqual([
    '0 s',
    '250 ms',
    '1 min',
    '1 h 5 s',
    '2 d 4 h',
  ]);
});

test('names of the API read as words', () => {
  expect(wordOf('needs_response')).toBe('Needs response');
});

test('a language that is none is not taken for one', () => {
  expect(localeOf('de-DE')).toBe('de-DE');
  expect(localeOf('en-US@posix')).toBe('en-GB');
  expect(localeOf(undefined)).toBe('en-GB');
});
