// A shop in plain HTML and one file for Node: no framework, and no package but the SDK.
//   node examples/html/server.js
// Environment: PORT (4448), TENDER_URL (http://127.0.0.1:4400), SECRET_KEY, PUBLISHABLE_KEY.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { verifyStripeWebhook } from '@tender/sdk/webhooks';

const tender = process.env.TENDER_URL ?? 'http://127.0.0.1:4400';
const secretKey = process.env.SECRET_KEY ?? 'sk_test_tender';
const publishableKey = process.env.PUBLISHABLE_KEY ?? 'pk_test_tender';
const port = Number(process.env.PORT ?? 4448);
const BODY_BYTES_MAX = 1_000_000;

const page = readFileSync(new URL('index.html', import.meta.url), 'utf8')
  .replaceAll('{{tender}}', tender)
  .replaceAll('{{publishableKey}}', publishableKey);

/** Payments by their ids; a real shop has them in its database. */
const orders = new Map();

async function call(method, path, form) {
  const body = form && new URLSearchParams(form);
  const headers = { authorization: `Bearer ${secretKey}` };
  const response = await fetch(`${tender}${path}`, { method, headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
}

/** The secret is told once, so that each start takes a new endpoint in the place of its last. */
async function registerWebhook() {
  const url = `http://127.0.0.1:${port}/webhook`;
  const { data } = await call('GET', '/v1/webhook_endpoints?limit=100');
  for (const old of data)
    if (old.url === url) await call('DELETE', `/v1/webhook_endpoints/${old.id}`);
  const form = { url, 'enabled_events[]': 'payment_intent.succeeded' };
  return (await call('POST', '/v1/webhook_endpoints', form)).secret;
}

async function createPayment() {
  // The price is the server's to say.
  const { id, client_secret } = await call('POST', '/v1/payment_intents', {
    amount: 2000,
    currency: 'gbp',
  });
  orders.set(id, 'open');
  return { id, clientSecret: client_secret };
}

async function takeWebhook(body, signature) {
  const event = await verifyStripeWebhook({ body, signature, secret });
  const { id } = event.data.object;
  if (event.type === 'payment_intent.succeeded' && orders.has(id)) orders.set(id, 'paid');
  return { received: true };
}

/** What a request is answered with: an object as JSON, a text as a page. */
async function answer({ method, url, headers }, body) {
  if (method === 'GET' && url === '/') return page;
  if (method === 'POST' && url === '/payments') return createPayment();
  if (method === 'POST' && url === '/webhook')
    return takeWebhook(body, headers['stripe-signature']);
  if (method === 'GET' && url.startsWith('/payments/'))
    return { state: orders.get(url.slice('/payments/'.length)) ?? 'unknown' };
  throw new Error('there is nothing here');
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  try {
    const said = await answer(request, await readBody(request));
    const isPage = typeof said === 'string';
    response.setHeader('content-type', isPage ? 'text/html; charset=utf-8' : 'application/json');
    response.end(isPage ? said : JSON.stringify(said));
  } catch (error) {
    // Whatever cannot be verified is refused, and nothing is shipped.
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: error.message }));
  }
});

const secret = await registerWebhook();
server.listen(port, '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${port}`));
