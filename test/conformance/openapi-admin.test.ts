import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTender } from '../../sdk/server/client.js';
import { DESCRIBED } from '../../src/api/admin/described.js';
import { ADMIN_ERRORS } from '../../src/api/admin/error-list.js';
import { ADMIN_ROUTES } from '../../src/api/admin/routes.js';
import { templateOf } from '../../src/api/openapi.js';
import {
  type DocumentedOperation,
  fetchDocument,
  operationsOf,
  schemaChecker,
} from '../support/openapi.js';
import { openSink, type Sink, until } from '../support/sink.js';
import { newName, startTestTender, type TestTender } from '../support/tender.js';
import { adminCaller } from './admin/caller.js';

/** The admin API's description, the SDK's client and the server, each held to the others. */

let tender: TestTender;
let sink: Sink;
let checker: ReturnType<typeof schemaChecker>;
let operations: Map<string, DocumentedOperation>;
/** What the client has called, by `GET /admin/v1/…/{id}`. */
const called = new Set<string>();

beforeAll(async () => {
  tender = await startTestTender();
  sink = await openSink();
  const document = await fetchDocument(tender.url, 'admin');
  operations = operationsOf(document);
  checker = schemaChecker(document);
});
afterAll(async () => {
  expect(tender.errors).toEqual([]);
  await Promise.all([tender.stop(), sink.close()]);
});

/** The documented operation of a call, and what of it is not as documented. */
async function checked(url: string, init: RequestInit): Promise<Response> {
  const { pathname, searchParams } = new URL(url);
  const parts = pathname.split('/');
  const found = [...operations].find(([name]) => {
    const [method, path = ''] = name.split(' ');
    const wanted = path.split('/');
    const fits = wanted.every((part, at) => part === parts[at] || part.startsWith('{'));
    return method === init.method && wanted.length === parts.length && fits;
  });
  if (found === undefined) throw new Error(`${init.method} ${pathname} is not described`);
  const [name, { parameters, requestBody, responses }] = found;
  called.add(name);
  for (const key of searchParams.keys())
    expect(parameters.map((one) => `${one.in} ${one.name}`)).toContain(`query ${key}`);
  const body = requestBody?.content['application/json']?.schema;
  if (body !== undefined)
    expect(checker.faults(body, JSON.parse(String(init.body))), name).toEqual([]);
  const response = await fetch(url, init);
  const text = await response.clone().text();
  const told = responses[response.status] ?? responses.default;
  const [type = '', { schema = {} } = {}] = Object.entries(told?.content ?? {})[0] ?? [];
  expect(response.headers.get('content-type'), name).toContain(type);
  const answer = type === 'application/json' ? JSON.parse(text) : text;
  expect(checker.faults(schema, answer), name).toEqual([]);
  return response;
}

function newShop() {
  const name = newName();
  const options = { baseUrl: tender.url, key: `sk_test_${name}`, fetch: checked as typeof fetch };
  return { stripe: tender.client(name), client: makeTender(options), key: options.key };
}

function pay({ stripe }: ReturnType<typeof newShop>, more: object = {}) {
  return stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    ...({ payment_method_types: ['card'] } as object),
    ...more,
  });
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

// Each call compiles the schemas that it is held to, the first time.
describe('the client', { timeout: 60_000 }, () => {
  test('acts on payments, and lists every one of them, page by page', async () => {
    const shop = newShop();
    const { intents, charges } = shop.client;
    const held = await pay(shop, { capture_method: 'manual' });
    const { intent, can } = await intents.capture(held.id, { amount: 1500 });
    expect([intent.captured, can.refund?.value]).toEqual([1500, 1500]);
    const reason = 'requested_by_customer';
    expect((await intents.refund(held.id, { amount: 500, reason })).intent.refunded).toBe(500);
    const open = await shop.stripe.paymentIntents.create({ amount: 700, currency: 'usd' });
    expect((await intents.cancel(open.id, { reason: 'abandoned' })).can.cancel).toBe(false);
    const undone = await pay(shop);
    expect((await intents.reverse(undone.id)).can.refund).toBeNull();
    const set = await intents.setMetadata(undone.id, { order: '6735' });
    expect(set.intent.metadata).toEqual({ order: '6735' });
    const charge = String(held.latest_charge);
    expect((await charges.setMetadata(charge, { a: 'b' })).metadata).toEqual({ a: 'b' });
    const ids = (await all(intents.list({ limit: 1 }))).map(({ id }) => id);
    expect(ids).toEqual([undone.id, open.id, held.id]);
    expect((await intents.page({ q: 'order:6735' })).rows.map(({ id }) => id)).toEqual([undone.id]);
    expect((await intents.retrieve(held.id)).timeline.length).toBeGreaterThan(3);
    expect(await intents.exportCsv({ from: 0 })).toContain(held.id);
  });

  test('knows the account, its books and what was done', async () => {
    const shop = newShop();
    await pay(shop);
    const { client } = shop;
    const { account } = await client.session();
    const renamed = await client.account.update({ statementPrefix: 'LAMPS' });
    expect(renamed).toMatchObject({ id: account.id, statementPrefix: 'LAMPS' });
    expect((await client.overview({ days: 7 })).days).toHaveLength(7);
    const [first] = await all(client.ledger.list());
    const statement = client.ledger.statement(first?.ledgerAccount ?? '');
    expect((await statement.page({ currency: 'usd' })).rows).not.toEqual([]);
    expect((await client.wallets()).payments).toEqual([]);
    const { last } = await client.updates();
    const { id } = await pay(shop);
    expect((await client.updates(last)).intents).toEqual([id]);
    expect(await client.account.moveClock({ seconds: 60 })).toMatchObject({ status: 'advancing' });
    const done = (await all(client.account.audit.list())).map(({ action }) => action);
    expect(done).toEqual(['clock.advance', 'account.update']);
  });

  test('knows customers and disputes', async () => {
    const shop = newShop();
    const { customers, disputes } = shop.client;
    const { id } = await shop.stripe.customers.create({ name: 'Ada', email: 'ada@example.com' });
    expect((await customers.setMetadata(id, { level: 'gold' })).metadata).toEqual({
      level: 'gold',
    });
    expect((await customers.page({ q: 'ada' })).rows).toEqual([await customers.retrieve(id)]);
    await pay(shop, { payment_method: 'pm_card_createDispute' });
    const [dispute] = (await disputes.page({ limit: 1 })).rows;
    const own = dispute?.id ?? '';
    expect(await disputes.retrieve(own)).toEqual(dispute);
    const evidence = { product_description: 'Three lamps' };
    expect((await disputes.respond(own, { evidence, submit: false })).evidence).toEqual(evidence);
    expect((await disputes.accept(own)).dueMs).toBeNull();
  });

  test('knows webhooks with their deliveries, and keys', async () => {
    const shop = newShop();
    const { endpoints, keys } = shop.client;
    const enabled_events = ['payment_intent.succeeded' as const];
    const { id } = await shop.stripe.webhookEndpoints.create({ url: sink.url, enabled_events });
    const before = sink.arrivals.length;
    await pay(shop);
    await sink.arrived(before + 1);
    const [delivery] = (await endpoints.deliveries(id).page({ limit: 5 })).rows;
    const replayed = await endpoints.replay(delivery?.id ?? '');
    expect(replayed.deliveries).toHaveLength(1);
    await until(async () => sink.arrivals.length >= before + 2);
    expect((await endpoints.setEnabled(id, false)).enabled).toBe(false);
    expect((await all(endpoints.list())).map((one) => one.id)).toEqual([id]);
    const made = await keys.create({ kind: 'publishable', name: 'The page' });
    const rolled = await keys.roll(made.id, { hours: 1 });
    expect((await keys.revoke(rolled.id)).state).toBe('revoked');
    expect((await keys.page()).rows.some((row) => row.name === 'The page')).toBe(true);
  });

  test('has a method for every operation that a key may call', () => {
    const forKeys = [...operations].filter(([, operation]) =>
      (operation as unknown as { security: object[] }).security.some((one) => 'secretKey' in one),
    );
    const kept = [...operations].filter(([, { parameters }]) =>
      parameters.some(({ name }) => name === 'idempotency-key'),
    );
    expect(kept.length).toBeGreaterThan(10);
    // What makes a secret, or is the installation's, is done anew with each call.
    const anew = kept.filter(([name]) =>
      /POST \/admin\/v1\/(operators|keys$|keys.*roll)/.test(name),
    );
    expect(anew.map(([name]) => name)).toEqual([]);
    expect(forKeys.length).toBeGreaterThan(25);
    expect(forKeys.map(([name]) => name).filter((name) => !called.has(name))).toEqual([]);
  });
});

describe('an idempotency key', { timeout: 60_000 }, () => {
  test('does what it names once, and answers the same', async () => {
    const shop = newShop();
    const { id } = await pay(shop);
    const once = { idempotencyKey: 'refund-1' };
    const refund = (amount: number) => shop.client.intents.refund(id, { amount }, once);
    const [first, again] = [await refund(500), await refund(500)];
    expect([first.intent.refunded, again.intent.refunded]).toEqual([500, 500]);
    await expect(refund(600)).rejects.toMatchObject({ status: 409, code: 'idempotency_mismatch' });
    const elsewhere = shop.client.intents.cancel(id, {}, once);
    await expect(elsewhere).rejects.toMatchObject({ code: 'idempotency_other_path' });
    expect((await shop.client.intents.retrieve(id)).intent.refunded).toBe(500);
  });

  test('answers a refusal again, though it would be done by now', async () => {
    const shop = newShop();
    const held = await pay(shop, { capture_method: 'manual' });
    const refund = (options = {}) => shop.client.intents.refund(held.id, {}, options);
    const once = { idempotencyKey: 'early' };
    await expect(refund(once)).rejects.toMatchObject({ code: 'refund_uncaptured' });
    await shop.client.intents.capture(held.id);
    await expect(refund(once)).rejects.toMatchObject({ code: 'refund_uncaptured' });
    expect((await refund()).intent.refunded).toBe(2000);
  });

  test('keeps what calls answer of what they changed, and no secret of a key', async () => {
    const { stripe, client } = newShop();
    const customer = await stripe.customers.create({ name: 'Ada' });
    const once = { idempotencyKey: 'gold' };
    const set = () => client.customers.setMetadata(customer.id, { level: 'gold' }, once);
    expect(await set()).toEqual(await set());
    const before = await client.keys.page();
    const call = (name: string) => client.keys.create({ name });
    const [one, two] = [await call('a'), await call('a')];
    expect(one.id).not.toBe(two.id);
    expect((await client.keys.page()).rows).toHaveLength(before.rows.length + 2);
  });

  test('is its caller’s own, and events tell what he sent', async () => {
    const shop = newShop();
    const { id } = await pay(shop);
    const idempotencyKey = 'once';
    await shop.client.intents.refund(id, { amount: 500 }, { idempotencyKey });
    const call = adminCaller(() => tender.url);
    const { account, csrf } = (await call('session', { key: shop.key })).body;
    const open = (await call('session')).body;
    expect([account.id === open.account.id, csrf]).toEqual([false, '']);
    const options = {
      account: account.id as string,
      csrf: open.csrf as string,
      headers: { 'idempotency-key': idempotencyKey },
    };
    const refund = () => call(`intents/${id}/refund`, options, { amount: 500 });
    for (const { status, body } of [await refund(), await refund()])
      expect([status, body.intent?.refunded]).toEqual([200, 1000]);
    const other = await shop.stripe.refunds.create(
      { payment_intent: id, amount: 1 },
      { idempotencyKey },
    );
    expect(other.amount).toBe(1);
    const { data } = await shop.stripe.events.list({ type: 'refund.created' });
    expect(data.map(({ request }) => request?.idempotency_key)).toEqual(Array(3).fill('once'));
  });

  test('of any length is refused with its reason', async () => {
    const { client } = newShop();
    const move = client.account.moveClock({ seconds: 1 }, { idempotencyKey: 'x'.repeat(256) });
    await expect(move).rejects.toMatchObject({ status: 400, code: 'invalid' });
  });
});

test('a secret key reaches its own account alone', async () => {
  const [own, other] = [newShop(), newShop()];
  const { id } = await pay(other);
  await expect(own.client.intents.retrieve(id)).rejects.toMatchObject({ code: 'missing' });
  await expect(own.client.intents.refund(id)).rejects.toMatchObject({ code: 'missing' });
});

test('every code that the source answers with is in the catalogue of errors', () => {
  const folder = new URL('../../src/api/admin/', import.meta.url);
  const codes = readdirSync(folder).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    return [...text.matchAll(/AdminRefusal\(\s*\d{3},\s*'(\w+)'/g)].map(([, code]) => code);
  });
  expect(codes.length).toBeGreaterThan(10);
  const known = ADMIN_ERRORS.map(({ code }) => code);
  expect([...new Set(codes)].filter((code) => !known.includes(code ?? ''))).toEqual([]);
  expect(new Set(known).size).toBe(known.length);
});

test('what is told of routes is told of routes that there are, and examples fit', () => {
  const routes = ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`);
  const told = Object.keys(DESCRIBED).filter((name) => !/^(POST|DELETE) \/session$/.test(name));
  expect(told.sort()).toEqual(routes.sort());
  for (const [name, { example }] of Object.entries(DESCRIBED)) {
    if (example === undefined) continue;
    const [method, path = ''] = name.split(' ');
    const operation = operations.get(`${method} ${templateOf(`/admin/v1${path}`)}`);
    const schema = operation?.requestBody?.content['application/json']?.schema ?? { not: {} };
    expect(checker.faults(schema, example), name).toEqual([]);
  }
});
