import type { Browser, Page } from 'playwright-core';
import { complaintsOf, type Shop, type ShopPage } from './shop.js';

/** The web wallet in a browser profile of its own, as a person's phone is one. */
export interface WalletPage {
  readonly page: Page;
  /** The wallet's origin. */
  readonly url: string;
  /** What the browser complained about. */
  readonly complaints: string[];
}

interface Device {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Where the wallet is asked for: Tender's origin. */
  readonly tenderUrl: string;
}

/** Opens `/wallet` of a Tender on a device without a wallet. */
export async function openWalletPage(browser: Browser, device: Device): Promise<WalletPage> {
  const { width = 390, height = 760, dark = false, tenderUrl } = device;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-US',
    ignoreHTTPSErrors: tenderUrl.startsWith('https:'),
  });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`${tenderUrl}/wallet`);
  return { page, url: new URL(page.url()).origin, complaints };
}

/** Makes a wallet, as somebody in a hurry does. */
export async function makeWallet({ page }: WalletPage): Promise<void> {
  await page.getByRole('button', { name: 'Create a wallet' }).click();
  await page.getByRole('button', { name: 'Skip for now' }).click();
}

/** Gets test money: 50 dollars. */
export async function fillWallet({ page }: WalletPage): Promise<void> {
  await page.getByRole('button', { name: 'Get test money' }).click();
  await page.getByText('$50.00').first().waitFor();
}

/** Slides the slider with a mouse, all the way unless told otherwise. */
export async function slide(page: Page, share = 1): Promise<void> {
  const thumb = await page.getByRole('button', { name: /^Slide to/ }).boundingBox();
  const track = await page.locator('.swipe').boundingBox();
  if (thumb === null || track === null) throw new Error('there is no slider');
  const [x, y] = [thumb.x + thumb.width / 2, thumb.y + thumb.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + (track.width - thumb.width) * share, y, { steps: 8 });
  await page.mouse.up();
}

/** What a shop's page asks for, as the documents' options. */
export interface CodeOptions {
  readonly amount: number;
  readonly currency: string;
  readonly destination: string;
  readonly idempotencyKey?: string;
  readonly clientSecret?: string;
  readonly confirmParams?: object;
}

/** A page of the shop with a button; each of its events is a result of the page. */
export function openCodeShop(shop: Shop, options: CodeOptions): Promise<ShopPage> {
  return shop.openHtml(`<!doctype html><html lang="en"><title>Shop</title>
<h1>Three useful things</h1><div id="button"></div>
<script type="module">
import code from '${shop.tenderUrl}/v1/code.js';
window.results = [];
const { button } = code.elements.create('button', ${JSON.stringify(options)});
for (const event of ['success', 'cancel', 'error'])
  button.on(event, (args) => {
    window.results.push({ event, ...args });
    return true;
  });
button.mount('#button');
</script></html>`);
}

/** Presses the button and waits for the code; what the shop's screen then looks like. */
export async function screenWithCode({ page }: ShopPage): Promise<Buffer> {
  await page.frameLocator('#button iframe').getByRole('button').click();
  const modal = page.frameLocator('iframe[src*="request-modal"]:visible').last();
  await modal.getByRole('img', { name: 'QR code' }).waitFor();
  return page.screenshot();
}
