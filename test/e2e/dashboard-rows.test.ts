import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeTender, startFakeTender } from './dashboard-fake.js';
import { headingOf, soon, visit } from './dashboard-page.js';
import { launchBrowser } from './shop.js';

/** The dashboard over answers that a real server gives late, seldom, or after long work. */

let browser: Browser;
let tender: FakeTender;

beforeAll(async () => {
  [browser, tender] = await Promise.all([launchBrowser(), startFakeTender(10_000)]);
});
afterAll(async () => {
  await browser?.close();
  await tender?.stop();
});

const open = (path: string, look: (page: Page) => Promise<void>) =>
  visit({ browser, url: tender.url }, path, look);
const rows = '.rows .row';

test('ten thousand rows are scrolled to the last, and only those that are seen are drawn', () =>
  open('/intents', async (page) => {
    await page.locator(rows).first().waitFor();
    const last = page.getByRole('link', { name: /Order 9999\b/ });
    await page.evaluate(`
      most = 0;
      setInterval(() => {
        most = Math.max(most, document.querySelectorAll('.rows .row').length);
        scrollTo(0, document.body.scrollHeight);
      }, 20)`);
    await last.waitFor({ timeout: 50_000 });
    expect(await page.evaluate('most')).toBeLessThan(60);
    expect(await last.locator('xpath=..').getAttribute('aria-setsize')).toBe('10000');
  }));

test('a row keeps the focus while it scrolls far away', () =>
  open('/intents', async (page) => {
    await page.locator(rows).first().waitFor();
    await page.keyboard.press('j');
    await page.evaluate('scrollTo(0, 4000)');
    await page.getByRole('link', { name: /Order 95\b/ }).waitFor();
    await page.keyboard.press('j');
    const focused = page.locator('.row:focus');
    await soon(() => focused.textContent()).toContain('Order 1');
  }));

test('a refund that is refused says why, and keeps what was entered', () =>
  open('/intents/pi_000010', async (page) => {
    await page.getByRole('button', { name: 'Refund' }).click();
    const dialog = page.getByRole('dialog', { name: 'Refund' });
    await dialog.getByLabel(/^Amount/).fill('9.99');
    await dialog.getByLabel('Reason').selectOption('fraudulent');
    await dialog.getByRole('button', { name: 'Refund' }).click();
    await dialog.getByText('The bank does not take this back.').waitFor();
    expect(await dialog.getByLabel(/^Amount/).inputValue()).toBe('9.99');
  }));

test('a place that cannot be loaded says so, and is loaded once the server answers', () =>
  open('/intents/pi_000000', async (page) => {
    const calls = '**/admin/v1/intents?*';
    await page.route(calls, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
    await page.getByRole('link', { name: 'Intents', exact: true }).click();
    await headingOf(page, 'This could not be loaded').waitFor();
    await page.getByText('The server answered 502. Try again.').waitFor();
    await page.unroute(calls);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator(rows).first().waitFor();
  }));
