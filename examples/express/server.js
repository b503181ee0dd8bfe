// A shop on Express: a payment is made here, paid in the browser, and believed by its webhook.
//   node examples/express/server.js
// Environment: PORT (4446), TENDER_URL (http://127.0.0.1:4400), SECRET_KEY, PUBLISHABLE_KEY.
import { verifyStripeWebhook } from '@tender/sdk/webhooks';
import express from 'express';
import Stripe from 'stripe';
import { shopPage } from './page.js';

const tender = new URL(process.env.TENDER_URL ?? 'http://127.0.0.1:4400');
const publishableKey = process.env.PUBLISHABLE_KEY ?? 'pk_test_tender';
const port = Number(process.env.PORT ?? 4446);
const webhookUrl = `http://127.0.0.1:${port}/webhook`;

const stripe = new Stripe(process.env.SECRET_KEY ?? 'sk_test_tender', {
  host: tender.hostname,
  port: tender.port,
  protocol: tender.protocol === 'http:' ? 'http' : 'https',
});

/** Payments by their ids; a real shop has them in its database. */
const orders = new Map();

/** The secret is told once, so that each start takes a new endpoint. */
async function registerWebhook() {
  const { data } = await stripe.webhookEndpoints.list({ limit: 100 });
  for (const old of data) if (old.url === webhookUrl) await stripe.webhookEndpoints.del(old.id);
  const enabled_events = ['payment_intent.succeeded'];
  return (await stripe.webhookEndpoints.create({ url: webhookUrl, enabled_events })).secret;
}

const app = express();

app.get('/', (_, response) => void response.send(shopPage(tender.origin, publishableKey)));

app.post('/payments', async (_, response) => {
  // The price is the server's to say.
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'gbp' });
  orders.set(intent.id, 'open');
  response.json({ id: intent.id, clientSecret: intent.client_secret });
});

app.get('/payments/:id', (request, response) => {
  response.json({ state: orders.get(request.params.id) ?? 'unknown' });
});

// The signature is over the body as it came, so nothing may parse it first.
app.post('/webhook', express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
  const signature = request.header('stripe-signature');
  let event;
  try {
    event = await verifyStripeWebhook({ body: request.body, signature, secret });
  } catch (error) {
    response.status(400).json({ error: error.message });
    return;
  }
  const { id } = event.data.object;
  if (event.type === 'payment_intent.succeeded' && orders.has(id)) orders.set(id, 'paid');
  response.json({ received: true });
});

const secret = await registerWebhook();
app.listen(port, '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${port}`));
