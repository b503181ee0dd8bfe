import { describe, expect, test } from 'vitest';
import type { Route } from '../../../src/api/dojo/route.js';
import { ok, problem, useDojo } from './client.js';
import { ROUTE_FIXTURES } from './route-fixtures.js';
import { bodyOf, prepare, SWEPT, type Swept, titled } from './swept-routes.js';

const fixture = useDojo();

const isNamed = ({ path }: Route) => path.includes(':');
const isWrite = ({ method }: Route) => method !== 'GET';

const prepared = new Map<string, ReturnType<typeof prepare>>();

/** As `prepare`, for calls that are refused and change nothing: one time serves all of a route. */
function once(swept: Swept): ReturnType<typeof prepare> {
  const made = prepared.get(swept.name) ?? prepare(fixture, swept);
  prepared.set(swept.name, made);
  return made;
}

/** All answers are validated against the description by the client, whatever is asked of them. */
describe('every route of the table', () => {
  test('has a fixture, and every fixture has a route', () => {
    expect(Object.keys(ROUTE_FIXTURES).sort()).toEqual(SWEPT.map(({ name }) => name).sort());
  });

  test.each(titled())('%s answers as it is described', async (_, swept) => {
    const { call } = await prepare(fixture, swept);
    const body = await ok(call());
    // A list without an entry would say nothing of what its entries are like.
    if (swept.called.objects !== undefined && Array.isArray(body)) expect(body).not.toEqual([]);
    if (swept.called.objects !== undefined && Array.isArray(body?.data))
      expect(body.data).not.toEqual([]);
  });

  test.each(titled())('%s answers as it is described in 2024-02-05', async (_, swept) => {
    const { call } = await prepare(fixture, swept);
    await ok(call({ headers: { version: '2024-02-05' } }));
  });

  test.each(titled())('%s is there in 2022-04-07 if it was', async (_, swept) => {
    const { call } = await prepare(fixture, swept);
    const headers = { version: '2022-04-07' };
    if (swept.route.since === '2022-04-07') await ok(call({ headers }));
    else await problem(call({ headers }), 404);
  });

  test.each(titled())('%s wants a version', async (_, swept) => {
    const { call } = await once(swept);
    const refused = await problem(call({ headers: { version: '' } }), 400);
    expect(refused.errors).toEqual({ version: ['The version field is required.'] });
  });

  test.each(titled(({ by }) => by !== 'nobody'))('%s wants a key', async (_, swept) => {
    const { call, shop } = await once(swept);
    await problem(call({ headers: { authorization: '' } }), 401);
    if (swept.route.by === 'customer') {
      const authorization = `Basic sk_sandbox_${shop.name}`;
      await problem(call({ headers: { authorization } }), 401);
    }
  });

  test.each(titled(({ by }) => by === 'key'))('%s wants a secret key', async (_, swept) => {
    const { call, shop } = await once(swept);
    await problem(call({ headers: { authorization: `Basic pk_test_${shop.name}` } }), 403);
  });

  test.each(titled(({ by }) => by === 'nobody'))('%s needs no key', async (_, swept) => {
    const { call } = await prepare(fixture, swept);
    await ok(call({ headers: { authorization: '' } }));
  });

  test.each(titled(({ isTerminal }) => isTerminal))(
    '%s wants to know whose till it is',
    async (_, swept) => {
      const { call } = await once(swept);
      const refused = await problem(call({ headers: { 'software-house-id': '' } }), 400);
      expect(refused).toMatchObject({
        code: 'INVALID_REQUEST',
        errors: { 'software-house-id': ['The software-house-id field is required.'] },
      });
    },
  );

  test.each(titled(({ body }) => body !== null))('%s wants a body of JSON', async (_, swept) => {
    const { call } = await once(swept);
    for (const body of ['', 'null', '[]', '"text"', '7', '{', '\ud800'])
      await problem(call({ body }), 400);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await problem(call({ body: 'a=b', headers }), 415);
  });
});

describe('what a path names', () => {
  test.each(titled((route) => isNamed(route) && route.by === 'key'))(
    'of another account is not there for %s',
    async (_, swept) => {
      const { call } = await once(swept);
      await problem(call({ as: fixture.newShop() }), 404);
    },
  );

  test.each(titled(isNamed))('may be anything for %s, and is not found', async (_, swept) => {
    const { call, own } = await once(swept);
    const names = [...swept.route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const odd = `../é<b>" ' OR 1=1 --\n‮😀`;
    for (const name of names)
      for (const id of ['nowhere', odd, 'x'.repeat(300), '__proto__', '\0', 'pi_sandbox_'])
        await problem(call({ objects: { ...own, [name]: id } }), 404);
  });
});

/** What is made of nothing stored changes nothing that could be changed twice. */
const STATELESS = ['POST /customers/:id/create-secret', 'POST /epos/events'];
const KEYED = titled(isWrite).filter(([name]) => !STATELESS.includes(name));

describe('the idempotency key', () => {
  test.each(KEYED)('is honoured by %s: the answer comes again', async (_, swept) => {
    const { call, shop } = await prepare(fixture, swept);
    const headers = { idempotencyKey: 'again' };
    const first = await call({ headers });
    await ok(Promise.resolve(first));
    // More than a second: the account's clock goes on while it is asked for its time.
    await shop.advance(5);
    const { status, body } = await call({ headers });
    expect({ status, body }).toEqual({ status: first.status, body: first.body });
  });

  test.each(KEYED.filter(([name, { route }]) => route.body !== null && !/search$/.test(name)))(
    'is not taken by %s with another body',
    async (_, swept) => {
      const { call, own } = await prepare(fixture, swept);
      const headers = { idempotencyKey: 'again' };
      await ok(call({ headers }));
      // The same to every reader of JSON, and yet not what was sent before.
      const body = ` ${JSON.stringify(bodyOf(swept.called, own))}`;
      await problem(call({ headers, body }), 409);
    },
  );
});
