import { describe, expect, test } from 'vitest';
import {
  type DojoShop,
  MINIMAL,
  ok,
  pay,
  problem,
  stripeId,
  useDojo,
  type Wire,
} from './client.js';

const tender = useDojo();

const DAY_SECONDS = 86_400;

/** The key that a refund must have. */
const key = (idempotencyKey: string) => ({ idempotencyKey });

describe('a payment intent', () => {
  test('ends, as a setup does, after the present of its customer’s clock', async () => {
    const { dojo, stripe } = tender.newShop();
    const frozen_time = Math.floor(Date.now() / 1000) + 10 * DAY_SECONDS;
    const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time });
    const { id } = await stripe.customers.create({ test_clock });
    const customer = { id: id.replace(/^cus_/, 'cust_sandbox_') };
    const until = (days: number) =>
      new Date((frozen_time + days * DAY_SECONDS) * 1000).toISOString();
    const setup = { merchantInitiatedTransactionType: 'NoShow', terms: 'One night.' };
    for (const path of ['/payment-intents', '/setup-intents']) {
      const create = (days: number) =>
        dojo.post(path, { ...MINIMAL, ...setup, customer, expireAt: until(days) });
      const { errors } = await problem(create(-1), 400);
      expect(Object.keys(errors)).toEqual(['ExpireAt']);
      expect((await ok(create(1))).status).toBe('Created');
    }
  });

  test('is created as in the description of the API', async () => {
    const { newIntent, dojo } = tender.newShop();
    const created = await newIntent({ description: 'Demo payment intent', captureMode: 'Auto' });
    expect(created).toMatchObject({
      captureMode: 'Auto',
      cardHolderNotPresent: false,
      clientSessionSecretExpirationDate: '0001-01-01T00:00:00Z',
      status: 'Created',
      paymentMethods: ['Card'],
      amount: { value: 1000, currencyCode: 'GBP' },
      totalAmount: { value: 1000, currencyCode: 'GBP' },
      refundedAmount: 0,
      reference: 'Order 234',
      description: 'Demo payment intent',
      itemLines: [],
      taxLines: [],
      config: { branding: {}, tradingName: 'Tender sandbox' },
      paymentSource: 'api',
      metadata: {},
      paymentEvents: [],
      paymentLink: `${tender.tender.url}/checkout/${created.id}`,
      terminalSessionHistory: [],
    });
    expect(created.id).toMatch(/^pi_sandbox_[0-9A-Za-z]{24}$/);
    expect(created).not.toHaveProperty('clientSessionSecret');
    expect(created).not.toHaveProperty('paymentDetails');
    const thirtyDays = Date.parse(created.expireAt) - Date.parse(created.createdAt);
    expect(thirtyDays).toBe(30 * DAY_SECONDS * 1000);
    expect(await ok(dojo.get(`/payment-intents/${created.id}`))).toEqual(created);
  });

  test('is captured by the payment, and tells of it', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent();
    await pay(shop, id);
    const paid = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(paid).toMatchObject({
      status: 'Captured',
      paymentDetails: {
        message: 'DEPOSITED',
        card: {
          cardNumber: '************4242',
          cardType: 'VISA',
          cardFundingType: 'Credit',
          last4PAN: '4242',
        },
      },
    });
    const { transactionId, authCode, card } = paid.paymentDetails;
    expect(transactionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(card.expiryDate).toMatch(/^20\d\d-\d\d-(28|29|30|31)$/);
    expect(paid.paymentEvents).toEqual([
      expect.objectContaining({
        transactionId,
        authCode,
        eventType: 'Captured',
        cardNumber: '************4242',
        cardType: 'VISA',
      }),
    ]);
    expect(paid).not.toHaveProperty('captures');
  });

  test('is captured in parts, with tips, until nothing is left', async () => {
    const shop = tender.newShop();
    const { dojo } = shop;
    const { id } = await shop.newIntent({ captureMode: 'Manual' });
    await pay(shop, id);
    const held = await ok(dojo.get(`/payment-intents/${id}`));
    expect(held).toMatchObject({ status: 'Authorized', captures: [] });
    const first = await ok(dojo.post(`/payment-intents/${id}/captures`, { amount: 300 }));
    const sent = { amount: 600, tipsAmount: 100 };
    const second = await ok(dojo.post(`/payment-intents/${id}/captures`, sent));
    const paid = await ok(dojo.get(`/payment-intents/${id}`));
    expect(paid.status).toBe('Captured');
    expect(paid.captures).toEqual([
      { id: first.captureId, amount: 300, status: 'Successful', createdAt: expect.anything() },
      {
        id: second.captureId,
        amount: 600,
        tipsAmount: 100,
        status: 'Successful',
        createdAt: expect.anything(),
      },
    ]);
    const more = await problem(dojo.post(`/payment-intents/${id}/captures`, { amount: 1 }), 409);
    expect(more.title).toBe('Conflict');
  });

  test('is not captured above what is held', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent({ captureMode: 'Manual' });
    await pay(shop, id);
    const sent = { amount: 1000, tipsAmount: 1 };
    const refused = await problem(shop.dojo.post(`/payment-intents/${id}/captures`, sent), 400);
    expect(refused.errors).toEqual({ Amount: ['The amount is above what is authorized.'] });
  });

  test('is not captured before it is paid', async () => {
    const { newIntent, dojo } = tender.newShop();
    const { id } = await newIntent({ captureMode: 'Manual' });
    const refused = await problem(dojo.post(`/payment-intents/${id}/captures`, { amount: 1 }), 409);
    expect(refused.detail).toBe('A payment with status Created cannot be captured.');
  });

  test('is refunded in parts up to what was captured', async () => {
    const shop = tender.newShop();
    const { dojo } = shop;
    const { id } = await shop.newIntent();
    await pay(shop, id);
    const path = `/payment-intents/${id}/refunds`;
    const said = { refundReason: 'Demo refund', notes: 'Two of three' };
    const first = await ok(dojo.post(path, { amount: 400, ...said }, key('one')));
    expect(first).toEqual({
      paymentIntentId: id,
      refundId: expect.stringMatching(/^rfnd_[0-9A-Za-z]{24}$/),
      ...said,
    });
    expect(await ok(dojo.get(`/payment-intents/refunds/${first.refundId}`))).toEqual(first);
    const half = await ok(dojo.get(`/payment-intents/${id}`));
    expect(half).toMatchObject({ status: 'Captured', refundedAmount: 400 });
    const above = await problem(dojo.post(path, { amount: 601 }, key('two')), 400);
    expect(above.errors).toEqual({ Amount: ['The amount is above what is left.'] });
    await ok(dojo.post(path, { amount: 600 }, key('three')));
    const whole = await ok(dojo.get(`/payment-intents/${id}`));
    expect(whole).toMatchObject({ status: 'Refunded', refundedAmount: 1000 });
    await problem(dojo.post(path, { amount: 1 }, key('four')), 409);
    const events = whole.paymentEvents.map(({ eventType }: { eventType: string }) => eventType);
    expect(events).toEqual(['Captured', 'Refunded', 'Refunded']);
  });

  test('is reversed on the day of its payment, as a whole', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent();
    await pay(shop, id);
    const reversal = await ok(shop.dojo.post(`/payment-intents/${id}/reversal`));
    expect(reversal.reversalId).toMatch(/^rvs_[0-9A-Za-z]{24}$/);
    const reversed = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(reversed).toMatchObject({ status: 'Reversed', refundedAmount: 1000 });
    const intent = await shop.stripe.paymentIntents.retrieve(stripeId(id));
    expect(intent.status).toBe('succeeded');
    const asRefund = `/payment-intents/refunds/${reversal.reversalId.replace('rvs_', 'rfnd_')}`;
    await problem(shop.dojo.get(asRefund), 404);
  });

  test('is hidden once it is canceled, unless it is asked for', async () => {
    const { newIntent, dojo } = tender.newShop();
    const { id } = await newIntent();
    const canceled = await ok(dojo.del(`/payment-intents/${id}`));
    expect(canceled.status).toBe('Canceled');
    const gone = await problem(dojo.get(`/payment-intents/${id}`), 404);
    expect(gone.detail).toBe('There is no such payment intent.');
    expect(await ok(dojo.get(`/payment-intents/${id}?returnCanceled=true`))).toEqual(canceled);
    const again = await problem(dojo.del(`/payment-intents/${id}`), 409);
    expect(again.detail).toBe('A payment with status Canceled cannot be canceled.');
  });

  test('tells of declined and challenged tries, and stays open', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent();
    await expect(pay(shop, id, 'pm_card_visa_chargeDeclined')).rejects.toThrow();
    await pay(shop, id, 'pm_card_threeDSecure2Required');
    const open = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(open.status).toBe('Created');
    expect(open.paymentEvents.map(({ eventType }: { eventType: string }) => eventType)).toEqual([
      'Declined',
      'AuthChallenged',
    ]);
    expect(open.paymentEvents[0].cardNumber).toBe('************0002');
  });

  test('has the tip set that its merchant allows', async () => {
    const { newIntent, dojo } = tender.newShop();
    const config = { payment: { tipsAllowed: true } };
    const { id } = await newIntent({ config });
    const path = `/payment-intents/${id}/tips-amount`;
    const tip = { tipsAmount: { value: 150, currencyCode: 'GBP' } };
    expect(await ok(dojo.post(path, tip))).toMatchObject({
      amount: { value: 1000 },
      tipsAmount: { value: 150, currencyCode: 'GBP' },
      totalAmount: { value: 1150, currencyCode: 'GBP' },
    });
    const euro = { tipsAmount: { value: 150, currencyCode: 'EUR' } };
    const wrong = await problem(dojo.post(path, euro), 400);
    expect(wrong.errors).toHaveProperty('TipsAmount.CurrencyCode');
    const none = { tipsAmount: { value: 0, currencyCode: 'GBP' } };
    expect(await ok(dojo.post(path, none))).not.toHaveProperty('tipsAmount');
    const plain = await newIntent();
    await problem(dojo.post(`/payment-intents/${plain.id}/tips-amount`, tip), 405);
  });

  test('tells when it was changed last', async () => {
    const { newIntent, dojo, advance } = tender.newShop();
    const { id, createdAt, updatedAt } = await newIntent({
      config: { payment: { tipsAllowed: true } },
    });
    expect(updatedAt).toBe(createdAt);
    await advance(3600);
    const tip = { tipsAmount: { value: 150, currencyCode: 'GBP' } };
    const changed = await ok(dojo.post(`/payment-intents/${id}/tips-amount`, tip));
    expect(changed.createdAt).toBe(createdAt);
    expect(Date.parse(changed.updatedAt)).toBeGreaterThanOrEqual(Date.parse(createdAt) + 3_600_000);
  });

  test('has another amount set that its merchant allows, and remembers the first', async () => {
    const shop = tender.newShop();
    const { dojo } = shop;
    const config = { payment: { customAmountAllowed: true } };
    const tipsAmount = { value: 100, currencyCode: 'GBP' };
    const { id } = await shop.newIntent({ config, tipsAmount });
    const path = `/payment-intents/${id}/amount`;
    const amount = { value: 5500, currencyCode: 'GBP' };
    const itemLines = [{ id: 'a', quantity: 1, name: 'A', amountTotal: amount }];
    expect(await ok(dojo.post(path, { amount, itemLines }))).toMatchObject({
      amount,
      requestedAmount: { value: 1000, currencyCode: 'GBP' },
      tipsAmount,
      totalAmount: { value: 5600, currencyCode: 'GBP' },
      subtotalLineItems: amount,
      itemLines,
    });
    await pay(shop, id);
    const late = await problem(dojo.post(path, { amount }), 405);
    expect(late.detail).toBe('A payment with status Captured cannot be given another amount.');
    const plain = await shop.newIntent();
    await problem(dojo.post(`/payment-intents/${plain.id}/amount`, { amount }), 405);
  });

  test('gets a new client session secret while it is to be paid', async () => {
    const shop = tender.newShop();
    const { id, clientSessionSecret } = await shop.newIntent({ generateRemoteToken: true });
    expect(clientSessionSecret).toMatch(/^[\w-]{160}$/);
    await tender.tender.advance(60);
    const path = `/payment-intents/${id}/refresh-client-session-secret`;
    const fresh = await ok(shop.dojo.post(path));
    expect(fresh.clientSessionSecret).toMatch(/^[\w-]{160}$/);
    expect(fresh.clientSessionSecret).not.toBe(clientSessionSecret);
    await pay(shop, id);
    await problem(shop.dojo.post(path), 400);
  });

  test('shows its client session secret for 30 minutes', async () => {
    const { newIntent, dojo } = tender.newShop();
    const { id } = await newIntent({ generateRemoteToken: true });
    await tender.tender.advance(29 * 60);
    const before = await ok(dojo.get(`/payment-intents/${id}`));
    expect(before).toHaveProperty('clientSessionSecret');
    await tender.tender.advance(2 * 60);
    const after = await ok(dojo.get(`/payment-intents/${id}`));
    expect(after).not.toHaveProperty('clientSessionSecret');
    expect(after.clientSessionSecretExpirationDate).toBe('0001-01-01T00:00:00Z');
  });

  test('has its receipt sent to each address, once it is paid', async () => {
    const shop = tender.newShop();
    const { id } = await shop.newIntent();
    const path = `/payment-intents/${id}/receipt`;
    const emails = ['gabriel@dojo.example', 'mari@dojo.example'];
    await problem(shop.dojo.post(path, { emails }), 400);
    await pay(shop, id);
    expect((await shop.dojo.post(path, { emails })).status).toBe(204);
    const wrong = await problem(shop.dojo.post(path, { emails: ['nobody'] }), 400);
    expect(wrong.errors).toHaveProperty('Emails[0]');
    await problem(shop.dojo.post(path, { emails: [] }), 400);
    await problem(shop.dojo.post(path, { emails: Array(21).fill('a@b.example') }), 400);
  });
});

describe('a payment by a saved card without its holder', () => {
  test('needs a setup intent', async () => {
    const { newIntent, dojo } = tender.newShop();
    const { id } = await newIntent();
    const refused = await problem(dojo.post(`/payment-intents/${id}/charge`), 400);
    expect(refused.detail).toBe('The payment intent names no setup intent to charge.');
    const sent = { ...MINIMAL, setupIntentId: 'si_sandbox_000000000000000000000000' };
    const missing = await problem(dojo.post('/payment-intents', sent), 400);
    expect(missing.errors).toEqual({ SetupIntentId: ['There is no such setup intent.'] });
  });

  test('is made with the card of the setup intent', async () => {
    const shop = tender.newShop();
    const setup = await shop.stripe.setupIntents.create({
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    const setupIntentId = setup.id.replace('seti_', 'si_sandbox_');
    const { id } = await shop.newIntent({ setupIntentId });
    const charged = await ok(shop.dojo.post(`/payment-intents/${id}/charge`));
    expect(charged).toEqual({
      paymentIntentId: id,
      status: 'Successful',
      message: 'The card was charged.',
    });
    const paid = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(paid).toMatchObject({ status: 'Captured', setupIntentId });
    const next = await shop.newIntent({ setupIntentId });
    await problem(shop.dojo.post(`/payment-intents/${next.id}/charge`), 400);
  });
});

describe('an intent of the Stripe dialect', () => {
  const SENT = { amount: 700, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
  const CARD = { payment_method_types: ['card'] };

  async function shownOf({ dojo }: DojoShop, id: string): Promise<Wire> {
    const shown = await ok(dojo.get(`/payment-intents/${id.replace('pi_', 'pi_sandbox_')}`));
    const { paymentEvents, ...rest } = shown;
    return { ...rest, events: paymentEvents.map((one: Wire) => one.eventType) };
  }

  test('is shown with what it has of a payment intent', async () => {
    const shop = tender.newShop();
    const address = { line1: 'Demo Road 1', city: 'London', country: 'GB' };
    const sent = {
      ...SENT,
      ...CARD,
      description: 'Seven dollars',
      metadata: { order_id: 'A-7' },
      shipping: { name: 'Jo', address },
    };
    const intent = await shop.stripe.paymentIntents.create(sent);
    await shop.stripe.refunds.create({ payment_intent: intent.id, amount: 200 });
    expect(await shownOf(shop, intent.id)).toMatchObject({
      status: 'Captured',
      amount: { value: 700, currencyCode: 'USD' },
      refundedAmount: 200,
      reference: 'A-7',
      description: 'Seven dollars',
      shippingDetails: {
        name: 'Jo',
        address: { address1: 'Demo Road 1', city: 'London', countryCode: 'GB' },
      },
      events: ['Captured', 'Refunded'],
    });
  });

  test('tells of its hold, its captures and its end', async () => {
    const shop = tender.newShop();
    const held = () =>
      shop.stripe.paymentIntents.create({ ...SENT, ...CARD, capture_method: 'manual' });
    const [kept, captured, canceled] = [await held(), await held(), await held()];
    expect(await shownOf(shop, kept.id)).toMatchObject({
      status: 'Authorized',
      events: ['Authorized'],
    });
    await shop.stripe.paymentIntents.capture(captured.id, { amount_to_capture: 300 });
    expect(await shownOf(shop, captured.id)).toMatchObject({
      status: 'Captured',
      captures: [{ amount: 300, status: 'Successful' }],
      events: ['Authorized', 'Captured'],
    });
    await shop.stripe.paymentIntents.cancel(canceled.id);
    expect(await shownOf(shop, canceled.id)).toMatchObject({
      status: 'Reversed',
      events: ['Authorized', 'Reversed'],
    });
  });

  test('tells of its last decline, and is known by its id where it says no more', async () => {
    const shop = tender.newShop();
    const { id } = await shop.stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      ...CARD,
    });
    const card = { payment_method: 'pm_card_visa_chargeDeclined' };
    await expect(shop.stripe.paymentIntents.confirm(id, card)).rejects.toThrow();
    expect(await shownOf(shop, id)).toMatchObject({
      status: 'Created',
      reference: id,
      events: ['Declined'],
    });
  });
});
