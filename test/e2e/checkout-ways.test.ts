import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CheckoutShop, cameTo, fillCard, openCheckoutShop, PAY } from './checkout-page.js';
import { launchBrowser } from './shop.js';
import { fillWallet, makeWallet, openWalletPage, slide } from './wallet-page.js';

let shop: CheckoutShop;

beforeAll(async () => {
  shop = await openCheckoutShop();
});
afterAll(async () => {
  await shop?.close();
});

/** Lets time pass for the shop's account, and what is due happen. */
async function passDays(days: number): Promise<void> {
  const clocks = `${shop.tenderUrl}/v1/test_helpers/test_clocks/account`;
  const headers = {
    authorization: `Basic ${Buffer.from('sk_test_shop:').toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const ask = async (): Promise<{ frozen_time: number; status: string }> =>
    (await fetch(clocks, { headers })).json() as never;
  const { frozen_time } = await ask();
  const body = `frozen_time=${frozen_time + days * 86_400}`;
  await fetch(`${clocks}/advance`, { method: 'POST', headers, body });
  const isReady = async (): Promise<boolean> => (await ask()).status === 'ready';
  await vi.waitUntil(isReady, { timeout: 20_000, interval: 50 });
}

describe('a checkout that ends otherwise', () => {
  test('is canceled by the customer, who is led back to the basket', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    const cancel = page.getByRole('button', { name: 'Cancel payment' });
    await cancel.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    expect(await shop.statusOf(id)).toBe('Created');
    await cancel.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel payment' }).click();
    await page.waitForURL(`${shop.url}/basket`);
    expect(await shop.statusOf(id)).toBe('Canceled');
    await close();
    const again = await shop.visit(id);
    await cameTo(again.page, 'This payment was canceled');
    await again.close();
  });

  test('says under an unknown link that there is nothing to pay', async () => {
    const { page, close } = await shop.visit('pi_sandbox_AAAAAAAAAAAAAAAAAAAAAA');
    await cameTo(page, 'There is nothing to pay here');
    await close();
  });

  test('has expired when its time is over', async () => {
    const { id } = await shop.intent();
    const open = await shop.visit(id);
    await passDays(31);
    const { page, close } = await shop.visit(id);
    await cameTo(page, 'This link has expired');
    await close();
    // Who had the page open learns it by trying; nothing is charged.
    await fillCard(open.page, '4242424242424242');
    await open.page.getByRole('button', PAY).click();
    await cameTo(open.page, 'This link has expired');
    await open.close();
  });
});

/** What the browser says of it. */
const LOST = 'net::ERR_FAILED';

describe('a connection that is lost', () => {
  test('after the payment is paid for once, and the page finds out', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await page.route('**/pay', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', PAY).click();
    await cameTo(page, 'Paid');
    const { paymentEvents } = await shop.dojo('GET', `/payment-intents/${id}`);
    const captured = paymentEvents.filter(
      (each: { eventType: string }) => each.eventType === 'Captured',
    );
    expect(captured.length).toBe(1);
    await close(LOST);
  });

  test('before the payment is said to have charged nothing', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await page.route('**/pay', (route) => route.abort());
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', PAY).click();
    await page
      .locator('.alarm')
      .getByText(/Nothing was charged/)
      .waitFor();
    await page.unroute('**/pay');
    await page.getByRole('button', PAY).click();
    await cameTo(page, 'Paid');
    await close(LOST);
  });

  test('from the beginning is said, and the page comes when it is back', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await page.route('**/state*', (route) => route.abort());
    await page.reload();
    await cameTo(page, 'No connection');
    await page.unroute('**/state*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', PAY).waitFor();
    await close(LOST);
  });
});

test('a code is paid by a wallet that scans it, and the page goes on by itself', async () => {
  const phones = await launchBrowser();
  const phone = await openWalletPage(phones, { tenderUrl: shop.tenderUrl });
  await makeWallet(phone);
  await fillWallet(phone);
  const { id } = await shop.intent({ paymentMethods: ['Card', 'Wallet'] });
  const { page, close } = await shop.visit(id);
  await page.getByLabel('Code wallet').check();
  await page.getByRole('button', { name: 'Show the code' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  await page.getByRole('link', { name: 'Open wallet' }).waitFor();
  const buffer = await page.screenshot({ fullPage: true });
  await phone.page.getByRole('button', { name: 'Scan a code' }).click();
  await phone.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer });
  await slide(phone.page);
  await phone.page.getByRole('heading', { name: 'Paid', exact: true }).waitFor();
  await cameTo(page, 'Paid');
  expect(await shop.statusOf(id)).toBe('Captured');
  await close();
  await phones.close();
});

test('a code on a phone comes into view whole, with the wallet’s link', async () => {
  const { id } = await shop.intent();
  const phone = { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true };
  const { page, close } = await shop.visit(id, phone);
  await page.getByLabel('Code wallet').check();
  await page.getByRole('button', { name: 'Show the code' }).tap();
  await page.getByRole('link', { name: 'Open wallet' }).waitFor();
  const box = await page.locator('.scan').last().boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(760);
  await close();
});

test('what the shop asks for is collected and kept', async () => {
  const { id } = await shop.intent({
    config: {
      customerEmail: { collectionRequired: true },
      billingAddress: { collectionRequired: true },
      shippingDetails: { collectionRequired: true },
    },
  });
  const { page, close } = await shop.visit(id);
  await page.getByLabel('Email').fill('ada@example.com');
  const billing = page.getByRole('group', { name: 'Billing address' });
  await billing.getByLabel('Full name').fill('Ada Lovelace');
  await billing.getByLabel('Address', { exact: true }).fill('12 St James’s Square');
  await billing.getByLabel('Town or city').fill('London');
  await billing.getByLabel('Postal code').fill('SW1Y 4JH');
  const state = billing.getByLabel('State or province');
  expect(await state.isVisible()).toBe(false);
  await billing.getByLabel('Country').selectOption('US');
  await state.waitFor();
  await billing.getByLabel('Country').selectOption('GB');
  await page.getByLabel('Deliver to the billing address').uncheck();
  const shipping = page.getByRole('group', { name: 'Delivery address' });
  await shipping.getByLabel('Full name').fill('Charles Babbage');
  await shipping.getByLabel('Address', { exact: true }).fill('1 Dorset Street');
  await shipping.getByLabel('Town or city').fill('London');
  await shipping.getByLabel('Postal code').fill('W1U 4EG');
  await fillCard(page, '4242424242424242');
  await page.getByRole('button', PAY).click();
  await cameTo(page, 'Paid');
  const kept = await shop.dojo('GET', `/payment-intents/${id}`);
  expect(kept.customer.emailAddress).toBe('ada@example.com');
  expect(kept.billingAddress).toMatchObject({ city: 'London', countryCode: 'GB' });
  expect(kept.shippingDetails).toMatchObject({ name: 'Charles Babbage' });
  await close();
});

test('a receipt is sent where the customer says', async () => {
  const { id } = await shop.intent();
  const { page, close } = await shop.visit(id);
  await fillCard(page, '4242424242424242');
  await page.getByRole('button', PAY).click();
  await cameTo(page, 'Paid');
  const address = page.getByLabel('Send the receipt to');
  await address.fill('ada@example');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('Your email is incomplete.').waitFor();
  await address.fill('ada@example.com');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('The receipt is on its way to ada@example.com.').waitFor();
  // Who writes an address is not led away from it.
  expect(await page.getByText(/^You return/).isVisible()).toBe(false);
  await close();
});

test('a card is saved for later once its terms are agreed to', async () => {
  const terms = 'We charge up to £50 if you do not come.';
  const { id } = await shop.dojo('POST', '/setup-intents', {
    reference: 'Table 12',
    merchantInitiatedTransactionType: 'NoShow',
    terms,
  });
  const { page, close } = await shop.visit(id);
  await page.getByText(terms).waitFor();
  await fillCard(page, '4242424242424242');
  await page.getByRole('button', { name: 'Save card' }).click();
  await page.getByText('Agree to the terms to go on.').waitFor();
  await page.getByLabel('I agree to these terms').check();
  await page.getByRole('button', { name: 'Save card' }).click();
  await cameTo(page, 'Card saved');
  expect((await shop.dojo('GET', `/setup-intents/${id}`)).status).toBe('Authorized');
  await close();
});
