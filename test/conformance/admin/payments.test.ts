import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { adminCaller } from './caller.js';
import { pay, newShop as shopOf } from './shop.js';

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

describe('the list of payments', () => {
  test('shows each with every dialect’s words, newest first, and only its own', async () => {
    const shop = newShop();
    const paid = await pay(shop, { description: 'Two cups', metadata: { order_id: '77' } });
    const held = await pay(shop, { capture_method: 'manual' });
    await pay(newShop());
    const { status, body } = await call('intents', shop);
    expect(status).toBe(200);
    expect(body.next).toBeNull();
    expect(body.rows.map(({ id }: { id: string }) => id)).toEqual([held.id, paid.id]);
    expect(body.rows[0].words).toEqual({
      stripe: 'requires_capture',
      dojo: 'Authorized',
      code: 'PENDING',
    });
    expect(body.rows[1]).toMatchObject({
      amount: { value: 2000, currency: 'usd' },
      captured: 2000,
      refunded: 0,
      state: 'captured',
      words: { stripe: 'succeeded', dojo: 'Captured', code: 'SUBMITTED' },
      dialect: 'stripe',
      method: 'Visa •••• 4242',
      description: 'Two cups',
      metadata: { order_id: '77' },
    });
  });

  test('goes on where a page ended, without a gap or a repetition', async () => {
    const shop = newShop();
    const made = [];
    for (let at = 0; at < 5; at += 1) made.push((await pay(shop)).id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await call(`intents?limit=2&cursor=${cursor}`, shop);
      seen.push(...body.rows.map(({ id }: { id: string }) => id));
      cursor = body.next;
    }
    expect(seen).toEqual(made.reverse());
  });

  test.each([
    ['a state', 'state=authorized', 'held'],
    ['an amount of at least so much', 'min=5000', 'large'],
    ['metadata', 'q=order_id:a-17', 'paid'],
    ['a part of the description', 'q=blue+te', 'held'],
    ['an amount as it is written', 'q=50.00', 'large'],
    ['the e-mail address of a receipt', 'q=ada@example.com', 'paid'],
  ])('finds by %s', async (_what, query, wanted) => {
    const shop = newShop();
    const receipt = { receipt_email: 'ada@example.com' };
    const paid = await pay(shop, { metadata: { order_id: 'A-17' }, ...receipt });
    const held = await pay(shop, { capture_method: 'manual', description: 'A blue teapot' });
    const large = await pay(shop, { amount: 5000 });
    const { body } = await call(`intents?${query}`, shop);
    const expected = { paid, held, large }[wanted]?.id;
    expect(body.rows.map(({ id }: { id: string }) => id)).toEqual([expected]);
  });

  test('finds by the id of a charge, and by the e-mail address of a customer', async () => {
    const shop = newShop();
    const customer = await shop.client.customers.create({ email: 'Grace@example.com' });
    const paid = await pay(shop, { customer: customer.id });
    await pay(shop);
    for (const q of [String(paid.latest_charge), 'grace@example.com']) {
      const { body } = await call(`intents?q=${q}`, shop);
      expect(body.rows.map(({ id }: { id: string }) => id)).toEqual([paid.id]);
    }
  });

  test.each(['limit=0', 'limit=201', 'state=lost', 'from=x', 'cursor=%00', 'dialect=latin'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await call(`intents?${query}`, newShop());
      expect(status).toBe(400);
      expect(body.error.code).toBe('invalid');
    },
  );
});

describe('one payment', () => {
  test('is told as a timeline, with each event in all dialects and its deliveries', async () => {
    const shop = newShop();
    const url = 'http://127.0.0.1:9/hook';
    await shop.client.webhookEndpoints.create({ url, enabled_events: ['*'] });
    const paid = await pay(shop);
    const { body } = await call(`intents/${paid.id}`, shop);
    const kinds = body.timeline.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['event', 'attempt', 'transfer', 'delivery']));
    const told = body.timeline.find(({ title }: { title: string }) => title === 'Paid');
    expect(told.words.stripe).toContain('payment_intent.succeeded');
    expect(told.words.dojo).toContain('payment_intent.status_updated');
    expect(told.words.code).toBe('SUBMITTED');
    expect(body.intent.ids).toEqual({
      stripe: paid.id,
      dojo: paid.id.replace('pi_', 'pi_sandbox_'),
      code: '',
    });
    expect(JSON.stringify(body)).not.toContain('4242424242424242');
    const times = body.timeline.map(({ atMs }: { atMs: number }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('that was declined says why', async () => {
    const shop = newShop();
    const declined = pay(shop, { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' });
    await expect(declined).rejects.toThrow();
    const { body } = await call('intents', shop);
    const { body: one } = await call(`intents/${body.rows[0].id}`, shop);
    const attempt = one.timeline.find(({ kind }: { kind: string }) => kind === 'attempt');
    expect(attempt.outcome).toBe('bad');
    expect(Object.fromEntries(attempt.facts)['Decline code']).toBe('insufficient_funds');
  });

  test('of another account is not there', async () => {
    const paid = await pay(newShop());
    const { status, body } = await call(`intents/${paid.id}`, newShop());
    expect(status).toBe(404);
    expect(body.error.message).toBe('There is no such payment in this account.');
  });

  test('is captured and refunded in parts, as every dialect then sees', async () => {
    const shop = newShop();
    const held = await pay(shop, { capture_method: 'manual' });
    const before = await call(`intents/${held.id}`, shop);
    expect(before.body.can).toEqual({
      capture: { value: 2000, currency: 'usd' },
      refund: null,
      cancel: true,
      reverse: true,
    });
    const captured = await call(`intents/${held.id}/capture`, shop, { amount: 1500 });
    expect(captured.body.intent).toMatchObject({ captured: 1500, released: 500 });
    const refunded = await call(`intents/${held.id}/refund`, shop, {
      amount: 400,
      reason: 'duplicate',
    });
    expect(refunded.body.intent.refunded).toBe(400);
    expect(refunded.body.can.refund).toEqual({ value: 1100, currency: 'usd' });
    const refunds = await shop.client.refunds.list({ payment_intent: held.id });
    expect(refunds.data.map(({ amount, reason }) => [amount, reason])).toEqual([
      [400, 'duplicate'],
    ]);
    const tooMuch = await call(`intents/${held.id}/refund`, shop, { amount: 1101 });
    expect(tooMuch.status).toBe(409);
    expect(tooMuch.body.error).toEqual({
      code: 'refund_above_remaining',
      message: 'Only $11.00 can still be refunded.',
    });
  });

  test('is canceled or reversed, and a second time refused', async () => {
    const shop = newShop();
    const held = await pay(shop, { capture_method: 'manual' });
    const canceled = await call(`intents/${held.id}/cancel`, shop, { reason: 'abandoned' });
    expect(canceled.body.intent.state).toBe('canceled');
    expect((await call(`intents/${held.id}/cancel`, shop, {})).status).toBe(409);
    const paid = await pay(shop);
    const reversed = await call(`intents/${paid.id}/reverse`, shop, {});
    expect(reversed.body.intent.words.dojo).toBe('Reversed');
    const again = await call(`intents/${paid.id}/reverse`, shop, {});
    expect(again.body.error.code).toBe('not_reversible');
  });

  test('gets the metadata that is sent, whole, and is found by it', async () => {
    const shop = newShop();
    const paid = await pay(shop, { metadata: { old: '1' } });
    const { body } = await call(`intents/${paid.id}/metadata`, shop, { order_id: 'b-2' });
    expect(body.intent.metadata).toEqual({ order_id: 'b-2' });
    const found = await call('intents?q=order_id:B-2', shop);
    expect(found.body.rows).toHaveLength(1);
    const refused = await call(`intents/${paid.id}/metadata`, shop, { order_id: 3 });
    expect(refused.status).toBe(400);
  });

  test.each([
    ['capture', { amount: 0 }],
    ['refund', { amount: 1.5 }],
    ['refund', { reason: 'because' }],
    ['refund', { amount: '20' }],
    ['cancel', { reason: 4 }],
  ])('refuses to %s with %j', async (action, body) => {
    const shop = newShop();
    const paid = await pay(shop);
    expect((await call(`intents/${paid.id}/${action}`, shop, body)).status).toBe(400);
  });
});

describe('the log of operators', () => {
  test('has what was done, and nothing of what was refused', async () => {
    const shop = newShop();
    const paid = await pay(shop);
    await call(`intents/${paid.id}/refund`, shop, { amount: 100 });
    await call(`intents/${paid.id}/capture`, shop, {});
    const { body } = await call('audit', shop);
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({
      operator: 'key',
      action: 'intent.refund',
      subject: paid.id,
      detail: { amount: '100' },
    });
    expect((await call('audit', newShop())).body.rows).toEqual([]);
  });
});
