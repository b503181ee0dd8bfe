import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasTest, missingTests, tableRows, untestedRows } from './named-tests.js';

const DOCUMENT = readFileSync('docs/operate/security.md', 'utf8');

test('every line of the document on security names a test', () => {
  expect(tableRows(DOCUMENT).length).toBeGreaterThan(30);
  expect(untestedRows(DOCUMENT)).toEqual([]);
});

test('every test that the document on security names is there', () => {
  expect(missingTests(DOCUMENT)).toEqual([]);
});

test('a test that is not there would be missed', () => {
  expect(hasTest('test/tidy/security-document.test.ts', `a test ${'of another title'}`)).toBe(
    false,
  );
});
