import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROUTES } from '../../../src/api/stripe/routes.js';

test('COMPAT.md lists every method of the dialect, and no other', () => {
  const text = readFileSync(new URL('../../../COMPAT.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `((?:GET|POST|DELETE) [^`]+)` \|/gm);
  const listed = [...rows].map(([, name]) => name);
  const served = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(listed.toSorted()).toEqual(served.toSorted());
});
