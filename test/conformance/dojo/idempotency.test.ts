import { describe, expect, test } from 'vitest';
import { type DojoShop, MINIMAL, ok, pay, problem, useDojo } from './client.js';

const tender = useDojo();

async function paid(shop: DojoShop): Promise<string> {
  const { id } = await shop.newIntent();
  await pay(shop, id);
  return id;
}

const refundedAmount = async ({ dojo }: DojoShop, id: string): Promise<number> =>
  (await ok(dojo.get(`/payment-intents/${id}`))).refundedAmount;

describe('the idempotency key of a refund', () => {
  test('is required', async () => {
    const shop = tender.newShop();
    const id = await paid(shop);
    const refused = await problem(
      shop.dojo.post(`/payment-intents/${id}/refunds`, { amount: 1 }),
      400,
    );
    expect(refused.errors).toEqual({ idempotencyKey: ['The idempotencyKey field is required.'] });
  });

  test('makes one refund, however often and however written it is sent', async () => {
    const shop = tender.newShop();
    const id = await paid(shop);
    const body = { amount: 300 };
    const headers = { idempotencyKey: 'once' };
    const first = await ok(shop.dojo.post(`/payment-intents/${id}/refunds`, body, headers));
    for (const path of [
      `/payment-intents/${id}/refunds`,
      `/payment-intents/${id}/refunds/`,
      `/payment-intents/%70${id.slice(1)}/refunds`,
      `/payment-intents/${id}/refunds?again=1`,
    ])
      expect(await ok(shop.dojo.post(path, body, { IdempotencyKey: 'once' }))).toEqual(first);
    expect(await refundedAmount(shop, id)).toBe(300);
  });

  test('makes one refund of requests that come at once', async () => {
    const shop = tender.newShop();
    const id = await paid(shop);
    const send = () =>
      shop.dojo.post(`/payment-intents/${id}/refunds`, { amount: 100 }, { idempotencyKey: 'a' });
    const answers = await Promise.all([send(), send(), send(), send(), send()]);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(await refundedAmount(shop, id)).toBe(100);
  });

  test('is refused with another body', async () => {
    const shop = tender.newShop();
    const id = await paid(shop);
    const path = `/payment-intents/${id}/refunds`;
    await ok(shop.dojo.post(path, { amount: 300 }, { idempotencyKey: 'once' }));
    await problem(shop.dojo.post(path, { amount: 301 }, { idempotencyKey: 'once' }), 409);
    expect(await refundedAmount(shop, id)).toBe(300);
  });

  test('is its own on each payment intent', async () => {
    const shop = tender.newShop();
    const ids = [await paid(shop), await paid(shop)];
    for (const id of ids) {
      const path = `/payment-intents/${id}/refunds`;
      await ok(shop.dojo.post(path, { amount: 300 }, { idempotencyKey: 'once' }));
      expect(await refundedAmount(shop, id)).toBe(300);
    }
  });

  test('has at most 100 characters', async () => {
    const shop = tender.newShop();
    const id = await paid(shop);
    const path = `/payment-intents/${id}/refunds`;
    const send = (length: number) =>
      shop.dojo.post(path, { amount: 1 }, { idempotencyKey: 'x'.repeat(length) });
    await ok(send(100));
    const refused = await problem(send(101), 400);
    expect(refused.errors).toHaveProperty('idempotencyKey');
  });
});

describe('the idempotency key of any other change', () => {
  test('makes one payment intent', async () => {
    const { dojo } = tender.newShop();
    const headers = { idempotencyKey: 'create' };
    const first = await ok(dojo.post('/payment-intents', MINIMAL, headers));
    const second = await ok(dojo.post('/payment-intents', MINIMAL, headers));
    expect(second).toEqual(first);
    expect(await ok(dojo.post('/payment-intents', MINIMAL))).not.toHaveProperty('id', first.id);
  });

  test('makes one capture', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent({ captureMode: 'Manual' });
    await pay(shop, id);
    const path = `/payment-intents/${id}/captures`;
    const headers = { idempotencyKey: 'capture' };
    const first = await ok(shop.dojo.post(path, { amount: 100 }, headers));
    expect(await ok(shop.dojo.post(path, { amount: 100 }, headers))).toEqual(first);
    const { captures } = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(captures).toHaveLength(1);
  });
});
