/**
 * Takes the pictures of docs/integrate again, from the built server and its demo shop in a real
 * browser: `npx tsx scripts/screenshots.ts`.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startChild } from '../test/crash/child.js';
import { launchBrowser } from '../test/e2e/shop.js';
import {
  fillWallet,
  makeWallet,
  openWalletPage,
  slide,
  type WalletPage,
} from '../test/e2e/wallet-page.js';

const FOLDER = fileURLToPath(new URL('../docs/integrate/images/', import.meta.url));
/** What a page of the documents may weigh per picture. */
const PICTURE_BYTES_MAX = 150_000;
const DESKTOP = { width: 880, height: 760 };
const PHONE = { width: 390, height: 760 };

async function take(page: Page, name: string): Promise<Buffer> {
  const path = join(FOLDER, `${name}.png`);
  const picture = await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(path);
  if (size > PICTURE_BYTES_MAX) throw new Error(`${name}.png has ${size} bytes`);
  console.log(`${name}.png ${Math.ceil(size / 1000)} kB`);
  return picture;
}

/** The checkout of the demo shop, its button loaded. */
async function openCheckout(browser: Browser, url: string, viewport: typeof PHONE, agent = {}) {
  const context = await browser.newContext({
    viewport,
    colorScheme: 'light',
    locale: 'en-US',
    ...agent,
  });
  const page = await context.newPage();
  await page.goto(`${url}/demo`);
  await page.getByRole('button', { name: 'Go to checkout' }).click();
  const button = page.frameLocator('#wallet iframe').getByRole('button', { name: 'Pay with Code' });
  await button.waitFor();
  await page.locator('#pay:enabled').waitFor();
  return { page, button };
}

const requestOn = (page: Page) =>
  page.frameLocator('iframe[src*="-request-modal-"][style*="fixed"]');

/** The seed's desktop flow: a code on one screen, a phone that scans it. */
async function desktopFlow(browser: Browser, url: string, wallet: WalletPage): Promise<void> {
  const { page, button } = await openCheckout(browser, url, DESKTOP);
  await button.scrollIntoViewIfNeeded();
  await take(page, 'code-button');
  await button.click();
  await requestOn(page).locator('svg.qr').waitFor();
  const screen = await take(page, 'code-request');
  const phone = wallet.page;
  await phone.getByRole('button', { name: 'Scan a code' }).click();
  await phone
    .locator('input[type=file]')
    .setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: screen });
  await phone.getByRole('heading', { name: 'Pay', exact: true }).waitFor();
  await take(phone, 'code-wallet-review');
  await slide(phone);
  await phone.getByRole('heading', { name: 'Paid', exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await page.context().close();
}

/** The seed's mobile flow as far as the shop shows it: the link that opens the wallet. */
async function mobileFlow(browser: Browser, url: string): Promise<void> {
  const phone = {
    isMobile: true,
    hasTouch: true,
    userAgent:
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) ' +
      'Chrome/147.0.0.0 Mobile Safari/537.36',
  };
  const { page, button } = await openCheckout(browser, url, PHONE, phone);
  await button.tap();
  await requestOn(page).getByRole('link').first().waitFor();
  await take(page, 'code-mobile');
  await page.context().close();
}

const data = mkdtempSync(join(tmpdir(), 'tender-pictures-'));
mkdirSync(FOLDER, { recursive: true });
const child = await startChild(data);
try {
  const url = `http://127.0.0.1:${child.port}`;
  const browser = await launchBrowser();
  try {
    const wallet = await openWalletPage(browser, { tenderUrl: url });
    await makeWallet(wallet);
    await fillWallet(wallet);
    await desktopFlow(browser, url, wallet);
    await mobileFlow(browser, url);
  } finally {
    await browser.close();
  }
} finally {
  await child.stop();
  rmSync(data, { recursive: true, force: true });
}
