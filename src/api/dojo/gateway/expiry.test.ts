import { describe, expect, test } from 'vitest';
import { readExpiry } from './expiry.js';

describe('an expiry', () => {
  test.each([
    ['12 / 30', 12, 2030],
    ['12/30', 12, 2030],
    ['01/2031', 1, 2031],
    ['1/31', 1, 2031],
    ['0131', 1, 2031],
    ['2030-12', 12, 2030],
    ['2030-12-31', 12, 2030],
    [' 12 / 30 ', 12, 2030],
  ])('is read from "%s"', (text, month, year) => {
    expect(readExpiry(text)).toEqual({ month, year });
  });

  test.each(['', '12', '12 / ', '12 / 3', '12 30 31', 'ab/cd', '12/030'])('is not "%s"', (text) => {
    expect(readExpiry(text)).toBeNull();
  });
});
