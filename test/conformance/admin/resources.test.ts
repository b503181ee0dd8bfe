import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Intent } from '../../../src/domain/intent.js';
import { openSink } from '../../support/sink.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { adminCaller } from './caller.js';
import { pay, newShop as shopOf } from './shop.js';

/** More than an export reads before it names its columns. */
const ROWS = 1_300;

let tender: TestTender;
const call = adminCaller(() => tender.url);

beforeAll(async () => {
  tender = await startTestTender();
});
afterAll(async () => {
  expect(tender.errors).toEqual([]);
  await tender.stop();
});

const newShop = () => shopOf(tender);

describe('the overview', () => {
  test('counts what was made, tried and paid, and why others were not', async () => {
    const shop = newShop();
    const paid = await pay(shop);
    await shop.client.refunds.create({ payment_intent: paid.id, amount: 500 });
    await shop.client.paymentIntents.create({ amount: 700, currency: 'usd' });
    const payment_method = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    await expect(pay(shop, { payment_method })).rejects.toThrow();
    const { body } = await call('overview?days=7', shop);
    expect(body.days).toHaveLength(7);
    expect(body.days.at(-1)).toMatchObject({
      volume: 2000,
      created: 3,
      confirmed: 2,
      succeeded: 1,
      refunded: 500,
    });
    expect(body.declines).toEqual([{ reason: 'Your card has insufficient funds.', count: 1 }]);
    expect(body.timeToPay).toEqual({ p50: 0, p90: 0, p99: 0 });
    expect(body).toMatchObject({ currency: 'usd', examined: 3, isWhole: true, asOfMs: null });
    expect(body.recent).toHaveLength(3);
    const balance = await shop.client.balance.retrieve();
    expect(body.balances).toEqual([
      {
        currency: 'usd',
        available: balance.available[0]?.amount,
        pending: balance.pending[0]?.amount,
      },
    ]);
  });
});

describe('customers', () => {
  test('are found by what is known of them, and their metadata is set', async () => {
    const shop = newShop();
    const made = await shop.client.customers.create({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      payment_method: 'pm_card_visa',
    });
    await shop.client.customers.create({ name: 'Grace Hopper' });
    const { body } = await call('customers?q=lovel', shop);
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({ id: made.id, cards: ['Visa •••• 4242'] });
    const set = await call(`customers/${made.id}/metadata`, shop, { level: 'gold' });
    expect(set.body.metadata).toEqual({ level: 'gold' });
    const found = await call('customers?q=level:Gold', shop);
    expect(found.body.rows.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    expect((await call('customers?q=level:go', shop)).body.rows).toEqual([]);
    expect((await shop.client.customers.retrieve(made.id)) as object).toMatchObject({
      metadata: { level: 'gold' },
    });
    expect((await call(`customers/${made.id}`, newShop())).status).toBe(404);
  });
});

describe('disputes', () => {
  test('are answered with evidence, which is kept and then submitted', async () => {
    const shop = newShop();
    const paid = await pay(shop, { payment_method: 'pm_card_createDispute' });
    const { body } = await call('disputes', shop);
    expect(body.rows).toHaveLength(1);
    const [dispute] = body.rows;
    expect(dispute).toMatchObject({ intent: paid.id, state: 'needs_response', evidence: {} });
    const evidence = { customer_name: 'Ada', uncategorized_text: 'winning_evidence' };
    const kept = await call(`disputes/${dispute.id}/evidence`, shop, { evidence });
    expect(kept.body).toMatchObject({ state: 'needs_response', evidence });
    const sent = await call(`disputes/${dispute.id}/evidence`, shop, { evidence, submit: true });
    expect(sent.body.state).toBe('under_review');
    // The bank has the money: there is nothing to give back until it is decided.
    expect((await call(`intents/${paid.id}`, shop)).body.can.refund).toBeNull();
    expect((await call(`intents/${paid.id}/refund`, shop, {})).status).toBe(409);
    const wrong = { evidence: { guess: 'x' } };
    expect((await call(`disputes/${dispute.id}/evidence`, shop, wrong)).status).toBe(400);
  });
});

describe('webhook endpoints', () => {
  test('show each delivery with its body and answer, and send it once more', async () => {
    const shop = newShop();
    const sink = await openSink();
    try {
      const url = sink.url;
      const { id } = await shop.client.webhookEndpoints.create({
        url,
        enabled_events: ['payment_intent.succeeded'],
      });
      const paid = await pay(shop);
      await expect.poll(() => sink.arrivals.length).toBe(1);
      const listed = await call('endpoints', shop);
      expect(listed.body.rows).toMatchObject([{ id, dialect: 'stripe', url, enabled: true }]);
      const deliveries = async () => (await call(`endpoints/${id}/deliveries`, shop)).body.rows;
      await expect.poll(async () => (await deliveries())[0].state).toBe('delivered');
      const [delivery] = await deliveries();
      expect(delivery.tries).toMatchObject([{ status: 200 }]);
      expect(JSON.parse(delivery.body).data.object.id).toBe(paid.id);
      expect(delivery.body).toBe(sink.arrivals[0]?.body);
      const again = await call(`deliveries/${delivery.id}/replay`, shop, {});
      expect(again.body.deliveries).toHaveLength(1);
      await expect.poll(() => sink.arrivals.length).toBe(2);
      const off = await call(`endpoints/${id}`, shop, { enabled: false });
      expect(off.body.enabled).toBe(false);
      expect((await call(`endpoints/${id}/deliveries`, newShop())).status).toBe(404);
    } finally {
      await sink.close();
    }
  });
});

describe('keys', () => {
  test('are made, told once, replaced and revoked', async () => {
    const shop = newShop();
    const made = await call('keys', shop, { name: 'Till' });
    expect((await call('session', { key: made.body.secret })).status).toBe(200);
    const rolled = await call(`keys/${made.body.id}/roll`, shop, {});
    expect((await call('session', { key: made.body.secret })).status).toBe(401);
    expect((await call('session', { key: rolled.body.secret })).status).toBe(200);
    await call(`keys/${rolled.body.id}/revoke`, shop, {});
    expect((await call('session', { key: rolled.body.secret })).status).toBe(401);
    const { body } = await call('keys', shop);
    expect(body.rows.map(({ state }: { state: string }) => state)).toEqual(['revoked', 'revoked']);
    expect(JSON.stringify(body)).not.toContain(made.body.secret);
  });
});

describe('the ledger', () => {
  test('shows balances, and of each account a statement that sums to its balance', async () => {
    const shop = newShop();
    const paid = await pay(shop);
    await pay(shop, { amount: 3000 });
    await shop.client.refunds.create({ payment_intent: paid.id, amount: 800 });
    const { body } = await call('ledger', shop);
    expect(body.rows.length).toBeGreaterThan(2);
    for (const { ledgerAccount, balance } of body.rows) {
      const path = `ledger/${encodeURIComponent(ledgerAccount)}/statement?currency=usd`;
      const { body: page } = await call(path, shop);
      const posted = page.rows.filter(({ state }: { state: string }) => state === 'posted');
      const sum = posted.reduce(
        (all: number, { amount }: { amount: { value: number } }) => all + amount.value,
        0,
      );
      expect([ledgerAccount, sum]).toEqual([ledgerAccount, balance]);
    }
  });

  test('has no destinations where no wallet was ever asked', async () => {
    const { body } = await call('wallets', newShop());
    expect(body).toEqual({ destinations: [], payments: [] });
  });
});

describe('the account', () => {
  test('takes a statement prefix that networks take, and puts it on later payments', async () => {
    const shop = newShop();
    for (const statementPrefix of ['A', '12345', 'A<B', 'TOOLONGATEXT', ''])
      expect((await call('account', shop, { statementPrefix })).status).toBe(400);
    await call('account', shop, { statementPrefix: 'CORNER' });
    const paid = await pay(shop, { statement_descriptor_suffix: 'TEA', expand: ['latest_charge'] });
    expect(paid.latest_charge).toMatchObject({ calculated_statement_descriptor: 'CORNER* TEA' });
  });

  test('moves its time forward', async () => {
    const shop = newShop();
    const moved = await call('clock', shop, { seconds: 86_400 });
    expect(moved.status).toBe(200);
    await tender.advance(1);
    const { body } = await call('session', shop);
    expect(body.account.aheadSeconds).toBeGreaterThan(86_000);
    expect((await call('clock', shop, { seconds: 0 })).status).toBe(400);
  });
});

describe('news', () => {
  test('come as soon as something happens to a payment', async () => {
    const shop = newShop();
    const { body } = await call('updates', shop);
    const waiting = call(`updates?after=${body.last}`, shop);
    const paid = await pay(shop);
    const told = await waiting;
    expect(told.body.intents).toEqual([paid.id]);
    const customer = await shop.client.customers.create({ name: 'Ada' });
    const other = await call(`updates?after=${told.body.last}`, shop);
    expect(customer.id).toMatch(/^cus_/);
    expect(other.body.intents).toEqual([]);
    expect(other.body.last > told.body.last).toBe(true);
  });
});

describe('the export', () => {
  test('is CSV with the metadata as columns, and nothing in it is run as a formula', async () => {
    const shop = newShop();
    const paid = await pay(shop, {
      description: '=1+1, "quoted"',
      metadata: { order_id: '7' },
    });
    const { headers, body } = await call('export/intents.csv', shop);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, line, end] = body.split('\r\n');
    expect(head).toBe(
      'id,created,amount,captured,refunded,currency,state,made_by,customer,description,' +
        'stripe_status,dojo_status,metadata.order_id',
    );
    expect(line).toContain(`${paid.id},`);
    expect(line).toContain(',20.00,20.00,0.00,usd,captured,stripe,,"\'=1+1, ""quoted""",');
    expect(line).toMatch(/,succeeded,Captured,7$/);
    expect(end).toBe('');
  });

  test('has every row, however many, and metadata that only later rows have', async () => {
    const shop = newShop();
    const metadata = { rare: 'a, "b"' };
    const old = await shop.client.paymentIntents.create({ amount: 500, currency: 'usd', metadata });
    const { account } = (await call('session', shop)).body;
    const key = { table: 'intents', account: account.id, id: old.id } as const;
    const [row] = (await tender.store.load([key], [])).rows;
    const changes = Array.from({ length: ROWS }, () => ({
      table: 'intents' as const,
      kind: 'insert' as const,
      row: { ...(row as Intent), id: tender.engine.newId('pi_', 24), metadata: { order: '1' } },
    }));
    const batch = tender.engine.newId('bat_', 24);
    await tender.store.transact(batch, ({ write }) => write({ changes, postings: [] }));
    const { body } = await call('export/intents.csv', shop);
    const lines = body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(ROWS + 2);
    expect(lines[0]).toMatch(/,metadata\.order,metadata$/);
    expect(lines[1]).toMatch(/,1,$/);
    const rest = `"${JSON.stringify(metadata).replaceAll('"', '""')}"`;
    expect(lines.at(-1).endsWith(`,,${rest}`)).toBe(true);
  });
});

describe('calls that are not', () => {
  test.each([
    ['GET', 'nothing', 404],
    ['GET', 'intents/x/y/z', 404],
    ['POST', 'intents', 405],
    ['DELETE', 'intents', 405],
    ['GET', 'intents/%E0%A4%A', 404],
    ['POST', 'intents/pi_x/refund', 404],
  ])('%s %s is answered by %i in our form', async (method, path, status) => {
    const answer = await call(path, newShop(), method === 'GET' ? undefined : {}, method);
    expect([answer.status, typeof answer.body.error.message]).toEqual([status, 'string']);
  });
});
