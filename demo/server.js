/**
 * A small shop that sells three things: an example to copy. It speaks to its payment provider with
 * the official `stripe` client, as any merchant's server would, and with plain `fetch` for wallets
 * of Code (`code.js`) and for the hosted checkout (`hosted.js`); its orders are in memory.
 *
 *   STRIPE_API=http://127.0.0.1:4400 node demo/server.js
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { claimDestination, createCodeIntent, isCodeIntentPaid } from './code.js';
import { cancelHostedPayment, createHostedPayment, hostedPaymentStatus } from './hosted.js';
import { checkoutPage, messagePage, orderPage, shopPage } from './pages.js';
import { PRODUCTS } from './products.js';

/**
 * @typedef {{ product: string, quantity: number }} Line
 * @typedef {'open' | 'processing' | 'paid' | 'refunded'} OrderState
 * @typedef {{
 *   id: string, lines: Line[], amount: number, state: OrderState,
 *   intent: string, clientSecret: string, code: import('./code.js').CodeIntent | null,
 *   hosted: { id: string, turn: number } | null
 * }} Order
 * @typedef {{
 *   api: string, publishableKey: string, secretKey: string, host?: string, port?: number,
 *   takesWallets?: boolean
 * }} Settings
 */

const CURRENCY = 'gbp';
const QUANTITY_MAX = 9;
/** Older orders are forgotten: this shop has no database. */
const ORDERS_MAX = 1000;
const BODY_BYTES_MAX = 262_144;

/** Files that browsers fetch, by path. @type {Record<string, [file: string, type: string]>} */
const FILES = {
  '/checkout.js': ['public/checkout.js', 'text/javascript; charset=utf-8'],
  '/order.js': ['public/order.js', 'text/javascript; charset=utf-8'],
  '/wallet.js': ['public/wallet.js', 'text/javascript; charset=utf-8'],
  '/shop.css': ['public/shop.css', 'text/css; charset=utf-8'],
};

/**
 * Starts the shop and registers its webhook.
 * @param {Settings} settings `api` is where the payment API is, as an origin
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
export async function startShop(settings) {
  const { hostname, port, protocol } = new URL(settings.api);
  const stripe = new Stripe(settings.secretKey, {
    host: hostname,
    port: port === '' ? 443 : Number(port),
    protocol: protocol === 'http:' ? 'http' : 'https',
  });
  /** @type {Map<string, Order>} */
  const orders = new Map();
  const shop = { settings, stripe, orders, url: '', webhookSecret: '', till: '' };
  const server = createServer((request, response) => {
    answer(shop, request)
      .catch((error) => {
        console.error(`demo shop: ${request.method} ${request.url}: ${error}`);
        const text = 'The shop cannot do that at the moment. Nothing was charged. Try again.';
        return page(500, messagePage('Something went wrong', text));
      })
      .then(({ status, headers, body }) => {
        response.writeHead(status, { ...securityHeaders(settings), ...headers });
        response.end(body);
      });
  });
  const host = settings.host ?? '127.0.0.1';
  await listen(server, host, settings.port ?? 0);
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = `http://${host}:${address.port}`;
  shop.url = url;
  shop.webhookSecret = await registerWebhook(stripe, `${url}/webhook`);
  if (settings.takesWallets !== false)
    shop.till = await claimDestination(settings.api, settings.secretKey);
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @typedef {{
 *   settings: Settings, stripe: Stripe, orders: Map<string, Order>, url: string,
 *   webhookSecret: string, till: string
 * }} Shop
 */
/** @typedef {{ status: number, headers: Record<string, string>, body: string | Buffer }} Reply */

/** @param {import('node:http').Server} server @param {string} host @param {number} port */
function listen(server, host, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(undefined));
  });
}

/**
 * One endpoint at this address; one of an earlier run is replaced, since its secret is lost.
 * @param {Stripe} stripe @param {string} url
 */
async function registerWebhook(stripe, url) {
  const { data } = await stripe.webhookEndpoints.list({ limit: 100 });
  for (const old of data) if (old.url === url) await stripe.webhookEndpoints.del(old.id);
  const endpoint = await stripe.webhookEndpoints.create({
    url,
    enabled_events: [
      'payment_intent.succeeded',
      'payment_intent.processing',
      'payment_intent.payment_failed',
      'charge.refunded',
    ],
  });
  return endpoint.secret ?? '';
}

/**
 * @param {Shop} shop @param {import('node:http').IncomingMessage} request
 * @returns {Promise<Reply>}
 */
async function answer(shop, request) {
  const { pathname } = new URL(request.url ?? '/', 'http://shop');
  const method = request.method ?? 'GET';
  if (method === 'GET' && pathname === '/') return page(200, shopPage());
  if (method === 'GET' && FILES[pathname] !== undefined) return file(pathname);
  if (method === 'POST' && pathname === '/orders') return placeOrder(shop, await bodyOf(request));
  if (method === 'POST' && pathname === '/webhook')
    return takeEvent(shop, await bodyOf(request), request.headers['stripe-signature']);
  const [, place, id = '', step] = pathname.split('/');
  if (method === 'GET' && place === 'verify') return verify(shop, id);
  const order = place === 'orders' ? shop.orders.get(id) : undefined;
  if (method === 'POST' && order !== undefined && step === 'code') return askWallet(shop, order);
  if (method === 'POST' && order !== undefined && step === 'hosted') return leave(shop, order);
  if (method === 'GET' && order !== undefined) {
    if (step === undefined) return page(200, orderPage(await refreshed(shop, order)));
    if (step === 'checkout') {
      if (order.state !== 'open') return redirect(`/orders/${id}`);
      return page(200, checkoutPage(order, shop));
    }
    if (step === 'state') return json({ state: (await refreshed(shop, order)).state });
  }
  return page(404, messagePage('Nothing here', 'This page is not part of the shop.'));
}

/**
 * Amounts are computed here, never taken from the browser. The payment intent is made as soon as
 * the amount is known, once per order: its idempotency key is the order's id.
 * @param {Shop} shop @param {Buffer} body @returns {Promise<Reply>}
 */
async function placeOrder({ stripe, orders }, body) {
  const form = new URLSearchParams(body.toString('utf8'));
  const lines = PRODUCTS.map(({ id }) => ({ product: id, quantity: Number(form.get(id) ?? 0) }));
  const wanted = lines.filter(({ quantity }) => quantity > 0);
  const valid = wanted.every(({ quantity: q }) => Number.isInteger(q) && q <= QUANTITY_MAX);
  if (wanted.length === 0 || !valid)
    return page(400, messagePage('Your basket is empty', 'Choose something first.'));
  const amount = wanted.reduce((sum, { product, quantity }) => {
    const price = PRODUCTS.find(({ id }) => id === product)?.price ?? 0;
    return sum + price * quantity;
  }, 0);
  const id = randomUUID();
  const intent = await stripe.paymentIntents.create(
    {
      amount,
      currency: CURRENCY,
      automatic_payment_methods: { enabled: true },
      description: `Order ${id}`,
      metadata: { order_id: id },
    },
    { idempotencyKey: `order-${id}` },
  );
  if (orders.size >= ORDERS_MAX) orders.delete(orders.keys().next().value ?? '');
  const clientSecret = intent.client_secret ?? '';
  orders.set(id, {
    id,
    lines: wanted,
    amount,
    state: 'open',
    intent: intent.id,
    clientSecret,
    code: null,
    hosted: null,
  });
  return redirect(`/orders/${id}/checkout`);
}

/**
 * The webhook is what makes an order paid; the browser may have gone by then.
 * @param {Shop} shop @param {Buffer} body @param {string | string[] | undefined} signature
 * @returns {Promise<Reply>}
 */
async function takeEvent(shop, body, signature) {
  const { stripe, orders, webhookSecret } = shop;
  let event;
  try {
    event = stripe.webhooks.constructEvent(body, signature ?? '', webhookSecret);
  } catch {
    return json({ error: 'The signature does not fit.' }, 400);
  }
  const object = /** @type {{ id: string, metadata?: Record<string, string> }} */ (
    event.data.object
  );
  const order = orders.get(object.metadata?.order_id ?? '');
  if (order !== undefined) {
    if (event.type === 'payment_intent.succeeded') await paid(shop, order, object.id);
    if (event.type === 'payment_intent.processing') order.state = 'processing';
    if (event.type === 'payment_intent.payment_failed') order.state = 'open';
    if (event.type === 'charge.refunded') order.state = 'refunded';
  }
  return json({ received: true });
}

/**
 * A customer pressed the button for wallets: the request of the order, made when it is first asked
 * for.
 * @param {Shop} shop @param {Order} order @returns {Promise<Reply>}
 */
async function askWallet({ settings, till }, order) {
  if (till === '') return json({ error: 'This shop takes no wallets.' }, 404);
  if (order.state !== 'open') return json({ error: 'This order is paid for.' }, 409);
  const made =
    order.code ??
    (await createCodeIntent(settings.api, { pence: order.amount, destination: till }));
  // Pressed twice at once: the request that was made first is the order's.
  order.code ??= made;
  return json({ clientSecret: order.code.clientSecret });
}

/**
 * A wallet has paid, says the page. The sequencer is asked whether that is so.
 * @param {Shop} shop @param {string} intent @returns {Promise<Reply>}
 */
async function verify(shop, intent) {
  const order = [...shop.orders.values()].find(({ code }) => code?.id === intent);
  if (order === undefined)
    return page(404, messagePage('Nothing here', 'No order is paid by that.'));
  await refreshed(shop, order);
  return redirect(`/orders/${order.id}`);
}

/**
 * The customer would rather pay on the provider's page: the order's payment there, made when it is
 * first asked for, and anew where the customer has canceled it.
 * @param {Shop} shop @param {Order} order @returns {Promise<Reply>}
 */
async function leave({ settings, url }, order) {
  const orderUrl = `${url}/orders/${order.id}`;
  if (order.state !== 'open') return redirect(orderUrl);
  const before = order.hosted;
  const isOver = before !== null && (await hostedPaymentStatus(settings, before.id)) === 'Canceled';
  if (before === null || isOver) {
    const turn = (before?.turn ?? 0) + 1;
    const items = order.lines.map(({ product, quantity }) => {
      const { name = '', price = 0 } = PRODUCTS.find(({ id }) => id === product) ?? {};
      return { name, quantity, pence: price * quantity };
    });
    const asked = { id: order.id, pence: order.amount, currency: CURRENCY, items };
    const urls = { paidUrl: orderUrl, cancelUrl: `${orderUrl}/checkout` };
    order.hosted = { id: await createHostedPayment(settings, { ...asked, ...urls }, turn), turn };
  }
  return redirect(`${settings.api}/checkout/${order.hosted?.id}`);
}

/**
 * The customer is often back before the webhook is: then the payments themselves are asked.
 * @param {Shop} shop @param {Order} order
 */
async function refreshed(shop, order) {
  const { stripe, settings } = shop;
  if (order.state === 'paid' || order.state === 'refunded') return order;
  if (order.code !== null && (await isCodeIntentPaid(settings.api, order.code.id)))
    return paid(shop, order, order.code.id);
  if (order.hosted !== null) {
    const { id } = order.hosted;
    if ((await hostedPaymentStatus(settings, id)) === 'Captured') return paid(shop, order, id);
  }
  const { status } = await stripe.paymentIntents.retrieve(order.intent);
  if (status === 'succeeded') return paid(shop, order, order.intent);
  order.state = status === 'processing' ? 'processing' : 'open';
  return order;
}

/**
 * An order is paid by one of its payments. The others are for the same order, and nobody is to pay
 * that twice: they are canceled. One that cannot be any more has ended.
 * @param {Shop} shop @param {Order} order @param {string} payment
 */
async function paid({ stripe, settings }, order, payment) {
  if (order.state === 'paid') return order;
  const { intent, hosted } = order;
  order.state = 'paid';
  // What the receipt names is what was paid.
  order.intent = payment;
  const isHosted = hosted !== null && restOf(hosted.id) === restOf(payment);
  if (intent !== payment) await stripe.paymentIntents.cancel(intent).catch(() => null);
  if (hosted !== null && !isHosted)
    await cancelHostedPayment(settings, hosted.id).catch(() => null);
  return order;
}

/** A payment's name in each interface is another prefix before the same rest. */
function restOf(/** @type {string} */ id) {
  return id.slice(id.lastIndexOf('_') + 1);
}

/** @param {import('node:http').IncomingMessage} request @returns {Promise<Buffer>} */
async function bodyOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Only this shop and the payment provider may act in its pages. @param {Settings} settings */
function securityHeaders({ api }) {
  return {
    'content-security-policy':
      `default-src 'none'; script-src 'self' ${api}; style-src 'self'; img-src 'self' data:; ` +
      `connect-src 'self' ${api}; frame-src ${api}; form-action 'self' ${api}; base-uri 'none'; ` +
      "frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/** @param {number} status @param {string} body @returns {Reply} */
function page(status, body) {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers, body };
}

/** @param {object} value @param {number} [status] @returns {Reply} */
function json(value, status = 200) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, body: JSON.stringify(value) };
}

/** @param {string} location @returns {Reply} */
function redirect(location) {
  return { status: 303, headers: { location }, body: '' };
}

/** @param {string} path @returns {Reply} */
function file(path) {
  const [name = '', type = ''] = FILES[path] ?? [];
  const body = readFileSync(new URL(name, import.meta.url));
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache' }, body };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { url } = await startShop({
    api: process.env.STRIPE_API ?? 'http://127.0.0.1:4400',
    publishableKey: process.env.STRIPE_PUBLISHABLE_KEY ?? 'pk_test_demo',
    secretKey: process.env.STRIPE_SECRET_KEY ?? 'sk_test_demo',
    port: Number(process.env.PORT ?? 4401),
  });
  console.log(`The shop is open at ${url}`);
}
