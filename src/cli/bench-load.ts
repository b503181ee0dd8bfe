import { randomBytes, randomFillSync } from 'node:crypto';
import { stripeEvents } from '../api/stripe/dialect.js';
import { API_VERSION } from '../api/stripe/events.js';
import { renderObject } from '../api/stripe/expansion.js';
import { PAYMENT_INTENT } from '../api/stripe/objects.js';
import { print } from '../api/stripe/request.js';
import { makeIdSource } from '../domain/id.js';
import type { Intent } from '../domain/intent.js';
import type { Answer, Call, Decision, Rows } from '../engine/command.js';
import { type Engine, makeEngine } from '../engine/engine.js';
import { confirmIntent, createIntent } from '../engine/intents.js';
import { deriveKeys } from '../engine/keys.js';
import { LIMITS } from '../limits.js';
import { balanceRail } from '../rails/balance/rail.js';
import { makeCardDesk } from '../rails/card/desk.js';
import { cardSimulator } from '../rails/card/simulator.js';
import type { Store } from '../storage/store.js';

/** Rate and percentiles of a run. */
export interface LoadResult {
  /** Payments, or pairs of requests where there are none. */
  readonly perSecond: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** Rate and percentiles of durations in ms. */
export function summary(times: number[], seconds: number): LoadResult {
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  return { perSecond: times.length / seconds, p50_ms: at(0.5), p99_ms: at(0.99) };
}

const ACCOUNT = 'acct_bench';
const ids = makeIdSource({ now: Date.now, random: (bytes) => void randomFillSync(bytes) });

/** The engine over a store, without HTTP: commands in, rendered answers out. */
export function benchEngine(store: Store): Engine {
  return makeEngine({
    store,
    rails: [
      { methodTypes: ['card'], rail: cardSimulator },
      { methodTypes: ['crypto'], rail: balanceRail },
    ],
    cards: makeCardDesk({ testNames: true }),
    vault: deriveKeys(randomBytes(32)),
    ids,
    nowMs: Date.now,
    tellers: [stripeEvents({ publicUrl: () => 'http://127.0.0.1', livemode: false })],
    limits: LIMITS.engine,
    logError: (error, what) => {
      throw new Error(what, { cause: error });
    },
  });
}

/** Renders as the dialect does: the idempotency record holds the body as sent. */
function render(decision: Decision<Intent>, rows: Rows): { status: number; body: string } {
  if (decision.end !== 'done') throw new Error(`refused: ${decision.failure.failure}`);
  const view = {
    livemode: false,
    publishable: false,
    now: Math.floor(Date.now() / 1000),
    publicUrl: 'http://127.0.0.1',
    accountId: ACCOUNT,
    version: API_VERSION,
  };
  const object = renderObject(PAYMENT_INTENT, decision.value, new Map(), rows, view);
  return { status: 200, body: print(object) };
}

function callOf(account: string, path: string): Call<Intent> {
  const key = `stripe-node-retry-${ids.secret(36)}`;
  const idempotency = { key, path, digest: ids.secret(22) };
  return { account, requestId: ids.next('req_', 14), idempotency, render };
}

const ID = /"id": "(pi_\w+)"/;

/** One payment of an account through the engine: create, then confirm with a Visa test card. */
export async function pay(engine: Engine, account = ACCOUNT): Promise<Answer> {
  const created = await engine.call(
    createIntent(account, {
      dialect: 'stripe',
      amount: 1099n,
      currency: 'usd',
      confirmationMethod: 'automatic',
      metadata: () => ({ order_id: '6735' }),
      wire: { automatic_payment_methods: { allow_redirects: 'always', enabled: true } },
      confirm: null,
    }),
    callOf(account, '/v1/payment_intents'),
  );
  const id = ID.exec(created.body)?.[1] ?? '';
  return engine.call(
    confirmIntent(account, id, { method: 'pm_card_visa' }, { needsReturnUrl: () => false }),
    callOf(account, `/v1/payment_intents/${id}/confirm`),
  );
}

/** The first of a run warm caches and the compiler, and are not counted. */
const WARM_UP_MS = 1000;

/**
 * Payments per second with `concurrency` payments of an account under way at any time. An aborted
 * signal ends it before its time.
 */
export async function loadEngine(
  engine: Engine,
  concurrency: number,
  seconds: number,
  signal?: AbortSignal,
  account = ACCOUNT,
): Promise<LoadResult> {
  const times: number[] = [];
  const start = performance.now() + WARM_UP_MS;
  const end = start + seconds * 1000;
  let last = end;
  // However slow the machine is, there is a round of them to tell of.
  const isOver = (now: number): boolean => now > end && times.length >= concurrency;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let now = performance.now(); !isOver(now) && signal?.aborted !== true; ) {
        const began = now;
        await pay(engine, account);
        now = performance.now();
        if (began < start || isOver(now)) continue;
        times.push(now - began);
        last = Math.max(last, now);
      }
    }),
  );
  return summary(times, (last - start) / 1000);
}
