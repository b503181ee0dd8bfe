import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { dojoCall } from './dojo-shop.js';
import {
  complaintsOf,
  launchBrowser,
  type Outcome,
  openShop,
  type Shop,
  seriousFaults,
} from './shop.js';

/** A shop whose customers pay on the hosted page, made through the Dojo dialect. */
export interface CheckoutShop extends Shop {
  /** Calls the Dojo dialect as the shop's server does; the answer's body. */
  dojo(method: 'GET' | 'POST', path: string, body?: object): Promise<Outcome>;
  /** The status of an intent in the words of that dialect. */
  statusOf(id: string): Promise<string>;
  /** Makes an intent of 12.40 GBP, unless told otherwise; it leads back to the shop. */
  intent(over?: object): Promise<Outcome>;
  /** Opens the page of an intent, a setup or a link. */
  visit(id: string, options?: BrowserContextOptions): Promise<CheckoutPage>;
}

export interface CheckoutPage {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
  /**
   * Ends the visit: axe finds nothing serious, and nothing was complained about.
   * @param expected in a complaint that the test itself has caused
   */
  close(expected?: string): Promise<void>;
}

/** Opens one. */
export async function openCheckoutShop(): Promise<CheckoutShop> {
  const shop = await openShop();
  const browser = await launchBrowser();
  const dojo: CheckoutShop['dojo'] = (method, path, body) => dojoCall(shop, method, path, body);
  return {
    ...shop,
    dojo,
    statusOf: async (id) =>
      (await dojo('GET', `/payment-intents/${id}?returnCanceled=true`)).status,
    intent: ({ config = {}, ...over }: { config?: object } = {}) =>
      dojo('POST', '/payment-intents', {
        amount: { value: 1240, currencyCode: 'GBP' },
        reference: 'Order 7',
        config: { redirectUrl: `${shop.url}/thanks`, cancelUrl: `${shop.url}/basket`, ...config },
        ...over,
      }),
    visit: async (id, options = {}) => {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.goto(`${shop.tenderUrl}/checkout/${id}`);
      await page.locator('.pay, .result').waitFor();
      return {
        page,
        complaints,
        close: async (expected) => {
          if (page.url().startsWith(shop.tenderUrl))
            expect(await seriousFaults(page.mainFrame())).toEqual([]);
          const others = complaints.filter((each) => !expected || !each.includes(expected));
          expect(others).toEqual([]);
          await context.close();
        },
      };
    },
    close: async () => {
      await browser.close();
      await shop.close();
    },
  };
}

/** The button that pays. */
export const PAY = { name: /^Pay £/ };

/** Types a card into the form, as its labels ask. */
export async function fillCard(page: Page, number: string, cvc = '123'): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiration date').fill('12 / 34');
  await page.locator('[name=cvc]:visible').fill(cvc);
  await page.getByLabel('Name on card').fill('Ada Lovelace');
}

/** The heading of what it came to. */
export function cameTo(page: Page, title: string): Promise<void> {
  return page.getByRole('heading', { name: title, exact: true }).waitFor();
}
