import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestTender, type TestTender } from '../support/tender.js';
import { launchBrowser, seriousFaults } from './shop.js';

let tender: TestTender;
let browser: Browser;

beforeAll(async () => {
  [tender, browser] = await Promise.all([startTestTender(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await tender.stop();
});

const PAGES = [
  '/docs',
  '/docs/integrate/code',
  '/docs/project/compat',
  '/docs/api/stripe',
  '/docs/api/stripe/post-v1-payment_intents',
  '/docs/errors/stripe',
  '/docs/errors/dojo/conflict',
  '/docs/search?q=refund',
];

async function open(path: string, width: number, colorScheme: 'light' | 'dark') {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(tender.url + path);
  return { page, complaints };
}

describe('a page of the documentation', () => {
  test.each(
    PAGES.flatMap((path) => [[path, 320, 'light'] as const, [path, 1280, 'dark'] as const]),
  )(
    '%s at %i pixels in %s is whole, and axe finds nothing serious',
    async (path, width, scheme) => {
      const { page, complaints } = await open(path, width, scheme);
      expect(await seriousFaults(page.mainFrame())).toEqual([]);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test('is searched by the keyboard alone', async () => {
    const { page, complaints } = await open('/docs/integrate/code', 1280, 'light');
    await page.keyboard.press('/');
    await page.keyboard.type('refund /v1');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/docs/search?q=refund+%2Fv1');
    expect(await page.getByRole('searchbox').inputValue()).toBe('refund /v1');
    expect(await page.locator('.found > li').count()).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('leads to the others by the keyboard alone', async () => {
    const { page } = await open('/docs', 1280, 'light');
    const focused = () => page.evaluate('document.activeElement.textContent');
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()) === 'Using Tender as Stripe') break;
    }
    await page.keyboard.press('Enter');
    await page.waitForURL('**/docs/integrate/stripe');
    expect(await page.locator('h1').textContent()).toBe('Using Tender as Stripe');
    await page.close();
  });
});
