import { expect, test } from 'vitest';
import { progressLine } from './progress.js';

test('the progress line tells how far it is, how fast, and what is left', () => {
  expect(progressLine(2_500, 10_000, 5)).toBe(
    `${'█'.repeat(6)}${'░'.repeat(18)} 25 %  2,500 rows, 500 a second, 15 s left`,
  );
});

test('the progress line promises nothing before it has read, and no more than all', () => {
  expect(progressLine(0, 9, 1)).toBe(`${'░'.repeat(24)} 0 %  0 rows, 0 a second`);
  expect(progressLine(7, 0, 1)).toBe('7 rows, 7 a second');
  expect(progressLine(11, 10, 1)).toContain('100 %  11 rows, 11 a second, 0 s left');
});
