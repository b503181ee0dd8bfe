// A shop on Hono: its handlers take web-standard requests, so that it also runs at the edge.
//   node examples/hono/server.js
// Environment: PORT (4447), TENDER_URL (http://127.0.0.1:4400), SECRET_KEY, PUBLISHABLE_KEY.
import { serve } from '@hono/node-server';
import { verifyStripeWebhook } from '@tender/sdk/webhooks';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';

const tender = process.env.TENDER_URL ?? 'http://127.0.0.1:4400';
const secretKey = process.env.SECRET_KEY ?? 'sk_test_tender';
const publishableKey = process.env.PUBLISHABLE_KEY ?? 'pk_test_tender';
const port = Number(process.env.PORT ?? 4447);

/** Payments by their ids; a real shop has them in its database. */
const orders = new Map();

/** The Stripe dialect without a client: a form goes there, JSON comes back. */
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

const app = new Hono();

app.post('/payments', async (c) => {
  // The price is the server's to say.
  const { id, client_secret } = await call('POST', '/v1/payment_intents', {
    amount: 2000,
    currency: 'gbp',
  });
  orders.set(id, 'open');
  return c.json({ id, clientSecret: client_secret });
});

app.get('/payments/:id', (c) => c.json({ state: orders.get(c.req.param('id')) ?? 'unknown' }));

app.post('/webhook', async (c) => {
  // The signature is over the body as it came, so nothing may parse it first.
  const signed = { body: await c.req.text(), signature: c.req.header('stripe-signature'), secret };
  const event = await verifyStripeWebhook(signed).catch(() => null);
  if (event === null) return c.json({ error: 'not signed by Tender' }, 400);
  const { id } = event.data.object;
  if (event.type === 'payment_intent.succeeded' && orders.has(id)) orders.set(id, 'paid');
  return c.json({ received: true });
});

const SCRIPT = `
  const stripe = Stripe('${publishableKey}');
  const told = document.querySelector('[role=status]');
  const { id, clientSecret } = await (await fetch('/payments', { method: 'POST' })).json();
  const elements = stripe.elements({ clientSecret });
  elements.create('payment').mount('#card');
  document.querySelector('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const confirmParams = { return_url: location.href };
    const paying = { elements, confirmParams, redirect: 'if_required' };
    const { error } = await stripe.confirmPayment(paying);
    told.textContent = error ? error.message : 'Thank you! We ship when your payment is confirmed.';
  });
`;

app.get('/', (c) =>
  c.html(html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8">
      <title>One lamp</title>
      <style>
        body { max-width: 26rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui; }
        button { margin-top: 1rem; padding: 0.6rem 1.2rem; font: inherit; }
      </style>
      <h1>One lamp, £20.00</h1>
      <form>
        <div id="card"></div>
        <button type="submit">Pay £20.00</button>
        <p role="status"></p>
      </form>
      <script src="${tender}/v3/"></script>
      <script type="module">${raw(SCRIPT)}</script>
    </html>`),
);

const secret = await registerWebhook();
serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () =>
  console.log(`Listening on http://127.0.0.1:${port}`),
);
