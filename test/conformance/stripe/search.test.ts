import type Stripe from 'stripe';
import { beforeAll, describe, expect, test } from 'vitest';
import { failure, PAID, useTender } from './shop.js';

const fixture = useTender();
let stripe: Stripe;
const ids: Record<string, string> = {};

beforeAll(async () => {
  ({ stripe } = fixture.newShop());
  const ann = await stripe.customers.create({
    ...{ email: 'Ann@Example.com', name: 'Ann "The Hammer" Lee', phone: '+44 20 7946 0000' },
    metadata: { tier: 'gold' },
  });
  const bob = await stripe.customers.create({ email: 'bob@example.com', name: 'Bob' });
  ids.ann = ann.id;
  ids.bob = bob.id;
  const paid = await stripe.paymentIntents.create({
    ...PAID,
    customer: ann.id,
    metadata: { order: 'A-1', shop: 'North' },
  });
  ids.paid = paid.id;
  ids.charge = String(paid.latest_charge);
  const open = { amount: 500, currency: 'eur', metadata: { order: 'A-2', shop: 'North' } };
  ids.open = (await stripe.paymentIntents.create(open)).id;
  ids.bare = (await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })).id;
});

function names(found: readonly { id: string }[]): string[] {
  const byId = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  return found.map(({ id }) => byId.get(id) ?? id);
}

describe('payment intents', () => {
  test.each([
    [`metadata["order"]:"A-1"`, ['paid']],
    [`metadata['order']:'a-2'`, ['open']],
    [`metadata["Order"]:"A-1"`, []],
    [`metadata["shop"]:"north"`, ['open', 'paid']],
    [`metadata["shop"]:"north" AND currency:"EUR"`, ['open']],
    [`metadata["shop"]:"north" -currency:"eur"`, ['paid']],
    [`metadata["order"]:"A-1" OR metadata["order"]:"A-2"`, ['open', 'paid']],
    [`metadata["order"]:"A-1" OR amount:900`, ['bare', 'paid']],
    [`metadata["order"]~"a-"`, null],
    [`metadata["shop"]~"ORT"`, ['open', 'paid']],
    [`metadata["order"]:null`, ['bare']],
    [`-metadata["order"]:null`, ['open', 'paid']],
    ['amount>500', ['bare', 'paid']],
    ['amount>=500 amount<900', ['open']],
    ['-amount>500', ['open']],
    [`amount:"2000"`, ['paid']],
    [`status:"succeeded"`, ['paid']],
    [`-status:"Succeeded"`, ['bare', 'open']],
    ['customer:null', ['bare', 'open']],
    ['created>1 created<2', []],
  ])('%s', async (query, expected) => {
    if (expected === null) {
      const { message } = await failure(stripe.paymentIntents.search({ query }));
      expect(message).toBe('The operator `~` needs at least 3 characters to look for.');
      return;
    }
    const found = await stripe.paymentIntents.search({ query });
    expect(names(found.data)).toEqual(expected);
    const { object, has_more, next_page, url } = found;
    expect({ object, has_more, next_page, url }).toEqual({
      object: 'search_result',
      has_more: false,
      next_page: null,
      url: '/v1/payment_intents/search',
    });
  });

  test('of a customer, with the customer expanded and the count', async () => {
    const found = await stripe.paymentIntents.search({
      query: `customer:"${ids.ann}"`,
      expand: ['total_count', 'data.customer'],
    });
    expect(found.total_count).toBe(1);
    expect(found.data).toMatchObject([{ id: ids.paid, customer: { id: ids.ann } }]);
  });

  test('follow a change of their metadata at once', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...{ amount: 700, currency: 'usd', metadata: { step: 'first', other: 'x' } },
    });
    const found = async (query: string): Promise<number> =>
      (await stripe.paymentIntents.search({ query })).data.length;
    expect(await found('metadata["step"]:"first"')).toBe(1);
    await stripe.paymentIntents.update(id, { metadata: { step: 'second' } });
    expect(await found('metadata["step"]:"first"')).toBe(0);
    expect(await found('metadata["step"]:"second" metadata["other"]:"x"')).toBe(1);
    await stripe.paymentIntents.update(id, { metadata: '' });
    expect(await found('metadata["step"]:"second"')).toBe(0);
    await stripe.paymentIntents.update(id, { amount: 701, metadata: { step: 'third' } });
    expect(await found('metadata["step"]:"third"')).toBe(1);
  });
});

describe('charges', () => {
  test.each([
    [`metadata["order"]:"A-1"`, 1],
    [`payment_method_details.card.last4:"4242" payment_method_details.card.brand:"visa"`, 1],
    ['payment_method_details.card.exp_month>12', 0],
    [`refunded:"true"`, 0],
    [`disputed:"false" refunded:"false" status:"succeeded"`, 1],
    [`-status:"succeeded"`, 0],
    [`billing_details.address.postal_code:null`, 1],
  ])('%s finds %i', async (query, count) => {
    const found = await stripe.charges.search({ query });
    expect(names(found.data)).toEqual(Array(count).fill('charge'));
    expect(found.url).toBe('/v1/charges/search');
  });
});

describe('customers', () => {
  test.each([
    [`email:"ann@example.com"`, ['ann']],
    [`email~"EXAMPLE"`, ['bob', 'ann']],
    [`name:"Ann \\"The Hammer\\" Lee"`, ['ann']],
    [`phone:"+44 20 7946 0000"`, ['ann']],
    [`metadata["tier"]:"gold" OR name:"bob"`, ['bob', 'ann']],
    [`phone:null`, ['bob']],
  ])('%s', async (query, expected) => {
    expect(names((await stripe.customers.search({ query })).data)).toEqual(expected);
  });

  test('are not found once they are deleted', async () => {
    const { id } = await stripe.customers.create({ email: 'gone@example.com' });
    const query = 'email:"gone@example.com"';
    expect((await stripe.customers.search({ query })).data).toMatchObject([{ id }]);
    await stripe.customers.del(id);
    expect((await stripe.customers.search({ query })).data).toEqual([]);
  });
});

describe('pages', () => {
  test('are walked by the client, each object once, the newest first', async () => {
    const { stripe: own } = fixture.newShop();
    const made: string[] = [];
    for (let i = 0; i < 23; i++) {
      const metadata = { parity: i % 2 ? 'odd' : 'even', all: 'yes' };
      made.push((await own.customers.create({ metadata })).id);
    }
    for (const [query, step] of [
      ['metadata["all"]:"yes"', 1],
      ['metadata["parity"]:"even"', 2],
      ['-metadata["parity"]:"odd"', 2],
    ] as const) {
      const seen: string[] = [];
      for await (const { id } of own.customers.search({ query, limit: 5 })) seen.push(id);
      expect(seen).toEqual(made.filter((_, i) => i % step === 0).reverse());
    }
    const first = await own.customers.search({ query: 'metadata["all"]:"yes"', limit: 3 });
    expect(first.has_more).toBe(true);
    const page = String(first.next_page);
    // What is made later does not move the pages.
    await own.customers.create({ metadata: { all: 'yes' } });
    const second = await own.customers.search({ query: 'metadata["all"]:"yes"', limit: 3, page });
    expect(second.data.map(({ id }) => id)).toEqual(made.toReversed().slice(3, 6));
    const counted = await own.customers.search({
      ...{ query: 'metadata["all"]:"yes"', limit: 3, page, expand: ['total_count'] },
    });
    expect(counted.total_count).toBe(24);

    const refused = [
      own.customers.search({ query: 'metadata["all"]:"no"', page }),
      own.charges.search({ query: 'metadata["all"]:"yes"', page }),
      stripe.customers.search({ query: 'metadata["all"]:"yes"', page }),
      own.customers.search({ query: 'metadata["all"]:"yes"', page: 'nonsense' }),
    ];
    for (const call of refused)
      expect(await failure(call)).toMatchObject({ status: 400, param: 'page' });
  });
});

describe('a query that cannot be', () => {
  test.each([
    ['asdf', /^We were unable to parse your search query\. Try using the format `metadata/],
    ['foo:"bar"', /^Field `foo` is an unsupported search field for resource `payment_intents`\./],
    ['constructor:"x"', /^Field `constructor` is an unsupported/],
    ['metadata:"x"', /^Field `metadata` is an unsupported/],
    ['amount:1 AND amount:2 OR amount:3', /^You cannot combine `AND` and `OR`/],
    ['amount:"ten"', /^The field `amount` is compared with whole numbers/],
    ['amount:1.5', /^The field `amount` is compared with whole numbers/],
    ['currency:usd', /^The value of the field `currency` must be in quotation marks\./],
    ['currency~"usd"', /^The operator `~` is not supported for the field `currency`/],
    ['status>"a"', /^The operator `>` is not supported for the field `status`/],
  ])('%s', async (query, message) => {
    const error = await failure(stripe.paymentIntents.search({ query }));
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: 'query' });
    expect(error.message).toMatch(message);
  });

  test('is missing', async () => {
    const error = await failure(stripe.paymentIntents.search({} as never));
    expect(error).toMatchObject({ status: 400, message: 'Missing required param: query.' });
  });
});
