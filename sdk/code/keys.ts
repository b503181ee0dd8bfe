import { fromBase58, toBase58 } from '../../src/wire/code/base58.js';
import { encodePayload, NONCE_BYTES } from '../../src/wire/code/payload.js';
import { type Curve, rendezvousOf, type Signer, sha256, webCurve } from '../wallet/curve.js';
import { type Asked, askedBy, type IntentOptions, OptionsError } from './options.js';

/** What an intent is known by. All of it follows from its options. */
export interface IntentKeys {
  /** The nonce, base58: what a page needs to be at the same rendezvous as the server. */
  readonly clientSecret: string;
  /** The intent's id: the rendezvous' public key, base58. */
  readonly id: string;
  /** The 20 bytes of the scan code. */
  readonly payload: Uint8Array;
  /** Signs what is said at the rendezvous. */
  readonly rendezvous: Signer;
}

/**
 * The 11 bytes that keep two intents of the same amount apart: those of the client secret, the
 * first ones of an idempotency key's SHA-256, or random ones. Throws OptionsError.
 */
export async function nonceOf(options: {
  readonly clientSecret?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}): Promise<Uint8Array> {
  const { clientSecret, idempotencyKey } = options;
  if (idempotencyKey && clientSecret)
    throw new OptionsError('cannot derive nonce from both clientSecret and idempotencyKey');
  if (idempotencyKey)
    return (await sha256(new TextEncoder().encode(idempotencyKey))).slice(0, NONCE_BYTES);
  if (!clientSecret) return crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const nonce = fromBase58(clientSecret, NONCE_BYTES);
  if (nonce === null) throw new OptionsError('invalid size');
  return nonce;
}

/**
 * The keys of the intent that options describe. Without `clientSecret` and `idempotencyKey` every
 * call makes another intent; a tip's are the same for everybody who tips that user. Throws
 * OptionsError, and Error on a page that is not secure.
 * @param curve how to sign; WebCrypto's unless told otherwise
 */
export async function intentKeys(
  options: IntentOptions,
  curve: Curve = webCurve,
): Promise<IntentKeys> {
  const asked = askedBy(options);
  // Browsers hash and sign for nobody who came over plain HTTP, but for this machine itself.
  if (crypto.subtle === undefined)
    throw new Error('this page was not opened over https, and without it makes no keys');
  const nonce = await nonceOf(options);
  const payload = await payloadOf(asked, nonce);
  const rendezvous = await rendezvousOf(payload, curve);
  return { clientSecret: toBase58(nonce), id: toBase58(rendezvous.publicKey), payload, rendezvous };
}

async function payloadOf(asked: Asked, nonce: Uint8Array): Promise<Uint8Array> {
  if (asked.mode === 'login') return encodePayload({ kind: 'request_login', nonce });
  if (asked.mode === 'tip') return tipPayload(asked.username);
  const { currency, hundredths, fees } = asked;
  const kind = fees === null ? 'request_payment' : 'request_payment_with_fees';
  return encodePayload({ kind, currency, hundredths, nonce });
}

async function tipPayload(username: string): Promise<Uint8Array> {
  const digest = await sha256(new TextEncoder().encode(username));
  try {
    return encodePayload({ kind: 'tip', username }, digest);
  } catch {
    throw new OptionsError('invalid username');
  }
}
