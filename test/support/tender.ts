import { randomBytes, randomFillSync } from 'node:crypto';
import Stripe from 'stripe';
import { makeKeyring } from '../../src/api/auth.js';
import { type RunningServer, startServer } from '../../src/api/server.js';
import { stripeDialect, stripeEvents } from '../../src/api/stripe/dialect.js';
import { LIMITS } from '../../src/config.js';
import { makeIdSource } from '../../src/domain/id.js';
import { type Engine, makeEngine } from '../../src/engine/engine.js';
import { startJobs } from '../../src/engine/jobs.js';
import { deriveKeys } from '../../src/engine/keys.js';
import { startRailDriver } from '../../src/engine/rail-driver.js';
import { makeSender, urlFault } from '../../src/engine/sender.js';
import { startWebhooks } from '../../src/engine/webhooks.js';
import { cardDesk } from '../../src/rails/card/desk.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { Store } from '../../src/storage/store.js';
import { openTestStore } from './stores.js';

/** A Tender within the test's process, on a free port, over the store that the run names. */
export interface TestTender {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly engine: Engine;
  /** Errors that the server logged: a test of good behaviour ends with none. */
  readonly errors: string[];
  /** The official client; each name has an account of its own. */
  client(name?: string, config?: Partial<ConstructorParameters<typeof Stripe>[1]>): Stripe;
  /** Moves the wall clock on and runs what became due. */
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

let accounts = 0;

/** A name that no other test has: its key opens an account of its own. */
export function newName(): string {
  accounts += 1;
  return `t${process.pid}n${accounts}x${randomBytes(4).toString('hex')}`;
}

export async function startTestTender(): Promise<TestTender> {
  const opened = await openTestStore();
  const { store } = opened;
  const errors: string[] = [];
  const logError = (error: unknown, what: string): void => void errors.push(`${what}: ${error}`);
  let aheadMs = 0;
  const nowMs = (): number => Date.now() + aheadMs;
  const keys = deriveKeys(randomBytes(32));
  const ids = makeIdSource({ now: nowMs, random: (bytes) => void randomFillSync(bytes) });
  let server: RunningServer | null = null;
  const publicUrl = (): string => server?.url ?? '';
  const rails = [{ methodTypes: ['card'], rail: cardSimulator }];
  const engine = makeEngine({
    store,
    rails,
    cards: cardDesk,
    vault: keys,
    ids,
    nowMs,
    tellers: [stripeEvents({ publicUrl, livemode: false })],
    limits: LIMITS.engine,
    logError,
  });
  const reach = { allowLoopback: true, allowPrivate: false };
  const sender = makeSender(
    { ...LIMITS.sender, ...reach },
    { nowMs: () => Date.now() },
  );
  const { openSecret } = keys;
  const webhooks = startWebhooks({
    store,
    engine,
    sender,
    openSecret,
    nowMs,
    limits: LIMITS.webhooks,
    logError,
  });
  const driver = startRailDriver({
    engine,
    rails: [cardSimulator],
    limits: LIMITS.rails,
    logError,
  });
  const jobs = startJobs({ store, engine, nowMs, driver, limits: LIMITS.jobs, logError });
  const keyring = makeKeyring({ mode: 'sandbox', apiKeys: null, keyring_keys_max: 10_000 });
  const dialect = stripeDialect({
    engine,
    keyring,
    digest: keys.digest,
    publicUrl,
    urlFault: (url) => urlFault(url, reach),
    logError,
  });
  server = await startServer({
    mounts: dialect.mounts,
    host: '127.0.0.1',
    port: 0,
    tls: null,
    allowedHosts: null,
    limits: LIMITS.http,
    log: {
      error: (fields, message) => void errors.push(`${message} ${JSON.stringify(fields)}`),
      debug: () => {},
      isLevelEnabled: () => false,
    },
  });
  const { url, port } = server;
  return {
    url,
    port,
    store,
    engine,
    errors,
    client: (name = newName(), config = {}) =>
      new Stripe(`sk_test_${name}`, {
        host: '127.0.0.1',
        port,
        protocol: 'http',
        maxNetworkRetries: 0,
        ...config,
      } as never),
    advance: async (seconds) => {
      aheadMs += seconds * 1000;
      await jobs.runDue();
      await webhooks.poll();
    },
    stop: async () => {
      await server?.stop();
      await webhooks.stop();
      await jobs.stop();
      await driver.stop();
      await sender.close();
      await engine.drain();
      await opened.close();
    },
  };
}
