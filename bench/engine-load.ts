import { randomBytes, randomFillSync } from 'node:crypto';
import { stripeEvents } from '../src/api/stripe/dialect.js';
import { API_VERSION } from '../src/api/stripe/events.js';
import { renderObject } from '../src/api/stripe/expansion.js';
import { PAYMENT_INTENT } from '../src/api/stripe/objects.js';
import { print } from '../src/api/stripe/request.js';
import { makeIdSource } from '../src/domain/id.js';
import type { Intent } from '../src/domain/intent.js';
import type { Answer, Call, Decision, Rows } from '../src/engine/command.js';
import { type Engine, makeEngine } from '../src/engine/engine.js';
import { confirmIntent, createIntent } from '../src/engine/intents.js';
import { deriveKeys } from '../src/engine/keys.js';
import { LIMITS } from '../src/limits.js';
import { balanceRail } from '../src/rails/balance/rail.js';
import { makeCardDesk } from '../src/rails/card/desk.js';
import { cardSimulator } from '../src/rails/card/simulator.js';
import type { Changes, Store } from '../src/storage/store.js';
import { type LoadResult, summary } from './load.js';

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

function callOf(path: string): Call<Intent> {
  const key = `stripe-node-retry-${ids.secret(36)}`;
  const idempotency = { key, path, digest: ids.secret(22) };
  return { account: ACCOUNT, requestId: ids.next('req_', 14), idempotency, render };
}

const ID = /"id": "(pi_\w+)"/;

/** One payment through the engine: create, then confirm with a Visa test card. */
export async function pay(engine: Engine): Promise<Answer> {
  const created = await engine.call(
    createIntent(ACCOUNT, {
      dialect: 'stripe',
      amount: 1099n,
      currency: 'usd',
      confirmationMethod: 'automatic',
      metadata: () => ({ order_id: '6735' }),
      wire: { automatic_payment_methods: { allow_redirects: 'always', enabled: true } },
      confirm: null,
    }),
    callOf('/v1/payment_intents'),
  );
  const id = ID.exec(created.body)?.[1] ?? '';
  return engine.call(
    confirmIntent(ACCOUNT, id, { method: 'pm_card_visa' }, { needsReturnUrl: () => false }),
    callOf(`/v1/payment_intents/${id}/confirm`),
  );
}

/** Payments per second with `concurrency` payments under way at any time. */
export async function loadEngine(
  engine: Engine,
  concurrency: number,
  seconds: number,
): Promise<LoadResult> {
  const times: number[] = [];
  const start = performance.now() + 1000;
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let now = performance.now(); now < end; ) {
        const began = now;
        await pay(engine);
        now = performance.now();
        if (began >= start && now <= end) times.push(now - began);
      }
    }),
  );
  return summary(times, seconds);
}

/** What the engine writes for payments made one by one: the rows of the storage yardstick. */
export async function recordedChanges(store: Store, payments: number): Promise<Changes[][]> {
  let current: Changes[] = [];
  const recording: Store = {
    ...store,
    transact: (batchId, body) =>
      store.transact(batchId, (transaction) =>
        body({
          load: transaction.load,
          write: (changes) => {
            current.push(changes);
            return transaction.write(changes);
          },
        }),
      ),
  };
  const engine = benchEngine(recording);
  const recorded: Changes[][] = [];
  for (let i = 0; i < payments; i++) {
    current = [];
    await pay(engine);
    recorded.push(current);
  }
  return recorded;
}
