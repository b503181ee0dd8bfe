import { type Account, defaultAccount } from '../domain/account.js';
import type { Attempt } from '../domain/attempt.js';
import type { Failure } from '../domain/errors.js';
import type { IdSource } from '../domain/id.js';
import type { Balance } from '../domain/ledger.js';
import type { RendezvousMessage } from '../domain/rendezvous.js';
import type { Delivery } from '../domain/subscription.js';
import type { CardDesk, Rail } from '../rails/rail.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { PageRequest, Store } from '../storage/store.js';
import { usedAccounts } from './accounts.js';
import { Batcher, type BatchLimits, type Committed } from './batch.js';
import { BatchRows } from './batch-rows.js';
import type { Answer, Call, Command, Need, Rows } from './command.js';
import type { EventTeller } from './events.js';
import { loadRows } from './loading.js';
import { makeRollUp, type RollUp } from './rollups.js';
import { type Found, makeSearcher, type Search, type SearchLimits } from './search.js';
import type { EngineTracing } from './tracing.js';
import type { DecisionContext, Vault } from './work.js';

export type EngineLimits = BatchLimits & SearchLimits;

export interface EngineDependencies {
  readonly store: Store;
  readonly rails: readonly { readonly methodTypes: readonly string[]; readonly rail: Rail }[];
  readonly cards: CardDesk;
  readonly vault: Vault;
  readonly ids: IdSource;
  /** Wall clock, Unix ms. */
  readonly nowMs: () => number;
  readonly tellers: readonly EventTeller[];
  readonly limits: EngineLimits;
  readonly logError: (error: unknown, what: string) => void;
  readonly committed?: Committed;
  /** Told of each command that was not taken in, for metrics. */
  readonly overloaded?: () => void;
  /** Absent: nobody traces. */
  readonly tracing?: EngineTracing | null;
}

/**
 * What every dialect calls. Commands come from the modules beside this one (`intents`, `captures`,
 * `refunds`, `methods`, `customers`, `subscriptions`), each with its errors; the engine runs them
 * in batches and answers once they are durable.
 */
export interface Engine {
  /** Runs a command for a caller and renders the answer, idempotency included. */
  call<T>(command: Command<T>, call: Call<T>): Promise<Answer>;
  /** Runs a command of our own (jobs, deliveries), behind the callers'. */
  background<T>(command: Command<T>): Promise<T | Failure>;
  /** Reads rows without a batch; sees every acknowledged write. */
  read<T>(account: string, needs: (need: Need) => void, use: (rows: Rows) => T): Promise<T>;
  page<T extends TableName>(request: PageRequest<T>): Promise<RowTypes[T][]>;
  /** Looks for rows within limits of rows and time, beside the batches. */
  search<T extends TableName>(search: Search<T>): Promise<Found<T>>;
  /** How many rows fit, up to `count_max`; null where a limit came first. */
  count<T extends TableName>(search: Search<T>, count_max: number): Promise<number | null>;
  /** Counts on what the dashboard's charts show of an account. */
  readonly rollUp: RollUp;
  balances(account: string): Promise<Balance[]>;
  /** Accounts that have intents, in the order of their ids. */
  accounts(limit: number): Promise<string[]>;
  /** The events that a dialect makes of a fact. */
  teller(dialect: EventTeller['dialect']): EventTeller;
  newId(prefix: string, length: number): string;
  nowMs(): number;
  readonly queued: number;
  /** Called with the subscriptions that have new deliveries. */
  onDeliveries(listener: (deliveries: readonly Delivery[]) => void): void;
  /** Called, once they are durable, with the attempts that now wait for a remote rail. */
  onStarted(listener: (attempts: readonly Attempt[]) => void): void;
  /** Called, once they are durable, with the messages that were put down at rendezvous. */
  onMessages(listener: (messages: readonly RendezvousMessage[]) => void): void;
  /** Called, once they are durable, where jobs were written that are due at once. */
  onDue(listener: () => void): void;
  /** Resolves when all that was accepted is answered. */
  drain(): Promise<void>;
}

/** Builds the engine over its store, rails and clock. */
export function makeEngine(deps: EngineDependencies): Engine {
  const { store, ids, cards, vault, tellers } = deps;
  const rails = new Map<string, Rail>();
  for (const { methodTypes, rail } of deps.rails)
    for (const type of methodTypes) rails.set(type, rail);
  const listeners: ((deliveries: readonly Delivery[]) => void)[] = [];
  const messageListeners: ((messages: readonly RendezvousMessage[]) => void)[] = [];
  const dueListeners: (() => void)[] = [];
  const startListeners: ((attempts: readonly Attempt[]) => void)[] = [];
  const context = (): DecisionContext => ({
    nowMs: deps.nowMs(),
    newId: ids.next,
    secret: ids.secret,
    railFor: (methodType) => rails.get(methodType) ?? null,
    cards,
    vault,
    tellers,
  });
  const batcher = new Batcher({
    store,
    limits: deps.limits,
    context,
    delivered: (deliveries) => {
      for (const listener of listeners) listener(deliveries);
    },
    started: (attempts) => {
      for (const listener of startListeners) listener(attempts);
    },
    messages: (messages) => {
      for (const listener of messageListeners) listener(messages);
    },
    due: () => {
      for (const listener of dueListeners) listener();
    },
    logError: deps.logError,
    tracing: deps.tracing ?? null,
    ...(deps.committed === undefined ? {} : { committed: deps.committed }),
    ...(deps.overloaded === undefined ? {} : { overloaded: deps.overloaded }),
  });
  const background = backgroundOf(batcher);
  return {
    call: async (command, call) => {
      const { answer } = await batcher.run(command, call);
      if (answer === null) throw new Error('a call without an answer');
      return answer;
    },
    background,
    rollUp: makeRollUp({ store, background, nowMs: deps.nowMs }),
    read: (account, needs, use) => readRows(store, account, needs, use),
    page: (request) => store.page(request),
    ...makeSearcher(store, deps.limits),
    balances: (account) => store.balances(account),
    accounts: (limit) => usedAccounts(store, limit),
    teller: (dialect) => {
      const teller = tellers.find((one) => one.dialect === dialect);
      if (teller === undefined) throw new Error(`no dialect ${dialect}`);
      return teller;
    },
    newId: ids.next,
    nowMs: deps.nowMs,
    get queued() {
      return batcher.queued;
    },
    onDeliveries: (listener) => void listeners.push(listener),
    onStarted: (listener) => void startListeners.push(listener),
    onMessages: (listener) => void messageListeners.push(listener),
    onDue: (listener) => void dueListeners.push(listener),
    drain: () => batcher.drain(),
  };
}

function backgroundOf(batcher: Batcher): Engine['background'] {
  return async (command) => {
    const { decision } = await batcher.run(command, null, true);
    if (decision === null) throw new Error('a command without a decision');
    return decision.end === 'done' ? decision.value : decision.failure;
  };
}

async function readRows<T>(
  store: Store,
  account: string,
  needs: (need: Need) => void,
  use: (rows: Rows) => T,
): Promise<T> {
  const asker = {
    account,
    needs: (need: Need) => {
      need('accounts', account);
      needs(need);
    },
  };
  const rows = new BatchRows();
  await loadRows(rows, [asker], store.load, {
    whole: [],
    rereadAfterLateLock: () => false,
  });
  const settings = (): Account => rows.get('accounts', account, account) ?? defaultAccount(account);
  return use({
    get: (table, id) => rows.get(table, account, id),
    list: (table, column, value) => rows.list({ table, account, where: { column, value } }),
    account: settings,
  });
}
