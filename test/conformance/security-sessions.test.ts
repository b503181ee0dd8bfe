import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret, setCookie } from '../../src/api/admin/cookie.js';
import { welcomePath } from '../../src/api/admin/welcome.js';
import { inviteOperator } from '../../src/engine/operators.js';
import { newName, startTestTender, type TestTender } from '../support/tender.js';
import { adminCaller } from './admin/caller.js';

/** Sessions of operators, as somebody who wants one of them would go about it. */

let tender: TestTender;
const call = adminCaller(() => tender.url);

beforeAll(async () => {
  tender = await startTestTender({ signsIn: true });
});
afterAll(async () => {
  expect(tender.errors).toEqual([]);
  await tender.stop();
});

/** The link by which somebody, who may be known already, chooses a password. */
async function linkFor(email: string): Promise<string> {
  const secret = newSecret();
  const input = { email, role: 'admin', merchants: null, secret } as const;
  const made = await tender.engine.background(inviteOperator(input, 'test'));
  if ('failure' in made) throw new Error(made.failure);
  return tender.url + welcomePath(made.id, secret);
}

const choose = (link: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(link, {
    method: 'POST',
    body: new URLSearchParams({ password: 'correct horse battery' }),
    redirect: 'manual',
    headers,
  });

const cookieOf = (response: Response): string =>
  response.headers.get('set-cookie')?.split(';')[0] ?? '';

describe('a session', { timeout: 60_000 }, () => {
  test('ends everywhere when another password is chosen', async () => {
    const email = `${newName()}@example.com`;
    const before = cookieOf(await choose(await linkFor(email)));
    expect((await call('session', { cookie: before })).status).toBe(200);
    const after = cookieOf(await choose(await linkFor(email)));
    expect((await call('session', { cookie: before })).status).toBe(401);
    expect((await call('session', { cookie: after })).status).toBe(200);
  });

  test('is never the one that a stranger has put into the browser', async () => {
    const planted = `tender_session=${'a'.repeat(48)}`;
    const link = await linkFor(`${newName()}@example.com`);
    const given = cookieOf(await choose(link, { cookie: planted }));
    expect(given).not.toBe(planted);
    expect((await call('session', { cookie: planted })).status).toBe(401);
  });

  test('changes nothing without its own token, nor by a page of another site', async () => {
    const [own, others] = await Promise.all(
      [1, 2].map(async () => {
        const cookie = cookieOf(await choose(await linkFor(`${newName()}@example.com`)));
        return { cookie, csrf: (await call('session', { cookie })).body.csrf as string };
      }),
    );
    const { cookie = '', csrf = '' } = own ?? {};
    const prefix = { statementPrefix: 'SHOP' };
    for (const wrong of [{}, { csrf: others?.csrf ?? '' }, { csrf: '' }]) {
      const { status, body } = await call('account', { cookie, ...wrong }, prefix);
      expect([status, body.error.code]).toEqual([403, 'csrf']);
    }
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }])
      expect((await call('account', { cookie, csrf, headers }, prefix)).status).toBe(403);
    expect((await call('account', { cookie, csrf }, prefix)).status).toBe(200);
  });

  test('has a cookie that scripts and other sites never get, and plain HTTP neither', () => {
    const secure = setCookie('secret', 'https://pay.example')['set-cookie'] ?? '';
    expect(secure).toMatch(/^__Host-tender=secret; Path=\/; Max-Age=\d+; /);
    expect(secure.split('; ').slice(3)).toEqual(['HttpOnly', 'SameSite=Strict', 'Secure']);
    expect(secure).not.toContain('Domain');
    const plain = setCookie('secret', 'http://127.0.0.1:4400')['set-cookie'] ?? '';
    expect(plain.split('; ').slice(3)).toEqual(['HttpOnly', 'SameSite=Strict']);
  });
});
