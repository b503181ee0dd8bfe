import { createHash, timingSafeEqual } from 'node:crypto';

/** What a key may do: a publishable key only what a browser may, a restricted one what it lists. */
export type KeyKind = 'secret' | 'publishable' | 'restricted';

/** Who holds a key. */
export interface Identity {
  readonly account: string;
  readonly kind: KeyKind;
  readonly livemode: boolean;
}

export interface Keyring {
  /** Whose key it is; null when it is nobody's. The same object every time while it is cached. */
  identify(key: string): Identity | null;
}

export interface KeyringSettings {
  readonly mode: 'sandbox' | 'live';
  /** The only keys that open; `null`: any test key does, which is for a sandbox on loopback. */
  readonly apiKeys: readonly ConfiguredKey[] | null;
  /** How many identities are remembered: each key is hashed once, not with every request. */
  readonly keyring_keys_max: number;
}

/** A key as the configuration names it. */
export interface ConfiguredKey {
  readonly key: string;
  /** Whose account it opens; absent, the key's own part after `sk_test_` names it. */
  readonly owner: string | null;
}

const KINDS = { sk: 'secret', pk: 'publishable', rk: 'restricted' } as const;

/** Three characters are what people type in a trial; 200 is more than any vendor's keys have. */
const KEY = /^(sk|pk|rk)_(test|sandbox|live)_(\w{3,200})$/;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ACCOUNT_CHARS = 16;

interface KeyParts {
  readonly kind: KeyKind;
  readonly livemode: boolean;
  /** What follows `sk_test_`. */
  readonly own: string;
}

/** A key's parts, or null when it does not look like one. `sk_sandbox_…` is how Dojo's look. */
export function keyParts(key: string): KeyParts | null {
  const [, prefix, mode, own] = KEY.exec(key) ?? [];
  if (prefix === undefined || own === undefined) return null;
  if (mode === 'sandbox' && prefix !== 'sk') return null;
  return { kind: KINDS[prefix as keyof typeof KINDS], livemode: mode === 'live', own };
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

/** Tells whose a key is. Configured keys are compared by their digests, in constant time. */
export function makeKeyring(settings: KeyringSettings): Keyring {
  const live = settings.mode === 'live';
  const configured = (settings.apiKeys ?? []).map(({ key, owner }) => {
    const parts = keyParts(key);
    if (parts === null) throw new Error('a configured key does not look like one');
    const account = accountNamed(owner ?? parts.own);
    return { digest: digestOf(key), identity: { ...parts, account } };
  });
  const known = new Map<string, Identity>();

  function find(key: string): Identity | null {
    const parts = keyParts(key);
    if (parts === null || parts.livemode !== live) return null;
    const { kind, livemode } = parts;
    if (settings.apiKeys === null) {
      return live ? null : { account: accountNamed(parts.own), kind, livemode };
    }
    const digest = digestOf(key);
    let account: string | null = null;
    // Every key is compared, found or not: the time tells nothing about which one it was.
    for (const one of configured) {
      if (timingSafeEqual(one.digest, digest)) account = one.identity.account;
    }
    return account === null ? null : { account, kind, livemode };
  }

  return {
    identify(key) {
      const remembered = known.get(key);
      if (remembered !== undefined) return remembered;
      const identity = find(key);
      if (identity === null) return null;
      if (known.size >= settings.keyring_keys_max) {
        for (const oldest of known.keys()) {
          known.delete(oldest);
          break;
        }
      }
      known.set(key, identity);
      return identity;
    },
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
