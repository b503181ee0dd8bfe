import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { paymentIntents } from '@code-wallet/client';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import { WebSocket } from 'ws';
import type { ElementOptions } from '../../sdk/code/browser/element-options.js';
import type { SocketConstructor } from '../../sdk/wallet/envelope.js';
import { keysFromPhrase, newPhrase } from '../../sdk/wallet/keys.js';
import type { PaymentOffer } from '../../sdk/wallet/offers.js';
import { parseScanned } from '../../sdk/wallet/scan.js';
import { connect, type Wallet } from '../../sdk/wallet/wallet.js';
import { nodeCurve } from '../../src/cli/wallet-curve.js';
import { startTestTender, type TestTender } from '../support/tender.js';
import { launchBrowser } from './shop.js';

/** Which script puts the button into the shop's page. */
export type Script = 'published' | 'own';

/** What the page's element told, in order. */
interface Told {
  readonly event: 'invoke' | 'success' | 'cancel' | 'error';
  // biome-ignore lint/suspicious/noExplicitAny: each event has other arguments.
  readonly args: any;
}

/** How a page of the shop behaves. */
interface PageSettings {
  readonly type?: 'button' | 'page';
  readonly options?: ElementOptions;
  /** Whether the shop's server makes the intent when the button is pressed. */
  readonly hasServer?: boolean;
  /** Whether its listeners keep the page where it is. */
  readonly staysHere?: boolean;
}

/** A shop on an origin of its own, the Tender that it is paid through, a browser and a wallet. */
export interface CodeShop {
  readonly tender: TestTender;
  readonly url: string;
  readonly browser: Browser;
  readonly wallet: Wallet;
  /** Opens a page of the shop, in a context of the caller's or in one of its own. */
  open(script: Script, settings?: PageSettings, context?: BrowserContext): Promise<CodePage>;
  close(): Promise<void>;
}

export interface CodePage {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
  /** The frames of the element. */
  readonly button: FrameLocator;
  readonly request: FrameLocator;
  told(): Promise<Told[]>;
  /** The first event of a kind; waits for it. */
  heard(event: Told['event']): Promise<Told>;
}

export const DESTINATION = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
export const PAYMENT: ElementOptions = {
  mode: 'payment',
  destination: DESTINATION,
  amount: 0.25,
  currency: 'usd',
};

const require = createRequire(import.meta.url);
const elements = require.resolve('@code-wallet/elements');
/** The package leaves it to its user to have this. */
const vue = createRequire(elements).resolve('vue/dist/vue.global.prod.js');

/** The published package as it is, but for the two addresses that are built into it. */
function publishedScript(tender: string): string {
  return readFileSync(join(dirname(elements), 'elements.iife.js'), 'utf8')
    .replaceAll('https://sdk.getcode.com/v1/elements', `${tender}/v1/elements`)
    .replaceAll('https://cash.getcode.com/v1', `${tender}/v1`);
}

/** A page with one element; `window.told` is what the element told. */
function pageOf(script: Script, tender: string, settings: PageSettings): string {
  const { type = 'button', options = PAYMENT, hasServer = false, staysHere = false } = settings;
  const load =
    script === 'published'
      ? '<script src="/vue.js"></script><script src="/elements.js"></script>'
      : `<script type="module">import code from '${tender}/v1/code.js';
window.code = code;</script>`;
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>A shop</title><link rel="icon" href="data:,"><h1>A shop</h1><main id="place"></main>${load}
<script type="module">
window.told = [];
const { ${type}: element } = code.elements.create('${type}', ${JSON.stringify(options)});
for (const event of ['success', 'cancel', 'error'])
  element.on(event, async (args) => {
    told.push({ event, args });
    return ${staysHere};
  });
element.on('invoke', async () => {
  told.push({ event: 'invoke', args: null });
  if (!${hasServer}) return;
  const response = await fetch('/create-intent', {
    method: 'POST', body: JSON.stringify(element.getOptions()),
  });
  const { clientSecret } = await response.json();
  element.update({ clientSecret });
});
window.element = element;
element.mount('#place');
</script></html>`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** Opens the shop; its server makes intents with the published client. */
export async function openCodeShop(): Promise<CodeShop> {
  const tender = await startTestTender();
  const pages = new Map<string, string>();
  const scripts: Record<string, string> = {
    '/vue.js': readFileSync(vue, 'utf8'),
    '/elements.js': publishedScript(tender.url),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://shop');
    if (pathname === '/create-intent') {
      const options = JSON.parse(await bodyOf(request));
      const made = { ...options, endpoint: `${tender.url}/v1` };
      const { clientSecret, id } = await paymentIntents.create(made);
      response.end(JSON.stringify({ clientSecret, id }));
      return;
    }
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.setHeader('content-type', `${type}; charset=utf-8`);
    const back = `<!doctype html><html lang="en"><title>${pathname}</title>back`;
    response.end(scripts[pathname] ?? pages.get(pathname) ?? back);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchBrowser();
  return {
    tender,
    url,
    browser,
    wallet: await filledWallet(tender.url),
    open: async (script, settings = {}, context) => {
      const path = `/page-${pages.size}`;
      pages.set(path, pageOf(script, tender.url, settings));
      const page = await (context ?? browser).newPage();
      const opened = watched(page);
      await page.goto(`${url}${path}`);
      return opened;
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await tender.stop();
    },
  };
}

/** A new wallet with test money. */
export async function filledWallet(url: string): Promise<Wallet> {
  const keys = await keysFromPhrase(newPhrase(), nodeCurve);
  const wallet = connect({ url, keys, WebSocket: WebSocket as unknown as SocketConstructor });
  await wallet.faucet();
  return wallet;
}

function watched(page: Page): CodePage {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const told = () => page.evaluate('window.told') as Promise<Told[]>;
  return {
    page,
    complaints,
    button: page.frameLocator('iframe[src*="-request-button/"]'),
    // Beside it is one that only loads ahead.
    request: page.frameLocator('iframe[src*="-request-"][style*="fixed"]'),
    told,
    heard: async (event) => {
      await page.waitForFunction(`window.told.some((each) => each.event === '${event}')`);
      return (await told()).find((each) => each.event === event) as Told;
    },
  };
}

/** The stage that a request shows. */
export function atStage({ request }: CodePage, stage: string): Promise<void> {
  return request.locator(`[data-stage=${stage}]`).waitFor();
}

/** What a camera sees: the code on the screen, read from its pixels. */
export async function scan(browser: Browser, code: Locator): Promise<Uint8Array> {
  await code.waitFor();
  const shot = (await code.screenshot()).toString('base64');
  const page = await browser.newPage();
  const pixels = (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${shot}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { width, height, data } = context.getImageData(0, 0, image.width, image.height);
    let text = '';
    for (const byte of data) text += String.fromCharCode(byte);
    return { width, height, data: btoa(text) };
  })()`)) as { width: number; height: number; data: string };
  await page.close();
  const text = decodeQR({ ...pixels, data: Buffer.from(pixels.data, 'base64') });
  return (await parseScanned(text)).payload;
}

/** What a wallet finds behind the code on the screen. */
export async function offerOn(shop: CodeShop, { request }: CodePage): Promise<PaymentOffer> {
  const payload = await scan(shop.browser, request.locator('svg.qr'));
  const offer = await shop.wallet.read(payload);
  if (offer.kind !== 'payment') throw new Error(`read a ${offer.kind}`);
  return offer;
}
