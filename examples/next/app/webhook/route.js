import { verifyStripeWebhook } from '@tender/sdk/webhooks';
import { orders, settings } from '../../shop.js';

/** Takes what Tender tells; the signature is over the body as it came. */
export async function POST(request) {
  const signature = request.headers.get('stripe-signature');
  const secret = settings().webhookSecret;
  let event;
  try {
    event = await verifyStripeWebhook({ body: await request.text(), signature, secret });
  } catch (error) {
    return Response.json({ error: error.message }, { status: 400 });
  }
  const { id } = event.data.object;
  if (event.type === 'payment_intent.succeeded' && orders.has(id)) orders.set(id, 'paid');
  return Response.json({ received: true });
}
