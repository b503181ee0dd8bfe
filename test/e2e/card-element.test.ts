import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, typeCard } from './shop.js';

let shop: Shop;
let page: ShopPage;

/** One page for all: it pays whatever intent it is told to. */
const SCRIPT = `
const elements = stripe.elements();
const card = elements.create('card');
card.mount('#card');
window.changes = [];
card.on('change', (event) => window.changes.push(event));
window.card = card;
window.pay = async (secret) => done(await stripe.confirmCardPayment(secret, {
  payment_method: { card, billing_details: { name: 'Jenny Rosen' } },
}));
card.on('ready', () => done({ ready: true }));
`;

beforeAll(async () => {
  shop = await openShop();
  page = await shop.open('<label for="card">Card</label><div id="card"></div>', SCRIPT);
  expect(await page.result()).toEqual({ ready: true });
});
afterAll(() => shop?.close());

async function newIntent(more = {}): Promise<{ id: string; client_secret: string | null }> {
  return shop.stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...more });
}

async function pay(secret: string | null, number: string, cvc = '123') {
  await typeCard(page, '#card', number, cvc);
  await page.page.evaluate(`void pay(${JSON.stringify(secret)})`);
  return page.result();
}

describe('the card element', () => {
  test.each([
    ['visa', '4242424242424242', '123'],
    ['mastercard', '5555555555554444', '123'],
    ['amex', '378282246310005', '1234'],
    ['discover', '6011111111111117', '123'],
    ['diners', '3056930009020004', '123'],
    ['jcb', '3566002020360505', '123'],
    ['unionpay', '6200000000000005', '123'],
  ])('pays with %s', async (brand, number, cvc) => {
    const { id, client_secret } = await newIntent();
    const { paymentIntent, error } = await pay(client_secret, number, cvc);
    expect(error).toBeUndefined();
    expect(paymentIntent).toMatchObject({ id, status: 'succeeded', amount: 2000 });
    const intent = await shop.stripe.paymentIntents.retrieve(id, { expand: ['payment_method'] });
    expect(intent.payment_method).toMatchObject({
      card: { brand, last4: number.slice(-4), exp_month: 12, exp_year: 2034 },
      billing_details: { name: 'Jenny Rosen', address: { postal_code: '12345' } },
    });
  });

  test.each([
    ['4000056655665556', null, null],
    ['2223003122003222', null, null],
    ['5200828282828210', null, null],
    ['5105105105105100', null, null],
    ['371449635398431', null, null],
    ['4000000000000002', 'card_declined', 'generic_decline'],
    ['4000000000009995', 'card_declined', 'insufficient_funds'],
    ['4000000000009987', 'card_declined', 'lost_card'],
    ['4000000000009979', 'card_declined', 'stolen_card'],
    ['4000000000000069', 'expired_card', null],
    ['4000000000000127', 'incorrect_cvc', null],
    ['4000000000000119', 'processing_error', null],
    ['4000000000006975', 'card_declined', 'card_velocity_exceeded'],
    ['4000000000000341', 'card_declined', null],
    ['4000000000003055', null, null],
  ])('%s behaves as documented', async (number, code, declineCode) => {
    const { client_secret } = await newIntent();
    const cvc = number.length === 15 ? '1234' : '123';
    const { paymentIntent, error } = await pay(client_secret, number, cvc);
    if (code === null) expect(paymentIntent).toMatchObject({ status: 'succeeded' });
    else {
      expect(error).toMatchObject({ type: 'card_error', code });
      if (declineCode !== null) expect(error).toMatchObject({ decline_code: declineCode });
      expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    }
  });

  /** What such a card does once it has paid, as far as the merchant's server sees it. */
  const LATER: [number: string, after: Look, seen: string][] = [
    ['4000000000000259', disputeOf, 'fraudulent needs_response'],
    ['4000000000002685', disputeOf, 'product_not_received needs_response'],
    ['4000000000001976', disputeOf, 'fraudulent warning_needs_response'],
    ['4000000000005423', warningOf, 'warned'],
    ['4000000000007726', refundOf, 'pending'],
    ['4000000000005126', refundOf, 'succeeded'],
    ['4000000000000077', transactionOf, 'available'],
    ['4000000000000101', checkOf, 'fail'],
  ];

  test.each(LATER)('%s pays, and does what its row says', async (number, after, seen) => {
    const { id, client_secret } = await newIntent();
    expect((await pay(client_secret, number)).paymentIntent).toMatchObject({ status: 'succeeded' });
    const intent = await shop.stripe.paymentIntents.retrieve(id, {
      expand: ['latest_charge.balance_transaction'],
    });
    expect(await after(intent)).toBe(seen);
  });

  test('a number that cannot be one is refused before anybody is asked', async () => {
    const { id, client_secret } = await newIntent();
    const { error } = await pay(client_secret, '4242424242424241');
    expect(error).toMatchObject({ type: 'validation_error', code: 'invalid_number' });
    expect((await shop.stripe.paymentIntents.retrieve(id)).latest_charge).toBeNull();
  });

  test('a decline says why, and the same intent is paid with another card', async () => {
    const { id, client_secret } = await newIntent();
    const first = await pay(client_secret, '4000000000009995');
    expect(first.error.message).toBe('Your card has insufficient funds.');
    const second = await pay(client_secret, '4242424242424242');
    expect(second.paymentIntent).toMatchObject({ id, status: 'succeeded' });
  });

  test('tells its state by events and classes', async () => {
    await page.page.evaluate('changes.length = 0; card.clear()');
    const classes = () => page.page.evaluate('document.querySelector("#card").className');
    await expect.poll(classes).toContain('StripeElement--empty');
    await typeCard(page, '#card', '4242424242424242');
    await expect.poll(classes).toContain('StripeElement--complete');
    expect(await classes()).toContain('StripeElement--focus');
    const changes = (await page.page.evaluate('changes')) as object[];
    expect(changes.at(-1)).toMatchObject({
      elementType: 'card',
      brand: 'visa',
      complete: true,
      empty: false,
      value: { postalCode: '12345' },
    });
    expect(JSON.stringify(changes)).not.toMatch(/4242|"123"/);
    await page.fields('#card').locator('[name=cardnumber]').fill('4242424242424241');
    await expect.poll(classes).toContain('StripeElement--invalid');
  });

  test('tells by a class what the browser has filled in, until it is typed over', async () => {
    const autofill = '.StripeElement--webkit-autofill';
    const number = page.fields('#card').locator('[name=cardnumber]');
    // Browsers let no program fill in a card: this one says of a field what it would say then.
    await page.page
      .frames()
      .at(-1)
      ?.evaluate(`(() => {
      const input = document.querySelector('[name=cardnumber]');
      input.matches = (selector) => selector === ':autofill';
      input.value = '4242424242424242';
      input.dispatchEvent(new Event('input'));
      delete input.matches;
    })()`);
    await expect.poll(() => page.page.locator(autofill).count()).toBe(1);
    await number.fill('5555555555554444');
    await expect.poll(() => page.page.locator(autofill).count()).toBe(0);
  });

  test('a label of its container gives it the focus', async () => {
    await page.page.getByText('Card', { exact: true }).click();
    await expect.poll(() => page.page.evaluate('document.activeElement.tagName')).toBe('IFRAME');
  });
});

test('a page that is complained about nowhere', () => expect(page.complaints).toEqual([]));

type Look = (intent: Stripe.PaymentIntent) => Promise<string | null | undefined>;

async function disputeOf({ id }: Stripe.PaymentIntent): Promise<string> {
  const [dispute] = (await shop.stripe.disputes.list({ payment_intent: id })).data;
  return `${dispute?.reason} ${dispute?.status}`;
}

async function warningOf({ id }: Stripe.PaymentIntent): Promise<string> {
  const { data } = await shop.stripe.radar.earlyFraudWarnings.list({ payment_intent: id });
  return data.length === 1 ? 'warned' : `${data.length} warnings`;
}

async function refundOf({ id }: Stripe.PaymentIntent): Promise<string | null> {
  return (await shop.stripe.refunds.create({ payment_intent: id })).status;
}

function chargeOf({ latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge {
  if (typeof charge !== 'object' || charge === null) throw new Error('the charge is not expanded');
  return charge;
}

async function transactionOf(intent: Stripe.PaymentIntent): Promise<string> {
  return (chargeOf(intent).balance_transaction as Stripe.BalanceTransaction).status;
}

async function checkOf(intent: Stripe.PaymentIntent): Promise<string | null | undefined> {
  return chargeOf(intent).payment_method_details?.card?.checks?.cvc_check;
}
