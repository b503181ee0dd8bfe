import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, pay, problem, useDojo, type Wire } from './client.js';

const tender = useDojo();

const PATH = '/payment-intents/search';

const idsOf = ({ data }: Wire): string[] => data.map(({ id }: { id: string }) => id);

/** Creates so many, and tells their ids, the newest first. */
async function newIntents({ newIntent }: DojoShop, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.unshift((await newIntent()).id);
  return ids;
}

describe('a search for payment intents', () => {
  test('finds all but the canceled ones, the newest first', async () => {
    const shop = tender.newShop();
    const [third, second, first] = await newIntents(shop, 3);
    await ok(shop.dojo.del(`/payment-intents/${second}`));
    expect(await ok(shop.dojo.post(PATH, {}))).toMatchObject({ before: null, after: null });
    expect(idsOf(await ok(shop.dojo.post(PATH, {})))).toEqual([third, first]);
    const canceled = await ok(shop.dojo.post(PATH, { statuses: ['Canceled'] }));
    expect(idsOf(canceled)).toEqual([second]);
  });

  test('finds by status', async () => {
    const shop = tender.newShop();
    const { dojo } = shop;
    const create = async (captureMode: 'Auto' | 'Manual', method: string | null) => {
      const { id } = await shop.newIntent({ captureMode });
      if (method !== null) await pay(shop, id, method);
      return id;
    };
    const created = await create('Auto', null);
    const authorized = await create('Manual', 'pm_card_visa');
    const part = await create('Manual', 'pm_card_visa');
    await ok(dojo.post(`/payment-intents/${part}/captures`, { amount: 1 }));
    const captured = await create('Auto', 'pm_card_visa');
    const refunded = await create('Auto', 'pm_card_visa');
    const headers = { idempotencyKey: 'a' };
    await ok(dojo.post(`/payment-intents/${refunded}/refunds`, { amount: 1000 }, headers));
    const reversed = await create('Auto', 'pm_card_visa');
    await ok(dojo.post(`/payment-intents/${reversed}/reversal`));
    const released = await create('Manual', 'pm_card_visa');
    await ok(dojo.post(`/payment-intents/${released}/reversal`));
    const found = async (...statuses: string[]) => idsOf(await ok(dojo.post(PATH, { statuses })));
    expect(await found('Created')).toEqual([created]);
    expect(await found('Authorized')).toEqual([authorized]);
    expect(await found('Captured')).toEqual([captured, part]);
    expect(await found('Refunded')).toEqual([refunded]);
    expect(await found('Reversed')).toEqual([released, reversed]);
    expect(await found('Canceled')).toEqual([]);
    expect(await found('Created', 'Refunded')).toEqual([refunded, created]);
  });

  test('is read page by page, on and back', async () => {
    const shop = tender.newShop();
    const ids = await newIntents(shop, 7);
    const page = (cursor: object) => ok(shop.dojo.post(PATH, { cursor: { limit: 3, ...cursor } }));
    const one = await page({});
    expect([idsOf(one), one.before]).toEqual([ids.slice(0, 3), null]);
    const two = await page({ after: one.after });
    expect(idsOf(two)).toEqual(ids.slice(3, 6));
    const three = await page({ after: two.after });
    expect([idsOf(three), three.after]).toEqual([ids.slice(6), null]);
    const back = await page({ before: three.before });
    expect(idsOf(back)).toEqual(ids.slice(3, 6));
    const start = await page({ before: back.before });
    expect([idsOf(start), start.before]).toEqual([ids.slice(0, 3), null]);
    expect(idsOf(await page({ after: start.after }))).toEqual(ids.slice(3, 6));
  });

  test('skips on the way back what does not fit', async () => {
    const shop = tender.newShop();
    const ids = await newIntents(shop, 6);
    for (const id of [ids[1], ids[3]]) await ok(shop.dojo.del(`/payment-intents/${id}`));
    const page = (cursor: object) => ok(shop.dojo.post(PATH, { cursor: { limit: 2, ...cursor } }));
    const one = await page({});
    expect(idsOf(one)).toEqual([ids[0], ids[2]]);
    const two = await page({ after: one.after });
    expect(idsOf(two)).toEqual([ids[4], ids[5]]);
    expect(idsOf(await page({ before: two.before }))).toEqual([ids[0], ids[2]]);
  });

  test('finds by the time of creation', async () => {
    const shop = tender.newShop();
    const early = await shop.newIntent();
    await shop.advance(3600);
    const late = await shop.newIntent();
    const middle = new Date(Date.parse(late.createdAt) - 1000).toISOString();
    const found = async (dates: object) => idsOf(await ok(shop.dojo.post(PATH, dates)));
    expect(await found({ startDate: middle })).toEqual([late.id]);
    expect(await found({ endDate: middle })).toEqual([early.id]);
    expect(await found({ startDate: early.createdAt, endDate: early.createdAt })).toEqual([
      early.id,
    ]);
    expect(await found({ startDate: late.createdAt, endDate: early.createdAt })).toEqual([]);
  });

  test('sees nothing of another account', async () => {
    await newIntents(tender.newShop(), 1);
    const { dojo } = tender.newShop();
    expect(await ok(dojo.post(PATH, {}))).toEqual({ data: [], before: null, after: null });
  });

  test.each([
    [{ cursor: { limit: 0 } }, 'Cursor.Limit'],
    [{ cursor: { limit: 101 } }, 'Cursor.Limit'],
    [{ cursor: { after: 'nowhere' } }, 'After'],
    [{ cursor: { before: 'nowhere' } }, 'Before'],
    [{ cursor: { before: 'InBpXzAi', after: 'InBpXzAi' } }, 'After'],
    [{ statuses: ['Paid'] }, '$.statuses[0]'],
    [{ startDate: 'yesterday' }, '$.startDate'],
  ])('refuses %j', async (body, field) => {
    const { dojo } = tender.newShop();
    const refused = await problem(dojo.post(PATH, body), 400);
    expect(Object.keys(refused.errors)).toEqual([field]);
  });
});
