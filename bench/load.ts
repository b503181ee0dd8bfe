import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import type { LoadResult } from '../src/cli/bench-load.js';

const HEADERS = {
  authorization: 'Bearer sk_test_tender',
  'content-type': 'application/x-www-form-urlencoded',
  'stripe-version': '2026-10-28.endive',
};

/** What a connection remembers from a create to its confirm. */
interface Turn {
  intent?: string;
}

function withKey(request: autocannon.Request): autocannon.Request {
  return { ...request, headers: { ...request.headers, 'idempotency-key': randomUUID() } };
}

/** Create, then confirm with a Visa test card, each with a fresh idempotency key. */
const PAYMENT: autocannon.Request[] = [
  {
    method: 'POST',
    path: '/v1/payment_intents',
    headers: HEADERS,
    body: 'amount=1099&currency=usd&metadata[order_id]=6735',
    setupRequest: withKey,
    onResponse: (_status, body, context) => {
      (context as Turn).intent = /"id": "(pi_\w+)"/.exec(body)?.[1] ?? 'pi_fixed';
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/pi/confirm',
    headers: HEADERS,
    body: 'payment_method=pm_card_visa',
    setupRequest: (request, context) => ({
      ...withKey(request),
      path: `/v1/payment_intents/${(context as Turn).intent}/confirm`,
    }),
  },
];

function run(port: number, connections: number, seconds: number): Promise<autocannon.Result> {
  const url = `http://127.0.0.1:${port}`;
  return autocannon({ url, connections, duration: seconds, requests: PAYMENT });
}

/**
 * Payments at a server by kept-alive connections, one request at a time on each, after a second of
 * warm-up. Latencies are of single requests. Throws unless every answer was a success.
 */
export async function measure(
  port: number,
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  await run(port, connections, 1);
  const { requests, latency, non2xx, errors } = await run(port, connections, seconds);
  if (non2xx + errors > 0) throw new Error(`${non2xx} refusals, ${errors} errors`);
  return { perSecond: requests.average / 2, p50_ms: latency.p50, p99_ms: latency.p99 };
}
