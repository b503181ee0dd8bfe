import { createHash } from 'node:crypto';
import { type ApiKey, accountOfKey, isOver, type Permissions } from '../domain/api-key.js';
import { isSameSecret } from '../engine/same-secret.js';

/**
 * What a key may do: a publishable key only what a browser may, a restricted one what it lists, an
 * ephemeral one what a customer may with what is his own.
 */
export type KeyKind = 'secret' | 'publishable' | 'restricted' | 'ephemeral';

/** Who holds a key. */
export interface Identity {
  readonly account: string;
  readonly kind: KeyKind;
  readonly livemode: boolean;
  /** All that a restricted key may do; absent, it may do what a secret one may. */
  readonly permissions?: Permissions;
  /** The customer that an ephemeral key is for. */
  readonly customer?: string;
}

/** What a key turns out to be. `expired`: it opened an account until it was revoked or ended. */
export type Known = Identity | 'expired' | null;

export interface Keyring {
  /**
   * Whose key it is; null when it is nobody's. The same object every time while it is cached. A
   * promise only where the store must be asked, which is never so for a key of the configuration.
   */
  identify(key: string): Known | Promise<Known>;
  /** The keys of an account's that the configuration names. */
  configured(account: string): readonly ConfiguredIdentity[];
  /** Forgets what is remembered of an account's stored keys: one of them has changed. */
  forget(account: string): void;
}

export interface KeyringSettings {
  readonly mode: 'sandbox' | 'live';
  /** The only keys that open; `null`: any test key does, which is for a sandbox on loopback. */
  readonly apiKeys: readonly ConfiguredKey[] | null;
  /** How many identities are remembered: each key is hashed once, not with every request. */
  readonly keyring_keys_max: number;
  /** Where further keys are kept; absent, there are no others. */
  readonly stored?: StoredKeys;
}

/** Keys that were made while running. */
export interface StoredKeys {
  /** The key of a digest (SHA-256, hexadecimal), null where there is none. */
  find(account: string, digest: string): Promise<ApiKey | null>;
  /** Wall time, Unix ms. */
  nowMs(): number;
  /** How long an answer of the store's is believed: a revocation elsewhere is noticed after it. */
  readonly keyring_fresh_ms: number;
}

/** A key as the configuration names it. */
export interface ConfiguredKey {
  readonly key: string;
  /** Whose account it opens; absent, the key's own part after `sk_test_` names it. */
  readonly owner: string | null;
  /** What a restricted key may do; absent, all. */
  readonly permissions?: Permissions;
}

/** A configured key as it may be shown. */
export interface ConfiguredIdentity {
  /** Made of the key's digest, so that it stays the same. */
  readonly id: string;
  readonly kind: KeyKind;
  /** The last four characters; empty for a key so short that they would give it away. */
  readonly hint: string;
  readonly permissions: Permissions | null;
}

const KINDS = { sk: 'secret', pk: 'publishable', rk: 'restricted', ek: 'ephemeral' } as const;

/** Three characters are what people type in a trial; 200 is more than any vendor's keys have. */
const KEY = /^(sk|pk|rk|ek)_(test|sandbox|live|prod)_(\w{3,200})$/;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ACCOUNT_CHARS = 16;

interface KeyParts {
  readonly kind: KeyKind;
  readonly livemode: boolean;
  /** What follows `sk_test_`. */
  readonly own: string;
}

/**
 * A key's parts, or null when it does not look like one. `sk_sandbox_…` and `sk_prod_…` are how
 * Dojo's look.
 */
export function keyParts(key: string): KeyParts | null {
  const [, prefix, mode, own] = KEY.exec(key) ?? [];
  if (prefix === undefined || own === undefined) return null;
  if ((mode === 'sandbox' || mode === 'prod') && prefix !== 'sk') return null;
  const livemode = mode === 'live' || mode === 'prod';
  return { kind: KINDS[prefix as keyof typeof KINDS], livemode, own };
}

/**
 * The account that a name opens: the same for `sk_test_shop` and `pk_test_shop`. It follows from
 * the name alone, so that a sandbox needs no step that makes accounts.
 */
export function accountNamed(name: string): string {
  const digest = createHash('sha256').update(name).digest();
  let rest = digest.readBigUInt64BE(0) * 2n ** 64n + digest.readBigUInt64BE(8);
  let text = '';
  for (let at = 0; at < ACCOUNT_CHARS; at += 1) {
    text += BASE62.charAt(Number(rest % 62n));
    rest /= 62n;
  }
  return `acct_${text}`;
}

/** The key that documentation and terminal show; its account is the first of a sandbox. */
export const DEFAULT_KEY = 'sk_test_tender';

/** The first account of a server: of the keys of the configuration, or of the documentation's. */
export function firstAccount(apiKeys: readonly ConfiguredKey[] | null): string {
  const { key, owner } = apiKeys?.[0] ?? { key: DEFAULT_KEY, owner: null };
  return accountNamed(owner ?? keyParts(key)?.own ?? key);
}

/** What is remembered of a key. */
interface Remembered {
  readonly account: string;
  readonly identity: Identity | null;
  /** When the store was asked, Unix ms; null where that is never to be done. */
  readonly askedMs: number | null;
  readonly key: ApiKey | null;
}

/** Keys in their order of coming, of which the oldest go. */
class Memory {
  readonly #kept = new Map<string, Remembered>();
  readonly #keys_max: number;

  constructor(keys_max: number) {
    this.#keys_max = keys_max;
  }

  get(key: string): Remembered | undefined {
    return this.#kept.get(key);
  }

  put(key: string, remembered: Remembered): void {
    // Deleted first, so that it counts as new.
    this.#kept.delete(key);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < this.#keys_max) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(key, remembered);
  }

  forget(account: string): void {
    for (const [key, remembered] of this.#kept)
      if (remembered.askedMs !== null && remembered.account === account) this.#kept.delete(key);
  }
}

type Configured = ReturnType<typeof configuredIdentity>;

/** Whose key it is without a store: the configuration's, or in an open sandbox its name's. */
function fixedIdentity(
  { apiKeys, mode }: KeyringSettings,
  configured: readonly Configured[],
  key: string,
  { kind, livemode, own }: KeyParts,
): Identity | null {
  if (apiKeys === null) {
    if (mode === 'live' || kind === 'ephemeral') return null;
    return { account: accountNamed(own), kind, livemode };
  }
  const digest = digestOf(key);
  let found: Identity | null = null;
  // Every key is compared, found or not: the time tells nothing about which one it was.
  for (const one of configured) if (isSameSecret(one.digest, digest)) found = one.identity;
  return found;
}

function standing({ identity, key }: Remembered, nowMs: number): Known {
  return key !== null && isOver(key, Math.floor(nowMs / 1000)) ? 'expired' : identity;
}

/** Tells whose a key is. Keys are compared by their digests, in constant time. */
export function makeKeyring(settings: KeyringSettings): Keyring {
  const { stored = null } = settings;
  const live = settings.mode === 'live';
  const configured = (settings.apiKeys ?? []).map(configuredIdentity);
  const memory = new Memory(settings.keyring_keys_max);
  const asked = new Map<string, Promise<Known>>();
  let changes = 0;

  /** Asks the store; `otherwise` is whose key it is where the store does not know it. */
  async function ask(
    { find, nowMs }: StoredKeys,
    text: string,
    account: string,
    otherwise: Identity | null,
  ): Promise<Known> {
    const before = changes;
    const askedMs = nowMs();
    const digest = digestOf(text);
    const found = await find(account, digest.toString('hex'));
    const isSame = found !== null && isSameSecret(found.digest, digest.toString('hex'));
    const identity = isSame ? identityOf(found, live) : otherwise;
    const key = isSame ? found : null;
    const remembered = { account, identity, askedMs, key };
    // A key that changed while the store was being asked may have been read as it was before.
    if (identity !== null && before === changes) memory.put(text, remembered);
    return standing(remembered, nowMs());
  }

  function askOnce(stored: StoredKeys, text: string, account: string, otherwise: Identity | null) {
    const running = asked.get(text);
    if (running !== undefined) return running;
    const asking = ask(stored, text, account, otherwise).finally(() => asked.delete(text));
    asked.set(text, asking);
    return asking;
  }

  return {
    identify(text) {
      const remembered = memory.get(text);
      if (remembered !== undefined) {
        const { askedMs } = remembered;
        if (askedMs === null || stored === null) return remembered.identity;
        const nowMs = stored.nowMs();
        const ageMs = nowMs - askedMs;
        // A clock that was set back makes the answer look newer than it is.
        if (ageMs >= 0 && ageMs < stored.keyring_fresh_ms) return standing(remembered, nowMs);
      }
      const parts = keyParts(text);
      if (parts === null || parts.livemode !== live) return null;
      const identity = fixedIdentity(settings, configured, text, parts);
      const account = stored === null ? null : accountOfKey(text);
      const isConfigured = identity !== null && settings.apiKeys !== null;
      if (stored !== null && account !== null && !isConfigured)
        return askOnce(stored, text, account, identity);
      if (identity !== null)
        memory.put(text, { account: identity.account, identity, askedMs: null, key: null });
      return identity;
    },
    configured: (account) =>
      configured.filter(({ identity }) => identity.account === account).map(({ shown }) => shown),
    forget(account) {
      changes += 1;
      asked.clear();
      memory.forget(account);
    },
  };
}

const HINTED_CHARS_MIN = 16;

function configuredIdentity({ key, owner, permissions }: ConfiguredKey) {
  const parts = keyParts(key);
  if (parts === null) throw new Error('a configured key does not look like one');
  const { kind, livemode, own } = parts;
  const digest = digestOf(key);
  const limits = permissions === undefined ? {} : { permissions };
  const identity: Identity = { account: accountNamed(owner ?? own), kind, livemode, ...limits };
  const shown: ConfiguredIdentity = {
    id: `key_configured_${digest.toString('hex', 0, 6)}`,
    kind,
    // Of a short key the end would be all there is.
    hint: own.length < HINTED_CHARS_MIN ? '' : key.slice(-4),
    permissions: permissions ?? null,
  };
  return { digest, identity, shown };
}

function identityOf(key: ApiKey, livemode: boolean): Identity {
  const { account, kind, permissions, customer } = key;
  return {
    account,
    kind,
    livemode,
    ...(kind === 'restricted' ? { permissions: permissions ?? {} } : {}),
    ...(customer === null ? {} : { customer }),
  };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

const SCHEME = /^[ \t]*(bearer|basic)[ \t]+(\S+)[ \t]*$/i;

/**
 * The key that an `Authorization` header carries, or null. Takes `Bearer key`, `Basic` with
 * `key:` in base64 as HTTP has it, and `Basic key` as Dojo's clients send it. A password that is
 * not empty is refused: it would be a secret sent to where nobody reads it.
 */
export function parseAuthorization(header: string | undefined): string | null {
  const [, scheme, credentials] = SCHEME.exec(header ?? '') ?? [];
  if (scheme === undefined || credentials === undefined) return null;
  if (scheme.length === 'bearer'.length || keyParts(credentials) !== null) return credentials;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return null;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  return user === '' || (colon >= 0 && colon < text.length - 1) ? null : user;
}
