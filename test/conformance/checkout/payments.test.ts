import { describe, expect, test } from 'vitest';
import { type DojoShop, MINIMAL, ok, problem, stripeId, useDojo } from '../dojo/client.js';
import { answerBank, byCard, CARD, NUMBERS, type Page, pageOf } from './page.js';

const fixture = useDojo();

const TIPS = { config: { payment: { tipsAllowed: true, customAmountAllowed: true } } };

async function open(fields: object = {}): Promise<{ shop: DojoShop; id: string; page: Page }> {
  const shop = fixture.newShop();
  const { id } = await shop.newIntent(fields);
  return { shop, id, page: pageOf(fixture.tender.url, id) };
}

const statusOf = async ({ dojo }: DojoShop, id: string): Promise<string> =>
  (await ok(dojo.get(`/payment-intents/${id}?returnCanceled=true`))).status;

describe('a payment by card', () => {
  test('is made in one call, and has a receipt', async () => {
    const { shop, id, page } = await open();
    const before = await page.state();
    expect(before).toMatchObject({
      id,
      purpose: 'payment',
      status: 'open',
      livemode: false,
      merchant: 'Tender sandbox',
      reference: MINIMAL.reference,
      total: { value: 1000, currency: 'gbp' },
      sold: { value: 1000, currency: 'gbp' },
      methods: ['card', 'code_wallet'],
      receipt: null,
      lastError: null,
    });
    const paid = await page.done('pay', byCard(CARD.number, { total: 1000 }));
    expect(paid).toMatchObject({
      status: 'paid',
      methods: [],
      receipt: {
        total: { value: 1000, currency: 'gbp' },
        refunded: null,
        method: 'Visa •••• 4242',
        isHeld: false,
      },
    });
    expect(Math.abs((paid.receipt?.paidAtMs ?? 0) - Date.now())).toBeLessThan(10_000);
    expect(paid.tag).not.toBe(before.tag);
    expect(await statusOf(shop, id)).toBe('Captured');
  });

  test('is held where the shop captures by hand, and wallets do not fit', async () => {
    const { shop, id, page } = await open({ captureMode: 'Manual' });
    expect((await page.state()).methods).toEqual(['card']);
    const held = await page.done('pay', byCard());
    expect(held).toMatchObject({ status: 'paid', receipt: { isHeld: true } });
    expect(await statusOf(shop, id)).toBe('Authorized');
    await ok(shop.dojo.post(`/payment-intents/${id}/reversal`));
    expect((await page.state()).status).toBe('returned');
  });

  test('that is refused says why, and another card pays', async () => {
    const { shop, id, page } = await open();
    const refused = await page.done('pay', byCard(NUMBERS.noFunds));
    expect(refused).toMatchObject({
      status: 'open',
      lastError: { code: 'insufficient_funds', message: 'Your card has insufficient funds.' },
    });
    expect(await statusOf(shop, id)).toBe('Created');
    expect(await page.done('pay', byCard())).toMatchObject({ status: 'paid', lastError: null });
    const { paymentEvents } = await ok(shop.dojo.get(`/payment-intents/${id}`));
    const types = paymentEvents.map(({ eventType }: { eventType: string }) => eventType);
    expect(types).toEqual(['Declined', 'Captured']);
  });

  test('with a stolen card does not tell its thief that it is known', async () => {
    const { page } = await open();
    const { lastError } = await page.done('pay', byCard(NUMBERS.stolen));
    expect(lastError).toEqual({ code: 'card_declined', message: 'Your card was declined.' });
  });

  test('twice at once is made once', async () => {
    const { shop, id, page } = await open();
    const both = await Promise.all([page.done('pay', byCard()), page.done('pay', byCard())]);
    expect(both.map(({ status }) => status)).toEqual(['paid', 'paid']);
    const { data } = await shop.stripe.charges.list({ payment_intent: stripeId(id) });
    expect(data).toHaveLength(1);
  });

  test('of what was paid meanwhile answers that it is paid', async () => {
    const { shop, id, page } = await open();
    await shop.stripe.paymentIntents.confirm(stripeId(id), { payment_method: 'pm_card_visa' });
    expect(await page.done('pay', byCard(NUMBERS.declined))).toMatchObject({ status: 'paid' });
    expect(await page.done('details', { tips: 100 })).toMatchObject({ status: 'paid' });
  });

  test.each([
    ['card.number', { number: '4242424242424241' }, 'invalid'],
    ['card.number', { number: '' }, 'required'],
    ['card.number', { number: 4242 }, 'invalid'],
    ['card.expMonth', { expMonth: 13 }, 'invalid'],
    ['card.expYear', { expYear: 2019 }, 'invalid'],
    ['card.cvc', { cvc: '12' }, 'invalid'],
    ['card.cvc', { cvc: undefined }, 'required'],
    ['card.name', { name: 'x'.repeat(101) }, 'invalid'],
  ])('names %s of a card that cannot be: %j', async (field, wrong, code) => {
    const { page } = await open();
    const call = { method: 'card', card: { ...CARD, ...wrong } };
    expect(await page.refused('pay', call, 400)).toMatchObject({ code, field });
    expect((await page.state()).lastError).toBeNull();
  });

  test('is not made for another sum than the customer has seen', async () => {
    const { shop, id, page } = await open(TIPS);
    const amount = { value: 2000, currencyCode: 'GBP' };
    await ok(shop.dojo.post(`/payment-intents/${id}/amount`, { amount }));
    const fault = await page.refused('pay', byCard(CARD.number, { total: 1000 }), 409);
    expect(fault.code).toBe('over');
    const tipped = await page.done('pay', byCard(CARD.number, { total: 2300, tips: 300 }));
    expect(tipped.receipt?.total.value).toBe(2300);
  });
});

describe('the bank’s question', () => {
  test('that is answered well pays', async () => {
    const { shop, id, page } = await open();
    const asked = await page.done('pay', byCard(NUMBERS.asks));
    expect(asked.status).toBe('challenge');
    expect(asked.challenge?.url).toMatch(/^\/challenge\/acct_\w+\/pi_\w+\/\w{32}\?embedded=1$/);
    expect(await answerBank(fixture.tender.url, asked, 'complete')).toBe(200);
    expect(await page.state()).toMatchObject({ status: 'paid', challenge: null });
    expect(await statusOf(shop, id)).toBe('Captured');
  });

  test('that is answered badly leaves the payment open', async () => {
    const { page } = await open();
    const asked = await page.done('pay', byCard(NUMBERS.asks));
    await answerBank(fixture.tender.url, asked, 'fail');
    expect(await page.state()).toMatchObject({
      status: 'open',
      lastError: { code: 'authentication_failed' },
    });
    expect((await page.done('pay', byCard())).status).toBe('paid');
  });

  test('can be left for another card', async () => {
    const { page } = await open();
    await page.done('pay', byCard(NUMBERS.asks));
    expect((await page.done('pay', byCard())).status).toBe('paid');
  });
});

describe('tips and own amounts', () => {
  test('change the sum, and go with the payment', async () => {
    const { shop, id, page } = await open({
      ...TIPS,
      serviceChargeAmount: { value: 50, currencyCode: 'GBP' },
    });
    const tipped = await page.done('details', { tips: 125, amount: 2000 });
    expect(tipped).toMatchObject({
      sold: { value: 2000 },
      tips: { value: 125 },
      serviceCharge: { value: 50 },
      total: { value: 2175 },
    });
    const again = await page.done('details', { tips: 125, amount: 2000 });
    expect(again.tag).toBe(tipped.tag);
    expect(await page.done('pay', byCard(CARD.number, { tips: 0 }))).toMatchObject({
      tips: null,
      receipt: { total: { value: 2050 } },
    });
    const intent = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(intent).toMatchObject({ amount: { value: 2000 }, requestedAmount: { value: 1000 } });
  });

  test('are refused where the shop has fixed them, and nothing is tried', async () => {
    const { page } = await open();
    for (const call of [{ tips: 100 }, { amount: 1 }]) {
      expect(await page.refused('details', call, 403)).toMatchObject({ code: 'not_allowed' });
      const fault = await page.refused('pay', byCard(CARD.number, call), 403);
      expect(fault.code).toBe('not_allowed');
    }
    expect(await page.state()).toMatchObject({ status: 'open', total: { value: 1000 } });
  });

  test.each([
    ['tips', -1],
    ['tips', 1.5],
    ['tips', '100'],
    ['tips', 1e9],
    ['amount', 0],
    ['amount', 1e8],
  ])('%s of %j are no sum', async (field, value) => {
    const { page } = await open(TIPS);
    const fault = await page.refused('details', { [field]: value }, 400);
    expect(fault).toMatchObject({ code: 'invalid', field });
  });
});

describe('a device’s wallet', () => {
  test('pays where the shop takes it', async () => {
    const { shop, id, page } = await open({ paymentMethods: ['Wallet'] });
    expect((await page.state()).methods).toEqual(['device_wallet', 'code_wallet']);
    expect((await page.done('pay', { method: 'device_wallet' })).status).toBe('paid');
    expect(await statusOf(shop, id)).toBe('Captured');
  });

  test('does not pay where the shop does not', async () => {
    const { page } = await open();
    const fault = await page.refused('pay', { method: 'device_wallet' }, 409);
    expect(fault.code).toBe('method_unavailable');
  });
});

describe('saved cards', () => {
  async function withCustomer() {
    const shop = fixture.newShop();
    const { id: customer } = await ok(shop.dojo.post('/customers', { name: 'Ada' }));
    const { secret } = await ok(shop.dojo.post(`/customers/${customer}/create-secret`));
    const visit = async (fields: object, paymentMethods = ['Card', 'SavedCard']) => {
      const sent = { paymentMethods, customer: { id: customer, ...fields } };
      const { id } = await shop.newIntent(sent);
      return pageOf(fixture.tender.url, id);
    };
    return { shop, secret, visit };
  }

  test('are kept by who has shown that it is he, and pay the next time', async () => {
    const { visit, secret } = await withCustomer();
    const first = await visit({ secret });
    expect(await first.state()).toMatchObject({
      canSave: true,
      savedCards: [],
      methods: ['card', 'code_wallet'],
    });
    expect((await first.done('pay', byCard(CARD.number, { save: true }))).status).toBe('paid');
    const next = await visit({ secret });
    const { savedCards, methods } = await next.state();
    expect(methods[0]).toBe('saved_card');
    expect(savedCards).toMatchObject([
      { brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034 },
    ]);
    const call = { method: 'saved_card', savedCard: savedCards[0]?.id };
    expect(await next.refused('pay', call, 400)).toMatchObject({ field: 'cvc', code: 'required' });
    expect((await next.done('pay', { ...call, cvc: '123' })).status).toBe('paid');
  });

  test('are not kept without being asked for, nor after a refusal that asked', async () => {
    const { visit, secret } = await withCustomer();
    const page = await visit({ secret });
    await page.done('pay', byCard(NUMBERS.declined, { save: true }));
    await page.done('pay', byCard());
    expect((await (await visit({ secret })).state()).savedCards).toEqual([]);
  });

  test('are nobody’s who only has the link', async () => {
    const { visit, secret } = await withCustomer();
    const page = await visit({ secret });
    await page.done('pay', byCard(CARD.number, { save: true }));
    const [card] = (await (await visit({ secret })).state()).savedCards;
    const stranger = await visit({});
    expect(await stranger.state()).toMatchObject({ savedCards: [], canSave: false });
    const call = { method: 'saved_card', savedCard: card?.id, cvc: '123' };
    await stranger.refused('pay', call, 409);
    await stranger.done('pay', byCard(CARD.number, { save: true }));
    expect((await (await visit({ secret })).state()).savedCards).toHaveLength(1);
  });

  test('are not kept where the shop does not take them', async () => {
    const { visit, secret } = await withCustomer();
    const page = await visit({ secret }, ['Card']);
    expect((await page.state()).canSave).toBe(false);
    await page.done('pay', byCard(CARD.number, { save: true }));
    expect((await (await visit({ secret })).state()).savedCards).toEqual([]);
  });

  test('or not, a payment stays its customer’s', async () => {
    const { shop, visit } = await withCustomer();
    const page = await visit({});
    await page.done('pay', byCard());
    const [charge] = (await shop.stripe.charges.list()).data;
    expect(charge?.customer).toMatch(/^cus_/);
  });

  test('of another customer do not pay', async () => {
    const { visit, secret } = await withCustomer();
    const page = await visit({ secret });
    await page.done('pay', byCard(CARD.number, { save: true }));
    const other = await withCustomer();
    const theirs = await other.visit({ secret: other.secret });
    await theirs.done('pay', byCard(CARD.number, { save: true }));
    const [card] = (await (await other.visit({ secret: other.secret })).state()).savedCards;
    const mine = await visit({ secret });
    const call = { method: 'saved_card', savedCard: card?.id, cvc: '123' };
    expect(await mine.refused('pay', call, 400)).toMatchObject({ field: 'savedCard' });
  });
});

describe('what the shop asks for', () => {
  const ADDRESS = { line1: '1 High Street', city: 'London', postcode: 'W2 1DG', country: 'GB' };
  const ASKS = {
    config: {
      customerEmail: { collectionRequired: true },
      billingAddress: { collectionRequired: true },
      shippingDetails: { collectionRequired: true },
    },
  };
  const shipping = { name: 'Ada', ...ADDRESS };

  test('must be there before it is paid, and is kept', async () => {
    const { shop, id, page } = await open(ASKS);
    expect((await page.refused('pay', byCard(), 400)).field).toBe('email');
    await page.done('details', { email: 'ada@example.com' });
    expect((await page.refused('pay', byCard(), 400)).field).toBe('billing.line1');
    expect((await page.refused('pay', byCard(CARD.number, { billing: ADDRESS }), 400)).field).toBe(
      'shipping.name',
    );
    await page.done('pay', byCard(CARD.number, { billing: ADDRESS, shipping }));
    const intent = await ok(shop.dojo.get(`/payment-intents/${id}`));
    const kept = {
      address1: '1 High Street',
      city: 'London',
      postcode: 'W2 1DG',
      countryCode: 'GB',
    };
    expect(intent).toMatchObject({
      customer: { emailAddress: 'ada@example.com' },
      billingAddress: kept,
      shippingDetails: { name: 'Ada', address: kept },
    });
    const seen = await shop.stripe.paymentIntents.retrieve(stripeId(id));
    expect(seen).toMatchObject({
      receipt_email: 'ada@example.com',
      shipping: { name: 'Ada', address: { line1: '1 High Street', country: 'GB' } },
    });
  });

  test('is all that the customer may change', async () => {
    const fields = {
      shippingDetails: { name: 'Shop', address: { address1: '2 Side Street', countryCode: 'GB' } },
      customer: { emailAddress: 'shop@example.com' },
    };
    const { shop, id, page } = await open(fields);
    await page.done('details', { shipping, email: 'eve@example.com', billing: ADDRESS });
    await page.done('pay', byCard(CARD.number, { shipping, email: 'eve@example.com' }));
    const intent = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(intent).toMatchObject(fields);
    expect(intent.billingAddress).toBeUndefined();
  });

  test.each([
    ['email', { email: 'nobody' }],
    ['billing.country', { billing: { ...ADDRESS, country: 'G1' } }],
    ['billing.line1', { billing: { ...ADDRESS, line1: 'x'.repeat(101) } }],
    ['shipping.name', { shipping: { ...shipping, name: 'a\u0000b' } }],
    ['shipping', { shipping: [] }],
    ['country', { country: 'Germany' }],
  ])('is refused by its field %s where it cannot be', async (field, call) => {
    const { page } = await open(ASKS);
    expect(await page.refused('details', call, 400)).toMatchObject({ code: 'invalid', field });
  });
});

describe('an end without a payment', () => {
  test('is the customer’s to make where the shop says where he then goes', async () => {
    const cancelUrl = 'https://shop.example/basket';
    const { shop, id, page } = await open({ config: { cancelUrl } });
    expect(await page.state()).toMatchObject({ canCancel: true, cancelUrl });
    expect(await page.done('cancel', {})).toMatchObject({ status: 'canceled', canCancel: false });
    expect(await statusOf(shop, id)).toBe('Canceled');
    await problem(shop.dojo.get(`/payment-intents/${id}`), 404);
    expect((await page.done('pay', byCard())).status).toBe('canceled');
  });

  test('is not his where it does not, nor once it is paid or held', async () => {
    const { page } = await open();
    expect(await page.done('cancel', {})).toMatchObject({ status: 'open', canCancel: false });
    const { page: held } = await open({
      captureMode: 'Manual',
      config: { cancelUrl: 'https://shop.example/' },
    });
    await held.done('pay', byCard());
    expect(await held.done('cancel', {})).toMatchObject({ status: 'paid', canCancel: false });
  });

  test('comes by itself when the link’s time is over', async () => {
    const expireAt = new Date(Date.now() + 3_600_000).toISOString();
    const { shop, page } = await open({ expireAt });
    const { expiresAtMs } = await page.state();
    expect(Math.abs((expiresAtMs ?? 0) - Date.parse(expireAt))).toBeLessThan(2000);
    await shop.advance(3601);
    expect(await page.state()).toMatchObject({ status: 'expired', methods: [], expiresAtMs: null });
    expect((await page.done('pay', byCard())).status).toBe('expired');
  });
});

test('refunds are seen', async () => {
  const { shop, id, page } = await open();
  await page.done('pay', byCard());
  const refund = (amount: number) =>
    ok(
      shop.dojo.post(
        `/payment-intents/${id}/refunds`,
        { amount },
        { idempotencyKey: `r${amount}` },
      ),
    );
  await refund(400);
  const part = await page.state();
  expect(part).toMatchObject({ status: 'paid', receipt: { refunded: { value: 400 } } });
  await refund(600);
  expect((await page.state()).status).toBe('returned');
});

test('failed tries have a limit', async () => {
  const { page } = await open();
  for (let i = 0; i < 50; i++) await page.done('pay', byCard(NUMBERS.declined));
  const fault = await page.refused('pay', byCard(), 429);
  expect(fault.code).toBe('too_many_tries');
});
