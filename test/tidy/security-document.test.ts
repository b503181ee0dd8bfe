import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const DOCUMENT = readFileSync('docs/operate/security.md', 'utf8');
const NAMED = /`([\w./-]+\.test\.ts)` “([^”]+)”/g;

/** Whether a file has a test of this title: as a string, in any quotes. */
function hasTest(file: string, title: string): boolean {
  const text = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
}

const isRule = (line: string | undefined): boolean => line?.startsWith('| ---') === true;

/** The rows of the tables, without heads and rules. */
const rows = DOCUMENT.split('\n').filter(
  (line, at, all) => line.startsWith('| ') && !isRule(line) && !isRule(all[at + 1]),
);

test('every line of the document on security names a test', () => {
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => row.match(NAMED) === null)).toEqual([]);
});

test('every test that the document on security names is there', () => {
  const named = [...DOCUMENT.matchAll(NAMED)];
  const missing = named.filter(([, file = '', title = '']) => !hasTest(file, title));
  expect(missing.map(([text]) => text)).toEqual([]);
});

test('a test that is not there would be missed', () => {
  expect(hasTest('test/tidy/security-document.test.ts', `a test ${'of another title'}`)).toBe(
    false,
  );
});
