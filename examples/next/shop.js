import Stripe from 'stripe';

/** Where Tender is, and who this shop is there. */
export const settings = () => ({
  tender: process.env.TENDER_URL ?? 'http://127.0.0.1:4400',
  secretKey: process.env.SECRET_KEY ?? 'sk_test_tender',
  publishableKey: process.env.PUBLISHABLE_KEY ?? 'pk_test_tender',
  webhookSecret: process.env.WEBHOOK_SECRET ?? '',
});

/** The official client, at Tender. */
export function stripeClient() {
  const { tender, secretKey } = settings();
  const { hostname: host, port, protocol } = new URL(tender);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return new Stripe(secretKey, { host, port, protocol: scheme });
}

globalThis.lampOrders ??= new Map();

/**
 * Payments by their ids; a real shop has them in its database. Next.js bundles each route for
 * itself, so that a module's own variable would be another in each.
 */
export const orders = globalThis.lampOrders;
