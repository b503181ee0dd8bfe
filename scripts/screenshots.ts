/**
 * Takes the pictures of docs/integrate again, from the built server and its demo shop in a real
 * browser: `npx tsx scripts/screenshots.ts`.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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

const money = (value: number) => ({ value, currencyCode: 'GBP' });

/** A payment with all that a checkout shows, as its shop makes it; its page's address. */
async function newCheckout(url: string): Promise<string> {
  const reply = await fetch(`${url}/payment-intents`, {
    method: 'POST',
    headers: {
      authorization: 'Basic sk_sandbox_tender',
      version: '2025-09-10',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      amount: money(2400),
      reference: 'Order 234',
      paymentMethods: ['Card', 'Wallet'],
      itemLines: [
        { name: 'Field guide to birds', quantity: 1, amountTotal: money(1600) },
        { name: 'Notebook', quantity: 2, amountTotal: money(800) },
      ],
      config: {
        title: 'The Corner Bookshop',
        payment: { tipsAllowed: true },
        customerEmail: { collectionRequired: true },
      },
    }),
  });
  const { paymentLink } = (await reply.json()) as { paymentLink: string };
  return paymentLink;
}

async function openPage(browser: Browser, link: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  await page.goto(link);
  await page.locator('.pay').waitFor();
  return page;
}

/** The checkout page: paid by card, with a receipt in the mailbox; on a phone; a wallet's code. */
async function checkoutPages(browser: Browser, url: string): Promise<void> {
  const light = { viewport: { width: 880, height: 1100 }, colorScheme: 'light' } as const;
  const page = await openPage(browser, await newCheckout(url), light);
  await take(page, 'checkout');
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByLabel('Expiration date').fill('12 / 34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on card').fill('Ada Lovelace');
  await page.getByRole('button', { name: 'Pay £24.00' }).click();
  await page.getByRole('heading', { name: 'Paid', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('ada@example.com').first().waitFor();
  await page.goto(`${url}/mailbox`);
  await page.getByRole('link', { name: /receipt/i }).click();
  await page.getByRole('link', { name: 'The letter as it looks' }).click();
  await page.setViewportSize({ width: 620, height: 560 });
  await take(page, 'mailbox');
  await page.context().close();

  const dark = { viewport: PHONE, colorScheme: 'dark', isMobile: true, hasTouch: true } as const;
  const phone = await openPage(browser, await newCheckout(url), dark);
  await take(phone, 'checkout-phone');
  await phone.context().close();

  const pocket = { viewport: PHONE, colorScheme: 'light', isMobile: true, hasTouch: true } as const;
  const wallet = await openPage(browser, await newCheckout(url), pocket);
  await wallet.getByLabel('Email').fill('ada@example.com');
  await wallet.getByText('Code wallet').tap();
  await wallet.getByRole('button', { name: 'Show the code' }).tap();
  await wallet.getByRole('link', { name: 'Open wallet' }).waitFor();
  await take(wallet, 'checkout-wallet');
  await wallet.context().close();
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
    await checkoutPages(browser, url);
  } finally {
    await browser.close();
  }
} finally {
  await child.stop();
  rmSync(data, { recursive: true, force: true });
}
