import { beforeAll, describe, expect, test } from 'vitest';
import { templateOf } from '../../src/api/openapi.js';
import {
  type DocumentedOperation,
  fetchDocument,
  operationsOf,
  schemaChecker,
} from '../support/openapi.js';
import { ok, problem, useDojo } from './dojo/client.js';
import { violations } from './dojo/schema-values.js';
import { bodyOf, prepare, type Swept, titled } from './dojo/swept-routes.js';

const fixture = useDojo();

let checker: ReturnType<typeof schemaChecker>;
let operations: Map<string, DocumentedOperation>;

beforeAll(async () => {
  const document = await fetchDocument(fixture.tender.url, 'dojo');
  operations = operationsOf(document);
  checker = schemaChecker(document);
});

function described({ route }: Swept): DocumentedOperation {
  const found = operations.get(`${route.method} ${templateOf(route.path)}`);
  if (found === undefined) throw new Error(`${route.path} is not described`);
  return found;
}

const contentOf = (swept: Swept) => described(swept).requestBody?.content['application/json'];

describe('a documented body', () => {
  test.each(titled(({ body }) => body !== null))(
    'of %s is read as it says: what breaks it is refused by the field',
    async (_, swept) => {
      const { call, own } = await prepare(fixture, swept);
      const schema = contentOf(swept)?.schema ?? {};
      const good = bodyOf(swept.called, own);
      expect(checker.faults(schema, good)).toEqual([]);
      const found = violations(schema as never, good);
      expect(found.length).toBeGreaterThan(0);
      for (const { field, body } of found) {
        const refused = await problem(call({ body }), 400);
        expect(Object.keys(refused.errors), JSON.stringify(body).slice(0, 300)).toEqual([field]);
      }
    },
  );

  test.each(titled(({ body }) => body === null))('is none of %s', (_, swept) => {
    expect(described(swept).requestBody).toBeUndefined();
  });
});

test.each(titled())(
  '%s wants the documented headers, and answers as documented',
  async (_, swept) => {
    const { call } = await prepare(fixture, swept);
    const { parameters, responses } = described(swept);
    const needed = parameters.filter((one) => one.in === 'header' && one.required);
    expect(needed.map(({ name }) => name)).toContain('version');
    for (const { name } of needed) await problem(call({ headers: { [name]: '' } }), 400);
    const { status, body } = await call();
    const told = responses[status];
    expect(told, `${status}`).toBeDefined();
    const schema = told?.content?.['application/json']?.schema;
    if (schema === undefined) expect(body).toBeUndefined();
    else expect(checker.faults(schema, body)).toEqual([]);
  },
);

describe('a documented example', () => {
  test('fits its schema, and succeeds', async () => {
    const found = titled().filter(([, swept]) => contentOf(swept)?.example !== undefined);
    expect(found.length).toBeGreaterThan(10);
    for (const [, swept] of found) {
      const { call } = await prepare(fixture, swept);
      const { schema = {}, example } = contentOf(swept) ?? {};
      expect(checker.faults(schema, example)).toEqual([]);
      await ok(call({ body: example }));
    }
  });
});

test('a documented query is read', async () => {
  const asked = [...operations].flatMap(([name, { parameters }]) =>
    parameters.filter((one) => one.in === 'query').map((one) => `${name} ${one.name}`),
  );
  expect(asked).toEqual([
    'GET /payment-intents/{id} returnCanceled',
    'DELETE /setup-intents/{id} includeAuthorized',
    'GET /webhooks/{id}/deliveries limit',
    'GET /webhooks/{id}/deliveries before',
    'GET /webhooks/{id}/deliveries after',
    'GET /terminals statuses',
  ]);
});
