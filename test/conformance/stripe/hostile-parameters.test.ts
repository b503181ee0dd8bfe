import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Param, ParamSpec } from '../../../src/api/stripe/params.js';
import { ROUTES } from '../../../src/api/stripe/routes.js';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Raw, rawClient } from './raw-http.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const RUNS = 4_000;
const DEPTH_MAX = 5;

let tender: TestTender;
let raw: Raw;
let close: () => void;
/** Ids of what there is, so that not every request ends at an unknown one. */
let ids: Record<string, string>;

beforeAll(async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, newName()));
  ids = await belongings();
});

afterAll(async () => {
  close();
  await tender.stop();
});

const PAYING = 'amount=2000&currency=usd&payment_method_types[]=card&payment_method=pm_card_visa';

async function belongings(): Promise<Record<string, string>> {
  const made = async (path: string, form: string) => (await raw('POST', path, { form })).body;
  const customer = await made('/v1/customers', 'name=A');
  const method = await made('/v1/payment_methods/pm_card_visa/attach', `customer=${customer.id}`);
  const paid = await made('/v1/payment_intents', `${PAYING}&confirm=true`);
  const refund = await made('/v1/refunds', `payment_intent=${paid.id}&amount=1`);
  const token = await made('/v1/tokens', 'cvc_update[cvc]=123');
  const hook = await made(
    '/v1/webhook_endpoints',
    'url=http%3A%2F%2F127.0.0.1%3A9%2F&enabled_events[]=account.updated',
  );
  const { body } = await raw('GET', '/v1/events?limit=1');
  return {
    customers: customer.id,
    payment_methods: method.id,
    payment_intents: paid.id,
    charges: paid.latest_charge,
    refunds: refund.id,
    tokens: token.id,
    webhook_endpoints: hook.id,
    events: body.data[0].id,
  };
}

const WRONG = fc.oneof(
  fc.constantFrom('', '0', '-1', '1', '999999999999999', '99999999999999999999', '1.5', 'true'),
  fc.constantFrom('__proto__', 'constructor', 'x'.repeat(5_001), '\u{1f600}'.repeat(600), '*'),
  fc.constantFrom('pm_card_visa', 'tok_visa', 'cus_x', 'usd', 'http://[::1]/', 'a@b.example'),
  fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed()),
);

type Pairs = [key: string, value: string][];

/** Mostly what a parameter takes, so that a request gets past its parser and into the engine. */
function sent(spec: ParamSpec, key: string, depth: number): fc.Arbitrary<Pairs> {
  const wrong = WRONG.map((text): Pairs => [[key, text]]);
  const right = rightful(spec, key, depth);
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function rightful(spec: ParamSpec, key: string, depth: number): fc.Arbitrary<Pairs> {
  const as = (texts: fc.Arbitrary<string>) => texts.map((text): Pairs => [[key, text]]);
  switch (spec.kind) {
    case 'string':
      return as(fc.oneof(WRONG, fc.constantFrom('a', 'usd', 'card', 'http://127.0.0.1:9/')));
    case 'integer':
      return as(fc.oneof(fc.maxSafeInteger().map(String), fc.integer({ max: 99 }).map(String)));
    case 'amount':
      return as(fc.oneof(fc.integer({ max: 99_999_999 }).map(String), fc.constant('2000')));
    case 'boolean':
      return as(fc.constantFrom('true', 'false', ...spec.words));
    case 'enumeration':
      return as(fc.constantFrom(...spec.values));
    case 'metadata':
    case 'open':
      return fc
        .array(fc.tuple(WRONG, WRONG), { maxLength: 3 })
        .map((entries) =>
          entries.map(([name, text]) => [`${key}[${name.replace(/[[\]]/g, '')}]`, text]),
        );
    case 'array':
      return joined([0, 1].map((at) => sent(spec.of.spec, `${key}[${at}]`, depth + 1)));
    case 'either':
      return fc.oneof(sent(spec.text.spec, key, depth), sent(spec.nested.spec, key, depth));
    case 'hash':
      return hashOf(spec, (name) => `${key}[${name}]`, depth);
  }
}

function joined(parts: readonly fc.Arbitrary<Pairs>[]): fc.Arbitrary<Pairs> {
  return fc.tuple(...parts).map((all) => all.flat());
}

/** What a hash must have, and a few of what it may have. */
function hashOf(
  { fields, required }: Extract<ParamSpec, { kind: 'hash' }>,
  keyOf: (name: string) => string,
  depth: number,
): fc.Arbitrary<Pairs> {
  const optional = [...fields.keys()].filter((name) => !required.includes(name));
  if (depth > DEPTH_MAX || fields.size === 0) return fc.constant([]);
  return fc.subarray(optional, { maxLength: Math.min(4, optional.length) }).chain((chosen) =>
    joined(
      [...required, ...chosen].map((name) => {
        const { spec } = fields.get(name) as Param<unknown>;
        return sent(spec, keyOf(name), depth + 1);
      }),
    ),
  );
}

const requestOf = fc.constantFrom(...ROUTES).chain((route) => {
  const { spec } = route.schema;
  if (spec.kind !== 'hash') throw new Error(`${route.path} takes no parameters`);
  return hashOf(spec, (name) => name, 0).map((pairs) => ({
    method: route.method,
    at: route.path,
    pairs,
  }));
});

const STATUSES = [200, 400, 402, 404];

test('every parameter of every method, rightful and not, is documented', {
  timeout: 180_000,
}, async () => {
  const seen = new Map<number, number>();
  const property = fc.asyncProperty(requestOf, async ({ method, at, pairs }) => {
    const kind = at.split('/')[2] ?? '';
    const path = at.replace(/:\w+/g, ids[kind] ?? 'x');
    const text = pairs
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .join('&');
    const inQuery = `${path}?${text}`;
    if (method !== 'POST' && inQuery.length > 12_000) return;
    const { status, body } = await (method === 'POST'
      ? raw('POST', path, { form: text })
      : raw(method, inQuery));
    seen.set(status, (seen.get(status) ?? 0) + 1);
    expect(tender.errors.splice(0)).toEqual([]);
    expect(STATUSES).toContain(status);
    if (status === 200) expect(typeof body.object).toBe('string');
    else expect(body.error.message).toMatch(/\S/);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
  console.log(`answers: ${JSON.stringify(Object.fromEntries(seen))}`);
  // Otherwise the requests were too wild to test anything but the parser.
  expect(seen.get(200) ?? 0).toBeGreaterThan(RUNS / 20);
});
