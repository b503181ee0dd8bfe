import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { DEFAULT_KEY } from '../../src/api/auth.js';
import { atPace } from './load-pace.js';
import { percentilesOf } from './times.js';

/** More than ever wait at once where the server keeps up: none waits for a connection. */
const CONNECTIONS_MAX = 256;

/** How long single requests took, ms. */
export interface PaceResult {
  readonly requests: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p999_ms: number;
}

/**
 * Payments at a steady pace, each a request to create and one to confirm it. The first is timed
 * from when it was due, the second from the first one's answer.
 * @param perSecond payments, not requests
 */
export async function payAtPace(
  port: number,
  perSecond: number,
  seconds: number,
): Promise<PaceResult> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS_MAX });
  const times: number[] = [];
  const post = async (path: string, body: string, fromMs: number): Promise<string> => {
    const headers = {
      authorization: `Bearer ${DEFAULT_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': randomUUID(),
    };
    const answer = await pool.request({ method: 'POST', path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text}`);
    times.push(performance.now() - fromMs);
    return text;
  };
  const clock = { now: () => performance.now(), pause: (ms: number) => sleep(ms) };
  const pay = async (dueMs: number): Promise<void> => {
    const text = await post('/v1/payment_intents', 'amount=1099&currency=usd', dueMs);
    const path = `/v1/payment_intents/${/"id": "(pi_\w+)"/.exec(text)?.[1]}/confirm`;
    await post(path, 'payment_method=pm_card_visa', performance.now());
  };
  await atPace({ perSecond, seconds: 1, clock }, pay);
  times.length = 0;
  await atPace({ perSecond, seconds, clock }, pay);
  await pool.close();
  const at = percentilesOf(times);
  return { requests: times.length, p50_ms: at(0.5), p99_ms: at(0.99), p999_ms: at(0.999) };
}
