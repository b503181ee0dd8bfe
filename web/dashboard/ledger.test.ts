import { expect, test } from 'vitest';
import { ledgerWords } from './ledger.js';

test('accounts of the ledger are told in words, and unknown ones as they are', () => {
  expect(ledgerWords('network:card')).toBe('Card networks');
  expect(ledgerWords('merchant')).toBe('Available');
  expect(ledgerWords('merchant:20261123')).toMatch(/^Available from .*23/);
  expect(ledgerWords('cash:cus_1')).toBe('Cash sent ahead by cus_1');
  expect(ledgerWords('something:else')).toBe('something:else');
});
