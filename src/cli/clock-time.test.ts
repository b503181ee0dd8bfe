import { expect, test } from 'vitest';
import { lengthText, secondsOf, timeOf } from './clock-time.js';

test.each([
  ['90s', 90],
  ['15m', 900],
  ['1d12h', 129_600],
  ['2w', 1_209_600],
])('%s is a length of time', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test.each(['', '7', 'd', '1.5h', '-1d', '7 d', '1y', '1234567890s'])('“%s” is none', (text) => {
  expect(secondsOf(text)).toBeNull();
});

test.each([
  ['1795000000', 1_795_000_000],
  ['2026-11-21', 1_795_219_200],
  ['2026-11-21T12:00', 1_795_262_400],
  ['2026-11-21 12:00:05', 1_795_262_405],
  ['2026-11-21T12:00:00+02:00', 1_795_255_200],
])('%s is a time', (text, at) => {
  expect(timeOf(text)).toBe(at);
});

test.each(['tomorrow', '2026-13-01', '2026-11-21T25:00', '12', '21.11.2026'])(
  '“%s” is no time',
  (text) => {
    expect(timeOf(text)).toBeNull();
  },
);

test('a length is told in its two biggest units', () => {
  expect(lengthText(604_800 * 2 + 86_400 + 5)).toBe('2 w 1 d');
  expect(lengthText(-129_600)).toBe('1 d 12 h');
  expect(lengthText(61)).toBe('1 min 1 s');
  expect(lengthText(0)).toBe('0 s');
});
