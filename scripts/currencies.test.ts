import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CURRENCY_TABLE } from '../src/domain/currency-table.js';
import { digitsOf } from '../web/ui/currency-digits.js';
import { renderTable, TABLE_PATH } from './currencies.js';

test('the checked-in currency table is what the script makes', () => {
  expect(readFileSync(TABLE_PATH, 'utf8')).toBe(renderTable());
});

test('codes without a minor unit are left out', () => {
  for (const code of ['xxx', 'xau', 'xts', 'xdr']) {
    expect(renderTable()).not.toContain(`  ${code}: `);
  }
});

test.each(Object.entries(CURRENCY_TABLE))(
  'a page counts %s in the same minor unit',
  (code, digits) => {
    expect(digitsOf(code)).toBe(digits);
  },
);
