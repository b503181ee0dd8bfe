import { randomFillSync } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { framesMount } from './api/assets.js';
import { firstAccount, type Keyring, makeKeyring, parseAuthorization } from './api/auth.js';
import { browserScriptMounts } from './api/browser-script.js';
import { makeClientAddress } from './api/client-address.js';
import type { CodeDialect } from './api/code/dialect.js';
import type { CodeDependencies } from './api/code/settings.js';
import type { ServerSettings } from './api/desk.js';
import { homeMount, type Place } from './api/home.js';
import type { HttpRequest, Mount } from './api/http.js';
import { mailboxMounts } from './api/mailbox.js';
import { opsMounts } from './api/ops.js';
import { type RunningServer, startServer } from './api/server.js';
import type { Config } from './config.js';
import { type DataFolder, readOrMakeKey } from './data-folder.js';
import { type DemoShop, makeDemoShop } from './demo-shop.js';
import { type DialectDependencies, makeDialects, makeTellers } from './dialects.js';
import { makeIdSource } from './domain/id.js';
import { findKey } from './engine/api-keys.js';
import { type Engine, makeEngine } from './engine/engine.js';
import { startJobs } from './engine/jobs.js';
import { startRailDriver } from './engine/rail-driver.js';
import { startRollups } from './engine/rollup-job.js';
import { makeSender, type Sender } from './engine/sender.js';
import { startWebhooks } from './engine/webhooks.js';
import type { Vault } from './engine/work.js';
import { type Lan, prepareLan, reachedAs } from './lan.js';
import { type LogOutput, makeLogger } from './logger.js';
import { type Mailer, makeMailer } from './mail.js';
import { keysUnder } from './master-keys.js';
import { methodRails } from './method-rails.js';
import { openStorage, type Storage } from './open-storage.js';
import { makeCardDesk } from './rails/card/desk.js';
import type { Rail } from './rails/rail.js';
import type { Solana } from './rails/solana/solana.js';
import { openConfigured } from './solana.js';
import { StartFault } from './start-fault.js';
import { inTime, once } from './stopping.js';
import type { Store } from './storage/store.js';
import { orStartFault } from './system-fault.js';
import type { Metrics } from './telemetry-metrics.js';
import { makeTelemetry, type Telemetry } from './telemetry-watch.js';
import { makeWalletSite, type ServedAs, type WalletSite } from './wallet-site.js';

/** A running server. */
export interface Tender {
  /** The bound address, as an origin that works on this machine. */
  readonly boundUrl: string;
  /** What clients are told: the configured origin, or else the bound one. */
  readonly place: Place;
  /** Where the web wallet is; null where none is offered. */
  readonly walletUrl: string | null;
  /** How the local network's devices reach this server; null where they do not. */
  readonly lan: Lan | null;
  /** Where the data is, in words. */
  readonly data: string;
  /** Where wallets' money is, in words; null where it is on the ledger. */
  readonly chain: string | null;
  readonly log: Logger;
  /** Resolves where the database can never answer again: the process must end and start anew. */
  readonly lost: Promise<Error>;
  /** Answers what was accepted, closes everything; at the latest after `stop_ms_max`. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly logOutput?: LogOutput;
  readonly colors?: boolean;
}

/** The master key in hexadecimal, before there is data: it says when one was lost. */
export function masterKeyOf({ masterKey, dataFolder }: Config): string {
  return masterKey ?? readOrMakeKey(dataFolder);
}

/**
 * Starts the whole server. Throws StartFault, of which the data folder and the local network have
 * their own, or SolanaFault, with nothing left running.
 */
export async function startTender(asked: Config, options: StartOptions = {}): Promise<Tender> {
  const prepared = prepareLan(asked);
  const config = prepared?.config ?? asked;
  const output = options.logOutput ?? process.stderr;
  const log = makeLogger({ level: config.logLevel, output, colors: options.colors ?? false });
  const tls = readTls(config);
  const masterKey = masterKeyOf(config);
  let lose = (_error: Error): void => {};
  const lost = new Promise<Error>((resolve) => {
    lose = resolve;
  });
  const storage = await openStorage(config, 'tender start', lose);
  const asks = { config, folder: storage.folder, masterKey, log, engine: () => system.engine };
  const solana = await openConfigured(asks).catch(async (error) => {
    await storage.close();
    throw error;
  });
  const system = buildSystem(config, storage, masterKey, log, solana);
  const served = servedAs(config, system, log, tls);
  const wallet = walletOf(config, system, served, log);
  let server: RunningServer | null = null;
  try {
    await solana?.start();
    server = await listen(config, system, served, wallet.mounts);
    await openWallet(config, wallet);
  } catch (error) {
    await server?.stop();
    await solana?.stop();
    await storage.close();
    throw error;
  }
  const workers = startWorkers(config, storage.store, system, log, solana);
  storage.folder?.announce(server.url);
  // Not before: where Tender cannot start, the reason is the only line.
  for (const warning of config.warnings) log.warn(warning);
  return {
    boundUrl: server.url,
    place: system.place(),
    walletUrl: wallet.url(),
    lan: prepared?.lan ?? null,
    data: storage.place,
    chain: chainOf(config),
    log,
    lost,
    stop: once(async () => {
      system.stopping = true;
      // Beside each other: what is delivered or retried meanwhile is due again at the next start.
      const { code, demo } = system;
      const ends = [server.stop(), wallet.stop(), code.stop(), workers.stop(), demo?.stop()];
      ends.push(solana?.sequencer.stop());
      const quiet = Promise.all(ends).then(() => system.engine.drain());
      await inTime(quiet, config.limits.stop_ms_max, log);
      await solana?.stop();
      await storage.close();
    }),
  };
}

/** What answers requests, before it listens. */
interface System {
  readonly engine: Engine;
  /** Counts what it is used for. */
  readonly vault: Vault;
  readonly rails: readonly Rail[];
  readonly sender: Sender;
  readonly telemetry: Telemetry;
  readonly mounts: readonly Mount[];
  /** Which API a mount belongs to, for the metrics. */
  readonly dialects: ReadonlyMap<Mount, string>;
  readonly place: () => Place;
  readonly code: CodeDialect;
  readonly mailer: Mailer;
  /** null where none is offered. */
  readonly demo: DemoShop | null;
  /** Set once the server listens. */
  boundUrl: string;
  stopping: boolean;
}

function buildSystem(
  config: Config,
  storage: Storage,
  masterKey: string,
  log: Logger,
  solana: Solana | null,
): System {
  const keys = keysUnder(masterKey, config);
  const { folder } = storage;
  const telemetry = telemetryOf(config, storage, log, () => system);
  const vault = telemetry.watchVault(keys);
  const store = telemetry.watchStore(storage.store);
  const addresses = addressesOf(config);
  const rails = methodRails(config.mode, solana?.rail ?? null);
  const publicUrl = (): string => config.publicUrl ?? reachedAs(system.boundUrl, config.lan);
  const logError = (error: unknown, what: string): void => log.error({ err: error }, what);
  const engine = makeEngine({
    store,
    rails,
    cards: makeCardDesk({ testNames: config.mode === 'sandbox' }),
    vault,
    ids: makeIdSource({ now: neverBehind(folder, log), random: randomFillSync }),
    nowMs: Date.now,
    tellers: makeTellers({ mode: config.mode, publicUrl }),
    limits: config.limits.engine,
    logError,
    ...telemetry.engine,
  });
  const keyring = keyringOf(config, engine);
  const { mode, mail, limits } = config;
  const mailer = makeMailer({ settings: mail, mode, limits: limits.mail, engine });
  const made = makeDialects({
    mode,
    engine,
    keyring,
    keys,
    mailer,
    addresses,
    isOpen: opensToAnybody(config),
    isShared: store.capabilities.shared,
    publicUrl,
    nowMs: Date.now,
    logError,
    code: codeOf(config, solana, telemetry),
  });
  const dialects = telemetry.watchDialects(made);
  const ops = opsOf(config, store, telemetry.metrics, keyring, () => system.stopping);
  const place = (): Place => placeOf(config, publicUrl());
  const demo = demoOf(config, () => system.boundUrl, logError);
  const system: System = {
    engine,
    vault,
    rails: rails.map(({ rail }) => rail),
    sender: telemetry.watchSender(
      makeSender({ ...config.limits.sender, ...addresses }, { nowMs: Date.now }),
    ),
    telemetry,
    mounts: [...dialects.mounts, ...ops, ...siteMounts(config, { engine, demo, publicUrl, place })],
    dialects: dialects.names,
    code: dialects.code,
    mailer,
    place,
    demo,
    boundUrl: '',
    stopping: false,
  };
  return system;
}

/** What is neither an API nor for monitoring: pages, and what they are made of. */
function siteMounts(
  config: Config,
  {
    engine,
    demo,
    publicUrl,
    place,
  }: Pick<System, 'engine' | 'demo' | 'place'> & {
    readonly publicUrl: () => string;
  },
): Mount[] {
  return [
    ...(demo === null ? [] : [demo.mount]),
    ...(opensToAnybody(config) ? mailboxMounts({ engine }) : []),
    framesMount(publicUrl),
    ...browserScriptMounts(homeMount(place)),
  ];
}

/** Metrics and traces of a system that is being built. */
function telemetryOf(
  config: Config,
  { store, folder }: Storage,
  log: Logger,
  system: () => System,
): Telemetry {
  return makeTelemetry({
    scheme: config.tls === null ? 'http' : 'https',
    log,
    queued: () => system().engine.queued,
    open: () => system().code.open,
    store,
    databaseFile: folder?.databaseFile ?? null,
    nowMs: Date.now,
    wait_ms_max: config.limits.ready_wait_ms_max,
  });
}

/** Where webhooks may go to. */
function addressesOf({ mode, isLoopback, allowPrivateWebhooks }: Config) {
  const allowLoopback = mode === 'sandbox' && isLoopback;
  return { allowLoopback, allowPrivate: allowPrivateWebhooks };
}

function codeOf(
  { code: settings, limits, apiKeys }: Config,
  solana: Solana | null,
  { metrics, watchSender }: Telemetry,
): DialectDependencies['code'] {
  const settlement = solana?.settlement ?? null;
  return {
    settings,
    limits: limits.code,
    defaultMerchant: firstAccount(apiKeys),
    settlement,
    called: metrics.called,
    watchSender,
  };
}

function opsOf(
  { isLoopback, limits }: Config,
  store: Store,
  metrics: Metrics,
  keyring: Keyring,
  isStopping: () => boolean,
): Mount[] {
  return opsMounts({
    metrics,
    probe: () => store.load([{ table: 'accounts', account: 'acct_', id: 'acct_' }], []),
    isStopping,
    ready_wait_ms_max: limits.ready_wait_ms_max,
    mayReadMetrics: (request) => isLoopback || isSecretKey(keyring, request),
  });
}

function chainOf({ solana }: Config): string | null {
  if (solana.kind === 'off') return null;
  return solana.kind === 'local' ? "Solana, a chain of this server's own" : `Solana, ${solana.url}`;
}

function placeOf(config: Config, url: string): Place {
  const { mode, apiKeys, wallet } = config;
  const has = {
    hasDemo: offersDemo(config),
    hasWallet: wallet !== null,
    hasMailbox: opensToAnybody(config),
  };
  return { url, mode, takesAnyKey: apiKeys === null, ...has };
}

function demoOf(
  config: Config,
  boundUrl: () => string,
  logError: CodeDependencies['logError'],
): DemoShop | null {
  const takesWallets = config.solana.kind === 'off';
  return offersDemo(config) ? makeDemoShop({ boundUrl, takesWallets, logError }) : null;
}

/** The shop speaks plain HTTP to a server that any key opens. */
function offersDemo(config: Config): boolean {
  return opensToAnybody(config) && config.tls === null;
}

/** A sandbox that any key opens, and only this machine reaches, has no secrets. */
function opensToAnybody({ apiKeys, isLoopback }: Config): boolean {
  return apiKeys === null && isLoopback;
}

function keyringOf(config: Config, engine: Engine): Keyring {
  return makeKeyring({
    ...config,
    ...config.limits,
    stored: {
      find: (account, digest) => findKey(engine, account, digest),
      nowMs: Date.now,
      keyring_fresh_ms: config.limits.keyring_fresh_ms,
    },
  });
}

async function isSecretKey(keyring: Keyring, { headers }: HttpRequest): Promise<boolean> {
  const known = await keyring.identify(parseAuthorization(headers.authorization) ?? '');
  return known !== null && known !== 'expired' && known.kind === 'secret';
}

/** What Tender's own server and the wallet's have in common. */
function servedAs(
  config: Config,
  system: System,
  log: Logger,
  tls: ServerSettings['tls'],
): ServedAs {
  const clientAddress = makeClientAddress(config.trustProxy);
  const { upgrade, streams } = system.code;
  return {
    host: config.host,
    tls,
    upgrade,
    streams,
    allowedHosts: allowedHosts(config),
    strictTransport: isForGood(config),
    limits: config.limits.http,
    log,
    answered: (mount, request, status, ms) => {
      const dialect = (mount && system.dialects.get(mount)) ?? 'none';
      system.telemetry.metrics.answered(dialect, mount, request, status, ms);
    },
    ...(clientAddress === undefined ? {} : { clientAddress }),
  };
}

/** Not in a sandbox: `localhost` would be closed to every other server that speaks plain HTTP. */
function isForGood({ mode, tls, publicUrl }: Config): boolean {
  return mode === 'live' && (tls !== null || publicUrl?.startsWith('https:') === true);
}

async function listen(
  { host, port }: Config,
  system: System,
  served: ServedAs,
  more: readonly Mount[],
): Promise<RunningServer> {
  const server = await orStartFault(`Tender cannot listen on ${host}, port ${port}`, () =>
    startServer({ ...served, mounts: [...system.mounts, ...more], port }),
  );
  system.boundUrl = server.url;
  return server;
}

function walletOf(config: Config, { code }: System, served: ServedAs, log: Logger): WalletSite {
  return makeWalletSite({
    wallet: config.wallet,
    mode: config.mode,
    mounts: code.mounts,
    reached: (boundUrl) => reachedAs(boundUrl, config.lan),
    served,
    warn: (message) => log.warn(message),
  });
}

function openWallet({ host, wallet }: Config, site: WalletSite): Promise<void> {
  const what = `The wallet cannot listen on ${host}, port ${wallet?.port}`;
  return orStartFault(what, () => site.start());
}

/** What happens without being asked: deliveries, due jobs, calls of remote rails. */
function startWorkers(
  config: Config,
  store: Store,
  { engine, vault, rails, sender, telemetry, code, mailer }: System,
  log: Logger,
  solana: Solana | null,
): { stop(): Promise<void> } {
  const { limits } = config;
  const common = {
    store,
    engine,
    nowMs: Date.now,
    logError: (error: unknown, what: string) => log.error({ err: error }, what),
  };
  const webhooks = startWebhooks({
    ...common,
    sender,
    openSecret: vault.openSecret,
    limits: limits.webhooks,
  });
  const { aroundRail, aroundJob } = telemetry;
  const driver = startRailDriver({ ...common, rails, limits: limits.rails, around: aroundRail });
  const { callWebhook } = code;
  const fulfills = solana === null ? {} : { fulfill: solana.fulfill };
  const jobs = startJobs({
    ...common,
    driver,
    limits: limits.jobs,
    around: aroundJob,
    callWebhook,
    sendMail: mailer.send,
    ...fulfills,
  });
  const rollups = startRollups({ ...common, limits: limits.rollups });
  return {
    stop: async () => {
      await Promise.all([webhooks.stop(), driver.stop(), jobs.stop(), rollups.stop()]);
      await Promise.all([sender.close(), code.close(), mailer.close()]);
    },
  };
}

/**
 * A clock that does not start before the last write to the embedded database: ids sort by time, so
 * one that was set back since would put new objects behind old ones.
 */
function neverBehind(folder: DataFolder | null, log: Logger): () => number {
  if (folder === null) return Date.now;
  const files = [folder.databaseFile, `${folder.databaseFile}-wal`];
  const written = files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const lastMs = Math.floor(Math.max(...written));
  if (lastMs <= Date.now()) return Date.now;
  log.warn({ lastWrite: new Date(lastMs).toISOString() }, 'The clock is behind the last write');
  return () => Math.max(Date.now(), lastMs);
}

function readTls({ tls }: Config): ServerSettings['tls'] {
  if (tls === null) return null;
  const read = (name: string, file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new StartFault(`${name} cannot be read: ${(error as Error).message}.`);
    }
  };
  return {
    cert: read('TENDER_TLS_CERT', tls.certFile),
    key: read('TENDER_TLS_KEY', tls.keyFile),
  };
}

/** The names by which a server that only this machine, or its network, reaches may be called. */
function allowedHosts(config: Config): string[] | null {
  const { isLoopback, host, publicUrl, wallet, lan } = config;
  if (!isLoopback && lan === null) return null;
  const urls = [publicUrl, wallet?.url].filter((url) => typeof url === 'string');
  const configured = urls.map((url) => new URL(url).hostname);
  return ['localhost', '127.0.0.1', '[::1]', host, ...configured, ...(lan?.names ?? [])];
}
