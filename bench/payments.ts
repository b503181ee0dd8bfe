import { randomUUID } from 'node:crypto';
import type { Connection } from './load.js';

/** The two requests of a payment as an SDK sends them, each with a fresh idempotency key. */

function post(path: string, body: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk_test_tender\r\n` +
    'Content-Type: application/x-www-form-urlencoded\r\nStripe-Version: 2026-10-28.endive\r\n' +
    `User-Agent: Stripe/v1 NodeBindings/23.1.0\r\nIdempotency-Key: stripe-node-retry-${randomUUID()}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

const CREATE = 'amount=1099&currency=usd&metadata[order_id]=6735';
const CONFIRM = 'payment_method=pm_card_visa';

/** Creates and confirms one payment; throws unless it ends `succeeded`. */
export async function payOnce(connection: Connection): Promise<void> {
  const created = await connection.ask(post('/v1/payment_intents', CREATE));
  const id = /"id": "(pi_\w+)"/.exec(created.body)?.[1];
  if (id === undefined) throw new Error(`create answered ${created.status}: ${created.body}`);
  const paid = await connection.ask(post(`/v1/payment_intents/${id}/confirm`, CONFIRM));
  if (!paid.body.includes('"status": "succeeded"'))
    throw new Error(`confirm answered ${paid.status}: ${paid.body}`);
}

/** The same two requests for a server that answers the same thing to everything. */
export async function askTwice(connection: Connection): Promise<void> {
  await connection.ask(post('/v1/payment_intents', CREATE));
  await connection.ask(post('/v1/payment_intents/pi_fixed/confirm', CONFIRM));
}
