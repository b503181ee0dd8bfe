import { createHmac } from 'node:crypto';
import type { Fact } from '../../src/domain/fact.js';
import { type IdSource, makeIdSource } from '../../src/domain/id.js';
import type { Call, Command, Decision, Rendered } from '../../src/engine/command.js';
import { type Engine, type EngineLimits, makeEngine } from '../../src/engine/engine.js';
import type { EventTeller } from '../../src/engine/events.js';
import { deriveKeys, type Keys } from '../../src/engine/keys.js';
import { balanceRail } from '../../src/rails/balance/rail.js';
import { cashRail, makeBankSimulator } from '../../src/rails/bank/simulator.js';
import { cardFromToken, createCard } from '../../src/rails/card/create-card.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { CardDesk, Rail } from '../../src/rails/rail.js';
import type { Store } from '../../src/storage/store.js';
import { mulberry32 } from './mulberry.js';

/** A clock that stands still until it is moved. */
export interface TestClock {
  /** Unix ms. */
  ms: number;
  advance(seconds: number): void;
}

/** An engine for tests, with all that it was built from. */
export interface TestEngine {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: TestClock;
  readonly ids: IdSource;
  readonly keys: Keys;
  /** What was logged as an error, with its place. */
  readonly logged: { error: unknown; what: string }[];
  /** Commands of each committed batch. */
  readonly batches: number[];
}

export interface TestEngineOptions {
  readonly clock?: TestClock;
  readonly limits?: Partial<EngineLimits>;
  /** Beside the card simulator; one that takes cards takes them in its place. */
  readonly rails?: readonly { readonly methodTypes: readonly string[]; readonly rail: Rail }[];
  readonly tellers?: readonly EventTeller[];
}

/** 23 November 2026, 12:00 UTC. */
const START_MS = Date.UTC(2026, 10, 23, 12);

export function makeClock(ms = START_MS): TestClock {
  const clock = {
    ms,
    advance: (seconds: number) => {
      clock.ms += seconds * 1000;
    },
  };
  return clock;
}

/** Pseudo-random bytes from a seed, for ids that come out the same in every run. */
function seededBytes(seed: number): (bytes: Uint8Array) => void {
  const bits = mulberry32(seed);
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = bits() & 255;
  };
}

/** Takes in the simulator's cards. */
export const testCards: CardDesk = {
  create: (input, now) => createCard({ ...input, now }),
  fromMethodName: (name, now) => (name.startsWith('pm_') ? cardFromToken(name, now) : null),
  fromTokenName: (name, now) => (name.startsWith('tok_') ? cardFromToken(name, now) : null),
};

/** Tells a payment as two events, as card dialects do, and everything else as one. */
export const plainTeller: EventTeller = {
  dialect: 'stripe',
  events: (fact) => eventTypes(fact).map((type, i) => ({ id: `evt_${fact.id}_${i}`, type })),
  message: ({ fact, index, audience, secrets, nowMs }) => {
    const id = `evt_${fact.id}_${index}`;
    const body = JSON.stringify({ id, type: eventTypes(fact)[index], audience });
    const sign = (secret: string) =>
      createHmac('sha256', secret).update(`${nowMs}.${body}`).digest('hex');
    return {
      headers: { 'content-type': 'application/json', signature: secrets.map(sign).join(',') },
      body,
    };
  },
};

function eventTypes({ type }: Fact): string[] {
  return type === 'intent.paid' ? ['attempt.paid', 'intent.paid'] : [type];
}

const LIMITS = {
  batch_commands_max: 256,
  queue_commands_max: 10_000,
  queue_wait_ms_max: 30_000,
  cached_rows_max: 1_000,
  batch_tries_max: 5,
  search_rows_max: 100_000,
  search_ms_max: 10_000,
  search_window_rows_max: 1_000,
  searches_max: 50,
};

/** Engines over one store must not make the same ids, so each takes the next seed. */
let seed = 0;

const SIMULATORS = [
  { methodTypes: ['card'], rail: cardSimulator },
  { methodTypes: ['sepa_debit', 'us_bank_account'], rail: makeBankSimulator({ testNames: true }) },
  { methodTypes: ['customer_balance'], rail: cashRail },
  { methodTypes: ['crypto'], rail: balanceRail },
];

/** Builds an engine over a store, with a clock that stands still and seeded randomness. */
export function makeTestEngine(store: Store, options: TestEngineOptions = {}): TestEngine {
  const clock = options.clock ?? makeClock();
  const ids = makeIdSource({ now: () => clock.ms, random: seededBytes(++seed) });
  const keys = deriveKeys(Buffer.alloc(32, 7));
  const logged: TestEngine['logged'] = [];
  const batches: number[] = [];
  const engine = makeEngine({
    store,
    rails: [...SIMULATORS, ...(options.rails ?? [])],
    cards: testCards,
    vault: keys,
    ids,
    nowMs: () => clock.ms,
    tellers: options.tellers ?? [plainTeller],
    limits: { ...LIMITS, ...options.limits },
    logError: (error, what) => void logged.push({ error, what }),
    committed: (commands) => void batches.push(commands),
  });
  return { engine, store, clock, ids, keys, logged, batches };
}

/** Renders any decision as JSON, with amounts as text. */
function renderPlain(decision: Decision<unknown>): Rendered {
  const status = { done: 200, declined: 402, refused: 400 }[decision.end];
  const shown = decision.end === 'done' ? decision.value : decision.failure;
  const body = JSON.stringify(shown, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return { status, body };
}

/** A call as a dialect makes it; `key` is its idempotency key. */
export function plainCall<T>(
  command: Command<T>,
  claim: { key: string; path?: string; digest?: string } | null = null,
  requestId = 'req_1',
): Call<T> {
  const idempotency = claim && {
    key: claim.key,
    path: claim.path ?? '/v1/payment_intents',
    digest: claim.digest ?? 'same',
  };
  return { account: command.account, requestId, idempotency, render: renderPlain };
}
