import { orders, stripeClient } from '../../shop.js';

/** Makes a payment. The price is the server's to say. */
export async function POST() {
  const intent = await stripeClient().paymentIntents.create({ amount: 2000, currency: 'gbp' });
  orders.set(intent.id, 'open');
  return Response.json({ id: intent.id, clientSecret: intent.client_secret });
}
