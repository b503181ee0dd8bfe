import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_VERSION } from '../../../src/api/stripe/events.js';
import type { Route } from '../../../src/api/stripe/route.js';
import { ROUTES } from '../../../src/api/stripe/routes.js';
import { validateStripe } from '../../support/schema.js';
import { newName } from '../../support/tender.js';
import { type Body, type Raw, type RawReply, rawClient } from './raw-http.js';
import { ROUTE_FIXTURES, type RouteFixture } from './route-fixtures.js';
import type { Caller, Make } from './route-objects.js';
import { useTender } from './shop.js';

const fixture = useTender();

/** A route with what it is called with, and the objects of account A that its path names. */
interface Swept {
  readonly name: string;
  readonly route: Route;
  readonly called: RouteFixture;
  objects: Body;
}

const SWEPT: Swept[] = ROUTES.map((route) => {
  const name = `${route.method} ${route.path}`;
  return { name, route, called: ROUTE_FIXTURES[name] ?? {}, objects: {} };
});
const WITH_IDS = SWEPT.filter(({ route }) => route.path.includes(':'));
const LISTS = SWEPT.filter(({ route }) => route.method === 'GET' && !route.path.includes(':'));
const POSTS = SWEPT.filter(({ route }) => route.method === 'POST');

/** Each with its name for the test's title. */
const titled = (list: readonly Swept[]) => list.map((swept) => [swept.name, swept] as const);

/** Whose objects there are, and who asks for them without owning any. */
const [A, B] = [newName(), newName()];

/** Ephemeral keys are not made without it. */
const VERSION = { 'stripe-version': API_VERSION };

let raw: Raw;
let close: () => void;

const caller: Caller = {
  post: async (path, form = '') => answered(await raw('POST', path, { form, headers: VERSION })),
  get: async (path) => answered(await raw('GET', path)),
};

function answered({ body, text }: RawReply): Body {
  if (body.error !== undefined) throw new Error(text);
  return body;
}

beforeAll(async () => {
  const client = rawClient(fixture.tender.port, A);
  raw = client.raw;
  close = client.close;
  const shared = new Map<Make, Body>();
  for (const swept of SWEPT) {
    const { called, route } = swept;
    if (called.objects === undefined) continue;
    // What a GET names is left as it is; every other method gets objects of its own.
    const known = route.method === 'GET' ? shared.get(called.objects) : undefined;
    swept.objects = known ?? (await called.objects(caller));
    if (route.method === 'GET') shared.set(called.objects, swept.objects);
  }
}, 60_000);

afterAll(() => close());

function pathOf({ route }: Swept, objects: Body): string {
  return route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(objects[name]));
}

function formOf(form: RouteFixture['sent'], objects: Body): string {
  return typeof form === 'function' ? form(objects) : (form ?? '');
}

interface Call {
  readonly as?: string | null;
  readonly objects?: Body;
  readonly form?: string;
  readonly headers?: Record<string, string>;
}

/** Calls a route, as A with what makes it succeed unless something else is said. */
function call(swept: Swept, { as = A, objects = swept.objects, ...sent }: Call = {}) {
  const form = sent.form ?? formOf(swept.called.sent, swept.objects);
  const path = pathOf(swept, objects);
  const { method } = swept.route;
  const headers = { ...VERSION, ...sent.headers };
  if (method === 'POST') return raw(method, path, { as, form, headers });
  return raw(method, form === '' ? path : `${path}?${encodeURI(form)}`, { as, headers });
}

/** A clean refusal: an error in the wire's form, and no object beside its words. */
function refusalOf({ status, body }: RawReply): Body {
  expect([400, 401, 403, 404]).toContain(status);
  expect(Object.keys(body)).toEqual(['error']);
  const { type, message, code, doc_url, param, ...more } = body.error;
  expect(more).toEqual({});
  expect([type, typeof message]).toEqual(['invalid_request_error', 'string']);
  expect(doc_url === undefined).toBe(code === undefined);
  return { status, code, param, message };
}

describe('every method of the table', () => {
  test('has a fixture, and every fixture has a method', () => {
    expect(Object.keys(ROUTE_FIXTURES).sort()).toEqual(SWEPT.map(({ name }) => name).sort());
  });

  test.each(titled(SWEPT))('%s wants a key', async (_, swept) => {
    expect(refusalOf(await call(swept, { as: null }))).toMatchObject({ status: 401 });
  });

  test.each(titled(SWEPT.filter(({ route }) => !route.publishable)))(
    '%s wants a secret key',
    async (_, swept) => {
      const headers = { authorization: `Bearer pk_test_${A}` };
      const refused = refusalOf(await call(swept, { as: null, headers }));
      expect(refused).toMatchObject({ status: 403, code: 'secret_key_required' });
    },
  );

  test.each(titled(SWEPT))('%s refuses a parameter that it does not know', async (_, swept) => {
    const form = formOf(swept.called.sent, swept.objects);
    const refused = refusalOf(await call(swept, { form: form === '' ? 'wat=1' : `${form}&wat=1` }));
    expect(refused).toEqual({
      status: 400,
      code: 'parameter_unknown',
      param: 'wat',
      message: 'Received unknown parameter: wat',
    });
  });
});

describe('what a path names', () => {
  test.each(titled(WITH_IDS))('of another account is not there for %s', async (_, swept) => {
    const refused = refusalOf(await call(swept, { as: B }));
    expect([400, 404]).toContain(refused.status);
    expect([refused.code, refused.message]).toEqual([
      'resource_missing',
      expect.stringMatching(/^No such [a-z_A-Z ]+: '/),
    ]);
  });

  test.each(titled(WITH_IDS))(
    'may be anything for %s, and is refused cleanly',
    async (_, swept) => {
      const names = [...swept.route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
      const odd = `../é<b>" ' OR 1=1 --\n\u202e😀`;
      for (const name of names)
        for (const id of ['nowhere', odd, 'x'.repeat(300), '__proto__', '%00'])
          refusalOf(await call(swept, { objects: { ...swept.objects, [name]: id } }));
    },
  );

  test.each(titled(LISTS))('is the account’s own in the answer of %s', async (_, swept) => {
    const { status, body } = await call(swept, { as: B });
    if (swept.route.path === '/v1/setup_attempts') expect(status).toBe(400);
    else expect([status, body.data ?? []]).toEqual([200, []]);
  });
});

/** Sends the same request twice under one key: the second is answered from the first. */
async function sentTwice(swept: Swept, how: Call): Promise<RawReply> {
  const headers = { 'idempotency-key': `${swept.name} ${newName()}` };
  const before = await call(swept, { ...how, headers });
  const again = await call(swept, { ...how, headers });
  expect([again.status, again.text]).toEqual([before.status, before.text]);
  expect(before.headers['idempotent-replayed']).toBeUndefined();
  const isKept = before.status === 200 || swept.called.refusedEarly !== true;
  expect(again.headers['idempotent-replayed']).toBe(isKept ? 'true' : undefined);
  return before;
}

/** Secrets that are shown once are kept nowhere, so that such an answer cannot be repeated. */
const isNotKept = ({ route }: Swept) => route.deviates.includes('idempotency key is ignored');
const REPLAYED = POSTS.filter((swept) => !isNotKept(swept));

describe('an answer to a key', () => {
  test.each(titled(REPLAYED))('that refuses is replayed by %s', async (_, swept) => {
    const { called, route, objects } = swept;
    const isNamed = route.path.includes(':');
    if (!isNamed && called.refused === undefined) return;
    const missing = Object.fromEntries(Object.keys(objects).map((name) => [name, 'nowhere']));
    const how = isNamed ? { objects: missing } : { form: called.refused ?? '' };
    const { status, body } = await sentTwice(swept, how);
    expect([400, 402, 404]).toContain(status);
    expect(body.error.message).toBeTypeOf('string');
  });

  test.each(titled(POSTS.filter(({ called }) => called.declined !== undefined)))(
    'that declines is replayed by %s',
    async (_, swept) => {
      const objects = (await swept.called.objects?.(caller)) ?? {};
      const form = formOf(swept.called.declined, objects);
      const { status, body } = await sentTwice(swept, { objects, form });
      expect([400, 402]).toContain(status);
      expect(body.error.code).toBeTypeOf('string');
    },
  );

  test.each(titled(REPLAYED))('that does what was asked is replayed by %s', async (_, swept) => {
    const { status, body } = await sentTwice(swept, {});
    expect([status, body.error?.message]).toEqual([
      swept.called.status ?? 200,
      swept.called.status === undefined ? undefined : expect.any(String),
    ]);
    if (status === 200) expect(validateStripe(body)).toEqual([]);
  });
});

describe('an answer', () => {
  const others = SWEPT.filter((swept) => swept.route.method !== 'POST' || isNotKept(swept));
  test.each(titled(others))('of %s is as described', async (_, swept) => {
    const { status, body } = await call(swept);
    expect([status, body.error]).toEqual([200, undefined]);
    expect(validateStripe(body)).toEqual([]);
  });
});
