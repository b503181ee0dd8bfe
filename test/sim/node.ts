import type { Fact } from '../../src/domain/fact.js';
import { makeIdSource } from '../../src/domain/id.js';
import { claimWebhook, recordWebhookTry } from '../../src/engine/code-webhooks.js';
import { type Engine, makeEngine } from '../../src/engine/engine.js';
import type { EventTeller } from '../../src/engine/events.js';
import { startJobs } from '../../src/engine/jobs.js';
import { startRailDriver } from '../../src/engine/rail-driver.js';
import type { Sender } from '../../src/engine/sender.js';
import { startWebhooks } from '../../src/engine/webhooks.js';
import type { Vault } from '../../src/engine/work.js';
import { balanceRail } from '../../src/rails/balance/rail.js';
import { cashRail, makeBankSimulator } from '../../src/rails/bank/simulator.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { Store } from '../../src/storage/store.js';
import { testCards } from '../support/engine.js';
import type { Chance } from './chance.js';
import type { RemoteCards, Sink } from './network.js';
import type { Owner } from './scheduler.js';

/** One process of Tender, as `main.ts` puts it together, over a world that is made up. */
export interface Node {
  readonly owner: Owner;
  readonly engine: Engine;
}

/** What a test may put between the parts of a process; a planted bug. */
export interface Tampering {
  store?(store: Store): Store;
  engine?(engine: Engine): Engine;
  /** Only the engine that brings in a rail's answers. */
  settling?(engine: Engine): Engine;
  sender?(sender: Pick<Sender, 'post'>): Pick<Sender, 'post'>;
}

export interface NodeOptions {
  readonly owner: Owner;
  readonly store: Store;
  readonly chance: Chance;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  readonly sink: Sink;
  /** Null: cards are paid by the simulator of our own, inside the batch. */
  readonly cards: RemoteCards | null;
  readonly tampering: Tampering;
  readonly logError: (error: unknown, what: string) => void;
}

const LIMITS = {
  engine: {
    batch_commands_max: 16,
    queue_commands_max: 1_000,
    queue_wait_ms_max: 10_000,
    cached_rows_max: 60,
    batch_tries_max: 5,
    search_rows_max: 10_000,
    search_ms_max: 1_000,
    search_window_rows_max: 100,
    searches_max: 5,
  },
  webhooks: {
    deliveries_in_flight_max: 4,
    sends_in_flight_max: 16,
    claims_at_once_max: 4,
    delivery_lease_ms: 12_000,
    delivery_lease_left_ms_min: 4_000,
    delivery_poll_ms: 1_000,
    delivery_stop_wait_ms_max: 5_000,
  },
  rails: { rail_calls_max: 8, rail_queue_max: 64, rail_answer_ms_max: 3_000 },
  jobs: {
    job_poll_ms: 1_000,
    jobs_per_look_max: 20,
    prune_interval_ms: 600_000,
    prune_rows_max: 100,
    idempotency_hours: 24 * 3650,
    retention_days: 3650,
  },
};

/** Seals nothing: what is sealed would be another text in every run. */
const PLAIN_VAULT: Vault = {
  seal: (plain, rowId) => `${rowId}:${plain}`,
  open: (sealed, rowId) => sealed.slice(rowId.length + 1),
  sealSecret: (plain, rowId) => `${rowId}:${plain}`,
  openSecret: (sealed, rowId) => sealed.slice(rowId.length + 1),
  fingerprint: (number) => `print_${number.slice(-8)}`,
};

/** The events that the simulation's dialects make of a fact; the auditor has a list of its own. */
function tellerOf(dialect: EventTeller['dialect']): EventTeller {
  const types = ({ type }: Fact): string[] =>
    type === 'intent.paid' && dialect === 'stripe' ? ['attempt.paid', type] : [type];
  const idOf = (fact: Fact, index: number): string => `evt_${dialect}_${fact.id}_${index}`;
  return {
    dialect,
    events: (fact) => types(fact).map((type, i) => ({ id: idOf(fact, i), type })),
    message: ({ fact, index }) => ({
      headers: {},
      body: JSON.stringify({ id: idOf(fact, index), type: types(fact)[index] }),
    }),
  };
}

/** Starts a process. It must be called as its owner, and dies with it. */
export function startNode(options: NodeOptions): Node {
  const { owner, chance, nowMs, sink, cards, tampering, logError } = options;
  const store = tampering.store?.(options.store) ?? options.store;
  const ids = makeIdSource({ now: nowMs, random: chance.bytes });
  const cardRail = cards === null ? cardSimulator : cards.rail(owner);
  const banks = makeBankSimulator({ testNames: true });
  const plain = makeEngine({
    store,
    rails: [
      { methodTypes: ['card'], rail: cardRail },
      { methodTypes: ['sepa_debit', 'us_bank_account'], rail: banks },
      { methodTypes: ['customer_balance'], rail: cashRail },
      { methodTypes: ['crypto'], rail: balanceRail },
    ],
    cards: testCards,
    vault: PLAIN_VAULT,
    ids,
    nowMs,
    tellers: (['stripe', 'dojo', 'code'] as const).map(tellerOf),
    limits: LIMITS.engine,
    logError,
  });
  const engine = tampering.engine?.(plain) ?? plain;
  const common = { engine, store, nowMs, logError };
  const honest: Pick<Sender, 'post'> = {
    post: async (url, { body }) => ({
      ...(await sink.post(owner, url, body)),
      atMs: Math.floor(nowMs()),
    }),
  };
  const sender = tampering.sender?.(honest) ?? honest;
  startWebhooks({
    ...common,
    sender,
    openSecret: PLAIN_VAULT.openSecret,
    limits: LIMITS.webhooks,
  });
  const driver = startRailDriver({
    ...common,
    engine: tampering.settling?.(engine) ?? engine,
    rails: [cardRail],
    limits: LIMITS.rails,
  });
  startJobs({
    ...common,
    driver,
    limits: LIMITS.jobs,
    callWebhook: async (job) => {
      const call = await engine.background(claimWebhook(job));
      if (call === null || 'failure' in call) return;
      const body = JSON.stringify({ id: job.id });
      const { status, error } = await sender.post(call.url, { headers: {}, body });
      const made = { atMs: Math.floor(nowMs()), status, error };
      await engine.background(recordWebhookTry(call, made as never, null));
    },
  });
  return { owner, engine };
}
