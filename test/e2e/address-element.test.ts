import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShop, type Shop, typePayment } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

const SCRIPT = `
const elements = stripe.elements({ clientSecret: settings.secret });
const payment = elements.create('payment');
payment.on('ready', () => done({ ready: true }));
payment.mount('#payment');
elements.create('linkAuthentication').mount('#email');
const address = elements.create('address', { mode: 'shipping', allowedCountries: ['US', 'DE'] });
address.mount('#address');
window.value = () => address.getValue().then(done);
const wallets = elements.create('expressCheckout');
wallets.on('ready', (event) => { window.wallets = event.availablePaymentMethods ?? null });
wallets.mount('#wallets');
window.pay = async () => {
  const { error } = await elements.submit();
  done(error ? { error } : await stripe.confirmPayment({ elements, redirect: 'if_required' }));
};
`;

test('an e-mail address and a postal address go with the payment', async () => {
  const { id, client_secret } = await shop.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
  });
  const places = ['email', 'address', 'wallets', 'payment'].map(
    (name) => `<div id="${name}"></div>`,
  );
  const page = await shop.open(places.join(''), SCRIPT, { secret: client_secret });
  await page.result();
  await typePayment(page, '#payment', '4242424242424242');
  await page.page.evaluate('void pay()');
  expect((await page.result()).error).toMatchObject({ code: 'incomplete_address' });
  const fill = (label: string, text: string): Promise<void> =>
    page.page.getByLabel(label, { exact: true }).fill(text);
  await fill('Email', 'jenny@example.com');
  await fill('Full name', 'Jenny Rosen');
  await page.page.getByLabel('Country').first().selectOption('Germany');
  await fill('Address', 'Am Markt 1');
  await fill('City', 'Bremen');
  await fill('Postal code', '28195');
  await page.page.evaluate('void value()');
  expect(await page.result()).toMatchObject({ complete: true, value: { name: 'Jenny Rosen' } });
  await page.page.evaluate('void pay()');
  expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
  const intent = await shop.stripe.paymentIntents.retrieve(id, { expand: ['payment_method'] });
  expect(intent.shipping).toMatchObject({ name: 'Jenny Rosen', address: { country: 'DE' } });
  expect(intent.payment_method).toMatchObject({ billing_details: { email: 'jenny@example.com' } });
  // Wallets there are none: nothing is shown, and nothing is wrong.
  expect(await page.page.evaluate('wallets')).toBeNull();
  expect(page.complaints).toEqual([]);
  await page.page.close();
});
