import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret, setCookie } from '../../../src/api/admin/cookie.js';
import { welcomePath } from '../../../src/api/admin/welcome.js';
import { accountNamed } from '../../../src/api/auth.js';
import { choosePassword, inviteOperator, openSession } from '../../../src/engine/operators.js';
import { hashPassword } from '../../../src/engine/passwords.js';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { adminCaller } from './caller.js';

let open: TestTender;
let closed: TestTender;
const callOpen = adminCaller(() => open.url);
const call = adminCaller(() => closed.url);

beforeAll(async () => {
  open = await startTestTender();
  closed = await startTestTender({ signsIn: true });
});
afterAll(async () => {
  expect([...open.errors, ...closed.errors]).toEqual([]);
  await Promise.all([open.stop(), closed.stop()]);
});

const PASSWORD = 'correct horse battery';

type Role = Parameters<typeof inviteOperator>[0]['role'];

/** Invites somebody as `tender init` does; answers his address and where his link leads. */
async function invite(role: Role = 'admin', merchants: string[] | null = null) {
  const email = `${newName()}@example.com`;
  const secret = newSecret();
  const input = { email, role, merchants, secret };
  const made = await closed.engine.background(inviteOperator(input, 'test'));
  if ('failure' in made) throw new Error(made.failure);
  return { email, id: made.id, secret, link: closed.url + welcomePath(made.id, secret) };
}

function choose(link: string, password: string): Promise<Response> {
  const body = new URLSearchParams({ password });
  return fetch(link, { method: 'POST', body, redirect: 'manual' });
}

const cookieOf = (headers: Headers): string => headers.get('set-cookie')?.split(';')[0] ?? '';

/** What is kept of a password names its cost: who guesses at this one has an answer at once. */
const CHEAP = { N: 2, r: 1, p: 1 };

/** Somebody who has chosen a password and is signed in: his cookie and token. */
async function newOperator(role: Role = 'admin', merchants: string[] | null = null) {
  const { email, id, secret } = await invite(role, merchants);
  const kept = await hashPassword(PASSWORD, CHEAP);
  const chosen = await closed.engine.background(choosePassword(id, secret, kept));
  if (chosen === null || 'failure' in chosen) throw new Error('the link does not open');
  const session = newSecret();
  await closed.engine.background(openSession(chosen, session, null));
  const cookie = setCookie(session, closed.url)['set-cookie']?.split(';')[0] ?? '';
  const { body } = await call('session', { cookie });
  return { email, cookie, csrf: body.csrf as string };
}

describe('an open sandbox', () => {
  test('shows the first account to who has not signed in, and others by their ids', async () => {
    const { status, body } = await callOpen('session');
    expect(status).toBe(200);
    expect(body.operator).toBeNull();
    expect(body.livemode).toBe(false);
    expect(body.account.id).toBe(accountNamed('tender'));
    const name = newName();
    await open.client(name).paymentIntents.create({ amount: 100, currency: 'usd' });
    const account = accountNamed(name);
    const other = await callOpen('session', { account });
    expect(other.body.account.id).toBe(account);
    expect(other.body.accounts.map(({ id }: { id: string }) => id)).toContain(account);
  });

  test('changes nothing without the token that only its own pages can read', async () => {
    const prefix = { statementPrefix: 'SHOP' };
    const account = accountNamed(newName());
    const without = await callOpen('account', { account }, prefix);
    expect([without.status, without.body.error.code]).toEqual([403, 'csrf']);
    const { body } = await callOpen('session', { account });
    const changed = await callOpen('account', { account, csrf: body.csrf }, prefix);
    expect(changed.body.statementPrefix).toBe('SHOP');
  });

  test.each([
    ['a stranger’s origin', { origin: 'https://evil.example' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s though it has the token', async (_what, headers) => {
    const { body } = await callOpen('session');
    const options = { csrf: body.csrf, headers };
    const { status } = await callOpen('account', options, { statementPrefix: 'EVIL' });
    expect(status).toBe(403);
  });

  test('never shows the installation’s own books', async () => {
    const { status } = await callOpen('intents', { account: 'acct_installation' });
    expect(status).toBe(403);
  });
});

describe('where operators sign in', () => {
  test('nothing is told to who has not', async () => {
    for (const path of ['session', 'intents', 'audit', 'export/intents.csv', 'operators']) {
      const { status, body } = await call(path);
      expect([status, body.error.code]).toEqual([401, 'sign_in']);
    }
  });

  test('a link lets somebody choose a password once, and signs him in', async () => {
    const { email, link } = await invite();
    const form = await fetch(link);
    expect(await form.text()).toContain(email);
    // With no-referrer a browser would send the form as from nowhere, and be refused.
    expect(form.headers.get('referrer-policy')).toBe('strict-origin');
    expect((await choose(link, 'too short')).status).toBe(400);
    const chosen = await choose(link, PASSWORD);
    expect([chosen.status, chosen.headers.get('location')]).toEqual([303, '/dashboard']);
    expect(chosen.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict$/);
    const { body } = await call('session', { cookie: cookieOf(chosen.headers) });
    expect(body.operator).toEqual({ email, role: 'admin' });
    expect((await choose(link, 'another password')).status).toBe(404);
    expect((await fetch(link)).status).toBe(404);
  });

  test('a link is over after a day', async () => {
    const { link } = await invite();
    await closed.advance(24 * 3600 + 1);
    expect((await fetch(link)).status).toBe(404);
  });

  test('the password signs in, another one or another address does not', async () => {
    const { email, cookie } = await newOperator();
    const right = await call('session', { cookie }, { email, password: PASSWORD });
    expect(right.status).toBe(200);
    expect(right.body.operator.email).toBe(email);
    const next = cookieOf(right.headers);
    expect(next).not.toBe(cookie);
    // The session that the browser had before is over.
    expect((await call('session', { cookie })).status).toBe(401);
    expect((await call('session', { cookie: next })).status).toBe(200);
    const wrong = await call('session', {}, { email, password: 'wrong horse battery' });
    const unknown = await call('session', {}, { email: 'nobody@example.com', password: PASSWORD });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(unknown.body).toEqual(wrong.body);
  });

  test('guessing is stopped, and the right password is not tried either', async () => {
    const { email } = await newOperator();
    const statuses: number[] = [];
    for (let at = 0; at < 11; at += 1)
      statuses.push((await call('session', {}, { email, password: `guess number ${at}` })).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses[10]).toBe(429);
    expect((await call('session', {}, { email, password: PASSWORD })).status).toBe(429);
    await closed.advance(15 * 60 + 1);
    expect((await call('session', {}, { email, password: PASSWORD })).status).toBe(200);
  }, 60_000);

  test('signing out ends the session on the server', async () => {
    const { cookie, csrf } = await newOperator();
    const out = await call('session', { cookie, csrf }, undefined, 'DELETE');
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await call('session', { cookie })).status).toBe(401);
  });

  test('a session ends when it is not used, and after a working day though it is', async () => {
    const idle = await newOperator();
    await closed.advance(2 * 3600 + 1);
    expect((await call('session', idle)).status).toBe(401);
    const busy = await newOperator();
    for (let hour = 0; hour < 11; hour += 1) {
      await closed.advance(3600);
      expect((await call('session', { cookie: busy.cookie })).status).toBe(200);
    }
    await closed.advance(3600);
    expect((await call('session', { cookie: busy.cookie })).status).toBe(401);
  });

  test('a role may do what it may, and no more', async () => {
    const viewer = await newOperator('viewer');
    const name = newName();
    const paid = await closed.client(name).paymentIntents.create({
      amount: 900,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    const account = accountNamed(name);
    expect((await call(`intents/${paid.id}`, { ...viewer, account })).status).toBe(200);
    const refused = await call(`intents/${paid.id}/refund`, { ...viewer, account }, {});
    expect([refused.status, refused.body.error.code]).toEqual([403, 'role']);
    const operator = await newOperator('operator');
    expect((await call(`intents/${paid.id}/refund`, { ...operator, account }, {})).status).toBe(
      200,
    );
    const prefix = await call('account', { ...operator, account }, { statementPrefix: 'SHOP' });
    expect(prefix.status).toBe(403);
    const log = await call('audit', { ...operator, account });
    expect(log.body.rows[0]).toMatchObject({ operator: operator.email, action: 'intent.refund' });
  });

  test('who is let to one account sees no other, and no operators', async () => {
    const own = accountNamed(newName());
    const operator = await newOperator('admin', [own]);
    const { body } = await call('session', operator);
    expect(body.accounts.map(({ id }: { id: string }) => id)).toEqual([own]);
    const account = accountNamed(newName());
    expect((await call('intents', { ...operator, account })).status).toBe(403);
    expect((await call(`export/intents.csv?account=${account}`, operator)).status).toBe(403);
    expect((await call('operators', operator)).status).toBe(403);
    expect((await call('operators/log', operator)).status).toBe(403);
    expect((await call('operators/op_x/remove', operator, {})).status).toBe(403);
    expect((await call('operators', operator, { email: 'x@example.com' })).status).toBe(403);
  });

  test('an admin invites another by a link', async () => {
    const admin = await newOperator();
    const email = `${newName()}@example.com`;
    const { body } = await call('operators', admin, { email, role: 'viewer' });
    expect((await choose(body.link, PASSWORD)).status).toBe(303);
    const { body: page } = await call('operators?limit=200', admin);
    const row = page.rows.find((one: { email: string }) => one.email === email);
    expect(row).toMatchObject({ role: 'viewer', isReady: true });
    expect(JSON.stringify(page)).not.toContain('scrypt');
  });

  test('another role counts from the next call on, and is written down', async () => {
    const admin = await newOperator();
    const other = await newOperator('viewer');
    const { body: page } = await call('operators?limit=200', admin);
    const { id } = page.rows.find((one: { email: string }) => one.email === other.email);
    expect((await call('keys', { ...other }, {})).status).toBe(403);
    const changed = await call(`operators/${id}`, admin, { role: 'admin' });
    expect(changed.body).toMatchObject({ id, email: other.email, role: 'admin' });
    expect((await call('session', other)).body.operator.role).toBe('admin');
    const { body: log } = await call('operators/log', admin);
    expect(log.rows[0]).toMatchObject({
      operator: admin.email,
      action: 'operator.role',
      subject: other.email,
      detail: { role: 'admin' },
    });
    for (const role of [undefined, 'owner', 7])
      expect((await call(`operators/${id}`, admin, { role })).status).toBe(400);
    expect((await call('operators/op_nobody', admin, { role: 'admin' })).status).toBe(404);
  });

  test('who is removed is out at once, and nobody removes or changes himself', async () => {
    const admin = await newOperator();
    const other = await newOperator('operator');
    const { body: page } = await call('operators?limit=200', admin);
    const idOf = (email: string): string =>
      page.rows.find((one: { email: string }) => one.email === email).id;
    expect((await call(`operators/${idOf(admin.email)}/remove`, other, {})).status).toBe(403);
    for (const path of [idOf(admin.email), `${idOf(admin.email)}/remove`]) {
      const refused = await call(`operators/${path}`, admin, { role: 'viewer' });
      expect([refused.status, refused.body.error.code]).toEqual([409, 'self']);
    }
    const removed = await call(`operators/${idOf(other.email)}/remove`, admin, {});
    expect(removed.body).toEqual({ id: idOf(other.email), email: other.email });
    expect((await call('session', other)).status).toBe(401);
    const again = { email: other.email, password: PASSWORD };
    expect((await call('session', {}, again)).status).toBe(401);
    expect((await call(`operators/${idOf(other.email)}/remove`, admin, {})).status).toBe(404);
  });

  test('a key opens its own account alone, a publishable one nothing', async () => {
    const name = newName();
    const own = await call('session', { key: `sk_test_${name}` });
    expect(own.body.account.id).toBe(accountNamed(name));
    const account = accountNamed(newName());
    expect((await call('intents', { key: `sk_test_${name}`, account })).status).toBe(403);
    expect((await call('intents', { key: `pk_test_${name}` })).status).toBe(403);
    expect((await call('intents', { key: 'sk_live_nobody' })).status).toBe(401);
  });

  test('neither cookie nor password nor link is stored as it is', async () => {
    const { cookie, link } = { ...(await newOperator()), ...(await invite()) };
    const rows = [
      ...(await closed.store.scan('operators', null, 500)),
      ...(await closed.store.scan('operator_sessions', null, 500)),
      ...(await closed.store.scan('operator_log', null, 500)),
    ];
    const text = JSON.stringify(rows);
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(cookie.split('=')[1]);
    expect(text).not.toContain(link.split('/').at(-1));
  });
});
