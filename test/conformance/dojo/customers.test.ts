import { describe, expect, test } from 'vitest';
import { ADDRESS, type DojoShop, ok, problem, stripeId, useDojo, type Wire } from './client.js';

const fixture = useDojo();

const EVERYTHING = {
  name: 'Alex',
  shippingAddress: { ...ADDRESS, address1: 'Somewhere else' },
  billingAddress: ADDRESS,
  emailAddress: 'alex@dojo.example',
  phoneNumber: '+448000443550',
  vatNumber: 'GB123456789',
};

function make({ dojo }: DojoShop, fields: object = { name: 'Alex' }): Promise<Wire> {
  return ok(dojo.post('/customers', fields));
}

describe('a customer', () => {
  test('keeps and returns every field', async () => {
    const shop = fixture.newShop();
    const made = await make(shop, EVERYTHING);
    expect(made).toEqual({
      ...EVERYTHING,
      id: expect.stringMatching(/^cust_sandbox_[0-9A-Za-z]+$/),
      createdAt: expect.any(String),
      updatedAt: made.createdAt,
      documentVersion: 0,
    });
    expect(await ok(shop.dojo.get(`/customers/${made.id}`))).toEqual([made]);
    const { id, createdAt, updatedAt, documentVersion, ...rest } = await make(shop, {});
    expect([documentVersion, updatedAt, rest]).toEqual([0, createdAt, {}]);
    expect(id).not.toBe(made.id);
  });

  test('is changed where that is asked for, and counts its versions', async () => {
    const shop = fixture.newShop();
    const made = await make(shop, EVERYTHING);
    await shop.advance(100);
    const path = `/customers/${made.id}`;
    const changed = await ok(shop.dojo.patch(path, { phoneNumber: '078976534161', name: null }));
    expect(changed).toEqual({
      ...made,
      phoneNumber: '078976534161',
      documentVersion: 1,
      updatedAt: expect.any(String),
    });
    expect(Date.parse(changed.updatedAt)).toBeGreaterThanOrEqual(
      Date.parse(made.createdAt) + 100_000,
    );
    const fields = {
      ...EVERYTHING,
      name: 'Alexa',
      vatNumber: 'IE1',
      billingAddress: { countryCode: 'IE' },
    };
    expect(await ok(shop.dojo.patch(path, fields))).toMatchObject({
      ...fields,
      documentVersion: 2,
    });
    expect((await ok(shop.dojo.get(path)))[0].documentVersion).toBe(2);
  });

  test('is gone once it is deleted, with its cards', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    const card = await save(shop, id);
    const { secret } = await ok(shop.dojo.post(`/customers/${id}/create-secret`));
    expect((await shop.dojo.del(`/customers/${id}`)).status).toBe(204);
    await problem(shop.dojo.get(`/customers/${id}`), 404);
    await problem(shop.dojo.patch(`/customers/${id}`, {}), 404);
    await problem(shop.dojo.del(`/customers/${id}`), 404);
    await problem(shop.dojo.post(`/customers/${id}/create-secret`), 404);
    const authorization = `Basic ${secret}`;
    await problem(shop.dojo.get(`/customers/public/${id}/payment-methods`, { authorization }), 404);
    expect((await shop.stripe.paymentMethods.retrieve(stripeId(card))).customer).toBeNull();
  });

  test('that breaks a rule is refused by its field', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    const wrong: [field: string, fields: object][] = [
      ['Name', { name: 'x'.repeat(101) }],
      ['EmailAddress', { emailAddress: `${'x'.repeat(250)}@dojo.example` }],
      ['EmailAddress', { emailAddress: 'nobody' }],
      ['PhoneNumber', { phoneNumber: '1234' }],
      ['PhoneNumber', { phoneNumber: '1'.repeat(51) }],
      ['VatNumber', { vatNumber: '1'.repeat(51) }],
      ['BillingAddress.CountryCode', { billingAddress: {} }],
      ['ShippingAddress.Address3', { shippingAddress: { ...ADDRESS, address3: 'x'.repeat(101) } }],
      ['ShippingAddress.Postcode', { shippingAddress: { ...ADDRESS, postcode: '1'.repeat(51) } }],
      ['$.name', { name: 1 }],
      ['$.billingAddress', { billingAddress: 'London' }],
    ];
    for (const [field, fields] of wrong) {
      expect((await problem(shop.dojo.post('/customers', fields), 400)).errors).toHaveProperty([
        field,
      ]);
      const refused = await problem(shop.dojo.patch(`/customers/${id}`, fields), 400);
      expect(refused.errors).toHaveProperty([field]);
    }
    expect((await ok(shop.dojo.get(`/customers/${id}`)))[0].documentVersion).toBe(0);
  });

  test('is the same one through the Stripe dialect', async () => {
    const shop = fixture.newShop();
    const { stripe, dojo } = shop;
    const made = await make(shop, EVERYTHING);
    const own = stripeId(made.id);
    const postal = {
      line1: 'The Brunel Building',
      line2: '2 Canalside Walk',
      city: 'London',
      state: 'Greater London',
      postal_code: 'W2 1DG',
      country: 'GB',
    };
    expect(await stripe.customers.retrieve(own)).toMatchObject({
      name: 'Alex',
      email: 'alex@dojo.example',
      phone: '+448000443550',
      address: postal,
      shipping: { address: { ...postal, line1: 'Somewhere else' }, name: 'Alex' },
    });
    await stripe.customers.update(own, {
      email: 'new@dojo.example',
      address: { ...postal, city: 'Leeds' },
    });
    const [seen] = await ok(dojo.get(`/customers/${made.id}`));
    const { address3, address4, locality, county, ...known } = ADDRESS;
    expect(seen).toMatchObject({ emailAddress: 'new@dojo.example', vatNumber: 'GB123456789' });
    expect(seen.billingAddress).toEqual({ ...known, city: 'Leeds' });
    expect(seen.shippingAddress).toEqual(EVERYTHING.shippingAddress);

    const theirs = await stripe.customers.create({
      name: 'Sam',
      address: { city: 'Cork', country: 'IE' },
      shipping: { name: 'Sam', address: { line1: 'Quay 1' } },
    });
    const id = theirs.id.replace('cus_', 'cust_sandbox_');
    expect(await ok(dojo.get(`/customers/${id}`))).toEqual([
      {
        id,
        name: 'Sam',
        billingAddress: { city: 'Cork', countryCode: 'IE' },
        shippingAddress: { address1: 'Quay 1', countryCode: '' },
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        documentVersion: 0,
      },
    ]);
    expect((await ok(dojo.patch(`/customers/${id}`, { vatNumber: '1' }))).documentVersion).toBe(1);
  });
});

describe('customers', () => {
  test('are fetched by several ids at once', async () => {
    const shop = fixture.newShop();
    const made = [await make(shop), await make(shop, { name: 'Sam' })];
    const ids = made.map(({ id }) => id);
    expect(await ok(shop.dojo.get(`/customers/${ids.join(',')}`))).toEqual(made);
    const again = [...ids, ids[0], 'cust_sandbox_nobody00000', 'pi_x', ''].join(', ');
    expect(await ok(shop.dojo.get(`/customers/${encodeURIComponent(again)}`))).toEqual(made);
    const many = Array.from({ length: 51 }, (_, at) => `cust_sandbox_${at}`);
    await problem(shop.dojo.get(`/customers/${many.join(',')}`), 400);
    await problem(shop.dojo.get(`/customers/${many.slice(1).join(',')}`), 404);
  });

  test('are found in pages, newest first', async () => {
    const shop = fixture.newShop();
    const made: string[] = [];
    for (let at = 0; at < 5; at += 1) made.unshift((await make(shop)).id);
    const gone = await make(shop);
    await shop.dojo.del(`/customers/${gone.id}`);
    const find = (body: object) => ok(shop.dojo.post('/customers/search', body));
    const ids = ({ data }: Wire): string[] => data.map((one: Wire) => one.id);
    const all = await find({});
    expect([ids(all), all.before, all.after]).toEqual([made, null, null]);
    const first = await find({ limit: 2 });
    const second = await find({ limit: 2, after: first.after });
    const third = await find({ limit: 2, after: second.after });
    expect([first, second, third].map(ids)).toEqual([
      made.slice(0, 2),
      made.slice(2, 4),
      made.slice(4),
    ]);
    expect([first.before, third.after]).toEqual([null, null]);
    expect(await find({ limit: 2, before: third.before })).toEqual(second);
    expect(await find({ limit: 2, before: second.before })).toEqual(first);
    for (const body of [
      { limit: 0 },
      { limit: 101 },
      { after: 'x' },
      { after: 'x'.repeat(201) },
      { before: first.after, after: first.after },
    ])
      await problem(shop.dojo.post('/customers/search', body), 400);
  });

  test('of another account are nowhere to be found', async () => {
    const other = fixture.newShop();
    const { id } = await make(other);
    const card = await save(other, id);
    const { dojo } = fixture.newShop();
    await problem(dojo.get(`/customers/${id}`), 404);
    await problem(dojo.patch(`/customers/${id}`, { name: 'Mine' }), 404);
    await problem(dojo.del(`/customers/${id}`), 404);
    await problem(dojo.post(`/customers/${id}/create-secret`), 404);
    expect((await ok(dojo.post('/customers/search', {}))).data).toEqual([]);
    const mine = await ok(dojo.post('/customers', {}));
    const { secret } = await ok(dojo.post(`/customers/${mine.id}/create-secret`));
    const authorization = `Basic ${secret}`;
    await problem(dojo.get(`/customers/public/${id}/payment-methods`, { authorization }), 404);
    await problem(
      dojo.del(`/customers/public/${mine.id}/payment-methods/${card}`, { authorization }),
      404,
    );
  });
});

/** Saves a card with a customer, as its holder would who wants to see it again; its wire id. */
async function save({ stripe }: DojoShop, customer: string, token = 'tok_visa', allow = 'always') {
  const { id } = await stripe.paymentMethods.create({
    type: 'card',
    card: { token },
    allow_redisplay: allow as 'always',
  });
  await stripe.paymentMethods.attach(id, { customer: stripeId(customer) });
  return id.replace('pm_', 'pm_sandbox_');
}

describe('a customer’s own secret', () => {
  test('lasts for half an hour', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    const made = await ok(shop.dojo.post(`/customers/${id}/create-secret`));
    expect(made.secret).toMatch(/^cs_sandbox_[0-9A-Za-z_-]{160}$/);
    expect(Date.parse(made.expireAt) - Date.parse(made.createdAt)).toBe(1_800_000);
    const path = `/customers/public/${id}/payment-methods`;
    const authorization = `Basic ${made.secret}`;
    await ok(shop.dojo.get(path, { authorization }));
    await fixture.tender.advance(1801);
    await problem(shop.dojo.get(path, { authorization }), 401);
  });

  test('shows what he has saved, and nothing else', async () => {
    const shop = fixture.newShop();
    const { dojo, name } = shop;
    const { id } = await make(shop);
    const visa = await save(shop, id);
    const amex = await save(shop, id, 'tok_amex');
    await save(shop, id, 'tok_mastercard', 'limited');
    const { secret } = await ok(dojo.post(`/customers/${id}/create-secret`));
    const path = `/customers/public/${id}/payment-methods`;
    const authorization = `Basic ${secret}`;
    const seen = await ok(dojo.get(path, { authorization }));
    const expiryDate = expect.stringMatching(/^\d{4}-\d\d-(28|29|30|31)$/);
    expect(seen).toEqual({
      customerId: id,
      merchantId: expect.stringMatching(/^acc_/),
      savedPaymentMethods: [
        { id: amex, cardDetails: { pan: '***********0005', expiryDate, scheme: 'AMEX' } },
        { id: visa, cardDetails: { pan: '************4242', expiryDate, scheme: 'VISA' } },
      ],
      supportedPaymentMethods: {
        cardSchemes: expect.arrayContaining(['VISA', 'MASTERCARD', 'AMEX']),
        wallets: expect.any(Array),
      },
    });
    for (const other of ['', 'Basic cs_sandbox_x', `Basic sk_sandbox_${name}`, `Basic ${secret}x`])
      await problem(dojo.get(path, { authorization: other }), 401);
    await problem(dojo.get(`/customers/${id}`, { authorization }), 401);
    const another = await make(shop);
    const elsewhere = `/customers/public/${another.id}/payment-methods`;
    await problem(dojo.get(elsewhere, { authorization }), 404);
  });

  test('removes a card of his for good', async () => {
    const shop = fixture.newShop();
    const { dojo, stripe } = shop;
    const { id } = await make(shop);
    const card = await save(shop, id);
    const unseen = await save(shop, id, 'tok_visa', 'limited');
    const { secret } = await ok(dojo.post(`/customers/${id}/create-secret`));
    const path = `/customers/public/${id}/payment-methods`;
    const headers = { authorization: `Basic ${secret}` };
    expect((await dojo.del(`${path}/${card}`, headers)).status).toBe(204);
    expect((await ok(dojo.get(path, headers))).savedPaymentMethods).toEqual([]);
    await problem(dojo.del(`${path}/${card}`, headers), 404);
    await problem(dojo.del(`${path}/${unseen}`, headers), 404);
    await problem(dojo.del(`${path}/nothing`, headers), 404);
    expect((await stripe.paymentMethods.retrieve(stripeId(card))).customer).toBeNull();
    expect((await stripe.paymentMethods.retrieve(stripeId(unseen))).customer).not.toBeNull();
  });
});
