import { expect, test } from 'vitest';
import { kinOf } from './wallets.js';

test('quarks are told as kin, to the last digit', () => {
  expect(kinOf('100000')).toBe('1 kin');
  expect(kinOf('123450')).toBe('1.2345 kin');
  expect(kinOf('1')).toBe('0.00001 kin');
  expect(kinOf('900719925474099312345')).toBe('9007199254740993.12345 kin');
});
