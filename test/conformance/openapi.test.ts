import { describe, expect, test } from 'vitest';
import { ADMIN_ROUTES } from '../../src/api/admin/routes.js';
import type { Route as DojoRoute } from '../../src/api/dojo/route.js';
import { ROUTES as DOJO_ROUTES } from '../../src/api/dojo/routes.js';
import { templateOf } from '../../src/api/openapi.js';
import { ROUTES as STRIPE_ROUTES } from '../../src/api/stripe/routes.js';
import type { JsonObject } from '../../src/domain/json.js';
import { fetchDocument, operationsOf, schemaChecker } from '../support/openapi.js';
import { useTestTender } from '../support/running-tender.js';

const running = useTestTender([]);

const NAMES = ['stripe', 'dojo', 'code', 'admin'] as const;

/** What OpenAPI 3.1 demands of the parts that our documents have. */
const RULES = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  additionalProperties: false,
  properties: {
    openapi: { const: '3.1.0' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { title: { type: 'string' }, version: { type: 'string' } },
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    tags: { type: 'array', uniqueItems: true, items: { type: 'object', required: ['name'] } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'post', 'put', 'patch', 'delete'] },
        additionalProperties: { $ref: '#/$defs/operation' },
      },
    },
    components: {
      type: 'object',
      properties: {
        schemas: { type: 'object', propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' } },
        securitySchemes: {
          type: 'object',
          additionalProperties: {
            oneOf: [
              {
                properties: { type: { const: 'http' }, scheme: { type: 'string' } },
                required: ['type', 'scheme'],
              },
              {
                properties: {
                  type: { const: 'apiKey' },
                  in: { enum: ['header', 'query', 'cookie'] },
                },
                required: ['type', 'name', 'in'],
              },
            ],
          },
        },
      },
    },
  },
  $defs: {
    content: {
      type: 'object',
      propertyNames: { pattern: '^[a-z]+/[a-z+.-]+$' },
      additionalProperties: { type: 'object', required: ['schema'] },
    },
    operation: {
      type: 'object',
      required: ['operationId', 'summary', 'responses'],
      additionalProperties: false,
      properties: {
        operationId: { type: 'string', pattern: '^[\\w-]+$' },
        tags: { type: 'array', items: { type: 'string' } },
        summary: { type: 'string', minLength: 1 },
        description: { type: 'string' },
        security: { type: 'array', items: { type: 'object' } },
        parameters: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'in', 'required', 'schema'],
            anyOf: [
              { properties: { in: { enum: ['query', 'header'] } } },
              { properties: { in: { const: 'path' }, required: { const: true } } },
            ],
          },
        },
        requestBody: {
          type: 'object',
          required: ['content'],
          properties: { content: { $ref: '#/$defs/content' } },
        },
        responses: {
          type: 'object',
          minProperties: 2,
          propertyNames: { pattern: '^([1-5][0-9]{2}|default)$' },
          additionalProperties: {
            type: 'object',
            required: ['description'],
            properties: { content: { $ref: '#/$defs/content' } },
          },
        },
      },
    },
  },
};

/** Every schema of a document, and every reference in it. */
function schemasOf(document: JsonObject): { schemas: JsonObject[]; refs: string[] } {
  const found = { schemas: [] as JsonObject[], refs: [] as string[] };
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'schema') found.schemas.push(inner as JsonObject);
      if (key === '$ref') found.refs.push(String(inner));
      walk(inner);
    }
  };
  walk(document);
  const { schemas } = document.components as { schemas: Record<string, JsonObject> };
  found.schemas.push(...Object.values(schemas));
  return found;
}

describe.each(NAMES)('the OpenAPI document of %s', (name) => {
  test('follows the rules of OpenAPI 3.1', async () => {
    const document = await fetchDocument(running().url, name);
    expect(schemaChecker({}).faults(RULES, document)).toEqual([]);
    const broken = { ...document, paths: { 'no-slash': {} } };
    expect(schemaChecker({}).faults(RULES, broken)).not.toEqual([]);
  });

  test('has schemas that are schemas, and references that lead somewhere', async () => {
    const document = await fetchDocument(running().url, name);
    const { schemaFaults } = schemaChecker(document);
    const { schemas, refs } = schemasOf(document);
    expect(schemas.length).toBeGreaterThan(10);
    expect(schemas.flatMap(schemaFaults)).toEqual([]);
    expect(schemaFaults({ type: 'text' })).not.toEqual([]);
    const known = Object.keys((document.components as { schemas: object }).schemas);
    const asked = refs.map((ref) => ref.replace('#/components/schemas/', ''));
    expect(asked.filter((one) => !known.includes(one))).toEqual([]);
    expect(known.filter((one) => !asked.includes(one))).toEqual([]);
  });

  test('names every operation once, with what its path names', async () => {
    const operations = [...operationsOf(await fetchDocument(running().url, name))];
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const [operation, { parameters }] of operations) {
      const inPath = parameters.filter((one) => one.in === 'path').map((one) => one.name);
      expect(inPath, operation).toEqual(
        [...operation.matchAll(/\{(\w+)\}/g)].map(([, word]) => word),
      );
      const names = parameters.map((one) => `${one.in} ${one.name}`);
      expect(new Set(names).size, operation).toBe(names.length);
    }
  });

  test('leads to the server that it comes from, whatever page asks', async () => {
    const reply = await fetch(`${running().url}/docs/openapi/${name}.json`);
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(await reply.json()).toMatchObject({ servers: [{ url: running().url }] });
  });
});

const named = ({ method, path }: Pick<DojoRoute, 'method' | 'path'>) =>
  `${method} ${templateOf(path)}`;

const ofAdmin = ({ method, path }: { readonly method: string; readonly path: string }) =>
  `${method} ${templateOf(`/admin/v1${path}`)}`;

test.each([
  ['stripe', STRIPE_ROUTES.map(named)],
  ['dojo', DOJO_ROUTES.map(named)],
  ['admin', ['POST /admin/v1/session', 'DELETE /admin/v1/session', ...ADMIN_ROUTES.map(ofAdmin)]],
] as const)('every route of %s is described, and nothing else', async (name, routes) => {
  const described = [...operationsOf(await fetchDocument(running().url, name)).keys()];
  expect(described.sort()).toEqual([...routes].sort());
});

test('every described operation of code is there', async () => {
  const { url } = running();
  for (const [name, { requestBody }] of operationsOf(await fetchDocument(url, 'code'))) {
    const [method = '', path = ''] = name.split(' ');
    const filled = path.replace('{address}', '1'.repeat(32)).replaceAll(/\{\w+\}/g, 'x');
    const body = requestBody === undefined ? {} : { body: '{}' };
    const reply = await fetch(url + filled, { method, ...body });
    const { error } = (await reply.json()) as { error: { message: string } | string };
    const text = typeof error === 'string' ? error : error.message;
    // What is not there, or takes another method, says so before it asks for a key or a field.
    expect(text, name).not.toMatch(/nothing here|does not take|expected$/);
    expect([400, 401], name).toContain(reply.status);
  }
});
