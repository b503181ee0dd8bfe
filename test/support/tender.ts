import { randomBytes, randomFillSync } from 'node:crypto';
import Stripe from 'stripe';
import { firstAccount, makeKeyring } from '../../src/api/auth.js';
import type { CodeDialect } from '../../src/api/code/dialect.js';
import type { CodeLimits, CodeSettings } from '../../src/api/code/settings.js';
import { mailboxMounts } from '../../src/api/mailbox.js';
import { type RunningServer, startServer } from '../../src/api/server.js';
import { makeDialects, makeTellers } from '../../src/dialects.js';
import { makeIdSource } from '../../src/domain/id.js';
import { findKey } from '../../src/engine/api-keys.js';
import { type Engine, makeEngine } from '../../src/engine/engine.js';
import { startJobs } from '../../src/engine/jobs.js';
import { deriveKeys } from '../../src/engine/keys.js';
import { startRailDriver } from '../../src/engine/rail-driver.js';
import { makeSender } from '../../src/engine/sender.js';
import { startWebhooks } from '../../src/engine/webhooks.js';
import { LIMITS } from '../../src/limits.js';
import { type MailSettings, makeMailer } from '../../src/mail.js';
import { balanceRail } from '../../src/rails/balance/rail.js';
import { cashRail, makeBankSimulator } from '../../src/rails/bank/simulator.js';
import { makeCardDesk } from '../../src/rails/card/desk.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { Store } from '../../src/storage/store.js';
import { openTestStore, type TestStore } from './stores.js';

/** A Tender within the test's process, on a free port, over the store that the run names. */
export interface TestTender {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly engine: Engine;
  /** Errors that the server logged: a test of good behaviour ends with none. */
  readonly errors: string[];
  /** Sockets and streams of the Code dialect. */
  readonly open: CodeDialect['open'];
  /** As the checkout asks for the code of an intent. */
  readonly offerIntent: CodeDialect['offerIntent'];
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

/** The parts of a Tender, with a clock that can be moved on. */
function buildParts(store: Store, errors: string[], options: TestTenderOptions) {
  const logError = (error: unknown, what: string): void => void errors.push(`${what}: ${error}`);
  const { over } = options;
  const clock = { aheadMs: over === undefined ? 0 : over.nowMs - Date.now() };
  const nowMs = (): number => Date.now() + clock.aheadMs;
  const keys = deriveKeys(over?.masterKey ?? randomBytes(32));
  const address = { url: '' };
  const publicUrl = (): string => address.url;
  const engine = makeEngine({
    store,
    rails: [
      { methodTypes: ['card'], rail: cardSimulator },
      {
        methodTypes: ['sepa_debit', 'us_bank_account'],
        rail: makeBankSimulator({ testNames: true }),
      },
      { methodTypes: ['customer_balance'], rail: cashRail },
      { methodTypes: ['crypto'], rail: balanceRail },
    ],
    cards: makeCardDesk({ testNames: true }),
    vault: keys,
    ids: makeIdSource({ now: nowMs, random: randomFillSync }),
    nowMs,
    tellers: makeTellers({ mode: 'sandbox', publicUrl }),
    limits: LIMITS.engine,
    logError,
  });
  const keyring = makeKeyring({
    mode: 'sandbox',
    apiKeys: null,
    keyring_keys_max: 10_000,
    stored: {
      find: (account, digest) => findKey(engine, account, digest),
      nowMs,
      keyring_fresh_ms: LIMITS.keyring_fresh_ms,
    },
  });
  const mailer = makeMailer({
    settings: options.mail ?? null,
    mode: 'sandbox',
    limits: LIMITS.mail,
    engine,
  });
  const { mounts, code } = makeDialects({
    mode: 'sandbox',
    engine,
    keyring,
    keys,
    mailer,
    addresses: REACH,
    isOpen: options.signsIn !== true,
    isShared: store.capabilities.shared,
    publicUrl,
    nowMs,
    logError,
    code: {
      settings: { ...CODE_SETTINGS, ...options.code },
      limits: { ...LIMITS.code, ...options.codeLimits },
      defaultMerchant: firstAccount(null),
      settlement: null,
    },
  });
  const all = [...mounts, ...mailboxMounts({ engine })];
  return { store, engine, keys, nowMs, clock, address, mounts: all, code, mailer, logError };
}

const CODE_SETTINGS: CodeSettings = {
  limits: 'usd250',
  errors: 'status',
  acceptsUnsigned: true,
  code_request_expires_hours: 24,
  domainOrigins: {},
};

const REACH = { allowLoopback: true, allowPrivate: false };

/** What happens without being asked. */
function startWorkers(parts: ReturnType<typeof buildParts>) {
  const { store, engine, keys, nowMs, logError, code, mailer } = parts;
  const common = { store, engine, nowMs, logError };
  const sender = makeSender({ ...LIMITS.sender, ...REACH }, { nowMs: Date.now });
  const { openSecret } = keys;
  const webhooks = startWebhooks({ ...common, sender, openSecret, limits: LIMITS.webhooks });
  const driver = startRailDriver({ ...common, rails: [cardSimulator], limits: LIMITS.rails });
  const { callWebhook } = code;
  const jobs = startJobs({
    ...common,
    driver,
    limits: LIMITS.jobs,
    callWebhook,
    sendMail: mailer.send,
  });
  return {
    runDue: async () => {
      await jobs.runDue();
      await webhooks.poll();
    },
    stop: async () => {
      await webhooks.stop();
      await jobs.stop();
      await driver.stop();
      await Promise.all([sender.close(), code.close(), mailer.close()]);
    },
  };
}

function listen(
  { mounts, code }: ReturnType<typeof buildParts>,
  errors: string[],
): Promise<RunningServer> {
  const { upgrade, streams } = code;
  return startServer({
    mounts,
    upgrade,
    streams,
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
}

/** What of the Code dialect's settings and limits is not as usual. */
export interface TestTenderOptions {
  /** True: operators sign in, as where it is not an open sandbox. */
  readonly signsIn?: true;
  readonly code?: Partial<CodeSettings>;
  readonly codeLimits?: Partial<CodeLimits>;
  /** A mail server; absent: letters stay in the mailbox. */
  readonly mail?: MailSettings;
  /** A database that was in use, with its key, and the time at which it is taken up again. */
  readonly over?: {
    readonly opened: Pick<TestStore, 'store' | 'close'>;
    readonly masterKey: Buffer;
    readonly nowMs: number;
  };
}

/** Starts one. */
export async function startTestTender(options: TestTenderOptions = {}): Promise<TestTender> {
  const opened = options.over?.opened ?? (await openTestStore());
  const errors: string[] = [];
  const parts = buildParts(opened.store, errors, options);
  const workers = startWorkers(parts);
  const server = await listen(parts, errors);
  parts.address.url = server.url;
  const { url, port } = server;
  return {
    url,
    port,
    store: opened.store,
    engine: parts.engine,
    errors,
    open: parts.code.open,
    offerIntent: parts.code.offerIntent,
    client: (name = newName(), config = {}) =>
      new Stripe(`sk_test_${name}`, {
        host: '127.0.0.1',
        port,
        protocol: 'http',
        maxNetworkRetries: 0,
        ...config,
      } as never),
    advance: async (seconds) => {
      parts.clock.aheadMs += seconds * 1000;
      await workers.runDue();
    },
    stop: async () => {
      await Promise.all([server.stop(), parts.code.stop()]);
      await workers.stop();
      await parts.engine.drain();
      await opened.close();
    },
  };
}
