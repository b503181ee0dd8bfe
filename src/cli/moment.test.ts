import { expect, test } from 'vitest';
import { moment } from './moment.js';

test('a time is the reader’s', () => {
  expect(moment(new Date(2026, 0, 2, 3, 4, 59).getTime() / 1000)).toBe('2026-01-02 03:04:59');
});
