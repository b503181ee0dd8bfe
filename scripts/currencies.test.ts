import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderTable, TABLE_PATH } from './currencies.js';

test('the checked-in currency table is what the script makes', () => {
  expect(readFileSync(TABLE_PATH, 'utf8')).toBe(renderTable());
});

test('codes without a minor unit are left out', () => {
  for (const code of ['xxx', 'xau', 'xts', 'xdr']) {
    expect(renderTable()).not.toContain(`  ${code}: `);
  }
});
