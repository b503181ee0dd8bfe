// A shop that ships only what was paid: what the page says is never believed.
//   node examples/payment-verification/server.js
// Environment: PORT (4445), CODE_ENDPOINT (http://127.0.0.1:4400/v1).
import { createServer } from 'node:http';
import { paymentIntents } from '@code-wallet/client';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const endpoint = process.env.CODE_ENDPOINT ?? 'http://127.0.0.1:4400/v1';
const port = Number(process.env.PORT ?? 4445);
const BODY_BYTES_MAX = 10_000;

// The price and who is paid are the server's to say.
const price = {
  destination: 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR',
  amount: 0.25,
  currency: 'usd',
};

const keys = createRemoteJWKSet(new URL(`${endpoint}/code/jwks.json`));
/** Orders by their intent; a real shop has them in its database. */
const orders = new Map();
/** Messages that were acted on: each may come more than once. */
const seen = new Set();

async function createIntent() {
  const webhook = { url: `http://127.0.0.1:${port}/webhook` };
  const { id, clientSecret } = await paymentIntents.create({ ...price, endpoint, webhook });
  orders.set(id, { state: 'open' });
  return { id, clientSecret };
}

/** Way one: Code tells the shop. The signature proves who it was; the claims say what for. */
async function takeWebhook(jwt) {
  const { payload } = await jwtVerify(jwt, keys, { algorithms: ['EdDSA'] });
  const { intent, jti, destination, amount, currency } = payload;
  const isOurs = destination === price.destination && amount === price.amount;
  if (!orders.has(intent) || !isOurs || currency !== 'USD') throw new Error('not an order of ours');
  if (seen.has(jti)) return;
  seen.add(jti);
  orders.set(intent, { state: 'paid' });
}

/** Way two: the shop asks, such as when the customer comes back before the webhook. */
async function verify(intent) {
  if (!orders.has(intent)) return { state: 'unknown' };
  const { status } = await paymentIntents.getStatus({ intent, endpoint });
  return { ...orders.get(intent), status };
}

async function answer({ method, url }, body) {
  if (method === 'POST' && url === '/create-intent') return createIntent();
  if (method === 'POST' && url === '/webhook') return (await takeWebhook(body)) ?? {};
  if (method === 'GET' && url.startsWith('/verify/')) return verify(url.slice('/verify/'.length));
  return { is: 'a shop', try: 'POST /create-intent, then GET /verify/INTENT' };
}

async function readBody(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > BODY_BYTES_MAX) throw new Error('the body is too long');
  }
  return body;
}

createServer(async (request, response) => {
  response.setHeader('content-type', 'application/json');
  try {
    response.end(JSON.stringify(await answer(request, await readBody(request))));
  } catch (error) {
    // Whatever cannot be verified is refused, and nothing is shipped.
    response.writeHead(400).end(JSON.stringify({ error: error.message }));
  }
}).listen(port, '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${port}`));
