import { fromBase58 } from '../../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../../src/wire/code/payload.js';
import { base64UrlBytes, type Curve, webCurve } from '../../wallet/curve.js';
import { CodeError, WebhookError } from './errors.js';
import { type ConnectionOptions, endpointOf, fetchFrom } from './fetching.js';

/** What a webhook says. A login's has `user` alone, and the last three. */
export interface WebhookClaims {
  /** Whole units of the currency. */
  readonly amount?: number;
  /** In upper case. */
  readonly currency?: string;
  readonly destination?: string;
  /** Units of the currency for one kin. */
  readonly exchangeRate?: number;
  /** What of `quarks` went to others. */
  readonly fees?: number;
  readonly intent?: string;
  /** The whole payment; 100,000 are one kin. */
  readonly quarks?: number;
  readonly state?: 'SUBMITTED' | 'SETTLED';
  /** Of a settled payment: the transaction on the chain. */
  readonly transaction?: string;
  /** Who has logged in, as your domain knows them. */
  readonly user?: string;
  /** When this message was signed and how long it is good, Unix seconds. */
  readonly iat: number;
  readonly exp: number;
  /** The same in every try to tell the same thing: remember it, and act once. */
  readonly jti: string;
}

export interface VerifyOptions extends ConnectionOptions {
  /** The sequencer's public key, base58. If absent, its published keys are asked for. */
  readonly publicKey?: string | undefined;
  /** How far the clocks may be apart; 30 s if absent. */
  readonly tolerance_seconds?: number | undefined;
  /** Wall time, Unix ms; the machine's if absent. */
  readonly nowMs?: () => number;
  readonly curve?: Curve | undefined;
}

const TOLERANCE_SECONDS = 30;
/** Published keys are kept so long; a message by an unknown one has them asked for sooner. */
const KEYS_FRESH_MS = 300_000;
const KEYS_AGAIN_MS = 10_000;
/** Sequencers whose keys are kept: a shop has one. */
const KEY_SETS_MAX = 16;

/** Keys by their id. */
type Keys = ReadonlyMap<string, Uint8Array>;

/**
 * Makes the function that reads webhooks: it gives what a message says where the sequencer has
 * signed it and it has not expired. Throws WebhookError where it must not be believed (answer 400),
 * CodeError where the keys could not be had (answer 500: it will be sent again).
 */
export function makeVerifier(): (
  jwt: string | Uint8Array,
  options: VerifyOptions,
) => Promise<WebhookClaims> {
  const sets = new Map<string, { readonly keys: Keys; readonly atMs: number }>();

  async function publishedKey(options: VerifyOptions, kid: string): Promise<Uint8Array> {
    const nowMs = (options.nowMs ?? Date.now)();
    const url = `${endpointOf(options)}/code/jwks.json`;
    let known = sets.get(url);
    const freshMs = known?.keys.has(kid) ? KEYS_FRESH_MS : KEYS_AGAIN_MS;
    if (known === undefined || nowMs - known.atMs >= freshMs) {
      known = { keys: await fetchKeys(options, url), atMs: nowMs };
      sets.delete(url);
      sets.set(url, known);
      const [oldest] = sets.keys();
      if (sets.size > KEY_SETS_MAX && oldest !== undefined) sets.delete(oldest);
    }
    const key = known.keys.get(kid);
    if (key === undefined) throw new WebhookError('signed with a key that is not published');
    return key;
  }

  return async (jwt, options) => {
    const text = typeof jwt === 'string' ? jwt.trim() : new TextDecoder().decode(jwt).trim();
    const [header = '', payload = '', signature = '', ...rest] = text.split('.');
    if (signature === '' || rest.length > 0) throw new WebhookError('not a compact JWT');
    const { alg, kid } = objectIn(header);
    if (alg !== 'EdDSA') throw new WebhookError('the algorithm is not EdDSA');
    const key =
      options.publicKey === undefined
        ? await publishedKey(options, typeof kid === 'string' ? kid : '')
        : fromBase58(options.publicKey, KEY_BYTES);
    if (key === null) throw new RangeError('publicKey is not a public key');
    const data = new TextEncoder().encode(`${header}.${payload}`);
    const curve = options.curve ?? webCurve;
    if (!(await curve.verify(key, data, bytesIn(signature))))
      throw new WebhookError('the signature is wrong');
    const claims = objectIn(payload);
    assertInTime(claims, options);
    return claims as unknown as WebhookClaims;
  };
}

/** Throws WebhookError where the claims are too old, or from the future. */
function assertInTime({ iat, exp }: Record<string, unknown>, options: VerifyOptions): void {
  const now = (options.nowMs ?? Date.now)() / 1000;
  const tolerance = options.tolerance_seconds ?? TOLERANCE_SECONDS;
  if (typeof iat !== 'number' || typeof exp !== 'number')
    throw new WebhookError('it does not say when it expires');
  if (now >= exp + tolerance) throw new WebhookError('it has expired');
  if (now < iat - tolerance) throw new WebhookError('it is from the future');
}

async function fetchKeys(options: VerifyOptions, url: string): Promise<Keys> {
  const { status, body } = await fetchFrom(options, url);
  const said = json(new TextDecoder().decode(body)) as { keys?: unknown } | null;
  if (status !== 200 || !Array.isArray(said?.keys))
    throw new CodeError('protocol', `${url} has no keys`, status);
  const keys = new Map<string, Uint8Array>();
  for (const each of said.keys as (Record<string, unknown> | null)[]) {
    const { kty, crv, kid, x } = each ?? {};
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof kid !== 'string' || typeof x !== 'string')
      continue;
    keys.set(kid, bytesIn(x));
  }
  return keys;
}

function objectIn(part: string): Record<string, unknown> {
  const value = json(new TextDecoder().decode(bytesIn(part)));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WebhookError('not a compact JWT');
  return value as Record<string, unknown>;
}

function bytesIn(part: string): Uint8Array {
  try {
    return base64UrlBytes(part);
  } catch {
    throw new WebhookError('not a compact JWT');
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
