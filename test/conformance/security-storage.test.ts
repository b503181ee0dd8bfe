import { expect, test } from 'vitest';
import { TABLES, type TableName } from '../../src/storage/schema.js';
import { ok, useDojo } from './dojo/client.js';
import { type RawReply, rawClient } from './stripe/raw-http.js';

/** What whoever has the database, and not the master key, can read of it. */

const fixture = useDojo();
const NUMBER = '4000056655665556';
const CARD = `card[number]=${NUMBER}&card[exp_month]=12&card[exp_year]=2034&card[cvc]=737`;

async function everyRow(): Promise<string> {
  const { store } = fixture.tender;
  const tables = Object.keys(TABLES) as TableName[];
  const rows = await Promise.all(tables.map((table) => store.scan(table, null, 10_000)));
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
}

test('no key, webhook secret or card number is stored as it is, nor in kept answers', async () => {
  const shop = fixture.newShop();
  const { raw, close } = rawClient(fixture.tender.port, shop.name);
  const post = async (path: string, form: string): Promise<RawReply> => {
    const version = { 'stripe-version': '2026-10-28.dahlia' };
    const headers = { ...version, 'idempotency-key': `${path} once` };
    const reply = await raw('POST', path, { form, headers });
    expect([path, reply.status]).toEqual([path, 200]);
    return reply;
  };
  const hook = 'url=http://127.0.0.1:9/&enabled_events[]=review.opened';
  const endpoint = await post('/v1/webhook_endpoints', hook);
  const key = await post('/v1/api_keys', 'type=secret');
  const restricted = await post('/v1/api_keys', 'type=restricted&permissions[charge]=read');
  const { body: customer } = await post('/v1/customers', 'name=Ada');
  const ephemeral = await post('/v1/ephemeral_keys', `customer=${customer.id}`);
  await post('/v1/tokens', CARD);
  await post('/v1/payment_methods', `type=card&${CARD}`);
  const headers = { idempotencyKey: 'once' };
  const asked = { url: 'https://shop.example/', events: ['payment_intent.created'] };
  const subscription = await ok(shop.dojo.post('/webhooks', asked, headers));
  const path = `/webhooks/${subscription.id}/secrets`;
  const { secrets } = await ok(shop.dojo.post(path, undefined, headers));
  const told = [endpoint, key, restricted, ephemeral].map(({ body }) => String(body.secret));
  const values = secrets.map(({ value }: { value: string }) => value);
  const rows = await everyRow();
  expect(rows).toContain(customer.id);
  expect(values).toHaveLength(2);
  for (const secret of [...told, ...values, NUMBER, '"737"', `sk_test_${shop.name}`]) {
    expect(secret.length).toBeGreaterThan(4);
    expect(rows).not.toContain(secret);
  }
  // The answers are the same when they are asked for again.
  expect((await post('/v1/webhook_endpoints', hook)).text).toBe(endpoint.text);
  expect(await ok(shop.dojo.post('/webhooks', asked, headers))).toEqual(subscription);
  close();
});
