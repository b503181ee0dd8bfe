import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeTender, startFakeTender } from './dashboard-fake.js';
import { complaintsOf, launchBrowser, seriousFaults } from './shop.js';

let browser: Browser;
let tender: FakeTender;

beforeAll(async () => {
  browser = await launchBrowser();
  tender = await startFakeTender({ intents: 10_000 });
});
afterAll(async () => {
  await browser?.close();
  await tender?.stop();
});

/** Opens a place; what the browser complains about, and axe finds, fails the test. */
async function visit<T>(
  path: string,
  look: (page: Page) => Promise<T>,
  options: BrowserContextOptions = {},
  { url } = tender,
): Promise<T> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`${url}/dashboard${path}`);
  await page.locator('h1').waitFor();
  const seen = await look(page);
  expect(await seriousFaults(page.mainFrame())).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
  return seen;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

describe('the overview', () => {
  test('shows volume and success as charts, and their numbers by one key', () =>
    visit('', async (page) => {
      await page.getByText('£63,600.00').waitFor();
      await expect.poll(() => page.locator('.chart:visible svg').count()).toBe(2);
      expect(await page.locator('.chart .direct').first().textContent()).toBe('£3,400.00');
      await page.keyboard.press('t');
      const numbers = page.getByRole('region', { name: 'Volume a day' });
      await numbers.getByRole('cell', { name: '£2,200.00' }).first().waitFor();
      expect(await numbers.getByRole('row').count()).toBe(31);
      expect(await page.locator('.chart:visible').count()).toBe(0);
    }));

  test('of an account without a payment teaches how to make one', async () => {
    const fresh = await startFakeTender({ intents: 0 });
    await visit(
      '',
      async (page) => {
        await page.getByRole('heading', { name: 'No payment yet' }).waitFor();
        await page.getByText('/v1/payment_intents').waitFor();
      },
      {},
      fresh,
    );
    await fresh.stop();
  });
});

describe('the list of intents', () => {
  const rows = '.rows .row';

  test('draws what is seen of ten thousand, and comes to the last by scrolling', () =>
    visit('/intents', async (page) => {
      await page.locator(rows).first().waitFor();
      const last = page.getByRole('link', { name: /Order 9999\b/ });
      await page.evaluate('setInterval(() => scrollTo(0, document.body.scrollHeight), 20)');
      await last.waitFor({ timeout: 50_000 });
      expect(await page.locator(rows).count()).toBeLessThan(60);
      expect(await last.locator('xpath=..').getAttribute('aria-setsize')).toBe('10000');
    }));

  test('is walked and opened by keys alone', () =>
    visit('/intents', async (page) => {
      await page.locator(rows).first().waitFor();
      for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
      await heading(page, '£10.07').waitFor();
      expect(new URL(page.url()).pathname).toBe('/dashboard/intents/pi_000001');
      await page.keyboard.press('g');
      await page.keyboard.press('i');
      await heading(page, 'Intents').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    }));

  test('keeps the focus on a row while it scrolls far away', () =>
    visit('/intents', async (page) => {
      await page.locator(rows).first().waitFor();
      await page.keyboard.press('j');
      await page.evaluate('scrollTo(0, 4000)');
      await page.getByRole('link', { name: /Order 95\b/ }).waitFor();
      await page.keyboard.press('j');
      const focused = page.locator('.row:focus');
      await expect.poll(() => focused.textContent()).toContain('Order 1');
    }));

  test('is filtered and searched, and its address says how', () =>
    visit('/intents', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('Order 777');
      await page.getByLabel('Status').selectOption('authorized');
      await expect.poll(() => page.locator(rows).count()).toBe(2);
      expect(new URL(page.url()).search).toBe('?q=Order+777&state=authorized');
      await page.reload();
      await expect.poll(() => page.locator(rows).count()).toBe(2);
      await page.getByRole('searchbox').fill('nothing is called so');
      await page.getByRole('heading', { name: 'No intent is like that' }).waitFor();
      await page.getByRole('button', { name: 'Clear the filters' }).click();
      await page.getByRole('link', { name: /Order 0\b/ }).waitFor();
    }));

  test('shows a new intent by itself', () =>
    visit('/intents', async (page) => {
      await page.locator(rows).first().waitFor();
      tender.add({ id: 'pi_new', description: 'Just now' });
      await page.getByRole('link', { name: /Just now/ }).waitFor();
      expect(await page.locator(rows).first().textContent()).toContain('Just now');
    }));
});

describe('an intent', () => {
  test('is a timeline with a mark and every word for what happened', () =>
    visit('/intents/pi_000000', async (page) => {
      const entry = page.locator('.entry', { hasText: 'Paid by Visa' });
      expect(await entry.locator('.mark').textContent()).toBe('●');
      for (const word of ['payment_intent.succeeded', 'Captured', 'SUBMITTED'])
        await entry.getByText(word, { exact: true }).waitFor();
      expect(await page.getByText('Looked for a dispute').count()).toBe(0);
      await page.getByLabel('Jobs').check();
      await page.getByText('Looked for a dispute').waitFor();
    }));

  test('is refunded in part by keys, and an amount above the rest is not sent', () =>
    visit('/intents/pi_000005', async (page) => {
      await page.keyboard.press('r');
      const dialog = page.getByRole('dialog', { name: 'Refund' });
      await dialog.getByLabel(/^Amount/).fill('99999');
      await page.keyboard.press('Enter');
      await dialog.getByText('Type an amount up to £10.35.').waitFor();
      await dialog.getByLabel(/^Amount/).fill('2.35');
      await page.keyboard.press('Enter');
      await page.getByText('Part refunded').waitFor();
      const sent = tender.calls.filter((call) => call.includes('pi_000005'));
      expect(sent).toEqual(['POST intents/pi_000005/refund {"amount":235}']);
    }));

  test('says why it could not be refunded, and keeps what was entered', () =>
    visit('/intents/pi_000010', async (page) => {
      await page.getByRole('button', { name: 'Refund' }).click();
      const dialog = page.getByRole('dialog', { name: 'Refund' });
      await dialog.getByLabel('Reason').selectOption('fraudulent');
      await dialog.getByRole('button', { name: 'Refund' }).click();
      await dialog.getByText('The bank does not take this back.').waitFor();
      expect(await dialog.getByLabel(/^Amount/).inputValue()).toBe('10.70');
    }));

  test('that is held is captured in part, another is canceled', () =>
    visit('/intents/pi_000006', async (page) => {
      await page.getByRole('button', { name: 'Capture' }).click();
      await page.getByLabel(/^Amount/).fill('5');
      await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
      await page.locator('.head').getByText('Captured').waitFor();
      await page.goto(`${tender.url}/dashboard/intents/pi_000001`);
      await page.getByRole('button', { name: 'Cancel the intent' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Cancel the intent' }).click();
      await page.locator('.head').getByText('Canceled').waitFor();
    }));

  test('has metadata that is edited as a whole', () =>
    visit('/intents/pi_000015', async (page) => {
      await page.getByRole('button', { name: 'Edit metadata' }).click();
      await page.getByRole('button', { name: 'Add a line' }).click();
      await page.getByLabel('Key').last().fill('order_id');
      await page.getByLabel('Value').last().fill('twice');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('A key stands there twice.').waitFor();
      await page.getByLabel('Key').last().fill('table');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('.facts').getByText('table').waitFor();
      expect(tender.calls.at(-1)).toBe(
        'POST intents/pi_000015/metadata {"order_id":"15","table":"twice"}',
      );
    }));

  test('that is not there says so', async () => {
    await visit('/intents/pi_nobody', (page) => heading(page, 'There is nothing here').waitFor());
  });
});

test('who has not signed in signs in, and comes to where he wanted to be', async () => {
  const closed = await startFakeTender({ intents: 3, isClosed: true });
  await visit(
    '/intents',
    async (page) => {
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page.getByLabel('Password').fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('E-mail or password is wrong.').waitFor();
      await page.getByLabel('Password').fill('a long password');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: /Order 2/ }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await heading(page, 'Sign in to Tender').waitFor();
    },
    {},
    closed,
  );
  await closed.stop();
});

const PLACES = [
  ['', 'Overview'],
  ['/intents', 'Intents'],
  ['/intents/pi_000020', '£11.40'],
  ['/customers', 'Customers'],
  ['/disputes', 'Disputes'],
  ['/endpoints', 'Webhooks'],
  ['/wallets', 'Wallets'],
  ['/ledger', 'Ledger'],
  ['/keys', 'API keys'],
  ['/audit', 'Operator log'],
  ['/settings', 'Settings'],
] as const;
test.each(['light', 'dark'] as const)('every place fits a narrow phone, %s', (colorScheme) =>
  visit(
    '',
    async (page) => {
      for (const [path, title] of PLACES) {
        await page.goto(`${tender.url}/dashboard${path}`);
        await heading(page, title).waitFor();
        const root = 'document.documentElement';
        const tooWide = await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`);
        expect([path, tooWide]).toEqual([path, 0]);
        expect([path, ...(await seriousFaults(page.mainFrame()))]).toEqual([path]);
      }
    },
    { viewport: { width: 320, height: 640 }, colorScheme },
  ),
);
