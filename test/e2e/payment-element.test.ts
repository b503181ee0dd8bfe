import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, typePayment } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

const newIntent = (more: object = {}): Promise<Stripe.PaymentIntent> =>
  shop.stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...more });

const SCRIPT = `
window.stripe = stripe;
window.elements = stripe.elements(settings.elements);
window.payment = elements.create('payment');
payment.mount('#payment');
payment.on('ready', () => done({ ready: true }));
payment.on('loaderror', ({ error }) => done({ error }));
window.settings = settings;
`;

async function open(elements: object): Promise<ShopPage> {
  const page = await shop.open('<form><div id="payment"></div></form>', SCRIPT, { elements });
  expect(await page.result()).toEqual({ ready: true });
  return page;
}

async function run(page: ShopPage, expression: string) {
  await page.page.evaluate(`void (async () => done(await ${expression}))()`);
  return page.result();
}

const PAY = `stripe.confirmPayment({ elements, redirect: 'if_required' })`;

describe('the payment element', () => {
  test('pays without leaving the page', async () => {
    const { id, client_secret } = await newIntent();
    const page = await open({ clientSecret: client_secret });
    await typePayment(page, '#payment', '4242424242424242');
    const { paymentIntent } = await run(page, PAY);
    expect(paymentIntent).toMatchObject({ id, status: 'succeeded' });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('leads to the address that was named, with what happened', async () => {
    const { id, client_secret } = await newIntent();
    const page = await open({ clientSecret: client_secret });
    await typePayment(page, '#payment', '4000002760003184');
    const confirmParams = JSON.stringify({ return_url: `${shop.url}/thanks` });
    await page.page.evaluate(
      `void stripe.confirmPayment({ elements, confirmParams: ${confirmParams} })`,
    );
    const bank = page.page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: 'Complete authentication' }).click();
    await page.page.waitForURL(`${shop.url}/thanks?**`);
    const { searchParams } = new URL(page.page.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      payment_intent: id,
      payment_intent_client_secret: client_secret,
      redirect_status: 'succeeded',
    });
    await page.page.close();
  });

  test('refuses a decline in the language of the page, and takes another card', async () => {
    const { id, client_secret } = await newIntent();
    const page = await shop.open('<div id="payment"></div>', SCRIPT, {
      elements: { clientSecret: client_secret },
      options: { locale: 'de' },
    });
    await page.result();
    await typePayment(page, '#payment', '4000000000009995');
    expect((await run(page, PAY)).error.message).toBe('Ihre Karte ist nicht ausreichend gedeckt.');
    await typePayment(page, '#payment', '5555555555554444');
    expect((await run(page, PAY)).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });

  test('marks what is missing on submit', async () => {
    const { client_secret } = await newIntent();
    const page = await open({ clientSecret: client_secret });
    const { error } = await run(page, 'elements.submit()');
    expect(error).toMatchObject({ type: 'validation_error', code: 'incomplete_number' });
    await typePayment(page, '#payment', '4242424242424242');
    expect(await run(page, 'elements.submit()')).toEqual({ selectedPaymentMethod: 'card' });
    await page.page.close();
  });

  test('before its intent: submitted first, then confirmed with a secret', async () => {
    const page = await open({ mode: 'payment', amount: 2000, currency: 'usd' });
    await typePayment(page, '#payment', '4242424242424242');
    const { id, client_secret } = await newIntent();
    const options = `{ elements, clientSecret: ${JSON.stringify(client_secret)},
      redirect: 'if_required' }`;
    const early = await page.page.evaluate(
      `(() => { try { stripe.confirmPayment(${options}) } catch (error) { return error.name } })()`,
    );
    expect(early).toBe('IntegrationError');
    await run(page, 'elements.submit()');
    const { paymentIntent } = await run(page, `stripe.confirmPayment(${options})`);
    expect(paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });

  test('makes a confirmation token, with which the server pays', async () => {
    const page = await open({ mode: 'payment', amount: 2000, currency: 'usd' });
    await typePayment(page, '#payment', '4242424242424242');
    await run(page, 'elements.submit()');
    const { confirmationToken } = await run(
      page,
      `stripe.createConfirmationToken({ elements, params: { payment_method_data: {
        billing_details: { name: 'Jenny Rosen' } } } })`,
    );
    expect(confirmationToken).toMatchObject({
      object: 'confirmation_token',
      payment_method_preview: { type: 'card', billing_details: { name: 'Jenny Rosen' } },
    });
    const intent = await newIntent({ confirm: true, confirmation_token: confirmationToken.id });
    expect(intent.status).toBe('succeeded');
    await page.page.close();
  });

  test('makes a payment method for the server', async () => {
    const page = await open({ mode: 'payment', amount: 2000, currency: 'usd' });
    await typePayment(page, '#payment', '4242424242424242');
    await run(page, 'elements.submit()');
    const { paymentMethod } = await run(page, 'stripe.createPaymentMethod({ elements })');
    expect(paymentMethod).toMatchObject({ type: 'card', card: { last4: '4242' } });
    await page.page.close();
  });

  test('reports a secret that opens nothing', async () => {
    const elements = { clientSecret: 'pi_nobody_secret_nothing' };
    const page = await shop.open('<div id="payment"></div>', SCRIPT, { elements });
    expect((await page.result()).error).toMatchObject({ code: 'resource_missing' });
    await page.page.close();
  });

  test('updates with its group', async () => {
    const page = await open({ mode: 'payment', amount: 2000, currency: 'usd' });
    await page.page.evaluate(`elements.on('update-end', () => done({ updated: true }));
      void elements.update({ amount: 4000 })`);
    expect(await page.result()).toEqual({ updated: true });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });
});

test('a card that is set up is charged later without its holder', async () => {
  const { id: customer } = await shop.stripe.customers.create();
  const setup = await shop.stripe.setupIntents.create({ customer, usage: 'off_session' });
  const page = await open({ clientSecret: setup.client_secret });
  await typePayment(page, '#payment', '4000002500003155');
  await page.page.evaluate(
    `void stripe.confirmSetup({ elements, redirect: 'if_required' }).then(done)`,
  );
  const bank = page.page.frameLocator('dialog iframe');
  await bank.getByRole('button', { name: 'Complete authentication' }).click();
  const { setupIntent } = await page.result();
  expect(setupIntent).toMatchObject({ id: setup.id, status: 'succeeded' });
  const charged = await newIntent({
    customer,
    payment_method: setupIntent.payment_method,
    off_session: true,
    confirm: true,
  });
  expect(charged.status).toBe('succeeded');
  await page.page.close();
});
