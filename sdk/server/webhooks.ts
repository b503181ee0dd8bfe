import { WebhookError } from '../code/server/errors.js';
import { makeVerifier, type VerifyOptions, type WebhookClaims } from '../code/server/webhooks.js';

export { WebhookError };

/**
 * Reads the webhooks of all three dialects. Each function takes the body as it came, byte for
 * byte, and gives what it says where Tender has signed it. All throw WebhookError where it must not
 * be believed: answer 400, and do nothing.
 */

/** An event of the Stripe dialect. */
export interface StripeWebhook {
  readonly id: string;
  readonly object: 'event';
  readonly type: string;
  readonly api_version: string | null;
  /** Business time, Unix seconds. */
  readonly created: number;
  readonly livemode: boolean;
  readonly data: {
    readonly object: Readonly<Record<string, unknown>>;
    readonly previous_attributes?: Readonly<Record<string, unknown>>;
  };
}

/** An event of the Dojo dialect: it names its payment intent, and has little more of it. */
export interface DojoWebhook {
  readonly id: string;
  readonly event: string;
  readonly accountId: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly data: {
    readonly paymentIntentId: string;
    readonly paymentStatus: string;
    readonly captureMode: 'Auto' | 'Manual';
  };
}

export interface Signed {
  /** The request's body, unparsed. */
  readonly body: string | Uint8Array;
  /** The header `stripe-signature` or `dojo-signature`; undefined where there was none. */
  readonly signature: string | null | undefined;
  /** The endpoint's secret; several while it is being changed. */
  readonly secret: string | readonly string[];
}

export interface StripeSigned extends Signed {
  /** How old a message may be, and how far ahead; 300 s if absent, as in the official clients. */
  readonly tolerance_seconds?: number;
  /** Wall time, Unix ms; the machine's if absent. */
  readonly nowMs?: () => number;
}

const TOLERANCE_SECONDS = 300;
/** A rolled secret adds one signature; a header with many more is not ours. */
const SIGNATURES_MAX = 10;
const DIGEST_HEX = /^[0-9a-f]{64}$/;

/** Reads an event of the Stripe dialect. Throws WebhookError; RangeError for an empty secret. */
export async function verifyStripeWebhook(signed: StripeSigned): Promise<StripeWebhook> {
  const { signature, tolerance_seconds = TOLERANCE_SECONDS, nowMs = Date.now } = signed;
  const parts = (signature ?? '').split(',').map((part) => part.split('='));
  const [time = ''] = parts.filter(([name]) => name === 't').map(([, value = '']) => value);
  const digests = parts.filter(([name]) => name === 'v1').map(([, value = '']) => value);
  if (!/^\d{1,12}$/.test(time) || digests.length === 0 || digests.length > SIGNATURES_MAX)
    throw new WebhookError('there is no stripe-signature that can be read');
  const head = new TextEncoder().encode(`${time}.`);
  await demandSigned(joined(head, bytesOf(signed.body)), digests, signed.secret);
  const now = nowMs() / 1000;
  if (Math.abs(now - Number(time)) > tolerance_seconds)
    throw new WebhookError('it was signed too long ago, or in the future');
  return objectIn(signed.body) as unknown as StripeWebhook;
}

/**
 * Reads an event of the Dojo dialect. Throws WebhookError; RangeError for an empty secret. Its
 * signature has no time: remember the ids of events, and act once.
 */
export async function verifyDojoWebhook(signed: Signed): Promise<DojoWebhook> {
  const [algorithm, pairs = '', ...rest] = (signed.signature ?? '').split('=');
  if (algorithm !== 'sha256' || rest.length > 0 || !/^[0-9A-F]{2}(-[0-9A-F]{2}){31}$/.test(pairs))
    throw new WebhookError('there is no dojo-signature that can be read');
  const digest = pairs.replaceAll('-', '').toLowerCase();
  await demandSigned(bytesOf(signed.body), [digest], signed.secret);
  return objectIn(signed.body) as unknown as DojoWebhook;
}

/**
 * Reads a webhook of Code: its body is a JWT, signed with the key that `endpoint` publishes or
 * that `publicKey` is. Throws WebhookError; CodeError where the keys could not be had (answer 500:
 * it will be sent again).
 */
export const verifyCodeWebhook: (
  jwt: string | Uint8Array,
  options: VerifyOptions,
) => Promise<WebhookClaims> = /* @__PURE__ */ makeVerifier();

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

/** Throws WebhookError unless a digest (hex) is that of the bytes with one of the secrets. */
async function demandSigned(
  bytes: Uint8Array,
  digests: readonly string[],
  secret: Signed['secret'],
): Promise<void> {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0 || secrets.includes('')) throw new RangeError('the secret is empty');
  const { subtle } = globalThis.crypto;
  for (const each of secrets) {
    const raw = new TextEncoder().encode(each);
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const key = await subtle.importKey('raw', raw, hmac, false, ['verify']);
    for (const digest of digests) {
      if (!DIGEST_HEX.test(digest)) continue;
      const given = Uint8Array.from({ length: 32 }, (_, i) =>
        Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16),
      );
      // It takes as long for a digest that is nearly right as for any other.
      if (await subtle.verify('HMAC', key, given, new Uint8Array(bytes))) return;
    }
  }
  throw new WebhookError('the signature is wrong');
}

function objectIn(body: string | Uint8Array): Record<string, unknown> {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WebhookError('the body is not a JSON object');
  return value as Record<string, unknown>;
}
