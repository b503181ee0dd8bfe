import { readFileSync } from 'node:fs';

/** How a document names a test: the file, then the title. */
const NAMED = /`([\w./-]+\.test\.ts)` “([^”]+)”/g;

/** Whether a file has a test of this title: as a string, in any quotes. */
export function hasTest(file: string, title: string): boolean {
  const text = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
}

const isRule = (line: string | undefined): boolean => line?.startsWith('| ---') === true;

/** The rows of a document's tables, without heads and rules. */
export function tableRows(document: string): string[] {
  return document
    .split('\n')
    .filter((line, at, all) => line.startsWith('| ') && !isRule(line) && !isRule(all[at + 1]));
}

/** Those rows that name no test. */
export function untestedRows(document: string): string[] {
  return tableRows(document).filter((row) => row.match(NAMED) === null);
}

/** What a document names as tests that are not there. */
export function missingTests(document: string): string[] {
  const named = [...document.matchAll(NAMED)];
  const missing = named.filter(([, file = '', title = '']) => !hasTest(file, title));
  return missing.map(([text]) => text);
}
