import { describe, expect, test } from 'vitest';
import { ADDRESS, type DojoShop, ok, problem, stripeId, useDojo, type Wire } from './client.js';

const fixture = useDojo();

const SMALLEST = {
  reference: 'Booking for table 4',
  merchantInitiatedTransactionType: 'NoShow',
  terms: 'In case of no-show we charge the booking fee.',
};

/** Every field that the answer has, too. */
const SHOWN = {
  ...SMALLEST,
  merchantInitiatedTransactionType: 'Unscheduled',
  description: 'A table by the window',
  intendedAmount: { value: 1000, currencyCode: 'GBP' },
  paymentMethods: ['Card', 'Wallet'],
  customer: { emailAddress: 'alex@dojo.example', phoneNumber: '+448000443550' },
  billingAddress: ADDRESS,
  shippingDetails: { name: 'Alex', deliveryNotes: 'Ring twice', address: ADDRESS },
  metadata: { table: '4', 'location-id': 'rpl_1' },
};

const CONFIG = {
  title: 'Cafe',
  redirectUrl: 'https://shop.example/done',
  cancelUrl: 'https://shop.example/cancel',
  customerEmail: { collectionRequired: true },
  details: { showTotal: true, showReference: false },
  billingAddress: { collectionRequired: true },
  shippingDetails: { collectionRequired: false },
  payment: { customAmountAllowed: false, tipsAllowed: true },
};

/** What is taken and kept, and has no place in the answer. */
const UNSHOWN = {
  captureMode: 'Auto',
  orderDetails: {
    id: 'order',
    externalId: 'theirs',
    isUpdate: false,
    availabilityDate: '2030-01-01T00:00:00Z',
  },
};

/** The newest typings no longer declare it, and every server takes it. */
const CARD_ONLY: object = { payment_method_types: ['card'] };

const NEVER = '0001-01-01T00:00:00Z';

function make({ dojo }: DojoShop, fields: object = {}): Promise<Wire> {
  return ok(dojo.post('/setup-intents', { ...SMALLEST, ...fields }));
}

/** Saves a card, as its holder would. */
function save({ stripe }: DojoShop, id: string, method = 'pm_card_visa') {
  return stripe.setupIntents.confirm(stripeId(id), { payment_method: method });
}

function statusOf({ dojo }: DojoShop, id: string): Promise<string> {
  return ok(dojo.get(`/setup-intents/${id}`)).then(({ status }) => status);
}

describe('a setup intent', () => {
  test('is created by the least that is needed', async () => {
    const shop = fixture.newShop();
    const made = await make(shop);
    expect(made).toMatchObject({
      ...SMALLEST,
      id: expect.stringMatching(/^si_sandbox_[0-9A-Za-z]{24}$/),
      status: 'Created',
      clientSessionSecret: expect.stringMatching(/^[0-9A-Za-z_=-]{160}$/),
      paymentMethods: ['Card'],
      metadata: {},
      setupEvents: [],
      paymentSource: 'api',
      updatedAt: made.createdAt,
    });
    const lasts = Date.parse(made.clientSessionSecretExpirationDate) - Date.now();
    expect(Math.abs(lasts - 1_800_000)).toBeLessThan(60_000);
    for (const field of ['paymentDetails', 'expireAt', 'customer', 'intendedAmount', 'description'])
      expect(made).not.toHaveProperty(field);
    expect(await ok(shop.dojo.get(`/setup-intents/${made.id}`))).toEqual(made);
  });

  test('keeps and returns every field', async () => {
    const shop = fixture.newShop();
    const { id: customer } = await ok(shop.dojo.post('/customers', { name: 'Alex' }));
    const expireAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000).toISOString();
    const fields = { ...SHOWN, customer: { ...SHOWN.customer, id: customer } };
    const made = await make(shop, { ...fields, ...UNSHOWN, config: CONFIG, expireAt });
    expect(made).toMatchObject(fields);
    expect(made.config).toEqual({ ...CONFIG, branding: {}, tradingName: expect.any(String) });
    expect(Date.parse(made.expireAt)).toBe(Date.parse(expireAt));
    expect(await ok(shop.dojo.get(`/setup-intents/${made.id}`))).toEqual(made);
    const [row] = (await fixture.tender.store.scan('setups', null, 1000)).filter(
      ({ id }) => id === stripeId(made.id),
    );
    expect(row?.wire.dojo).toMatchObject({ orderDetails: { id: 'order', externalId: 'theirs' } });
    expect(await shop.stripe.setupIntents.retrieve(stripeId(made.id))).toMatchObject({
      customer: stripeId(customer),
      description: SHOWN.description,
      metadata: SHOWN.metadata,
      usage: 'off_session',
    });
  });

  test('that breaks a rule is refused by its field', async () => {
    const shop = fixture.newShop();
    const other = await ok(fixture.newShop().dojo.post('/customers', {}));
    const { id: gone } = await ok(shop.dojo.post('/customers', {}));
    await shop.dojo.del(`/customers/${gone}`);
    const wrong: [field: string, fields: object][] = [
      ['Reference', { reference: undefined }],
      ['Reference', { reference: '' }],
      ['Reference', { reference: 'x'.repeat(61) }],
      ['MerchantInitiatedTransactionType', { merchantInitiatedTransactionType: undefined }],
      ['$.merchantInitiatedTransactionType', { merchantInitiatedTransactionType: 'Sometimes' }],
      ['Terms', { terms: undefined }],
      ['Terms', { terms: '' }],
      ['Terms', { terms: 'x'.repeat(10_241) }],
      ['Description', { description: 'x'.repeat(4097) }],
      ['$.captureMode', { captureMode: 'Manual' }],
      ['$.paymentMethods[0]', { paymentMethods: ['Cash'] }],
      ['IntendedAmount.Value', { intendedAmount: { currencyCode: 'GBP' } }],
      ['IntendedAmount.Value', { intendedAmount: { value: -1, currencyCode: 'GBP' } }],
      ['IntendedAmount.CurrencyCode', { intendedAmount: { value: 1, currencyCode: 'USD' } }],
      ['Customer.EmailAddress', { customer: { emailAddress: 'nobody' } }],
      ['Customer.PhoneNumber', { customer: { phoneNumber: '1'.repeat(51) } }],
      ['Customer.Id', { customer: { id: 'cust_sandbox_nobody00000' } }],
      ['Customer.Id', { customer: { id: 'nobody' } }],
      ['Customer.Id', { customer: { id: other.id } }],
      ['Customer.Id', { customer: { id: gone } }],
      ['BillingAddress.CountryCode', { billingAddress: { city: 'London' } }],
      ['ShippingDetails.DeliveryNotes', { shippingDetails: { deliveryNotes: 'x'.repeat(1025) } }],
      ['Config.Title', { config: { title: 'x'.repeat(101) } }],
      ['Config.RedirectUrl', { config: { redirectUrl: 'javascript:alert(1)' } }],
      ['$.metadata.table', { metadata: { table: 4 } }],
      ['$.expireAt', { expireAt: 'tomorrow' }],
      ['ExpireAt', { expireAt: '2020-01-01T00:00:00Z' }],
    ];
    for (const [field, fields] of wrong) {
      const body = { ...SMALLEST, ...fields };
      const { errors } = await problem(shop.dojo.post('/setup-intents', body), 400);
      expect(errors).toHaveProperty([field]);
    }
    expect((await shop.stripe.setupIntents.list()).data).toEqual([]);
  });
});

describe('a card', () => {
  test('is saved: the setup is authorized, and tells of it', async () => {
    const shop = fixture.newShop();
    const made = await make(shop);
    await save(shop, made.id);
    const seen = await ok(shop.dojo.get(`/setup-intents/${made.id}`));
    const card = {
      cardNumber: '************4242',
      cardType: 'VISA',
      expiryDate: expect.any(String),
    };
    expect(seen).toMatchObject({
      status: 'Authorized',
      paymentDetails: {
        transactionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        paymentMethodId: expect.stringMatching(/^pm_sandbox_/),
        card: { ...card, last4PAN: '4242', cardFundingType: 'Credit' },
      },
      setupEvents: [{ eventType: 'Authorized', ...card }],
    });
    expect(JSON.stringify(seen)).not.toContain('4242424242424242');
  });

  test('that is declined or challenged leaves it created, with a line for each try', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    await save(shop, id, 'pm_card_chargeDeclined').catch(() => {});
    await save(shop, id, 'pm_card_threeDSecure2Required').catch(() => {});
    const seen = await ok(shop.dojo.get(`/setup-intents/${id}`));
    expect([seen.status, seen.paymentDetails]).toEqual(['Created', undefined]);
    expect(seen.setupEvents.map((one: Wire) => one.eventType)).toEqual([
      'Declined',
      'AuthChallenged',
    ]);
  });

  test('whose last month has passed is over', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    await save(shop, id);
    await shop.advance(180 * 86_400);
    expect(await statusOf(shop, id)).toBe('Authorized');
    await shop.advance(180 * 86_400);
    expect(await statusOf(shop, id)).toBe('CardExpired');
  });

  test('is charged later, which completes the setup', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    await save(shop, id);
    const { id: intent } = await shop.newIntent({ setupIntentId: id });
    await ok(shop.dojo.post(`/payment-intents/${intent}/charge`));
    expect(await statusOf(shop, id)).toBe('Completed');
    await problem(shop.dojo.del(`/setup-intents/${id}?includeAuthorized=true`), 409);
  });
});

describe('a setup intent ends', () => {
  test('when it is canceled', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    const canceled = await ok(shop.dojo.del(`/setup-intents/${id}`));
    expect(canceled).toMatchObject({ id, status: 'Canceled' });
    expect(canceled.setupEvents.map((one: Wire) => one.eventType)).toEqual(['Canceled']);
    expect(await statusOf(shop, id)).toBe('Canceled');
    await problem(shop.dojo.del(`/setup-intents/${id}`), 409);
    await problem(shop.dojo.del(`/setup-intents/${id}?includeAuthorized=true`), 409);
    await expect(save(shop, id)).rejects.toThrow();
  });

  test('with its card only where that is asked for', async () => {
    const shop = fixture.newShop();
    const { id } = await make(shop);
    await save(shop, id);
    await problem(shop.dojo.del(`/setup-intents/${id}`), 409);
    await problem(shop.dojo.del(`/setup-intents/${id}?includeAuthorized=false`), 409);
    expect(await statusOf(shop, id)).toBe('Authorized');
    const closed = await ok(shop.dojo.del(`/setup-intents/${id}?includeAuthorized=true`));
    expect(closed.status).toBe('Closed');
    await problem(shop.dojo.del(`/setup-intents/${id}?includeAuthorized=true`), 409);
    const { id: fresh } = await make(shop);
    const canceled = await ok(shop.dojo.del(`/setup-intents/${fresh}?includeAuthorized=true`));
    expect(canceled.status).toBe('Canceled');
  });

  test('when its time is over, unless it has saved a card', async () => {
    const shop = fixture.newShop();
    const expireAt = new Date(Date.now() + 3600_000).toISOString();
    const unused = await make(shop, { expireAt });
    const used = await make(shop, { expireAt });
    const endless = await make(shop);
    await save(shop, used.id);
    await shop.advance(3000);
    expect(await statusOf(shop, unused.id)).toBe('Created');
    await shop.advance(700);
    expect(await statusOf(shop, unused.id)).toBe('Expired');
    expect(await statusOf(shop, used.id)).toBe('Authorized');
    await shop.advance(100 * 86_400);
    expect(await statusOf(shop, endless.id)).toBe('Created');
  });
});

describe('a client session secret', () => {
  test('is shown until it is over, and issued again where that is asked for', async () => {
    const shop = fixture.newShop();
    const { id, clientSessionSecret: first } = await make(shop);
    const path = `/setup-intents/${id}`;
    await fixture.tender.advance(1801);
    const over = await ok(shop.dojo.get(path));
    expect(over).not.toHaveProperty('clientSessionSecret');
    expect(over.clientSessionSecretExpirationDate).toBe(NEVER);
    const again = await ok(shop.dojo.post(`${path}/refresh-client-session-secret`));
    expect(again.clientSessionSecret).toHaveLength(160);
    expect(again.clientSessionSecret).not.toBe(first);
    expect(again).toMatchObject(SMALLEST);
    expect(await ok(shop.dojo.get(path))).toEqual(again);
  });

  test('is issued no more once there is nothing left to save', async () => {
    const shop = fixture.newShop();
    for (const end of [
      save,
      ({ dojo }: DojoShop, id: string) => dojo.del(`/setup-intents/${id}`),
    ]) {
      const { id } = await make(shop);
      await end(shop, id);
      await problem(shop.dojo.post(`/setup-intents/${id}/refresh-client-session-secret`), 400);
      const open = `/setup-intents/public/${id}/refresh-client-session-secret`;
      await problem(shop.dojo.post(open, undefined, { authorization: '' }), 400);
    }
  });
});

describe('whoever has the id', () => {
  const NOBODY = { authorization: '' };

  test('sees the setup without its events, and gets a new secret', async () => {
    const shop = fixture.newShop();
    const made = await make(shop, SHOWN);
    const path = `/setup-intents/public/${made.id}`;
    const { setupEvents, ...open } = made;
    expect(setupEvents).toEqual([]);
    expect(await ok(shop.dojo.get(path, NOBODY))).toEqual(open);
    await fixture.tender.advance(60);
    const refresh = `${path}/refresh-client-session-secret`;
    const again = await ok(shop.dojo.post(refresh, undefined, NOBODY));
    expect(again).not.toHaveProperty('setupEvents');
    expect(again.clientSessionSecret).not.toBe(made.clientSessionSecret);
    const seen = await ok(shop.dojo.get(`/setup-intents/${made.id}`));
    expect(seen.clientSessionSecret).toBe(again.clientSessionSecret);
  });

  test('sees nothing of another kind, or of another dialect', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.setupIntents.create(CARD_ONLY);
    const intent = await shop.newIntent();
    for (const other of [
      id.replace('seti_', 'si_sandbox_'),
      intent.id,
      intent.id.replace('pi_', 'si_'),
      'si_sandbox_%00',
      'x',
    ])
      await problem(shop.dojo.get(`/setup-intents/public/${other}`, NOBODY), 404);
  });
});

test('setups of the Stripe dialect are shown, too', async () => {
  const shop = fixture.newShop();
  const { id: own } = await shop.stripe.setupIntents.create({
    ...CARD_ONLY,
    metadata: { order_id: 'Order 7' },
  });
  const id = own.replace('seti_', 'si_sandbox_');
  await save(shop, id, 'pm_card_chargeDeclined').catch(() => {});
  await save(shop, id);
  const seen = await ok(shop.dojo.get(`/setup-intents/${id}`));
  expect(seen).toMatchObject({
    id,
    status: 'Authorized',
    reference: 'Order 7',
    clientSessionSecretExpirationDate: NEVER,
    setupEvents: [{ eventType: 'Declined' }, { eventType: 'Authorized' }],
  });
});

test('setups of another account are nowhere to be found', async () => {
  const { id } = await make(fixture.newShop());
  const { dojo } = fixture.newShop();
  await problem(dojo.get(`/setup-intents/${id}`), 404);
  await problem(dojo.del(`/setup-intents/${id}?includeAuthorized=true`), 404);
  await problem(dojo.post(`/setup-intents/${id}/refresh-client-session-secret`), 404);
  await problem(dojo.get('/setup-intents/nothing'), 404);
  await problem(dojo.get(`/setup-intents/${id}`, { authorization: '' }), 401);
});
