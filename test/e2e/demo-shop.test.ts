import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, startChild } from '../crash/child.js';
import { cameTo, fillCard } from './checkout-page.js';
import { complaintsOf, launchBrowser, seriousFaults } from './shop.js';

const data = mkdtempSync(join(tmpdir(), 'tender-demo-'));
let child: Child;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  child = await startChild(data);
  browser = await launchBrowser();
  context = await browser.newContext();
});

afterAll(async () => {
  await browser?.close();
  await child?.stop();
  rmSync(data, { recursive: true, force: true });
});

const complaints: string[] = [];

/** A visitor who has gone to `/demo` and put something into the basket. */
async function atCheckout(from: BrowserContext = context): Promise<Page> {
  const page = await from.newPage();
  complaintsOf(page, complaints);
  await page.goto(`http://127.0.0.1:${child.port}/demo`);
  await page.selectOption('select[name=tote]', '2');
  await page.getByRole('button', { name: 'Go to checkout' }).click();
  await page.fill('#email', 'ada@shop.example');
  await page.locator('#pay:enabled').waitFor();
  return page;
}

async function pay(page: Page, number: string): Promise<void> {
  const frame = page.frameLocator('#payment iframe');
  await frame.locator('[name=number]').fill(number);
  await frame.locator('[name=expiry]').fill('12 / 34');
  await frame.locator('[name=cvc]').fill('123');
  const country = frame.locator('[name=country]');
  if (await country.isVisible()) await country.selectOption('US');
  const postal = frame.locator('[name=postalCode]');
  if (await postal.isVisible()) await postal.fill('12345');
  await page.click('#pay');
}

describe('the demo shop', () => {
  test('has an origin of its own', async () => {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${child.port}/demo`);
    expect(new URL(page.url()).port).not.toBe(String(child.port));
    expect(await page.title()).toContain('Three useful things');
    await page.close();
  });

  test('takes a card, and the webhook says that it was paid', async () => {
    const page = await atCheckout();
    await expect(page.locator('#pay').textContent()).resolves.toBe('Pay £67.00');
    await pay(page, '4242424242424242');
    await page.waitForURL('**/orders/*');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(complaints.splice(0)).toEqual([]);
    await page.close();
  });

  test('says why a card was declined, and takes the next one for the same order', async () => {
    const page = await atCheckout();
    await pay(page, '4000000000009995');
    const problem = page.locator('#problem');
    await problem.waitFor();
    expect(await problem.textContent()).toContain('insufficient funds');
    const before = page.url();
    await pay(page, '5555555555554444');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(before).toContain(new URL(page.url()).pathname);
    await page.close();
  });

  test('asks the bank in a dialog', async () => {
    const page = await atCheckout();
    await pay(page, '4000002760003184');
    const bank = page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: 'Complete authentication' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(complaints.splice(0)).toEqual([]);
    await page.close();
  });

  test('leads to the hosted checkout, and is told there that the order is paid', async () => {
    const page = await atCheckout();
    const order = new URL(page.url().replace(/\/checkout$/, ''));
    await page.getByRole('button', { name: 'Pay with the hosted checkout' }).click();
    await page.waitForURL('**/checkout/pi_sandbox_*');
    expect(new URL(page.url()).port).toBe(String(child.port));
    await page.getByText('Canvas tote').waitFor();
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', { name: 'Pay £67.00' }).click();
    await cameTo(page, 'Paid');
    await page.getByRole('link', { name: /^Back to / }).click();
    await page.waitForURL(order.href);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    // Paid is paid: the card's form is not offered any more.
    await page.goto(`${order}/checkout`);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(complaints.splice(0)).toEqual([]);
    await page.close();
  });

  test('takes back who cancels at the hosted checkout, and keeps the order', async () => {
    const page = await atCheckout();
    const checkout = page.url();
    const leave = page.getByRole('button', { name: 'Pay with the hosted checkout' });
    await leave.click();
    await page.waitForURL('**/checkout/pi_sandbox_*');
    const first = page.url();
    await page.getByRole('button', { name: 'Cancel payment' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel payment' }).click();
    await page.waitForURL(checkout);
    await leave.click();
    await page.waitForURL('**/checkout/pi_sandbox_*');
    expect(page.url()).not.toBe(first);
    expect(complaints.splice(0)).toEqual([]);
    await page.close();
  });

  test('cannot read the frame with the card', async () => {
    const page = await atCheckout();
    const read = await page.evaluate(`(() => {
      try { return document.querySelector('#payment iframe').contentDocument?.title ?? 'nothing' }
      catch (error) { return error.name }
    })()`);
    expect(['nothing', 'SecurityError']).toContain(read);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('gives axe nothing serious, %s', async (scheme) => {
    const colored = await browser.newContext({ colorScheme: scheme });
    const page = await atCheckout(colored);
    const check = async (): Promise<void> =>
      expect(await seriousFaults(page.mainFrame())).toEqual([]);
    await check();
    const checkout = page.url();
    await page.goto(checkout.replace(/\/checkout$/, ''));
    await page.getByRole('heading', { name: 'Not paid yet' }).waitFor();
    await check();
    await page.goto(checkout);
    await page.fill('#email', 'ada@shop.example');
    await page.locator('#pay:enabled').waitFor();
    await pay(page, '4242424242424242');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await check();
    await page.goto(`http://127.0.0.1:${child.port}/demo`);
    await check();
    expect(complaints.splice(0)).toEqual([]);
    await colored.close();
  });

  test('fits a screen of 320 pixels', async () => {
    const narrow = await browser.newContext({ viewport: { width: 320, height: 640 } });
    const page = await atCheckout(narrow);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await narrow.close();
  });
});
