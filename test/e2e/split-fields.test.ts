import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage } from './shop.js';

const NUMBER = '4242424242424242';
const CVC = '917';

let shop: Shop;
let page: ShopPage;

/** Everything that crosses the page's window is written down. */
const SCRIPT = `
window.heard = [];
addEventListener('message', ({ data }) => heard.push(data));
const elements = stripe.elements();
window.parts = {};
let ready = 0;
for (const type of ['cardNumber', 'cardExpiry', 'cardCvc']) {
  parts[type] = elements.create(type);
  parts[type].on('ready', () => { if (++ready === 3) done({ ready: true }); });
  parts[type].on('change', (event) => heard.push(event));
  parts[type].mount('#' + type);
}
window.stripe = stripe;
`;

beforeAll(async () => {
  shop = await openShop();
  const fields = ['cardNumber', 'cardExpiry', 'cardCvc'].map((id) => `<div id="${id}"></div>`);
  page = await shop.open(fields.join(''), SCRIPT);
  await page.result();
});
afterAll(() => shop?.close());

async function type(number: string): Promise<void> {
  await page.fields('#cardNumber').locator('input').first().fill(number);
  await page.fields('#cardExpiry').locator('input').first().fill('12 / 34');
  await page.fields('#cardCvc').locator('input').first().fill(CVC);
}

async function run(expression: string) {
  await page.page.evaluate(`void (async () => done(await ${expression}))()`);
  return page.result();
}

describe('a card in three fields', () => {
  test('says first what is missing in its number', async () => {
    const { error } = await run('stripe.createToken(parts.cardNumber)');
    expect(error).toMatchObject({ type: 'validation_error', code: 'incomplete_number' });
  });

  test('pays, with its security code checked', async () => {
    const { id, client_secret } = await shop.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
    });
    await type(NUMBER);
    const { paymentIntent } = await run(`stripe.confirmCardPayment(
      ${JSON.stringify(client_secret)}, { payment_method: { card: parts.cardNumber } })`);
    expect(paymentIntent).toMatchObject({ id, status: 'succeeded' });
    const intent = await shop.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent.latest_charge).toMatchObject({
      payment_method_details: {
        card: { last4: '4242', exp_month: 12, exp_year: 2034, checks: { cvc_check: 'pass' } },
      },
    });
  });

  test('becomes a token and a payment method', async () => {
    await type(NUMBER);
    const { token } = await run("stripe.createToken(parts.cardNumber, { name: 'Jenny Rosen' })");
    expect(token).toMatchObject({ type: 'card', card: { last4: '4242', name: 'Jenny Rosen' } });
    const { paymentMethod } = await run(
      "stripe.createPaymentMethod({ type: 'card', card: parts.cardNumber })",
    );
    expect(paymentMethod).toMatchObject({ type: 'card', card: { last4: '4242' } });
    const { token: update } = await run("stripe.createToken('cvc_update', parts.cardCvc)");
    expect(update).toMatchObject({ type: 'cvc_update', object: 'token' });
  });

  test('asks for the code of a saved card again', async () => {
    const { id: customer } = await shop.stripe.customers.create();
    const { id: method } = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer });
    const { client_secret } = await shop.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      customer,
    });
    await type(NUMBER);
    const { paymentIntent, error } = await run(`stripe.confirmCardPayment(
      ${JSON.stringify(client_secret)}, { payment_method: ${JSON.stringify(method)},
        payment_method_options: { card: { cvc: parts.cardCvc } } })`);
    expect(error).toBeUndefined();
    expect(paymentIntent).toMatchObject({ status: 'succeeded' });
  });

  test('shows the page neither its number nor its code', async () => {
    const heard = JSON.stringify(await page.page.evaluate('heard'));
    expect(heard).toContain('cardNumber');
    expect(heard.replaceAll(' ', '')).not.toContain(NUMBER);
    expect(heard).not.toContain(CVC);
    for (const frame of page.page.frames().slice(1)) expect(frame.url()).not.toContain('4242');
    const reached = await page.page.evaluate(
      `Array.from({ length: frames.length }, (_, i) => {
        try { return String(frames[i].document.body) } catch { return null } })`,
    );
    expect(reached).toEqual([null, null, null]);
  });

  test('is closed to a page of Tender’s own origin too', async () => {
    const source = await page.page.locator('#cardNumber iframe').getAttribute('src');
    const own = await shop.openHtml('');
    await own.page.goto(`${shop.tenderUrl}/healthz`);
    const reached = await own.page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(source)};
      frame.onload = () => {
        try { resolve(frame.contentDocument === null ? 'closed' : 'open'); }
        catch { resolve('closed'); }
      };
      document.body.append(frame);
    })`);
    expect(reached).toBe('closed');
    await own.page.close();
  });
});
