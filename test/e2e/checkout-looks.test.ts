import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CheckoutShop, cameTo, fillCard, openCheckoutShop } from './checkout-page.js';

let shop: CheckoutShop;

beforeAll(async () => {
  shop = await openCheckoutShop();
});
afterAll(async () => {
  await shop?.close();
});

describe('the page', () => {
  const itemLines = [
    {
      id: '1',
      quantity: 2,
      name: 'Sourdough with soup of the day and butter',
      amountTotal: { value: 1000, currencyCode: 'GBP' },
    },
  ];
  const phone = { width: 320, height: 640 };
  const looks: [string, BrowserContextOptions, string][] = [
    ['on a narrow phone', { viewport: phone }, 'Pay £12.40'],
    ['at night', { colorScheme: 'dark' }, 'Pay £12.40'],
    ['in German', { locale: 'de-DE', viewport: phone }, '12,40\u00a0£ zahlen'],
    ['in French', { locale: 'fr-FR', viewport: phone }, 'Payer 12,40\u00a0£'],
    ['in Spanish', { locale: 'es-ES', viewport: phone }, 'Pagar 12,40\u00a0£'],
    ['in Italian', { locale: 'it-IT', viewport: phone }, 'Paga 12,40\u00a0£'],
    ['in Dutch', { locale: 'nl-NL', viewport: phone }, '£\u00a012,40 betalen'],
  ];
  test.each(looks)('%s fits and can be read', async (_, options, button) => {
    const config = { title: 'Table 12', payment: { tipsAllowed: true } };
    const { id } = await shop.intent({ itemLines, config });
    const { page, close } = await shop.visit(id, options);
    await page.getByRole('button', { name: button }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(
      (options.locale ?? 'en').slice(0, 2),
    );
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
    const small = '[...document.querySelectorAll("button, a, select, label:has(input)")]';
    const low = 'filter((each) => each.checkVisibility() && each.offsetHeight < 44)';
    expect(await page.evaluate(`${small}.${low}.length`)).toBe(0);
    await close();
  });

  test('of a link that leads nowhere stands in the middle', async () => {
    const viewport = { width: 1000, height: 700 };
    const { page, close } = await shop.visit('pi_sandbox_nothing0123456789', { viewport });
    const box = await page.locator('.place').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0) / 2).toBeCloseTo(viewport.width / 2, 0);
    await close();
  });

  test('on paper is a receipt without buttons', async () => {
    const { id } = await shop.intent({ itemLines });
    const { page, close } = await shop.visit(id);
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', { name: /^Pay £/ }).click();
    await cameTo(page, 'Paid');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('button:visible, input:visible, a:visible').count()).toBe(0);
    await page.getByText('Sourdough').waitFor();
    await page.getByText('Visa •••• 4242').waitFor();
    await close();
  });

  test('offers the ways to pay of the country that is chosen', async () => {
    const { id } = await shop.stripe.paymentIntents.create({
      amount: 1240,
      currency: 'usd',
      payment_method_types: ['card', 'us_bank_account'],
    } as never);
    const link = await shop.stripe.rawRequest(
      'POST',
      `/v1/payment_intents/${id}/checkout_link`,
      {},
    );
    const { url } = link as unknown as { url: string };
    const { page, close } = await shop.visit(url.split('/').at(-1) ?? '');
    await page.getByLabel('Card', { exact: true }).waitFor();
    await page.getByLabel('Card number').fill('4242');
    expect(await page.getByLabel('US bank account').count()).toBe(0);
    await page.getByLabel('Country').selectOption('US');
    await page.getByLabel('US bank account').check();
    await page.getByLabel('Full name').fill('Ada Lovelace');
    await page.getByLabel('Routing number').fill('110000000');
    await page.getByLabel('Account number').fill('000123456789');
    await page.getByLabel('Email').fill('ada@example.com');
    // What was typed before is still there.
    expect(await page.getByLabel('Card number').inputValue()).toBe('4242');
    await page.getByRole('button', { name: 'Pay $12.40' }).click();
    await cameTo(page, 'The payment is under way');
    await close();
  });
});
