import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_ROUTES } from '../../src/api/admin/routes.js';
import { accountNamed } from '../../src/api/auth.js';
import { API_VERSION } from '../../src/api/stripe/events.js';
import type { Param } from '../../src/api/stripe/params.js';
import { ROUTES } from '../../src/api/stripe/routes.js';
import { TABLES, type TableName } from '../../src/storage/schema.js';
import { newName } from '../support/tender.js';
import { useDojo, type Wire } from './dojo/client.js';
import { ROUTE_FIXTURES as DOJO_FIXTURES } from './dojo/route-fixtures.js';
import { SWEPT as DOJO_SWEPT, prepare } from './dojo/swept-routes.js';
import { type Body, type RawReply, rawClient } from './stripe/raw-http.js';
import { ROUTE_FIXTURES, type RouteFixture } from './stripe/route-fixtures.js';
import { type Caller, type Make, OBJECTS } from './stripe/route-objects.js';

/**
 * One merchant's ids in another's hands, in every place that takes an id. What is another's must be
 * answered exactly as what there is not, and be left as it was: a difference would tell that it is
 * there.
 */

const fixture = useDojo();
const [A, B] = [newName(), newName()];
const VERSION = { 'stripe-version': API_VERSION };

type Http = ReturnType<typeof rawClient>;
let http: Http;
/** Ids of account A's, by what they are of. */
let owned: Readonly<Record<string, string>>;
/** What the paths of the Stripe dialect name, made by A. */
const made = new Map<Make, Body>();
let before: string;

function callerAs(as: string): Caller {
  const checked = async (reply: Promise<RawReply>): Promise<Body> => {
    const { body, text } = await reply;
    if (body.error !== undefined) throw new Error(text);
    return body;
  };
  return {
    post: (path, form = '') => checked(http.raw('POST', path, { as, form, headers: VERSION })),
    get: (path) => checked(http.raw('GET', path, { as })),
  };
}

async function belongings(): Promise<Record<string, string>> {
  const caller = callerAs(A);
  const ids: Record<string, string> = {};
  const kinds = [
    ...(['customer', 'savedMethod', 'charge', 'intent', 'setup', 'mandate', 'token'] as const),
    ...(['confirmationToken', 'clock', 'endpoint', 'event', 'refund', 'dispute'] as const),
    ...(['balanceTransaction', 'apiKey', 'rule', 'warning'] as const),
  ];
  for (const kind of kinds) ids[kind] = (await OBJECTS[kind](caller)).id;
  const { client_secret: secret } = await OBJECTS.intent(caller);
  return { ...ids, clientSecret: secret };
}

/** Every row of account A's but those that deliveries to nobody change by themselves. */
async function rowsOfA(): Promise<string> {
  const rows: unknown[] = [];
  const moving: readonly TableName[] = ['deliveries', 'jobs', 'subscriptions'];
  const tables = (Object.keys(TABLES) as TableName[]).filter((name) => !moving.includes(name));
  for (const table of tables) {
    const all = await fixture.tender.store.scan(table, null, 10_000);
    rows.push(all.filter(({ account }) => account === accountNamed(A)));
  }
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
}

beforeAll(async () => {
  http = rawClient(fixture.tender.port, B);
  owned = await belongings();
  for (const { objects } of Object.values(ROUTE_FIXTURES))
    if (objects !== undefined && !made.has(objects)) made.set(objects, await objects(callerAs(A)));
  before = await rowsOfA();
});

afterAll(async () => {
  expect(await rowsOfA()).toEqual(before);
  http.close();
});

/** An id of the same make that nobody has. */
const ghostOf = (id: string): string => `${id.slice(0, -6)}zzzzzz`;

/** An answer without the ids that it was asked about. */
const blinded = ({ status, text }: Pick<RawReply, 'status' | 'text'>, ...ids: string[]) => ({
  status,
  text: ids.reduce((so, id) => so.replaceAll(id, 'ID'), text),
});

const formOf = (sent: RouteFixture['sent'], objects: Body): string =>
  typeof sent === 'function' ? sent(objects) : (sent ?? '');

const filled = (path: string, ids: Body): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name]));

const sendAs = (as: string, method: string, path: string, form: string) =>
  method === 'POST'
    ? http.raw(method, path, { as, form, headers: VERSION })
    : http.raw(method, form === '' ? path : `${path}?${form}`, { as, headers: VERSION });

/** Which of A's belongings a parameter could name. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  card: ['savedMethod'],
  charge: ['charge'],
  client_secret: ['clientSecret'],
  confirmation_token: ['confirmationToken'],
  customer: ['customer'],
  cvc_token: ['token'],
  default_payment_method: ['savedMethod'],
  default_source: ['savedMethod'],
  mandate: ['mandate'],
  payment_intent: ['intent'],
  payment_method: ['savedMethod'],
  setup_intent: ['setup'],
  source: ['token', 'charge', 'savedMethod'],
  test_clock: ['clock'],
  token: ['token'],
  webhook_endpoint: ['endpoint'],
};
const CURSORS = ['starting_after', 'ending_before'];

interface Place {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  /** As a form names it: `payment_method_data[card][token]`. */
  readonly field: string;
  readonly name: string;
}

function fieldsOf({ spec }: Param<unknown>, key: string): string[] {
  if (spec.kind === 'string') return [key];
  if (spec.kind === 'array') return fieldsOf(spec.of, `${key}[0]`);
  if (spec.kind === 'either') return [...fieldsOf(spec.text, key), ...fieldsOf(spec.nested, key)];
  if (spec.kind !== 'hash') return [];
  return [...spec.fields].flatMap(([name, param]) =>
    fieldsOf(param, key === '' ? name : `${key}[${name}]`),
  );
}

const PLACES: readonly Place[] = ROUTES.flatMap(({ method, path, schema }) =>
  fieldsOf(schema, '')
    .map((field) => ({ field, name: /(\w+)\]?$/.exec(field.replace('[0]', ''))?.[1] ?? '' }))
    .filter(({ name }) => NAMED_BY[name] !== undefined || CURSORS.includes(name))
    .map((place) => ({ title: `${place.field} of ${method} ${path}`, method, path, ...place })),
);

/** What an answer consists of: an object of another's that was found would show in it. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, shapeOf(held)]));
}

/** What a place is sent with besides, which is B's own. */
async function sentBeside({ method, path, field }: Place): Promise<{ at: string; form: string }> {
  const called = ROUTE_FIXTURES[`${method} ${path}`] ?? {};
  const objects = (await called.objects?.(callerAs(B))) ?? {};
  const pairs = formOf(called.sent, objects).split('&');
  // A confirmation token stands in the place of a method, and is refused beside one.
  const taken = field === 'confirmation_token' ? 'payment_method' : field;
  const others = pairs.filter((pair) => pair !== '' && pair.split('=')[0] !== taken);
  return { at: filled(path, objects), form: others.map((pair) => `${pair}&`).join('') };
}

describe('the Stripe dialect', () => {
  const named = ROUTES.filter(({ path }) => path.includes(':'));

  test.each(named.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'answers %s for another’s id as for one that is not',
    async (name, { method, path }) => {
      const called = ROUTE_FIXTURES[name] ?? {};
      const foreign = (called.objects && made.get(called.objects)) ?? {};
      const names = [...path.matchAll(/:(\w+)/g)].map(([, part = '']) => part);
      const ids = names.map((part): string => foreign[part]);
      const ghosts = Object.fromEntries(names.map((part) => [part, ghostOf(foreign[part])]));
      const form = formOf(called.sent, {});
      const asked = await sendAs(B, method, filled(path, foreign), form);
      const ghost = await sendAs(B, method, filled(path, ghosts), form);
      expect(asked.status).toBeGreaterThanOrEqual(400);
      expect(blinded(asked, ...ids)).toEqual(blinded(ghost, ...ids.map(ghostOf)));
    },
  );

  test('knows every parameter that names another’s object', () => {
    const covered = new Set(PLACES.map(({ name }) => name));
    expect([...covered].sort()).toEqual([...Object.keys(NAMED_BY), ...CURSORS].sort());
  });

  const told = new Set<string>();
  test.each(PLACES.map((place) => [place.title, place] as const))(
    'takes another’s id for none in %s',
    async (_, place) => {
      let beside = await sentBeside(place);
      for (const kind of NAMED_BY[place.name] ?? Object.keys(owned)) {
        const id = owned[kind] ?? '';
        const send = (text: string) =>
          sendAs(B, place.method, beside.at, `${beside.form}${place.field}=${text}`);
        const asked = await send(id);
        // What takes any text for one of no meaning may have changed what it was sent about.
        const isDone = asked.status < 400;
        if (isDone && place.method !== 'GET') beside = await sentBeside(place);
        const ghost = await send(ghostOf(id));
        if (isDone) expect(shapeOf(asked.body)).toEqual(shapeOf(ghost.body));
        else expect(blinded(asked, id)).toEqual(blinded(ghost, ghostOf(id)));
        if (!isDone && asked.text.includes(id)) told.add(place.name);
      }
    },
  );

  test('has looked for what was named, by each of the names', () => {
    // What it holds is not looked for where it is never anybody's (`card`, `default_source`), and
    // no word is said about a secret.
    const silent = ['card', 'client_secret', 'default_source'];
    const names = [...Object.keys(NAMED_BY), ...CURSORS].filter((name) => !silent.includes(name));
    expect([...told].sort()).toEqual(names.sort());
  });

  test('gives no answer of another’s under his idempotency key', async () => {
    const headers = { ...VERSION, 'idempotency-key': 'the same' };
    const form = 'name=Grace';
    const own = await http.raw('POST', '/v1/customers', { as: B, form, headers });
    const others = await http.raw('POST', '/v1/customers', { as: newName(), form, headers });
    expect([own.status, others.status]).toEqual([200, 200]);
    expect(others.body.id).not.toBe(own.body.id);
    expect(others.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('the Dojo dialect', () => {
  const named = DOJO_SWEPT.filter(({ route }) => route.path.includes(':') && route.by === 'key');
  test.each(named.map((swept) => [swept.name, swept] as const))(
    'answers %s for another’s id as for one that is not',
    async (name, swept) => {
      const { call, own } = await prepare(fixture, swept);
      const stranger = fixture.newShop();
      const names = [...swept.route.path.matchAll(/:(\w+)/g)].map(([, part = '']) => part);
      const ghosts = Object.fromEntries(names.map((at) => [at, ghostOf(own[at] ?? '')]));
      const [asked, missing] = [
        await call({ as: stranger }),
        await call({ as: stranger, objects: ghosts }),
      ];
      expect(DOJO_FIXTURES[name]).toBeDefined();
      expect(asked.status).toBe(404);
      expect(bodyWithout(asked.body, own)).toEqual(bodyWithout(missing.body, ghosts));
    },
  );

  /** Without the ids, and without the trace, which every answer has its own of. */
  function bodyWithout(body: Wire, ids: Readonly<Record<string, unknown>>): string {
    const { traceId: _, ...rest } = body;
    const values = Object.values(ids).filter((id): id is string => typeof id === 'string');
    return values.reduce((text, id) => text.replaceAll(id, 'ID'), JSON.stringify(rest));
  }
});

describe('the admin API', () => {
  const call = (method: string, path: string, account?: string) =>
    http.raw(method, `/admin/v1${path}`, {
      as: B,
      ...(method === 'POST' ? { form: '{}' } : {}),
      headers: {
        'content-type': 'application/json',
        ...(account === undefined ? {} : { 'x-account': account }),
      },
    });

  test.each(ADMIN_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'lets %s see no account but the key’s own',
    async (_, { method, path }) => {
      const at = filled(path, { id: owned.intent, account: 'available' });
      const { status, body } = await call(method, at, accountNamed(A));
      expect([status, body.error.code]).toEqual([403, 'account']);
    },
  );

  test.each([
    ['GET /intents/:id', 'intent'],
    ['POST /intents/:id/capture', 'intent'],
    ['POST /intents/:id/refund', 'intent'],
    ['POST /intents/:id/cancel', 'intent'],
    ['POST /intents/:id/reverse', 'intent'],
    ['POST /intents/:id/metadata', 'intent'],
    ['POST /charges/:id/metadata', 'charge'],
    ['GET /customers/:id', 'customer'],
    ['POST /customers/:id/metadata', 'customer'],
    ['GET /disputes/:id', 'dispute'],
    ['POST /disputes/:id/evidence', 'dispute'],
    ['POST /disputes/:id/accept', 'dispute'],
    ['GET /endpoints/:id/deliveries', 'endpoint'],
    ['POST /endpoints/:id', 'endpoint'],
    ['POST /deliveries/:id/replay', 'event'],
    ['POST /keys/:id/roll', 'apiKey'],
    ['POST /keys/:id/revoke', 'apiKey'],
    // Operators are the installation's: a merchant's key is let to none, there or not.
    ['POST /operators/:id', 'intent'],
    ['POST /operators/:id/remove', 'intent'],
  ])('answers %s for another’s id as for one that is not', async (name, kind) => {
    const [method = '', path = ''] = name.split(' ');
    const id = owned[kind] ?? '';
    const asked = await call(method, filled(path, { id }));
    const ghost = await call(method, filled(path, { id: ghostOf(id) }));
    expect(asked.status).toBeGreaterThanOrEqual(400);
    expect(blinded(asked, id)).toEqual(blinded(ghost, ghostOf(id)));
  });

  test('has no other calls that name something by an id', () => {
    const named = ADMIN_ROUTES.filter(({ path }) => path.includes(':id'));
    expect(named).toHaveLength(19);
  });
});
