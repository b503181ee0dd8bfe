/** How far a restricted key reaches into one kind of object. */
export const ACCESS_LEVELS = ['none', 'read', 'write'] as const;
export type Access = (typeof ACCESS_LEVELS)[number];

/** What a restricted key may do, by the name of the object; what is not named is `none`. */
export type Permissions = Readonly<Record<string, Access>>;

export type StoredKeyKind = 'secret' | 'publishable' | 'restricted' | 'ephemeral';

/** Active keys of an account: far more than it has servers and plugins. */
export const ACTIVE_KEYS_MAX = 100;

/** How long a browser or app may work with an ephemeral key, in seconds. */
export const EPHEMERAL_KEY_SECONDS = 3600;

/** How long an ended ephemeral key is known as ended, in seconds. */
export const ENDED_KEY_KEPT_SECONDS = 86_400;

/** A key that the installation made; of its text only the digest is kept. */
export interface ApiKey {
  account: string;
  id: string;
  /** SHA-256 of the whole key, in hexadecimal. */
  digest: string;
  /**
   * `ephemeral` apart from the others, so that they are found without it. `ended`: revoked, or
   * found to be past its time.
   */
  state: 'active' | 'ended' | 'ephemeral';
  /** Wall time, like all times of a key, Unix seconds. */
  created: number;
  kind: StoredKeyKind;
  name: string | null;
  /** The last four characters, by which a person recognizes it. */
  hint: string;
  /** A publishable key itself, since it is no secret. */
  text: string | null;
  permissions: Permissions | null;
  expiresAt: number | null;
  revokedAt: number | null;
  /** The key that took its place. */
  replacedBy: string | null;
  /** The customer that an ephemeral key is for. */
  customer: string | null;
}

/** Whether a key opens nothing any more at a wall time in Unix seconds. */
export function isOver(key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: number): boolean {
  return key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now);
}

const PREFIXES: Readonly<Record<StoredKeyKind, string>> = {
  secret: 'sk',
  publishable: 'pk',
  restricted: 'rk',
  ephemeral: 'ek',
};

/** Chance in a key, in characters of base62: 190 bits. */
export const KEY_SECRET_CHARS = 32;

const OWN_ACCOUNT = /^acct_([A-Za-z0-9]{16})$/;
const STORED_KEY = /^[spr]k_(?:test|live)_51([A-Za-z0-9]{16})[A-Za-z0-9]{32}$/;
const STORED_EPHEMERAL_KEY = /^ek_(?:test|live)_(acct_\w{1,150})__[A-Za-z0-9]{32}$/;

/** Whether keys can be made for an account: those below a platform are reached by its keys. */
export function mayHaveKeys(account: string): boolean {
  return OWN_ACCOUNT.test(account);
}

/**
 * A key as it is shown once. It names its account, because everything stored is found by account;
 * what it proves is the chance at its end.
 */
export function keyText(
  kind: StoredKeyKind,
  livemode: boolean,
  account: string,
  secret: string,
): string {
  const head = `${PREFIXES[kind]}_${livemode ? 'live' : 'test'}_`;
  if (kind === 'ephemeral') return `${head}${account.replaceAll('-', '__')}__${secret}`;
  const own = OWN_ACCOUNT.exec(account)?.[1];
  if (own === undefined) throw new Error(`${account} has no keys of its own`);
  return `${head}51${own}${secret}`;
}

/** The account in which a key would be stored; null when it cannot be a stored one. */
export function accountOfKey(text: string): string | null {
  const own = STORED_KEY.exec(text)?.[1];
  if (own !== undefined) return `acct_${own}`;
  return STORED_EPHEMERAL_KEY.exec(text)?.[1]?.replaceAll('__', '-') ?? null;
}
