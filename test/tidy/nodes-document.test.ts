import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingTests, tableRows, untestedRows } from './named-tests.js';

const DOCUMENT = readFileSync('docs/operate/nodes.md', 'utf8');

test('every line of the document on several processes names a test', () => {
  expect(tableRows(DOCUMENT).length).toBeGreaterThan(25);
  expect(untestedRows(DOCUMENT)).toEqual([]);
});

test('every test that the document on several processes names is there', () => {
  expect(missingTests(DOCUMENT)).toEqual([]);
});
