import type { Fact } from '../domain/fact.js';
import type { Delivery, DeliveryTry, Subscription } from '../domain/subscription.js';
import type { Store } from '../storage/store.js';
import { abandonDelivery, recordTry } from './deliveries.js';
import type { Engine } from './engine.js';
import type { Message } from './events.js';
import {
  type Claimed,
  type Endpoint,
  isIdle,
  type Lane,
  learn,
  newLane,
  pickTurns,
} from './lane.js';
import { makeRowLoader, type RowLoader } from './row-loader.js';
import type { Sender } from './sender.js';
import type { Vault } from './work.js';

export interface WebhookLimits {
  /** On their way to one subscription at once. */
  readonly deliveries_in_flight_max: number;
  /** On their way at once, over all subscriptions: sockets and memory are bounded by it. */
  readonly sends_in_flight_max: number;
  readonly claims_at_once_max: number;
  /** How long a claim lasts. A try that takes longer may be made twice. */
  readonly delivery_lease_ms: number;
  /** What has less of its claim left is not begun: the sender's timeout and a margin. */
  readonly delivery_lease_left_ms_min: number;
  /** How often the store is asked for what is due: retries, and what other processes wrote. */
  readonly delivery_poll_ms: number;
  /** How long `stop` waits for what is on its way. */
  readonly delivery_stop_wait_ms_max: number;
}

export interface WebhookDependencies {
  readonly store: Store;
  readonly engine: Pick<Engine, 'background' | 'onDeliveries' | 'teller'>;
  readonly sender: Pick<Sender, 'post'>;
  readonly openSecret: Vault['openSecret'];
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  readonly limits: WebhookLimits;
  readonly logError: (error: unknown, what: string) => void;
}

export interface Webhooks {
  /** Looks at once for deliveries that are due. */
  poll(): Promise<void>;
  /** Tries that are on their way, or have ended and are not yet written down. */
  readonly inFlight: number;
  /** Claims no more and waits, up to a limit, for what is on its way. */
  stop(): Promise<void>;
}

/** How many subscriptions one look at the store finds. */
const DUE_SUBSCRIPTIONS_MAX = 10_000;
/**
 * Facts that are read with the claim, in one read instead of hundreds, and held until their turn
 * comes: some kilobytes each, over all subscriptions.
 */
const FACTS_AHEAD_MAX = 1024;
/** For so long at most an endpoint that was changed or disabled is still sent to. */
const ENDPOINT_FRESH_MS = 1000;
/** What was learnt of an endpoint that has nothing to get is forgotten after this time. */
const LANE_KEPT_MS = 600_000;
/** A look that takes long is followed by a longer pause, so that it never fills the reader. */
const PAUSE_PER_LOOK = 10;

/** How a delivery's turn ended; `abandon` where there is nobody to send it to. */
type End = DeliveryTry | 'abandon';

/**
 * Sends deliveries to their subscriptions and writes down how each try ended. Where nothing is
 * shared, what an earlier process had claimed is due again at once.
 */
export function startWebhooks(deps: WebhookDependencies): Webhooks {
  const worker = new WebhookWorker(deps);
  worker.begin();
  return worker;
}

class WebhookWorker implements Webhooks {
  readonly #deps: WebhookDependencies;
  readonly #rows: RowLoader;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes with something to do; whoever was served last comes last. */
  readonly #active = new Set<Lane>();
  #claims = 0;
  #sending = 0;
  #recording = 0;
  #factsAhead = 0;
  #stopped = false;
  #pumping = false;
  #polling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #whenQuiet: (() => void) | null = null;

  constructor(deps: WebhookDependencies) {
    this.#deps = deps;
    this.#rows = makeRowLoader(deps.store);
  }

  get inFlight(): number {
    return this.#sending + this.#recording;
  }

  begin(): void {
    this.#deps.engine.onDeliveries((deliveries) => {
      for (const { account, subscription } of deliveries) this.#wake(account, subscription);
    });
    this.#polling = this.#releaseLeases().then(() => this.#pollAndPause());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
    if (this.inFlight + this.#claims === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#deps.limits.delivery_stop_wait_ms_max);
      this.#whenQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async poll(): Promise<void> {
    const { store, nowMs, logError } = this.#deps;
    try {
      const due = await store.dueSubscriptions(nowMs(), DUE_SUBSCRIPTIONS_MAX);
      for (const { account, id } of due) this.#wake(account, id);
    } catch (error) {
      logError(error, 'due deliveries could not be looked up');
    }
    const forgottenMs = performance.now() - LANE_KEPT_MS;
    for (const [name, lane] of this.#lanes)
      if (isIdle(lane) && lane.usedAtMs < forgottenMs) this.#lanes.delete(name);
  }

  async #releaseLeases(): Promise<void> {
    const { store, nowMs, logError } = this.#deps;
    if (store.capabilities.shared) return;
    try {
      await store.releaseLeases(nowMs());
    } catch (error) {
      logError(error, 'claims of an earlier run could not be released');
    }
  }

  async #pollAndPause(): Promise<void> {
    const startMs = performance.now();
    await this.poll();
    if (this.#stopped) return;
    const tookMs = performance.now() - startMs;
    const pauseMs = Math.max(this.#deps.limits.delivery_poll_ms, tookMs * PAUSE_PER_LOOK);
    this.#timer = setTimeout(() => {
      this.#polling = this.#pollAndPause();
    }, pauseMs);
  }

  #wake(account: string, subscription: string): void {
    if (this.#stopped) return;
    const name = JSON.stringify([account, subscription]);
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = newLane(account, subscription);
      this.#lanes.set(name, lane);
    }
    lane.due = true;
    this.#active.add(lane);
    this.#pump();
  }

  /** Begins what may be begun, once for all that happens in one turn of the event loop. */
  #pump(): void {
    if (this.#stopped) {
      if (this.inFlight + this.#claims === 0) this.#whenQuiet?.();
      return;
    }
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (!this.#stopped) this.#begin();
    });
  }

  #begin(): void {
    const { limits } = this.#deps;
    // When the store is slow to write down how tries ended, fewer are begun.
    const places = limits.sends_in_flight_max - this.#recording;
    const { starts, claims } = pickTurns([...this.#active], places, performance.now());
    for (const lane of starts) this.#start(lane);
    for (const lane of claims) if (this.#claims < limits.claims_at_once_max) void this.#claim(lane);
  }

  #moveBack(lane: Lane): void {
    lane.usedAtMs = performance.now();
    this.#active.delete(lane);
    if (!isIdle(lane)) this.#active.add(lane);
  }

  async #claim(lane: Lane): Promise<void> {
    const { store, limits, nowMs, logError } = this.#deps;
    const { account, subscription } = lane;
    const limit = lane.claim;
    const claim = { account, subscription, nowMs: nowMs(), leaseMs: limits.delivery_lease_ms };
    const leaseEndMs = claim.nowMs + claim.leaseMs;
    this.#claims++;
    lane.claiming = true;
    // Before the read: what is written from now on wakes the lane again.
    lane.due = false;
    try {
      // Whether it has been failing is known before it gets a place.
      const known = lane.endpoint === null ? this.#endpointOf(lane) : null;
      const [deliveries] = await Promise.all([store.claimDeliveries(claim, limit), known]);
      for (const delivery of deliveries)
        lane.waiting.push({ delivery, leaseEndMs, fact: this.#factAhead(delivery) });
      if (deliveries.length === limit) lane.due = true;
    } catch (error) {
      logError(error, `deliveries of ${subscription} could not be claimed`);
    }
    this.#claims--;
    lane.claiming = false;
    this.#moveBack(lane);
    this.#pump();
  }

  #factAhead(delivery: Delivery): Promise<Fact | null> | null {
    if (this.#factsAhead >= FACTS_AHEAD_MAX) return null;
    this.#factsAhead++;
    const fact = this.#factOf(delivery);
    // Whoever sends it hears of it.
    fact.catch(() => {});
    return fact;
  }

  #factOf({ account, fact }: Delivery): Promise<Fact | null> {
    return this.#rows.load({ table: 'facts', account, id: fact });
  }

  #start(lane: Lane): void {
    const next = this.#nextOf(lane);
    if (next !== null) {
      lane.started.set(next.delivery.id, performance.now());
      this.#sending++;
      void this.#send(lane, next);
    }
    this.#moveBack(lane);
  }

  /** The next that is still ours to send; others are due again when their claim ends. */
  #nextOf(lane: Lane): Claimed | null {
    const lastMs = this.#deps.nowMs() + this.#deps.limits.delivery_lease_left_ms_min;
    for (;;) {
      const next = lane.waiting.shift();
      if (next === undefined) return null;
      if (next.fact !== null) this.#factsAhead--;
      if (next.leaseEndMs >= lastMs) return next;
    }
  }

  async #send(lane: Lane, claimed: Claimed): Promise<void> {
    const { limits, logError } = this.#deps;
    const { delivery } = claimed;
    let end: End | null = null;
    try {
      end = await this.#try(lane, claimed);
    } catch (error) {
      // Not the endpoint's fault, so not its try: due again when the claim ends.
      logError(error, `delivery ${delivery.id} could not be made`);
    }
    lane.started.delete(delivery.id);
    this.#sending--;
    if (end !== null) {
      // Nobody waits for what is abandoned: it may go as fast as it can be written.
      const answer = end === 'abandon' ? { status: 0, durationMs: 0 } : end;
      learn(lane, answer, limits.deliveries_in_flight_max);
    }
    this.#moveBack(lane);
    const written = end === null ? null : this.#writeDown(delivery, end);
    this.#pump();
    await written;
  }

  async #try(lane: Lane, { delivery, fact: ahead }: Claimed): Promise<End> {
    const [endpoint, fact] = await Promise.all([
      this.#endpointOf(lane),
      ahead ?? this.#factOf(delivery),
    ]);
    const subscription = endpoint?.row ?? null;
    if (endpoint === null || !subscription?.enabled || fact === null) return 'abandon';
    const { openSecret, sender } = this.#deps;
    endpoint.secret ??= openSecret(subscription.secret, subscription.id);
    const message = this.#messageOf(delivery, subscription, endpoint.secret, fact);
    return sender.post(subscription.url, message, fact.requestId);
  }

  #messageOf(
    { index, audience }: Delivery,
    subscription: Subscription,
    secret: string,
    fact: Fact,
  ): Message {
    const { engine, nowMs } = this.#deps;
    const secrets = [secret];
    const teller = engine.teller(subscription.dialect);
    return teller.message({ fact, index, subscription, audience, secrets, nowMs: nowMs() });
  }

  /**
   * The subscription as it was a moment ago, read once for all that goes to it at the time. That it
   * is gone or off is believed only where it was read since the call: a delivery that was written
   * after it was switched on again must not be given up.
   */
  async #endpointOf(lane: Lane): Promise<Endpoint | null> {
    const nowMs = performance.now();
    for (;;) {
      const { endpoint } = lane;
      const fromMs = endpoint?.row?.enabled === true ? nowMs - ENDPOINT_FRESH_MS : nowMs;
      if (endpoint !== null && endpoint.readAtMs >= fromMs) return endpoint;
      lane.reading ??= this.#readEndpoint(lane);
      await lane.reading;
    }
  }

  async #readEndpoint(lane: Lane): Promise<void> {
    const { account, subscription: id } = lane;
    const readAtMs = performance.now();
    try {
      const row = await this.#rows.load({ table: 'subscriptions', account, id });
      // It was failing before this process knew it: it begins among the slow.
      if (lane.endpoint === null && row !== null) lane.slow = row.failingSinceMs !== null;
      lane.endpoint = { row, readAtMs, secret: null };
    } finally {
      lane.reading = null;
    }
  }

  async #writeDown(delivery: Delivery, end: End): Promise<void> {
    const { engine, logError } = this.#deps;
    this.#recording++;
    try {
      if (end === 'abandon') await engine.background(abandonDelivery(delivery));
      else await engine.background(recordTry(delivery, end));
    } catch (error) {
      // It goes out once more when the claim ends: twice is allowed, never is not.
      logError(error, `the end of delivery ${delivery.id} could not be written down`);
    }
    this.#recording--;
    this.#pump();
  }
}
