import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withTables } from '../../../scripts/compat.js';

test('COMPAT.md lists every method of the dialect, and no other', () => {
  const text = readFileSync(new URL('../../../COMPAT.md', import.meta.url), 'utf8');
  expect(text, 'stale: run npx tsx scripts/compat.ts').toBe(withTables(text));
});
