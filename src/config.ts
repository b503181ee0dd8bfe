import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type ConfiguredKey, type KeyringSettings, keyParts } from './api/auth.js';
import type { ProxyTrust } from './api/client-address.js';
import type { CodeSettings } from './api/code/settings.js';
import type { Access, Permissions } from './domain/api-key.js';
import { LIMITS, type Limits } from './limits.js';
import type { MailSettings } from './mail.js';
import { readMailSettings } from './mail-settings.js';
import { masterKeyText, previousKeyTexts } from './master-key-text.js';
import { PROFILES, type ProfileName } from './storage/profiles.js';
import { unknownVariables } from './variables.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly mode: KeyringSettings['mode'];
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether only this machine can reach the server. */
  readonly isLoopback: boolean;
  /** The origin that links are made with, without a final slash; null: the bound address. */
  readonly publicUrl: string | null;
  readonly dataFolder: string;
  /** 32 bytes in hexadecimal; null: made in the data folder at first start. */
  readonly masterKey: string | null;
  /** Master keys that were used before, newest first; in hexadecimal. */
  readonly previousKeys: readonly string[];
  readonly database: { readonly url: string; readonly profile: ProfileName } | null;
  readonly logLevel: LogLevel;
  /** Paths of PEM files. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** null: the local network is not served. */
  readonly lan: LanConfig | null;
  /** The web wallet's own listener; null: none is offered. */
  readonly wallet: WalletConfig | null;
  readonly trustProxy: ProxyTrust;
  /** Whether webhooks may go to private addresses, such as another machine of the same network. */
  readonly allowPrivateWebhooks: boolean;
  /** null: any test key opens. */
  readonly apiKeys: readonly ConfiguredKey[] | null;
  readonly code: CodeSettings;
  /** Where wallets' money is: on our own ledger, on a chain of our own, or on one elsewhere. */
  readonly solana: SolanaConfig;
  /** How letters leave; null: they do not, and a sandbox keeps them. */
  readonly mail: MailSettings | null;
  /** A file descriptor of the parent process that is told, as a line of JSON, when all runs. */
  readonly readyFd: number | null;
  readonly limits: Limits;
  /** What is odd without being wrong: lines for the log. */
  readonly warnings: readonly string[];
}

/** How the local network is served. */
export interface LanConfig {
  /** The address that its devices use; null: what lan.ts finds. */
  readonly address: string | null;
  /** Every name and address of this machine; lan.ts finds them. */
  readonly names: readonly string[];
}

export interface WalletConfig {
  /** 0: any free one. */
  readonly port: number;
  /** The origin that it has behind a proxy; null: the bound address. */
  readonly url: string | null;
}

/** Which chain moves wallets' money; `off`: none, it is on our own ledger. */
export type SolanaConfig =
  | { readonly kind: 'off' }
  | { readonly kind: 'local' }
  | { readonly kind: 'rpc'; readonly url: string; readonly mint: string };

/** Why a configuration cannot be used: one line that says what to change. */
export interface ConfigFault {
  readonly fault: string;
}

/** What the command line says; it goes before the environment. */
export interface ConfigOverrides {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  /** true: at the address that this machine most likely has; or that address. */
  readonly lan?: string | true;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown inside this module only; `readConfig` returns its message. */
class Fault extends Error {}

/**
 * Reads the whole configuration at once, so that nothing is found wrong later. Pure: `env` is the
 * environment, relative paths are of the working directory. An empty variable is one that is not
 * set. No fault repeats a secret.
 */
export function readConfig(env: Environment, overrides: ConfigOverrides): Config | ConfigFault {
  try {
    return read({
      ...env,
      ...(overrides.port === undefined ? {} : { PORT: overrides.port }),
      ...(overrides.host === undefined ? {} : { TENDER_HOST: overrides.host }),
      ...(overrides.data === undefined ? {} : { TENDER_DATA: overrides.data }),
      ...(overrides.lan === undefined
        ? {}
        : { TENDER_LAN: overrides.lan === true ? 'yes' : overrides.lan }),
    });
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

/** Whether reading the configuration failed. */
export function isFault(read: Config | ConfigFault): read is ConfigFault {
  return 'fault' in read;
}

function read(env: Environment): Config {
  const mode = oneOf(env, 'TENDER_MODE', ['sandbox', 'live'], 'sandbox');
  const lan = readLan(env, mode);
  const host = lan === null ? readHost(env) : EVERY_ADDRESS;
  const port = readPort(env);
  const masterKey = readMasterKey(env);
  const database = readDatabase(env);
  const apiKeys = readApiKeys(env, mode);
  const isLoopback = isLoopbackHost(host);
  if (mode === 'live' && masterKey === null) {
    throw new Fault(
      'TENDER_MODE is live, which needs TENDER_KEY: 32 random bytes, from openssl rand -hex 32.',
    );
  }
  if (apiKeys === null && mode === 'live') {
    throw new Fault('TENDER_MODE is live, which needs TENDER_API_KEYS: sk_live_ keys, by commas.');
  }
  // For a local network keys are made; see lan.ts.
  if (apiKeys === null && !isLoopback && lan === null) {
    throw new Fault(
      `TENDER_HOST is ${host}, which others can reach: list your test keys in TENDER_API_KEYS.`,
    );
  }
  const warnings = unknownVariables(env);
  if (database !== null && masterKey === null) {
    warnings.push('Several servers on one database need one TENDER_KEY; this one has its own.');
  }
  return Object.freeze({
    mode,
    host,
    port,
    isLoopback,
    publicUrl: readOrigin(env, 'TENDER_PUBLIC_URL'),
    dataFolder: resolve(settingOf(env, 'TENDER_DATA') ?? 'data'),
    masterKey,
    previousKeys: readPreviousKeys(env),
    database,
    logLevel: oneOf(env, 'TENDER_LOG', LOG_LEVELS, 'info'),
    tls: readTls(env),
    lan,
    wallet: readWallet(env, port, isLoopback || lan !== null),
    trustProxy: readTrustProxy(env),
    allowPrivateWebhooks: oneOf(env, 'TENDER_PRIVATE_WEBHOOKS', ['yes', 'no'], 'no') === 'yes',
    apiKeys,
    code: readCode(env),
    solana: readSolana(env),
    mail: readMail(env),
    readyFd: readReadyFd(env),
    limits: LIMITS,
    warnings,
  });
}

function settingOf(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function oneOf<const T extends string>(
  env: Environment,
  name: string,
  values: readonly T[],
  otherwise: NoInfer<T>,
): T {
  const value = settingOf(env, name);
  if (value === undefined) return otherwise;
  const found = values.find((one) => one === value.toLowerCase());
  if (found === undefined) {
    throw new Fault(`${name} is ${shown(value)}; it is one of ${values.join(', ')}.`);
  }
  return found;
}

const PORT_MAX = 65_535;

function readPort(env: Environment): number {
  const value = settingOf(env, 'PORT') ?? '4400';
  if (!isPort(value)) {
    throw new Fault(`PORT is ${shown(value)}; it is a number from 0 (any free port) to 65535.`);
  }
  return Number(value);
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) <= PORT_MAX;
}

const EVERY_ADDRESS = '0.0.0.0';

/** `yes`, or the address of this machine that other devices are to use. */
function readLan(env: Environment, mode: Config['mode']): Config['lan'] {
  const value = settingOf(env, 'TENDER_LAN')?.toLowerCase() ?? 'no';
  if (value === 'no') return null;
  if (value !== 'yes' && isIP(value) !== 4) {
    throw new Fault(
      `TENDER_LAN is ${shown(value)}; it is yes, no, or this machine's IPv4 address.`,
    );
  }
  if (mode === 'live') {
    throw new Fault('TENDER_LAN is for a sandbox: live needs a certificate that others trust.');
  }
  if (settingOf(env, 'TENDER_HOST') !== undefined) {
    throw new Fault('TENDER_LAN listens on all addresses: leave TENDER_HOST out.');
  }
  return Object.freeze({ address: value === 'yes' ? null : value, names: [] });
}

/**
 * The wallet is offered where people try Tender out, and elsewhere when it is asked for. Its port
 * follows Tender's own, so that a wallet in a browser finds its keys again: they are its origin's.
 */
function readWallet(env: Environment, port: number, isOffered: boolean): WalletConfig | null {
  const value = settingOf(env, 'TENDER_WALLET_PORT')?.toLowerCase();
  const url = readOrigin(env, 'TENDER_WALLET_URL');
  if (value === 'off' || (value === undefined && url === null && !isOffered)) return null;
  if (value !== undefined && !isPort(value)) {
    throw new Fault(`TENDER_WALLET_PORT is ${shown(value)}; it is off, or from 0 to 65535.`);
  }
  const next = port === 0 || port + WALLET_PORT_AFTER > PORT_MAX ? 0 : port + WALLET_PORT_AFTER;
  return Object.freeze({ port: value === undefined ? next : Number(value), url });
}

/** The demo shop has the one between. */
const WALLET_PORT_AFTER = 2;

function readHost(env: Environment): string {
  const value = settingOf(env, 'TENDER_HOST') ?? '127.0.0.1';
  const host = value.replace(/^\[(.+)\]$/, '$1').toLowerCase();
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host)) {
    throw new Fault(`TENDER_HOST is ${shown(value)}; it is a name or an address to listen on.`);
  }
  return host;
}

/** Whether a host can only be reached from the machine itself. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function readOrigin(env: Environment, name: string): string | null {
  const value = settingOf(env, name);
  if (value === undefined) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw new Fault(
      `${name} is not the address of a server: like https://pay.example.com, no path.`,
    );
  }
  return url.origin;
}

const KEY_FORM = '32 bytes in hexadecimal (64 digits) or base64 (44)';

function readMasterKey(env: Environment): string | null {
  const value = settingOf(env, 'TENDER_KEY');
  const key = value === undefined ? null : masterKeyText(value);
  if (value !== undefined && key === null) throw new Fault(`TENDER_KEY is not ${KEY_FORM}.`);
  return key;
}

function readPreviousKeys(env: Environment): Config['previousKeys'] {
  const value = settingOf(env, 'TENDER_PREVIOUS_KEYS');
  const keys = value === undefined ? [] : previousKeyTexts(value);
  if (keys === null) {
    throw new Fault(`TENDER_PREVIOUS_KEYS is not up to ten keys by commas, each ${KEY_FORM}.`);
  }
  return keys;
}

function readDatabase(env: Environment): Config['database'] {
  const names = Object.keys(PROFILES) as ProfileName[];
  const profile = oneOf(env, 'TENDER_DATABASE_PROFILE', names, 'postgres');
  const url = settingOf(env, 'DATABASE_URL');
  if (url === undefined) return null;
  if (!/^postgres(ql)?:\/\/./.test(url)) {
    throw new Fault('DATABASE_URL does not begin with postgres://; leave it out to use a file.');
  }
  return Object.freeze({ url, profile });
}

function readTls(env: Environment): Config['tls'] {
  const certFile = settingOf(env, 'TENDER_TLS_CERT');
  const keyFile = settingOf(env, 'TENDER_TLS_KEY');
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined) {
    const missing = certFile === undefined ? 'TENDER_TLS_CERT' : 'TENDER_TLS_KEY';
    throw new Fault(`TLS needs both its files: ${missing} is missing.`);
  }
  return Object.freeze({ certFile: resolve(certFile), keyFile: resolve(keyFile) });
}

function readTrustProxy(env: Environment): ProxyTrust {
  const value = settingOf(env, 'TENDER_TRUST_PROXY')?.toLowerCase() ?? 'no';
  if (['0', 'no', 'false'].includes(value)) return 'none';
  if (['1', 'yes', 'true'].includes(value)) return 'peer';
  const ranges = value.split(',').map((range) => range.trim());
  const wrong = ranges.find((range) => !isRange(range));
  if (wrong !== undefined) {
    throw new Fault(
      `TENDER_TRUST_PROXY has ${shown(wrong)}; it is yes, no, or proxies by commas: 10.0.0.0/8.`,
    );
  }
  return Object.freeze(ranges);
}

function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** Live keys carry at least 128 random bits: 22 characters of base62. */
const LIVE_KEY_CHARS_MIN = 22;

function readApiKeys(env: Environment, mode: Config['mode']): Config['apiKeys'] {
  const value = settingOf(env, 'TENDER_API_KEYS');
  if (value === undefined) return null;
  const entries = value.split(',').map((entry) => entry.trim());
  const keys = entries.filter((entry) => entry !== '').map((entry) => readApiKey(entry, mode));
  if (keys.length === 0) throw new Fault('TENDER_API_KEYS has no key.');
  if (new Set(keys.map(({ key }) => key)).size < keys.length) {
    throw new Fault('TENDER_API_KEYS has a key twice.');
  }
  const ownOf = (kind: string): (string | undefined)[] =>
    keys
      .map(({ key }) => keyParts(key))
      .flatMap((parts) => (parts?.kind === kind ? parts.own : []));
  const secrets = new Set(ownOf('secret'));
  if (mode === 'live' && ownOf('publishable').some((own) => secrets.has(own))) {
    throw new Fault(
      'TENDER_API_KEYS has a publishable key that gives a secret one away: use name:pk_live_…',
    );
  }
  return Object.freeze(keys);
}

/** `name:`, the key, and of a restricted one what it may do; only the key must be there. */
const KEY_ENTRY = /^(?:(\w{1,200}):)?([^:()]*)(?:\(([^()]*)\))?$/;

/**
 * `sk_test_…`, or `name:sk_test_…` where several keys are of one account; a restricted key lists
 * what it may do as `rk_test_…(charge=read payment_intent=write)`.
 */
function readApiKey(entry: string, mode: Config['mode']): ConfiguredKey {
  const [, owner = null, key = '', list] = KEY_ENTRY.exec(entry) ?? [];
  const parts = keyParts(key);
  const hint = `${(key || entry).slice(0, 8)}…`;
  if (parts === null || parts.kind === 'ephemeral') {
    throw new Fault(`TENDER_API_KEYS has ${shown(hint)}, which is no key: like sk_test_shop.`);
  }
  if (parts.livemode !== (mode === 'live')) {
    throw new Fault(`TENDER_API_KEYS has ${shown(hint)}, which is not for TENDER_MODE ${mode}.`);
  }
  if (mode === 'live' && parts.own.length < LIVE_KEY_CHARS_MIN) {
    throw new Fault(
      `TENDER_API_KEYS has ${shown(hint)}, which can be guessed: ${LIVE_KEY_CHARS_MIN} random ` +
        'characters follow its prefix.',
    );
  }
  if (list === undefined) {
    if (mode === 'live' && parts.kind === 'restricted') {
      throw new Fault(
        `TENDER_API_KEYS has ${shown(hint)} without permissions: as rk_live_…(charge=read).`,
      );
    }
    return Object.freeze({ key, owner });
  }
  if (parts.kind !== 'restricted') {
    throw new Fault(
      `TENDER_API_KEYS has ${shown(hint)} with permissions: only rk_ keys have them.`,
    );
  }
  return Object.freeze({ key, owner, permissions: readPermissions(list, hint) });
}

function readPermissions(list: string, hint: string): Permissions {
  const pairs = list.split(/\s+/).filter((pair) => pair !== '');
  return Object.freeze(
    Object.fromEntries(
      pairs.map((pair) => {
        const [, name = '', level] = /^([a-z_]{1,60})=(none|read|write)$/.exec(pair) ?? [];
        if (level === undefined) {
          throw new Fault(
            `TENDER_API_KEYS has ${shown(hint)} with ${shown(pair)}: a permission is charge=read.`,
          );
        }
        return [name, level as Access];
      }),
    ),
  );
}

function readCode(env: Environment): CodeSettings {
  const hours = settingOf(env, 'TENDER_CODE_REQUEST_EXPIRES_HOURS') ?? '24';
  if (!/^[1-9]\d{0,3}$/.test(hours)) {
    throw new Fault(
      `TENDER_CODE_REQUEST_EXPIRES_HOURS is ${shown(hours)}; it is a number from 1 to 9999.`,
    );
  }
  return Object.freeze({
    limits: oneOf(env, 'TENDER_CODE_LIMITS', ['usd250', 'published'], 'usd250'),
    errors: oneOf(env, 'TENDER_CODE_ERRORS', ['status', 'envelope'], 'status'),
    acceptsUnsigned: oneOf(env, 'TENDER_CODE_UNSIGNED', ['yes', 'no'], 'yes') === 'yes',
    code_request_expires_hours: Number(hours),
    domainOrigins: readDomainOrigins(env),
  });
}

/** `shop.example=http://127.0.0.1:3000`, by commas: where a domain's keys are in development. */
function readDomainOrigins(env: Environment): Readonly<Record<string, string>> {
  const value = settingOf(env, 'TENDER_CODE_DOMAINS') ?? '';
  const entries = value.split(',').map((entry) => entry.trim());
  return Object.freeze(
    Object.fromEntries(
      entries
        .filter((entry) => entry !== '')
        .map((entry) => {
          const [, domain = '', origin = ''] = /^([a-z0-9.-]+)=(https?:\/\/\S+)$/.exec(entry) ?? [];
          if (domain === '' || !URL.canParse(origin)) {
            throw new Fault(
              `TENDER_CODE_DOMAINS has ${shown(entry)}: like shop.example=http://127.0.0.1:3000.`,
            );
          }
          return [domain, new URL(origin).origin];
        }),
    ),
  );
}

function readSolana(env: Environment): SolanaConfig {
  const value = settingOf(env, 'TENDER_SOLANA') ?? 'off';
  const mint = settingOf(env, 'TENDER_SOLANA_MINT');
  if (value === 'off' || value === 'local') return Object.freeze({ kind: value });
  if (!/^https?:\/\/./.test(value) || !URL.canParse(value)) {
    throw new Fault(
      `TENDER_SOLANA is ${shown(value)}; it is off, local, or the URL of a JSON-RPC endpoint.`,
    );
  }
  if (mint === undefined || !/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(mint)) {
    throw new Fault('TENDER_SOLANA needs TENDER_SOLANA_MINT: the address of the token, base58.');
  }
  return Object.freeze({ kind: 'rpc', url: value, mint });
}

function readMail(env: Environment): Config['mail'] {
  const read = readMailSettings(
    settingOf(env, 'TENDER_SMTP_URL'),
    settingOf(env, 'TENDER_MAIL_FROM'),
  );
  if (read !== null && 'fault' in read) throw new Fault(read.fault);
  return read;
}

function readReadyFd(env: Environment): number | null {
  const value = settingOf(env, 'TENDER_READY_FD');
  if (value === undefined) return null;
  if (!/^[1-9]\d{0,3}$/.test(value)) {
    throw new Fault(`TENDER_READY_FD is ${shown(value)}; it is the number of an open file.`);
  }
  return Number(value);
}

/** A value in a message: on one line, and not longer than one. */
function shown(value: string): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
