import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, typeCard, typePayment } from './shop.js';

/** Longer than a bank takes to answer a debit. */
const SETTLED_SECONDS = 600;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

const SCRIPT = `
window.stripe = stripe;
window.elements = stripe.elements(settings.elements);
const payment = elements.create('payment');
payment.on('ready', () => done({ ready: true }));
payment.on('loaderror', ({ error }) => done({ error }));
payment.mount('#payment');
`;

async function open(elements: object, options: object = {}): Promise<ShopPage> {
  const page = await shop.open('<div id="payment"></div>', SCRIPT, { elements, options });
  expect(await page.result()).toEqual({ ready: true });
  return page;
}

async function run(page: ShopPage, expression: string) {
  await page.page.evaluate(`void (async () => done(await ${expression}))()`);
  return page.result();
}

const PAY = `stripe.confirmPayment({ elements, redirect: 'if_required' })`;

const newIntent = (more: object = {}): Promise<Stripe.PaymentIntent> =>
  shop.stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...more });

/** Lets the account's own time pass. */
async function pass(seconds: number): Promise<void> {
  const reply = await fetch(`${shop.tenderUrl}/v1/test_helpers/test_clocks/account/advance`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_shop' },
    body: new URLSearchParams({ frozen_time: String(Math.ceil(Date.now() / 1000) + seconds) }),
  });
  expect(reply.status).toBe(200);
}

async function statusOf(id: string): Promise<string> {
  return (await shop.stripe.paymentIntents.retrieve(id)).status;
}

describe('saved cards of a customer session', () => {
  const REDISPLAY = {
    components: {
      payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled' } },
    },
  } as const;

  async function customerWith(name: string) {
    const { id: customer } = await shop.stripe.customers.create();
    const { id } = await shop.stripe.paymentMethods.attach(name, { customer });
    await shop.stripe.paymentMethods.update(id, { allow_redisplay: 'always' });
    const session = await shop.stripe.customerSessions.create({ customer, ...REDISPLAY });
    return { customer, method: id, customerSessionClientSecret: session.client_secret };
  }

  test('are offered first, and pay without being typed', async () => {
    const { customer, method, customerSessionClientSecret } = await customerWith('pm_card_visa');
    const { id, client_secret } = await newIntent({ customer });
    const page = await open({ clientSecret: client_secret, customerSessionClientSecret });
    const saved = page.fields('#payment').getByRole('radio', { name: /Visa.*4242/ });
    expect(await saved.isChecked()).toBe(true);
    const { paymentIntent } = await run(page, PAY);
    expect(paymentIntent).toMatchObject({ id, status: 'succeeded', payment_method: method });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('are asked for by their bank, where it wants to', async () => {
    const { customer, customerSessionClientSecret } = await customerWith(
      'pm_card_authenticationRequired',
    );
    const { id, client_secret } = await newIntent({ customer });
    const page = await open({ clientSecret: client_secret, customerSessionClientSecret });
    await page.page.evaluate(`void ${PAY}.then(done)`);
    const bank = page.page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: 'Complete authentication' }).click();
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });

  test('make room for another card', async () => {
    const { customer, method, customerSessionClientSecret } = await customerWith('pm_card_visa');
    const { id, client_secret } = await newIntent({ customer });
    const page = await open({ clientSecret: client_secret, customerSessionClientSecret });
    await page.fields('#payment').getByText('Use another payment method').click();
    await typePayment(page, '#payment', '5555555555554444');
    const { paymentIntent } = await run(page, PAY);
    expect(paymentIntent).toMatchObject({ id, status: 'succeeded' });
    expect(paymentIntent.payment_method).not.toBe(method);
    await page.page.close();
  });

  test('are paid with a code that is asked for again', async () => {
    const { customer, method } = await customerWith('pm_card_visa');
    const { id, client_secret } = await newIntent({ customer });
    const script = `
      const cvc = stripe.elements().create('cardCvc');
      cvc.on('ready', () => done({ ready: true }));
      cvc.mount('#cvc');
      window.pay = (secret, payment_method) => stripe.confirmCardPayment(secret, {
        payment_method, payment_method_options: { card: { cvc } } }).then(done);`;
    const page = await shop.open('<div id="cvc"></div>', script);
    await page.result();
    const named = JSON.stringify([client_secret, method]);
    await page.page.evaluate(`void pay(...${named})`);
    expect((await page.result()).error).toMatchObject({ code: 'incomplete_cvc' });
    await page.fields('#cvc').locator('input').fill('917');
    await page.page.evaluate(`void pay(...${named})`);
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });
});

describe('a debit through the payment element', () => {
  test('of SEPA shows its mandate, is processing and settles later', async () => {
    const { id, client_secret } = await newIntent({
      currency: 'eur',
      payment_method_types: ['sepa_debit'],
    });
    const page = await open({ clientSecret: client_secret });
    const frame = page.fields('#payment');
    await frame.getByText('you authorise (A)').waitFor();
    await frame.getByLabel('Full name').fill('Ada Lovelace');
    await frame.getByLabel('Email').fill('ada@shop.example');
    await frame.getByLabel('IBAN').fill('DE89370400440532013000');
    const { paymentIntent } = await run(page, PAY);
    expect(paymentIntent).toMatchObject({ id, status: 'processing' });
    const method = await shop.stripe.paymentMethods.retrieve(paymentIntent.payment_method);
    expect(method).toMatchObject({
      sepa_debit: { last4: '3000' },
      billing_details: { name: 'Ada Lovelace', email: 'ada@shop.example' },
    });
    await pass(SETTLED_SECONDS);
    await expect.poll(() => statusOf(id)).toBe('succeeded');
    await page.page.close();
  });

  test('of an American account waits for the small deposits, then settles', async () => {
    const { id, client_secret } = await newIntent({ payment_method_types: ['us_bank_account'] });
    const page = await open({ clientSecret: client_secret });
    const frame = page.fields('#payment');
    await frame.getByLabel('Full name').fill('Ada Lovelace');
    await frame.getByLabel('Email').fill('ada@shop.example');
    await frame.getByLabel('Routing number').fill('110000000');
    await frame.getByLabel('Account number').fill('000123456789');
    const { paymentIntent } = await run(page, PAY);
    expect(paymentIntent).toMatchObject({
      id,
      status: 'requires_action',
      next_action: { type: 'verify_with_microdeposits' },
    });
    const secret = JSON.stringify(client_secret);
    const wrong = await run(
      page,
      `stripe.verifyMicrodepositsForPayment(${secret}, { amounts: [1, 2] })`,
    );
    const mismatch = 'payment_method_microdeposit_verification_amounts_mismatch';
    expect(wrong.error.code).toBe(mismatch);
    const verified = await run(
      page,
      `stripe.verifyMicrodepositsForPayment(${secret}, { amounts: [32, 45] })`,
    );
    expect(verified.paymentIntent).toMatchObject({ id, status: 'processing' });
    await pass(2 * SETTLED_SECONDS);
    await expect.poll(() => statusOf(id)).toBe('succeeded');
    await page.page.close();
  });
});

describe('a debit that the page describes itself', () => {
  const billing_details = { name: 'Ada Lovelace', email: 'ada@shop.example' };
  const opened = () => shop.open('', 'window.stripe = stripe; done({});');

  test('is confirmed by confirmSepaDebitPayment', async () => {
    const { id, client_secret } = await newIntent({
      currency: 'eur',
      payment_method_types: ['sepa_debit'],
    });
    const page = await opened();
    await page.result();
    const payment_method = { sepa_debit: { iban: 'DE89370400440532013000' }, billing_details };
    const given = `${JSON.stringify(client_secret)}, ${JSON.stringify({ payment_method })}`;
    const { paymentIntent } = await run(page, `stripe.confirmSepaDebitPayment(${given})`);
    expect(paymentIntent).toMatchObject({ id, status: 'processing' });
    await page.page.close();
  });

  test('is confirmed by confirmUsBankAccountPayment and a code', async () => {
    const { id, client_secret } = await newIntent({ payment_method_types: ['us_bank_account'] });
    const page = await opened();
    await page.result();
    const us_bank_account = {
      routing_number: '110000000',
      account_number: '000123456789',
      account_holder_type: 'individual',
    };
    const data = { payment_method: { us_bank_account, billing_details } };
    const secret = JSON.stringify(client_secret);
    const asked = await run(
      page,
      `stripe.confirmUsBankAccountPayment(${secret}, ${JSON.stringify(data)})`,
    );
    expect(asked.paymentIntent).toMatchObject({ id, status: 'requires_action' });
    const code = JSON.stringify({ descriptor_code: 'SM11AA' });
    const verified = await run(page, `stripe.verifyMicrodepositsForPayment(${secret}, ${code})`);
    expect(verified.paymentIntent).toMatchObject({ id, status: 'processing' });
    await page.page.close();
  });
});

test('a page speaks for a connected account, and so do its frames', async () => {
  const stripeAccount = 'acct_beside';
  const { id, client_secret } = await shop.stripe.paymentIntents.create(
    { amount: 2000, currency: 'usd' },
    { stripeAccount },
  );
  const page = await open({ clientSecret: client_secret }, { stripeAccount });
  await typePayment(page, '#payment', '4242424242424242');
  expect((await run(page, PAY)).paymentIntent).toMatchObject({ id, status: 'succeeded' });
  const paid = await shop.stripe.paymentIntents.retrieve(id, {}, { stripeAccount });
  expect(paid.status).toBe('succeeded');
  await expect(shop.stripe.paymentIntents.retrieve(id)).rejects.toThrow('No such payment_intent');
  await page.page.close();
});

describe('a payment that its bank asks about on a page of its own', () => {
  const SECRETS = ['payment_intent', 'payment_intent_client_secret', 'redirect_status'];

  test('is led there and back, where the page handles redirects itself', async () => {
    const script = `
      const card = stripe.elements().create('card', { hidePostalCode: true });
      card.on('ready', () => done({ ready: true }));
      card.mount('#card');
      window.pay = (secret, return_url) => stripe.confirmCardPayment(secret, {
        payment_method: { card }, return_url }, { handleActions: false }).then(done);`;
    const page = await shop.open('<div id="card"></div>', script);
    await page.result();
    const { id, client_secret } = await newIntent();
    await typeCard(page, '#card', '4000002760003184');
    const given = JSON.stringify([client_secret, `${shop.url}/back`]);
    await page.page.evaluate(`void pay(...${given})`);
    const { paymentIntent } = await page.result();
    expect(paymentIntent).toMatchObject({ id, next_action: { type: 'redirect_to_url' } });
    await page.page.goto(paymentIntent.next_action.redirect_to_url.url);
    await page.page.getByRole('button', { name: 'Fail authentication' }).click();
    await page.page.waitForURL(`${shop.url}/back?**`);
    const { searchParams } = new URL(page.page.url());
    expect([...searchParams.keys()].sort()).toEqual(SECRETS);
    expect(searchParams.get('redirect_status')).toBe('failed');
    await page.page.close();
  });

  test('travels by confirmPayment, and comes back with what happened', async () => {
    const { id, client_secret } = await newIntent({
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      return_url: `${shop.url}/server`,
    });
    const page = await shop.open('', 'window.stripe = stripe; done({});');
    await page.result();
    const options = JSON.stringify({
      clientSecret: client_secret,
      confirmParams: {
        return_url: `${shop.url}/thanks`,
        payment_method: 'pm_card_authenticationRequired',
      },
    });
    await page.page.evaluate(`void stripe.confirmPayment(${options}).then(done)`);
    const bank = page.page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: 'Complete authentication' }).click();
    await page.page.waitForURL(`${shop.url}/thanks?**`);
    const { searchParams } = new URL(page.page.url());
    expect([...searchParams.keys()].sort()).toEqual(SECRETS);
    expect(searchParams.get('redirect_status')).toBe('succeeded');
    expect(await statusOf(id)).toBe('succeeded');
    await page.page.close();
  });
});
