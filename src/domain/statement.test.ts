import { expect, test } from 'vitest';
import { defaultAccount } from './account.js';
import { statementLine } from './statement.js';

const account = { ...defaultAccount('acct_1'), statementDescriptorPrefix: 'SHOP' };

test('a payment without a text of its own shows the account’s', () => {
  expect(statementLine(account, null, null)).toBe('TENDER SANDBOX');
});

test('a text follows the prefix, an asterisk and a space', () => {
  expect(statementLine(account, 'Custom descriptor', null)).toBe('SHOP* Custom descripto');
  expect(statementLine(account, null, 'ORDER 6735')).toBe('SHOP* ORDER 6735');
});

test('what does not fit into 22 characters is cut, and no space is left at the end', () => {
  expect(statementLine(account, 'Fifteen letters and', null)).toBe('SHOP* Fifteen letters');
});
