import { describe, expect, test } from 'vitest';
import { type Answer, type DojoShop, ok, stripeId, useDojo, type Wire } from './client.js';
import { NUMBERS, payable, payWith } from './gateway-client.js';

// What the races leave is audited whole when the file ends.
const fixture = useDojo();

const TILL = { 'software-house-id': 'softwareHouse1' };

const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

const intentOf = ({ dojo }: DojoShop, { id }: Wire): Promise<Wire> =>
  ok(dojo.get(`/payment-intents/${id}?returnCanceled=true`));

/** How many of the answers have each status. */
function counted(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** What was captured and paid back, as the other dialect's charges have it. */
async function moneyOf({ stripe }: DojoShop, { id }: Wire) {
  const { data } = await stripe.charges.list({ payment_intent: stripeId(id) });
  const paid = data.filter(({ status }) => status === 'succeeded');
  return {
    charges: paid.length,
    captured: paid.reduce((sum, { amount_captured }) => sum + amount_captured, 0),
    refunded: paid.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0),
  };
}

describe('at once', () => {
  test.each(['Auto', 'Manual'])(
    'paid, canceled, reversed and captured (%s)',
    async (captureMode) => {
      const shop = fixture.newShop();
      const { dojo } = shop;
      for (let round = 0; round < 6; round += 1) {
        const intent = await payable(shop, { captureMode });
        const at = `/payment-intents/${intent.id}`;
        const token = intent.clientSessionSecret;
        const moves = [
          () => payWith(fixture.tender, token),
          () => dojo.del(at),
          () => dojo.post(`${at}/reversal`),
          () => dojo.post(`${at}/captures`, { amount: 1000 }),
          () => dojo.post(`${at}/refunds`, { amount: 1000 }, { idempotencyKey: 'k' }),
          () => payWith(fixture.tender, token),
          () =>
            shop.stripe.paymentIntents
              .confirm(stripeId(intent.id), {
                payment_method: 'pm_card_visa',
              })
              .catch(() => null),
        ];
        // Each round begins with another one.
        await Promise.all([...moves.slice(round), ...moves.slice(0, round)].map((move) => move()));
        const { charges, captured, refunded } = await moneyOf(shop, intent);
        expect(charges).toBeLessThanOrEqual(1);
        expect(captured).toBeLessThanOrEqual(1000);
        expect(refunded).toBeLessThanOrEqual(captured);
        const { status, refundedAmount } = await intentOf(shop, intent);
        expect(refundedAmount).toBe(refunded);
        if (status === 'Canceled') expect(charges).toBe(0);
      }
    },
  );

  test('refunded with one key, it is refunded once', async () => {
    const shop = fixture.newShop();
    const intent = await payable(shop);
    await payWith(fixture.tender, intent.clientSessionSecret);
    const path = `/payment-intents/${intent.id}/refunds`;
    const answers = await Promise.all(
      times(20, () => shop.dojo.post(path, { amount: 100 }, { idempotencyKey: 'same' })),
    );
    expect(counted(answers)).toEqual({ 200: 20 });
    expect(new Set(answers.map(({ body }) => body.refundId)).size).toBe(1);
    expect((await intentOf(shop, intent)).refundedAmount).toBe(100);
    const other = await shop.dojo.post(path, { amount: 101 }, { idempotencyKey: 'same' });
    expect(other.status).toBe(409);
  });

  test('refunded with many keys and reversed, no more goes back than was paid', async () => {
    const shop = fixture.newShop();
    const intent = await payable(shop);
    await payWith(fixture.tender, intent.clientSessionSecret);
    const at = `/payment-intents/${intent.id}`;
    const answers = await Promise.all(
      times(20, (i) =>
        i % 5 === 4
          ? shop.dojo.post(`${at}/reversal`)
          : shop.dojo.post(`${at}/refunds`, { amount: 300 }, { idempotencyKey: `k${i}` }),
      ),
    );
    const { refunded } = await moneyOf(shop, intent);
    // Whichever is first keeps the other out.
    expect([counted(answers)[200], refunded]).toEqual(refunded === 1000 ? [1, 1000] : [3, 900]);
  });

  test('reversed many times, it is reversed once, and never refunded beside', async () => {
    const shop = fixture.newShop();
    const intent = await payable(shop);
    await payWith(fixture.tender, intent.clientSessionSecret);
    const at = `/payment-intents/${intent.id}`;
    const answers = await Promise.all(
      times(20, (i) =>
        i % 2 === 0
          ? shop.dojo.post(`${at}/reversal`)
          : shop.dojo.post(`${at}/refunds`, { amount: 1000 }, { idempotencyKey: `k${i}` }),
      ),
    );
    expect(counted(answers)[200]).toBe(1);
    expect((await intentOf(shop, intent)).refundedAmount).toBe(1000);
    expect(await moneyOf(shop, intent)).toEqual({ charges: 1, captured: 1000, refunded: 1000 });
  });

  test('captured in parts, no more is taken than is held', async () => {
    const shop = fixture.newShop();
    const intent = await payable(shop, { captureMode: 'Manual' });
    await payWith(fixture.tender, intent.clientSessionSecret);
    const path = `/payment-intents/${intent.id}/captures`;
    const answers = await Promise.all(
      times(15, () => shop.dojo.post(path, { amount: 200, tipsAmount: 100 })),
    );
    expect(counted(answers)[200]).toBe(3);
    expect((await moneyOf(shop, intent)).captured).toBe(900);
    const { captures } = await intentOf(shop, intent);
    expect(captures.map(({ amount }: Wire) => amount)).toEqual([200, 200, 200]);
  });

  test('tipped, changed and paid, what is paid is what is asked for', async () => {
    const shop = fixture.newShop();
    const config = { payment: { tipsAllowed: true, customAmountAllowed: true } };
    for (let round = 0; round < 5; round += 1) {
      const intent = await payable(shop, { config });
      const at = `/payment-intents/${intent.id}`;
      const gbp = (value: number) => ({ value, currencyCode: 'GBP' });
      const [paid] = await Promise.all([
        payWith(fixture.tender, intent.clientSessionSecret),
        ...times(5, (i) => shop.dojo.post(`${at}/tips-amount`, { tipsAmount: gbp(i * 10) })),
        ...times(5, (i) => shop.dojo.post(`${at}/amount`, { amount: gbp(1000 + i) })),
      ]);
      expect(paid.body.statusCode).toBe(0);
      const { totalAmount, amount, tipsAmount } = await intentOf(shop, intent);
      expect((await moneyOf(shop, intent)).captured).toBe(totalAmount.value);
      expect(amount.value + (tipsAmount?.value ?? 0)).toBe(totalAmount.value);
    }
  });

  test('paid at a terminal and on the web, it is paid once', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    const terminals = await ok(dojo.get('/terminals', TILL));
    const intent = await payable(shop);
    const details = { sessionType: 'Sale', sale: { paymentIntentId: intent.id } };
    const sessions = await Promise.all(
      terminals
        .slice(0, 2)
        .map(({ id }: Wire) =>
          ok(dojo.post('/terminal-sessions', { terminalId: id, details }, TILL)),
        ),
    );
    const [, paid] = await Promise.all([
      shop.advance(20),
      payWith(fixture.tender, intent.clientSessionSecret),
    ]);
    const ends = await Promise.all(
      sessions.map(({ id }: Wire) => ok(dojo.get(`/terminal-sessions/${id}`, TILL))),
    );
    const took = ends.filter(({ status }) => status === 'Captured').length;
    expect(took + (paid.body.statusCode === 0 ? 1 : 0)).toBe(1);
    expect(await moneyOf(shop, intent)).toEqual({ charges: 1, captured: 1000, refunded: 0 });
  });

  test('asked of one terminal many times, it takes one sale', async () => {
    const shop = fixture.newShop();
    const [terminal] = await ok(shop.dojo.get('/terminals', TILL));
    const intent = await shop.newIntent();
    const details = { sessionType: 'Sale', sale: { paymentIntentId: intent.id } };
    const sent = { terminalId: terminal.id, details };
    const answers = await Promise.all(
      times(10, () => shop.dojo.post('/terminal-sessions', sent, TILL)),
    );
    expect(counted(answers)).toEqual({ 200: 1, 409: 9 });
    const { id } = answers.find(({ status }) => status === 200)?.body ?? {};
    const cancels = await Promise.all(
      times(5, () => shop.dojo.put(`/terminal-sessions/${id}/cancel`, undefined, TILL)),
    );
    expect(counted(cancels)).toEqual({ 200: 1, 422: 4 });
    await shop.advance(5);
    expect((await intentOf(shop, intent)).status).toBe('Created');
  });

  test('charged by one setup for many payments, it is charged once', async () => {
    const shop = fixture.newShop();
    const setup = await ok(
      shop.dojo.post('/setup-intents', {
        reference: 'r',
        merchantInitiatedTransactionType: 'NoShow',
        terms: 't',
      }),
    );
    await payWith(fixture.tender, setup.clientSessionSecret);
    const intents = await Promise.all(times(6, () => shop.newIntent({ setupIntentId: setup.id })));
    const charges = await Promise.all(
      [...intents, ...intents].map(({ id }) => shop.dojo.post(`/payment-intents/${id}/charge`)),
    );
    expect(charges.filter(({ body }) => body.status === 'Successful')).toHaveLength(1);
    expect((await ok(shop.dojo.get(`/setup-intents/${setup.id}`))).status).toBe('Completed');
  });

  test('tried with bad cards, the limit to tries holds', async () => {
    const shop = fixture.newShop();
    const intent = await payable(shop);
    const path = `/payment-intents/public/${intent.id}/refresh-client-session-secret`;
    let declined = 0;
    for (let round = 0; round < 60; round += 1) {
      const refreshed = await shop.dojo.post(path);
      const token = refreshed.body.clientSessionSecret;
      const answers = await Promise.all(
        times(3, () => payWith(fixture.tender, token, { cardNumber: NUMBERS.declines })),
      );
      declined += answers.filter(({ body }) => body.statusCode === 5).length;
    }
    expect(declined).toBe(50);
    const last = await ok(shop.dojo.post(path));
    expect((await payWith(fixture.tender, last.clientSessionSecret)).body.statusCode).toBe(90);
  });

  test('asked for receipts, no more than the limit are written', async () => {
    const shop = fixture.newShop();
    const intent = await payable(shop);
    await payWith(fixture.tender, intent.clientSessionSecret);
    const path = `/payment-intents/${intent.id}/receipt`;
    const answers = await Promise.all(
      times(15, (i) =>
        shop.dojo.post(path, { emails: [`a${i}@example.com`, `b${i}@example.com`] }),
      ),
    );
    expect(counted(answers)).toEqual({ 204: 10, 400: 5 });
  });

  test('subscribed to by many, an event has one subscription', async () => {
    const shop = fixture.newShop();
    const body = { events: ['payment_intent.created'], url: 'http://127.0.0.1:9/' };
    const answers = await Promise.all(times(8, () => shop.dojo.post('/webhooks', body)));
    expect(counted(answers)).toEqual({ 200: 1, 409: 7 });
    const { id } = answers.find(({ status }) => status === 200)?.body ?? {};
    const secrets = await Promise.all(times(10, () => shop.dojo.post(`/webhooks/${id}/secrets`)));
    expect(counted(secrets)).toEqual({ 200: 4, 409: 6 });
  });
});
