import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import axe from 'axe-core';
import {
  type Browser,
  type Frame,
  type FrameLocator,
  type Page,
  chromium as playwright,
} from 'playwright-core';
import Stripe from 'stripe';
import { type Child, startChild } from '../crash/child.js';

/** A shop on an origin of its own, the Tender that it is paid through, and a browser. */
export interface Shop {
  readonly child: Child;
  /** Tender's origin. */
  readonly tenderUrl: string;
  /** The shop's origin. */
  readonly url: string;
  readonly stripe: Stripe;
  readonly publishableKey: string;
  /**
   * Opens a page of the shop: `body` below Tender's script, then `script` as a module with `stripe`
   * and `settings`. What the script gives to `done()` is what `result()` resolves to.
   */
  open(body: string, script: string, settings?: object): Promise<ShopPage>;
  /** Opens a page of other HTML; `files` are what it may load from the shop by their paths. */
  openHtml(html: string, files?: Readonly<Record<string, string>>): Promise<ShopPage>;
  close(): Promise<void>;
}

export interface ShopPage {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
  /** What the page's script has come to; asked for again, the next. */
  result(): Promise<Outcome>;
  /** The fields of the element in the container. */
  fields(selector: string): FrameLocator;
}

/** What Stripe.js resolves to, as far as tests look at it. */
// biome-ignore lint/suspicious/noExplicitAny: each test looks at fields of another object.
export type Outcome = Record<string, any>;

/**
 * What the package starts its browser with and these tests must not have: one process for
 * everything, and a browser in which one origin may read another.
 */
const UNWANTED =
  /^--(single-process|disable-web-security|disable-site-isolation-trials|allow-running-insecure)/;

/** A browser as customers have one. @param flags further ones of Chromium's */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args.filter((flag) => !UNWANTED.test(flag)),
      '--no-sandbox',
      '--disable-background-networking',
      ...flags,
    ],
    headless: true,
  });
}

/** Opens a shop. @param env of its Tender, beside what every test's has */
export async function openShop(env: Record<string, string> = {}): Promise<Shop> {
  const data = mkdtempSync(join(tmpdir(), 'tender-shop-'));
  const child = await startChild(data, env);
  const { port } = child;
  const tenderUrl = `http://127.0.0.1:${port}`;
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://shop').pathname;
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.end(files.get(path) ?? `<!doctype html><title>${path}</title>back`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchBrowser();
  let pages = 0;
  const openHtml: Shop['openHtml'] = async (html, more = {}) => {
    pages += 1;
    for (const [path, text] of Object.entries(more)) files.set(path, text);
    files.set(`/page-${pages}`, html);
    const shopPage = watched(await browser.newPage());
    await shopPage.page.goto(`${url}/page-${pages}`);
    return shopPage;
  };
  return {
    child,
    tenderUrl,
    url,
    stripe: new Stripe('sk_test_shop', { host: '127.0.0.1', port, protocol: 'http' }),
    publishableKey: 'pk_test_shop',
    openHtml,
    open: (body, script, settings = {}) =>
      openHtml(pageOf(`${tenderUrl}/v3/`, body, script, { ...settings, shop: url })),
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await child.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function pageOf(src: string, body: string, script: string, settings: object): string {
  return `<!doctype html><html lang="en"><title>Shop</title>
<script src="${src}"></script><body>${body}
<script type="module">
window.results = [];
window.done = (result) => window.results.push(result);
const settings = ${JSON.stringify(settings)};
const stripe = Stripe('pk_test_shop', { locale: 'en', ...settings.options });
${script}
</script></body></html>`;
}

const RESULT_MS_MAX = 20_000;

/** What the browser complains about from now on. */
export function complaintsOf(page: Page, complaints: string[] = []): string[] {
  page.on('console', (message) => {
    // A refused payment is an answer with a status that browsers take for a failure to load.
    if (message.type() === 'error' && !message.text().includes('the server responded with'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

function watched(page: Page): ShopPage {
  const complaints = complaintsOf(page);
  return {
    page,
    complaints,
    result: async () => {
      await page.waitForFunction('window.results.length > 0', undefined, {
        timeout: RESULT_MS_MAX,
      });
      return page.evaluate('window.results.shift()') as Promise<Outcome>;
    },
    fields: (selector) => page.frameLocator(`${selector} iframe`),
  };
}

/** Types a card into the one-line element of a container. */
export async function typeCard(
  { fields }: ShopPage,
  selector: string,
  number: string,
  cvc = '123',
): Promise<void> {
  const frame = fields(selector);
  await frame.locator('[name=cardnumber]').fill(number);
  await frame.locator('[name=exp-date]').fill('12 / 34');
  await frame.locator('[name=cvc]').fill(cvc);
  const postal = frame.locator('[name=postal]');
  if (await postal.isVisible()) await postal.fill('12345');
}

/** Types a card into a payment element of a container. */
export async function typePayment(
  { fields }: ShopPage,
  selector: string,
  number: string,
): Promise<void> {
  const frame = fields(selector);
  await frame.locator('[name=number]').fill(number);
  await frame.locator('[name=expiry]').fill('12 / 34');
  await frame.locator('[name=cvc]').fill('123');
  const country = frame.locator('[name=country]');
  if (await country.isVisible()) await country.selectOption('US');
  const postal = frame.locator('[name=postalCode]');
  if (await postal.isVisible()) await postal.fill('12345');
}

/** What axe calls serious or critical in one document; frames in it are asked one by one. */
export async function seriousFaults(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  const found = (await frame.evaluate('axe.run(document, { iframes: false })')) as axe.AxeResults;
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
