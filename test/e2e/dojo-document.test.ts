import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, startChild } from '../crash/child.js';
import { type OpenedDocument, openDocument } from '../support/document.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/sink.js';
import { launchBrowser, seriousFaults } from './shop.js';

/** The shop that docs/integrate/dojo.md prints, run as printed and paid in a real browser. */

const data = mkdtempSync(join(tmpdir(), 'tender-dojo-document-'));
let child: Child;
let browser: Browser;
let document: OpenedDocument;
let shop: ChildProcess;
let shopUrl = '';
let printed = '';

beforeAll(async () => {
  child = await startChild(data);
  const port = await freePort();
  shopUrl = `http://127.0.0.1:${port}`;
  const replaced = { 4400: `${child.port}`, 4444: `${port}` };
  document = openDocument('docs/integrate/dojo.md', { replaced });
  shop = spawn(process.execPath, ['shop.mjs'], { cwd: document.folder, stdio: 'pipe' });
  for (const stream of [shop.stdout, shop.stderr])
    stream?.on('data', (chunk) => {
      printed += chunk;
    });
  await until(() =>
    fetch(shopUrl).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  shop.kill();
  await once(shop, 'exit');
  await child?.stop();
  document.close();
  rmSync(data, { recursive: true, force: true });
});

/** The shop's page for a customer of a country, its form ready. */
async function visit(locale: string): Promise<Page> {
  const context = await browser.newContext({ locale });
  const page = await context.newPage();
  await page.goto(shopUrl);
  await fields(page).locator('[name=cv2]').waitFor();
  return page;
}

const fields = (page: Page) => page.frameLocator('#card iframe');

async function pay(page: Page, number: string): Promise<void> {
  const form = fields(page);
  await form.locator('[name=cardNumber]').fill(number);
  await form.locator('[name=cardName]').fill('Ada Example');
  await form.locator('[name=expiryDate]').fill('12 / 34');
  await form.locator('[name=cv2]').fill('020');
  await page.getByRole('button', { name: 'Pay' }).click();
}

/** The intent that a page has paid, as the shop's server sees it. */
async function paidOf(page: Page) {
  const id = new URL(page.url()).pathname.slice('/result/'.length);
  const headers = { authorization: 'Basic sk_sandbox_tender', version: '2025-09-10' };
  const reply = await fetch(`http://127.0.0.1:${child.port}/payment-intents/${id}`, { headers });
  return { id, intent: await reply.json() };
}

describe('the shop of the Dojo document', () => {
  test('is paid after a decline, and hears of it by a signed webhook', async () => {
    const page = await visit('en-GB');
    expect(await seriousFaults(page.mainFrame())).toEqual([]);
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByRole('alert').getByText('card number').waitFor();
    await pay(page, '4000000000009995');
    await page.getByText('Your card has insufficient funds.').waitFor();
    await pay(page, '4456530000001013');
    await page.getByText('Thank you.').waitFor();
    const { id, intent } = await paidOf(page);
    expect(intent).toMatchObject({
      status: 'Captured',
      amount: { value: 1000, currencyCode: 'GBP' },
      reference: 'Order 234',
    });
    const line = `payment_intent.status_updated ${id} Captured\n`;
    await until(async () => printed.includes(line));
    expect(printed).not.toContain('Not from Tender');
    await page.context().close();
  });

  test('charges a customer elsewhere in their currency, after the bank’s question', async () => {
    const page = await visit('fr-FR');
    await pay(page, '4456530000001096');
    const bank = page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: 'Complete authentication' }).click();
    await page.getByText('Thank you.').waitFor();
    const { intent } = await paidOf(page);
    expect(intent).toMatchObject({
      status: 'Captured',
      amount: { value: 1200, currencyCode: 'EUR' },
      billingAddress: { countryCode: 'FR' },
    });
    await page.context().close();
  });
});
