import { expect, test } from 'vitest';
import { hashPassword, isPassword } from './passwords.js';

const CHEAP = { N: 2, r: 1, p: 1 };

test('the same password fits, another does not, and two hashes of one differ', async () => {
  const kept = await hashPassword('correct horse battery', CHEAP);
  expect(await isPassword('correct horse battery', kept)).toBe(true);
  expect(await isPassword('correct horse batterx', kept)).toBe(false);
  expect(await hashPassword('correct horse battery', CHEAP)).not.toBe(kept);
});

test('a letter fits however its accent was typed', async () => {
  const kept = await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9', CHEAP);
  expect(await isPassword('cafe\u0301 cafe\u0301 cafe\u0301', kept)).toBe(true);
});

test('what was kept in another form, or not at all, fits nothing', async () => {
  for (const kept of [null, '', 'plain', 'scrypt$2$1$1$x$'])
    expect(await isPassword('plain', kept, CHEAP)).toBe(false);
});
