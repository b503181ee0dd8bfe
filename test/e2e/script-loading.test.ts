import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, typeCard, typePayment } from './shop.js';

/** Of the script as it is sent, in bytes. */
const GZIP_BYTES_MAX = 20_480;

let shop: Shop;
let bundle: string;
let secret: string;

beforeAll(async () => {
  [shop, bundle] = await Promise.all([openShop(), bundlePage()]);
});
afterAll(() => shop?.close());

/** The published clients, unmodified, with the page that uses them, as a shop's build makes it. */
async function bundlePage(): Promise<string> {
  const result = await build({
    logLevel: 'error',
    configFile: false,
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('react-page.ts', import.meta.url)),
        formats: ['es'],
        fileName: 'page',
      },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  if (first === undefined || !('output' in first)) throw new Error('nothing was built');
  return first.output[0].code;
}

async function newSecret(): Promise<string> {
  const { client_secret } = await shop.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
  });
  return client_secret ?? '';
}

/** Opens the page that is bundled; `head` is what is there before it. */
async function open(what: string, head: string): Promise<ShopPage> {
  secret = await newSecret();
  const html = `<!doctype html><html lang="en"><head>${head}</head><body><main></main>
<script>window.results = []; window.done = (result) => results.push(result);
window.page = ${JSON.stringify({ what, secret })};</script>
<script type="module" src="/page.js"></script></body></html>`;
  return shop.openHtml(html, { '/page.js': bundle });
}

const ownScript = (): string => `<script src="${shop.tenderUrl}/v3/"></script>`;

describe('the script', () => {
  test.each(['/v3/', '/v3', '/endive/stripe.js', '/basil/stripe.js'])(
    'is served at %s, small, to pages of any origin',
    async (path) => {
      const headers = { 'accept-encoding': 'gzip', origin: 'https://shop.example' };
      const response = await fetch(shop.tenderUrl + path, { headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(Number(response.headers.get('content-length'))).toBeLessThan(GZIP_BYTES_MAX);
      const text = await response.text();
      expect(text).not.toMatch(/\beval\(|new Function/);
      const etag = response.headers.get('etag') ?? '';
      const again = await fetch(shop.tenderUrl + path, { headers: { 'if-none-match': etag } });
      expect(again.status).toBe(304);
    },
  );

  test('is nothing else: a path beside it is refused as ever', async () => {
    expect((await fetch(`${shop.tenderUrl}/Endive/stripe.js`)).status).toBe(404);
    expect((await fetch(`${shop.tenderUrl}/v3/`, { method: 'POST' })).status).toBe(405);
  });

  test('is a function with and without new, and says what is wrong with a key', async () => {
    const { page } = await shop.openHtml(ownScript());
    const tried = (expression: string) =>
      page.evaluate(`(() => { try { return typeof ${expression} } catch (error) {
        return error.name + ': ' + error.message } })()`);
    expect(await tried("Stripe('pk_test_1')")).toBe('object');
    expect(await tried("new Stripe('pk_test_1').elements")).toBe('function');
    expect(await page.evaluate('Stripe.version')).toBe('endive');
    expect(await tried('Stripe()')).toBe(
      'IntegrationError: Missing value for Stripe(): apiKey should be a string.',
    );
    expect(await tried("Stripe('sk_test_1')")).toContain('IntegrationError: You should not use');
    const elements = "Stripe('pk_test_1').elements()";
    expect(await tried(`${elements}.create('card').mount('#nowhere')`)).toContain(
      'The selector you specified (#nowhere) applies to no DOM elements',
    );
    expect(await tried(`${elements}.create('cheque')`)).toContain('A valid Element name');
    expect(await tried(`${elements}.create('payment')`)).toContain('pass a clientSecret or mode');
    const twice = `(() => { const e = ${elements}; e.create('card'); return e.create('card') })()`;
    expect(await tried(twice)).toContain('Can only create one Element of type card.');
    expect(await tried("Stripe('pk_test_1').confirmKlarnaPayment('x')")).toContain(
      'stripe.confirmKlarnaPayment() is not available',
    );
    expect(await tried("Stripe('pk_test_1').confirmCardPayment('x')")).toContain(
      'pi_{id}_secret_{secret}',
    );
    await page.close();
  });
});

describe('the published clients', () => {
  test('loadStripe uses the script that is there', async () => {
    const page = await open('plain', ownScript());
    expect(await page.result()).toMatchObject({ paymentIntent: { amount: 2000 } });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('loadStripe is led here by a router, and the page says where Tender is', async () => {
    const meta = `<meta name="tender-url" content="${shop.tenderUrl}">`;
    secret = await newSecret();
    const page = await shop.openHtml('');
    await page.page.route('https://js.stripe.com/**', (route) => {
      const { pathname } = new URL(route.request().url());
      return route
        .fetch({ url: shop.tenderUrl + pathname })
        .then((response) => route.fulfill({ response }));
    });
    const routed = await open('plain', meta);
    await routed.page.close();
    await page.page.goto(routed.page.url());
    expect(await page.result()).toMatchObject({ paymentIntent: { amount: 2000 } });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('React pays with a card element', async () => {
    const page = await open('card', ownScript());
    expect(await page.result()).toEqual({ ready: true });
    await typeCard(page, '#card', '4242424242424242');
    await page.page.getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ paymentIntent: { status: 'succeeded' } });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('React pays with a payment element', async () => {
    const page = await open('payment', ownScript());
    expect(await page.result()).toEqual({ ready: true });
    await typePayment(page, '#payment', '4242424242424242');
    await page.page.getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ paymentIntent: { status: 'succeeded' } });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });
});
