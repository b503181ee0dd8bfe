import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formPairs } from '../../src/api/docs/reference.js';
import { templateOf } from '../../src/api/openapi.js';
import { describeStripe } from '../../src/api/stripe/description.js';
import { API_VERSION } from '../../src/api/stripe/events.js';
import { ROUTES } from '../../src/api/stripe/routes.js';
import type { JsonObject } from '../../src/domain/json.js';
import {
  type DocumentedOperation,
  fetchDocument,
  operationsOf,
  schemaChecker,
} from '../support/openapi.js';
import { newName } from '../support/tender.js';
import { type Body, type Raw, rawClient } from './stripe/raw-http.js';
import { ROUTE_FIXTURES } from './stripe/route-fixtures.js';
import type { Caller } from './stripe/route-objects.js';
import { useTender } from './stripe/shop.js';

const fixture = useTender();
const headers = { 'stripe-version': API_VERSION };
const TITLED = ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);
const FORM = 'application/x-www-form-urlencoded';

let raw: Raw;
let close: () => void;
let checker: ReturnType<typeof schemaChecker>;
let operations: Map<string, DocumentedOperation>;

beforeAll(async () => {
  ({ raw, close } = rawClient(fixture.tender.port, newName()));
  const document = await fetchDocument(fixture.tender.url, 'stripe');
  operations = operationsOf(document);
  checker = schemaChecker(document);
});
afterAll(() => close());

const caller: Caller = {
  post: async (path, form = '') => made(await raw('POST', path, { form, headers })),
  get: async (path) => made(await raw('GET', path, { headers })),
};

function made({ body, text }: { body: Body; text: string }): Body {
  if (body.error !== undefined) throw new Error(text);
  return body;
}

function described(name: string): DocumentedOperation {
  const [method = '', path = ''] = name.split(' ');
  const found = operations.get(`${method} ${templateOf(path)}`);
  if (found === undefined) throw new Error(`${name} is not described`);
  return found;
}

/** What a method takes, as the document says it, whether in the query or in the body. */
function fieldsOf({ requestBody, parameters }: DocumentedOperation): JsonObject {
  if (requestBody !== undefined) return requestBody.content[FORM]?.schema ?? {};
  const asked = parameters.filter((one) => one.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(asked.map(({ name, schema }) => [name, schema])),
    required: asked.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** The name of every parameter in a schema that is no hash itself, as a form writes it. */
function leaves(name: string, schema: JsonObject): string[] {
  const choices = (schema.anyOf ?? []) as JsonObject[];
  const nested = choices.find(({ properties, items }) => properties ?? items) ?? schema;
  if (nested.items !== undefined) return leaves(`${name}[0]`, nested.items as JsonObject);
  const fields = Object.entries((nested.properties ?? {}) as Record<string, JsonObject>);
  if (fields.length === 0) return [name];
  return fields.flatMap(([key, field]) => leaves(name === '' ? key : `${name}[${key}]`, field));
}

function send(name: string, objects: Body, form: string) {
  const [method = '', path = ''] = name.split(' ');
  const filled = path.replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(objects[key] ?? 'nowhere'),
  );
  if (method === 'POST') return raw(method, filled, { form, headers });
  return raw(method, form === '' ? filled : `${filled}?${encodeURI(form)}`, { headers });
}

describe('a documented parameter', () => {
  test.each(TITLED)('of %s is taken, at any depth', async (name) => {
    const known = leaves('', fieldsOf(described(name))).filter((leaf) => leaf !== '');
    expect(known).toContain(known.includes('expand[0]') ? 'expand[0]' : known[0]);
    const { body } = await send(name, {}, known.map((leaf) => `${leaf}=1`).join('&'));
    expect(body.error?.code, body.error?.message).not.toBe('parameter_unknown');
  });

  test('that is none would be refused so', async () => {
    const { body } = await send('POST /v1/payment_intents', {}, 'shipping[address][planet]=1');
    expect(body.error.code).toBe('parameter_unknown');
  });

  test.each(TITLED)('of %s is required if it says so', async (name) => {
    const { required = [] } = fieldsOf(described(name));
    const { body } = await send(name, {}, '');
    const [first] = required as string[];
    // One of several may be needed, too: that is a rule over them, and no schema's.
    if (first !== undefined)
      expect(body.error).toMatchObject({ code: 'parameter_missing', param: first });
  });
});

describe('a documented answer', () => {
  test.each(TITLED)('of %s is what is answered', async (name) => {
    const called = ROUTE_FIXTURES[name] ?? {};
    const objects = (await called.objects?.(caller)) ?? {};
    const { sent = '' } = called;
    const { status, body } = await send(
      name,
      objects,
      typeof sent === 'string' ? sent : sent(objects),
    );
    const { responses } = described(name);
    const told = responses[status] ?? responses.default;
    expect(told === responses.default).toBe(called.status !== undefined);
    const schema = told?.content?.['application/json']?.schema ?? { not: {} };
    expect(checker.faults(schema, body)).toEqual([]);
  });
});

const EXAMPLES = describeStripe().operations.flatMap(({ method, path, example }) =>
  example === null ? [] : [[`${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, example] as const],
);

describe('an example', () => {
  test.each(EXAMPLES)('of %s fits its schema, and succeeds', async (name, example) => {
    expect(described(name).requestBody?.content[FORM]?.example).toEqual(example);
    expect(checker.faults(fieldsOf(described(name)), example)).toEqual([]);
    const objects = (await ROUTE_FIXTURES[name]?.objects?.(caller)) ?? {};
    const form = new URLSearchParams(formPairs('', example)).toString();
    const { status, text } = await send(name, objects, form);
    expect(status, text).toBe(200);
  });
});
