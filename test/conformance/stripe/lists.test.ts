import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Raw, rawClient } from './raw-http.js';

let tender: TestTender;
let raw: Raw;
let close: () => void;
let client: Stripe;
/** Newest first. */
let ids: string[];
const NAME = newName();
const MANY = 250;

beforeAll(async () => {
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, NAME));
  client = tender.client(NAME);
  const created: string[] = [];
  for (let at = 0; at < MANY; at += 50) {
    const some = Array.from({ length: 50 }, (_, i) =>
      raw('POST', '/v1/customers', { form: `description=${at + i}` }),
    );
    for (const { body } of await Promise.all(some)) created.push(body.id);
  }
  ids = created.sort().reverse();
});

afterEach(() => expect(tender.errors.splice(0)).toEqual([]));

afterAll(async () => {
  close();
  await tender.stop();
});

const CUSTOMERS = '/v1/customers';

async function listed(query: string): Promise<string[]> {
  const { status, body } = await raw('GET', `${CUSTOMERS}?${query}`);
  expect(status).toBe(200);
  return body.data.map(({ id }: { id: string }) => id);
}

describe('a list', () => {
  test('is newest first, ten at a time, without a count', async () => {
    const { body } = await raw('GET', CUSTOMERS);
    const { data, ...rest } = body;
    expect(rest).toEqual({ object: 'list', has_more: true, url: '/v1/customers' });
    expect(data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 10));
  });

  test.each([
    [1, 1],
    [0, 1],
    [-5, 1],
    [100, 100],
    [101, 100],
    ['9'.repeat(400), 100],
    ['+7', 7],
  ])('limit=%s gives %i', async (limit, count) => {
    const query = `limit=${encodeURIComponent(limit)}`;
    expect(await listed(query)).toEqual(ids.slice(0, count));
  });

  test.each(['abc', '1.5', '1e2', '0x10', ' 5'])('limit=%s is refused', async (limit) => {
    const { status, body } = await raw('GET', `${CUSTOMERS}?limit=${encodeURIComponent(limit)}`);
    expect(status).toBe(400);
    expect(body.error).toEqual({
      code: 'parameter_invalid_integer',
      doc_url: 'https://stripe.com/docs/error-codes/parameter-invalid-integer',
      message: `Invalid integer: ${limit}`,
      param: 'limit',
      type: 'invalid_request_error',
    });
  });

  test('of nothing is empty', async () => {
    const { body } = await raw('GET', CUSTOMERS, { as: newName() });
    expect(body).toEqual({ object: 'list', data: [], has_more: false, url: '/v1/customers' });
  });
});

describe('cursors', () => {
  test('exclude themselves, in both directions, newest first in both', async () => {
    const middle = ids[100];
    expect(await listed(`starting_after=${middle}&limit=5`)).toEqual(ids.slice(101, 106));
    expect(await listed(`ending_before=${middle}&limit=5`)).toEqual(ids.slice(95, 100));
  });

  test('tell whether there is more beyond', async () => {
    const more = async (query: string) => (await raw('GET', `${CUSTOMERS}?${query}`)).body.has_more;
    expect(await more(`starting_after=${ids[MANY - 6]}&limit=5`)).toBe(false);
    expect(await more(`starting_after=${ids[MANY - 7]}&limit=5`)).toBe(true);
    expect(await more(`ending_before=${ids[5]}&limit=5`)).toBe(false);
    expect(await more(`ending_before=${ids[6]}&limit=5`)).toBe(true);
    expect(await listed(`starting_after=${ids.at(-1)}`)).toEqual([]);
    expect(await listed(`ending_before=${ids[0]}`)).toEqual([]);
  });

  test('both are refused, but an unknown one before that', async () => {
    const both = `starting_after=${ids[3]}&ending_before=${ids[1]}`;
    const { status, body } = await raw('GET', `${CUSTOMERS}?${both}`);
    expect(status).toBe(400);
    expect(body.error).toEqual({
      message:
        'Received both starting_after and ending_before parameters. Please pass in only one.',
      type: 'invalid_request_error',
    });
    const unknown = await raw('GET', `${CUSTOMERS}?starting_after=${ids[3]}&ending_before=cus_x`);
    expect(unknown.body.error).toMatchObject({
      code: 'resource_missing',
      message: "No such customer: 'cus_x'",
      param: 'ending_before',
    });
  });

  test('may be a customer who was deleted since', async () => {
    const as = newName();
    const made: string[] = [];
    for (let i = 0; i < 3; i++) made.push((await raw('POST', CUSTOMERS, { as, form: '' })).body.id);
    await raw('DELETE', `${CUSTOMERS}/${made[1]}`, { as });
    const { status, body } = await raw('GET', `${CUSTOMERS}?starting_after=${made[1]}`, { as });
    expect(status).toBe(200);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([made[0]]);
  });

  test('of another kind are unknown', async () => {
    const { status, body } = await raw('GET', `/v1/payment_intents?starting_after=${ids[0]}`);
    expect(status).toBe(400);
    expect(body.error.message).toBe(`No such payment_intent: '${ids[0]}'`);
  });
});

describe('the official client walks', () => {
  async function walked(params: Stripe.CustomerListParams): Promise<string[]> {
    const found: string[] = [];
    for await (const { id } of client.customers.list(params)) found.push(id);
    return found;
  }

  test('forwards over all', async () => {
    expect(await walked({ limit: 100 })).toEqual(ids);
    expect(await walked({ limit: 33, starting_after: ids[9] as string })).toEqual(ids.slice(10));
  });

  test('backwards over all', async () => {
    const last = ids.at(-1) as string;
    const backwards = ids.slice(0, -1).reverse();
    expect(await walked({ limit: 100, ending_before: last })).toEqual(backwards);
    expect(await walked({ limit: 7, ending_before: last })).toEqual(backwards);
  });

  test('while others add to the list', async () => {
    const as = newName();
    const writer = tender.client(as);
    const first = await Promise.all(Array.from({ length: 30 }, () => writer.customers.create()));
    const found: string[] = [];
    for await (const { id } of writer.customers.list({ limit: 4 })) {
      found.push(id);
      if (found.length % 5 === 0) await writer.customers.create();
    }
    expect([...found].sort()).toEqual(first.map(({ id }) => id).sort());
  });
});

describe('created', () => {
  const as = newName();
  let times: number[];

  beforeAll(async () => {
    const own = tender.client(as);
    times = [];
    for (let i = 0; i < 3; i++) {
      times.push((await own.customers.create()).created);
      await tender.advance(10);
    }
  });

  const count = async (query: string): Promise<number> =>
    (await raw('GET', `${CUSTOMERS}?${query}`, { as })).body.data.length;

  test('by bounds, each inclusive or not, and by the second itself', async () => {
    const [, middle = 0, last = 0] = times;
    expect(await count(`created[gt]=${middle}`)).toBe(1);
    expect(await count(`created[gte]=${middle}`)).toBe(2);
    expect(await count(`created[lt]=${middle}`)).toBe(1);
    expect(await count(`created[lte]=${middle}`)).toBe(2);
    expect(await count(`created[gt]=${middle}&created[lt]=${last}`)).toBe(0);
    expect(await count(`created[gte]=${middle}&created[lte]=${middle}`)).toBe(1);
    expect(await count(`created=${middle}`)).toBe(1);
    expect(await count(`created=${middle + 1}`)).toBe(0);
    expect(await count(`created[lt]=${Number.MAX_SAFE_INTEGER}`)).toBe(3);
    expect(await count(`created[gt]=${Number.MAX_SAFE_INTEGER}`)).toBe(0);
  });

  test.each([
    ['created[gt]=soon', 'Invalid integer: soon', 'created[gt]'],
    ['created=soon', 'Invalid integer: soon', 'created'],
    ['created[around]=1', 'Received unknown parameter: created[around]', 'created[around]'],
  ])('%s is refused', async (query, message, param) => {
    const { status, body } = await raw('GET', `${CUSTOMERS}?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ message, param });
  });
});
