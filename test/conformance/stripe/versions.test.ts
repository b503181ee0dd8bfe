import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import type { Body } from './raw-http.js';
import { eventsOf, PAID, type Shop, useTender } from './shop.js';
import { startSink, verified } from './webhook-sink.js';

const fixture = useTender();

/** The same merchant's client, as it was when the API had this version. */
function clientOf(shop: Shop, apiVersion: string): Stripe {
  return new Stripe(`sk_test_${shop.name}`, {
    host: '127.0.0.1',
    port: fixture.tender.port,
    protocol: 'http',
    apiVersion: apiVersion as '2026-10-28.endive',
  });
}

const BARE = { amount: 2000, currency: 'usd' };

describe('Stripe-Version', () => {
  test('before 2022-11-15 an intent holds its charges, and they their refunds', async () => {
    const shop = fixture.newShop();
    const old = clientOf(shop, '2022-08-01');
    const declined = { ...PAID, payment_method: 'pm_card_visa_chargeDeclined' };
    const { id } = await shop.stripe.paymentIntents.create(BARE);
    await old.paymentIntents
      .confirm(id, { payment_method: declined.payment_method })
      .catch((error) => error);
    const paid = (await old.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example/back',
    })) as Body;
    expect(paid.charges).toMatchObject({
      object: 'list',
      has_more: false,
      total_count: 2,
      url: `/v1/charges?payment_intent=${id}`,
    });
    expect(paid.charges.data.map((charge: Body) => charge.status)).toEqual(['succeeded', 'failed']);
    expect(paid.charges.data[0].id).toBe(paid.latest_charge);
    expect(paid.charges.data[0].refunds).toMatchObject({ object: 'list', data: [] });
    await old.refunds.create({ payment_intent: id, amount: 500 });
    const read = (await old.paymentIntents.retrieve(id)) as Body;
    expect(read.charges.data[0].refunds.data).toMatchObject([{ amount: 500 }]);
    const [listed] = (await old.paymentIntents.list({ limit: 1 })).data as Body[];
    expect(listed?.charges.data).toHaveLength(2);
    const charge = (await old.charges.retrieve(paid.latest_charge)) as Body;
    expect(charge.refunds.data).toHaveLength(1);
  });

  test('a new intent of before 2022-11-15 has an empty list of charges', async () => {
    const old = clientOf(fixture.newShop(), '2020-08-27');
    const intent = (await old.paymentIntents.create(BARE)) as Body;
    expect(intent.charges).toMatchObject({ object: 'list', data: [], total_count: 0 });
  });

  test('what is inside the embedded charges can be expanded, then and not now', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create(PAID);
    const expand = ['charges.data.balance_transaction'];
    const read = (await clientOf(shop, '2022-08-01').paymentIntents.retrieve(id, {
      expand,
    })) as Body;
    expect(read.charges.data[0].balance_transaction).toMatchObject({ amount: 2000 });
    await expect(shop.stripe.paymentIntents.retrieve(id, { expand })).rejects.toThrow(
      'This property cannot be expanded (charges).',
    );
  });

  test('from 2022-11-15 on neither is there', async () => {
    const shop = fixture.newShop();
    const intent = (await clientOf(shop, '2022-11-15').paymentIntents.create({
      ...PAID,
      expand: ['latest_charge'],
    })) as Body;
    expect(intent).not.toHaveProperty('charges');
    expect(intent.latest_charge).not.toHaveProperty('refunds');
  });

  test('automatic methods are the default from 2023-08-16 on; before, cards are', async () => {
    const shop = fixture.newShop();
    const before = await clientOf(shop, '2022-11-15').paymentIntents.create(BARE);
    expect(before.automatic_payment_methods).toBeNull();
    expect(before.payment_method_types).toEqual(['card']);
    const after = await clientOf(shop, '2023-08-16').paymentIntents.create(BARE);
    expect(after.automatic_payment_methods).toEqual({ enabled: true, allow_redirects: 'always' });
  });

  test('captures are asynchronous by default from 2024-04-10 on', async () => {
    const shop = fixture.newShop();
    const before = await clientOf(shop, '2023-10-16').paymentIntents.create(BARE);
    expect(before.capture_method).toBe('automatic');
    const after = await clientOf(shop, '2024-04-10').paymentIntents.create(BARE);
    expect(after.capture_method).toBe('automatic_async');
    const said = await clientOf(shop, '2020-08-27').paymentIntents.create({
      ...BARE,
      capture_method: 'manual',
    });
    expect(said.capture_method).toBe('manual');
  });

  test('fields that came or went are there for the versions that had them', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create(PAID);
    const shape = async (version: string): Promise<string[]> =>
      Object.keys(await clientOf(shop, version).paymentIntents.retrieve(id)).filter((field) =>
        ['invoice', 'allowed_payment_method_types', 'charges'].includes(field),
      );
    expect(await shape('2026-10-28.endive')).toEqual(['allowed_payment_method_types']);
    expect(await shape('2026-09-29')).toEqual([]);
    expect(await shape('2025-03-30')).toEqual(['invoice']);
    expect((await shape('2022-11-14')).toSorted()).toEqual(['charges', 'invoice']);
  });

  test('events are told in the version of whoever reads or receives them', async () => {
    const shop = fixture.newShop();
    const sink = await startSink();
    try {
      const old = await shop.stripe.webhookEndpoints.create({
        url: `${sink.url}/old`,
        enabled_events: ['payment_intent.succeeded'],
        api_version: '2022-08-01',
      });
      const now = await shop.stripe.webhookEndpoints.create({
        url: `${sink.url}/new`,
        enabled_events: ['payment_intent.succeeded'],
      });
      const paid = await shop.stripe.paymentIntents.create(PAID);
      const [toOld] = await sink.arrived('/old', 1);
      const [toNew] = await sink.arrived('/new', 1);
      if (toOld === undefined || toNew === undefined) throw new Error('nothing arrived');
      const oldEvent: Body = verified(toOld, old.secret ?? '');
      const newEvent: Body = verified(toNew, now.secret ?? '');
      expect(oldEvent.api_version).toBe('2022-08-01');
      expect(oldEvent.data.object.charges.data).toMatchObject([{ id: paid.latest_charge }]);
      expect(oldEvent.data.object).toHaveProperty('invoice', null);
      expect(newEvent.api_version).toBe('2026-10-28.endive');
      expect(newEvent.data.object).not.toHaveProperty('charges');
      const listed = (await eventsOf(clientOf(shop, '2022-08-01'))).at(-1) as Body;
      expect(listed).toMatchObject({ id: oldEvent.id, api_version: '2022-08-01' });
      expect(listed.data.object.charges.data).toHaveLength(1);
    } finally {
      await sink.close();
    }
  });

  test('a version that is none is refused', async () => {
    await expect(clientOf(fixture.newShop(), 'yesterday').balance.retrieve()).rejects.toThrow(
      'Invalid Stripe API version: yesterday',
    );
  });
});
