import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { complaintsOf, seriousFaults } from './shop.js';

/** How a page of the dashboard is opened. */
interface Visit extends BrowserContextOptions {
  readonly browser: Browser;
  readonly url: string;
  /** The account that is looked at; absent: the server's first. */
  readonly account?: string;
}

/** Where the dashboard keeps, for a tab, which account is looked at. */
const ACCOUNT_STORED = 'tender.dashboard.account';

/** Opens a place; what the browser complains about, and axe finds at the end, fails the test. */
export async function visit(
  { browser, url, account, ...options }: Visit,
  path: string,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  try {
    if (account !== undefined)
      await context.addInitScript(
        `sessionStorage.setItem('${ACCOUNT_STORED}', ${JSON.stringify(account)})`,
      );
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${url}/dashboard${path}`);
    await page.locator('h1').waitFor();
    await look(page);
    expect(await seriousFaults(page.mainFrame())).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

/** The heading of a place. */
export const headingOf = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name });

/** Waits until what is read is as expected, as long as the browser's own waits do. */
export const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 30_000 });
