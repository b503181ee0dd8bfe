import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, startChild } from '../crash/child.js';
import { filledWallet, scan } from './code-shop.js';
import { launchBrowser, seriousFaults } from './shop.js';

/** The demo shop's button for wallets, on the built server. */

const data = mkdtempSync(join(tmpdir(), 'tender-demo-wallet-'));
let child: Child;
let browser: Browser;
let url = '';

beforeAll(async () => {
  child = await startChild(data);
  browser = await launchBrowser();
  url = `http://127.0.0.1:${child.port}`;
});

afterAll(async () => {
  await browser?.close();
  await child?.stop();
  rmSync(data, { recursive: true, force: true });
});

const complaints: string[] = [];

/** A visitor with a basket, at the checkout, who has pressed the button. */
async function atCode(): Promise<Page> {
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${url}/demo`);
  await page.getByRole('button', { name: 'Go to checkout' }).click();
  const frame = page.frameLocator('#wallet iframe');
  await frame.getByRole('button', { name: 'Pay with Code' }).click();
  return page;
}

const request = (page: Page) => page.frameLocator('iframe[src*="-request-modal-"][style*="fixed"]');

test('the demo shop is paid by a wallet that scans its screen', async () => {
  const page = await atCode();
  const wallet = await filledWallet(url);
  const offer = await wallet.read(await scan(browser, request(page).locator('svg.qr')));
  if (offer.kind !== 'payment') throw new Error(`read a ${offer.kind}`);
  expect(offer.amount).toBe(18);
  await wallet.pay(offer);
  await page.waitForURL('**/orders/*');
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  // Paid is paid: the card's form is not offered any more.
  await page.goto(`${page.url()}/checkout`);
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  expect(complaints.splice(0)).toEqual([]);
  await page.close();
});

test('the demo shop keeps the order of a customer who closes the request', async () => {
  const page = await atCode();
  await request(page).getByRole('button', { name: 'Close' }).click();
  await page.locator('iframe[style*="fixed"]').waitFor({ state: 'detached' });
  await page.locator('#pay:enabled').waitFor();
  expect(await seriousFaults(page.mainFrame())).toEqual([]);
  const intent = page.url().replace('/checkout', '');
  await page.goto(intent);
  await page.getByRole('heading', { name: 'Not paid yet' }).waitFor();
  await page.close();
});

test('the demo shop believes no address that says it was paid', async () => {
  const page = await browser.newPage();
  await page.goto(`${url}/demo`);
  const missing = await page.goto(new URL('/verify/11111111111111111111', page.url()).href);
  expect(missing?.status()).toBe(404);
  await page.close();
});
