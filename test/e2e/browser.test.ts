import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, startChild } from '../crash/child.js';
import { launchBrowser } from './shop.js';

const data = mkdtempSync(join(tmpdir(), 'tender-browser-'));
let browser: Browser;
let shop: Server;
let shopUrl: string;
let child: Child;
let stripe: Stripe;

beforeAll(async () => {
  child = await startChild(data);
  const { port } = child;
  stripe = new Stripe('sk_test_browser', { host: '127.0.0.1', port, protocol: 'http' });
  shop = createServer((request, response) => response.end(`shop ${request.url}`));
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/back`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => shop?.close(resolve));
  await child?.stop();
  rmSync(data, { recursive: true, force: true });
});

/** A page that fails the test for anything that the browser complains about. */
async function openPage(url: string) {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

function challenged(): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_authenticationRequired',
    return_url: shopUrl,
  });
}

describe('the challenge page', () => {
  test.each([
    ['Complete authentication', 'succeeded', 'succeeded'],
    ['Fail authentication', 'failed', 'requires_payment_method'],
  ])('%s leads back to the shop', async (button, outcome, status) => {
    const intent = await challenged();
    const { page, complaints } = await openPage(intent.next_action?.redirect_to_url?.url ?? '');
    await page.getByText('20.00 USD').waitFor();
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL(`${shopUrl}?**`);
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('payment_intent')).toBe(intent.id);
    expect(searchParams.get('redirect_status')).toBe(outcome);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe(status);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('works by keyboard alone', async () => {
    const intent = await challenged();
    const { page } = await openPage(intent.next_action?.redirect_to_url?.url ?? '');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/redirect_status=succeeded/);
    await page.close();
  });
});

test('the first page loads without a complaint, and fits a phone', async () => {
  const { page, complaints } = await openPage(`http://127.0.0.1:${child.port}`);
  await page.setViewportSize({ width: 320, height: 640 });
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
});
