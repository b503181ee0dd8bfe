import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/api/admin/routes.js';
import { accountNamed } from '../../../src/api/auth.js';
import { INSTALLATION } from '../../../src/domain/rendezvous.js';
import { openSink, type Sink, until } from '../../support/sink.js';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { startWholeServer } from '../../support/whole-server.js';
import { adminCaller } from './caller.js';

let tender: TestTender;
let sink: Sink;
let csrf: string;
const call = adminCaller(() => tender.url);

beforeAll(async () => {
  tender = await startTestTender();
  sink = await openSink();
  csrf = (await call('session')).body.csrf;
});
afterAll(async () => {
  expect(tender.errors).toEqual([]);
  await tender.stop();
  await sink.close();
});

function newShop() {
  const name = newName();
  return { client: tender.client(name), account: accountNamed(name), csrf };
}
type Shop = ReturnType<typeof newShop>;

async function paid({ client }: Shop, more: object = {}): Promise<string> {
  const payment = { amount: 2000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
  return (await client.paymentIntents.create({ ...payment, ...more })).id;
}

async function disputed(shop: Shop): Promise<string> {
  await paid(shop, { payment_method: 'pm_card_createDispute' });
  return (await shop.client.disputes.list()).data[0]?.id ?? '';
}

const endpoint = async ({ client }: Shop): Promise<string> =>
  (await client.webhookEndpoints.create({ url: sink.url, enabled_events: ['*'] })).id;

async function delivery(shop: Shop): Promise<string> {
  const id = await endpoint(shop);
  await paid(shop);
  return (await call(`endpoints/${id}/deliveries`, shop)).body.rows[0].id;
}

const key = async (shop: Shop): Promise<string> => (await call('keys', shop, {})).body.id;

async function operator(shop: Shop): Promise<string> {
  return (await call('operators', shop, { email: `${newName()}@example.com` })).body.id;
}

/** How one call of each route comes about: what it is done to, its body, and the log's word. */
interface Deed {
  readonly to?: (shop: Shop) => Promise<string>;
  readonly body?: () => object;
  readonly action: string;
  /** The log of the installation has it, not that of the merchant. */
  readonly isOwn?: true;
}

const DEEDS: Readonly<Record<string, Deed>> = {
  '/account': { body: () => ({ statementPrefix: 'LAMPS' }), action: 'account.update' },
  '/clock': { body: () => ({ seconds: 60 }), action: 'clock.advance' },
  '/customers/:id/metadata': {
    to: async ({ client }) => (await client.customers.create()).id,
    body: () => ({ a: 'b' }),
    action: 'customer.metadata',
  },
  '/disputes/:id/evidence': {
    to: disputed,
    body: () => ({ evidence: { uncategorized_text: 'It was sent.' } }),
    action: 'dispute.evidence',
  },
  '/disputes/:id/accept': { to: disputed, action: 'dispute.accept' },
  '/endpoints/:id': { to: endpoint, body: () => ({ enabled: false }), action: 'endpoint.disable' },
  '/deliveries/:id/replay': { to: delivery, action: 'delivery.replay' },
  '/intents/:id/capture': {
    to: (shop) => paid(shop, { capture_method: 'manual' }),
    action: 'intent.capture',
  },
  '/intents/:id/refund': { to: paid, action: 'intent.refund' },
  '/intents/:id/cancel': {
    to: (shop) => paid(shop, { capture_method: 'manual' }),
    action: 'intent.cancel',
  },
  '/intents/:id/reverse': { to: paid, action: 'intent.reverse' },
  '/intents/:id/metadata': {
    to: paid,
    body: () => ({ a: 'b' }),
    action: 'intent.metadata',
  },
  '/charges/:id/metadata': {
    to: async (shop) => {
      await paid(shop);
      return (await shop.client.charges.list()).data[0]?.id ?? '';
    },
    body: () => ({ a: 'b' }),
    action: 'charge.metadata',
  },
  '/keys': { action: 'key.create' },
  '/keys/:id/roll': { to: key, action: 'key.roll' },
  '/keys/:id/revoke': { to: key, action: 'key.revoke' },
  '/operators': {
    body: () => ({ email: `${newName()}@example.com` }),
    action: 'operator.invite',
    isOwn: true,
  },
  '/operators/:id': {
    to: operator,
    body: () => ({ role: 'admin' }),
    action: 'operator.role',
    isOwn: true,
  },
  '/operators/:id/remove': { to: operator, action: 'operator.remove', isOwn: true },
};

const CHANGING = ADMIN_ROUTES.filter(({ method }) => method !== 'GET').map(({ path }) => path);

describe('what an operator does', () => {
  test('is tried below for every call that changes something', () => {
    expect(Object.keys(DEEDS).sort()).toEqual([...CHANGING].sort());
  });

  async function linesOf(merchant: string) {
    const lines = await tender.store.scan('operator_log', null, 1000);
    return lines.filter((line) => line.merchant === merchant);
  }

  test.each(CHANGING)('is written down once: POST %s', async (path) => {
    const deed = DEEDS[path];
    if (deed === undefined) throw new Error(`nobody said how ${path} is called`);
    const shop = newShop();
    const id = (await deed.to?.(shop)) ?? '';
    const merchant = deed.isOwn === true ? INSTALLATION : shop.account;
    const before = new Set((await linesOf(merchant)).map((line) => line.id));
    const reply = await call(path.slice(1).replace(':id', id), shop, deed.body?.() ?? {});
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const added = (await linesOf(merchant)).filter((line) => !before.has(line.id));
    expect(added).toMatchObject([{ action: deed.action, operator: 'sandbox' }]);
    expect(added[0]?.subject).not.toBe('');
  });

  test.each(CHANGING.filter((path) => path.includes(':id')))(
    'is not written down where it was refused: POST %s',
    async (path) => {
      const shop = newShop();
      const before = (await linesOf(INSTALLATION)).length;
      const body = DEEDS[path]?.body?.() ?? {};
      const reply = await call(path.slice(1).replace(':id', 'no_such_thing'), shop, body);
      expect(reply.status).toBe(404);
      expect(await linesOf(shop.account)).toEqual([]);
      expect((await linesOf(INSTALLATION)).length).toBe(before);
    },
  );
});

test('what an operator does is also a line of the log, without its details', async () => {
  const server = await startWholeServer();
  try {
    const reply = await fetch(`${server.url}/admin/v1/account`, {
      method: 'POST',
      headers: { authorization: `Bearer sk_test_${newName()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ statementPrefix: 'LAMPS' }),
    });
    expect(reply.status).toBe(200);
    const deeds = () => server.logged.filter((line) => line.includes('An operator acted'));
    await until(
      () => deeds().length > 0,
      () => server.logged.join(''),
    );
    expect(deeds()).toHaveLength(1);
    expect(JSON.parse(deeds()[0] ?? '')).toEqual({
      level: 'info',
      time: expect.any(String),
      operator: 'key',
      action: 'account.update',
      subject: expect.stringMatching(/^acct_/),
      merchant: expect.stringMatching(/^acct_/),
      entry: expect.stringMatching(/^log_/),
      msg: 'An operator acted',
    });
  } finally {
    await server.stop();
  }
});
