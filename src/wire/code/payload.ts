import { currencyAt, currencyIndex } from './currencies.js';

/** Bytes of a payload, of its nonce, of a key or an id, and of a signature. */
export const PAYLOAD_BYTES = 20;
export const NONCE_BYTES = 11;
export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** What a scannable code asks for, in the order of the kind byte. */
export const PAYLOAD_KINDS = [
  'cash',
  'gift_card',
  'request_payment',
  'request_login',
  'request_payment_with_fees',
  'tip',
] as const;
export type PayloadKind = (typeof PAYLOAD_KINDS)[number];

/** The 20 bytes of a scannable code, read. Hundredths: of the currency's whole unit. */
export type Payload =
  | { kind: 'cash' | 'gift_card'; quarks: bigint; nonce: Uint8Array }
  | {
      kind: 'request_payment' | 'request_payment_with_fees';
      currency: string;
      hundredths: bigint;
      nonce: Uint8Array;
    }
  | { kind: 'request_login'; nonce: Uint8Array }
  | { kind: 'tip'; username: string };

const HUNDREDTHS_MAX = 2n ** 56n - 1n;
const USERNAME_BYTES = 15;

/**
 * An amount as a payload carries it: rounded to hundredths as JavaScript's `toFixed(2)` does, which
 * is what the published packages do. Null where it is not above zero, or too large.
 */
export function hundredthsOf(amount: number): bigint | null {
  if (!Number.isFinite(amount) || amount <= 0 || amount >= 2 ** 56 / 100) return null;
  const hundredths = BigInt(Math.round(Number.parseFloat(amount.toFixed(2)) * 100));
  return hundredths > 0n && hundredths <= HUNDREDTHS_MAX ? hundredths : null;
}

/**
 * Whether hundredths are an amount's by either way of rounding ties: JavaScript's makes 0.13 of
 * 0.125, Python's 0.12.
 */
export function isRoundingOf(hundredths: bigint, amount: number): boolean {
  const js = hundredthsOf(amount);
  if (js === null) return false;
  if (hundredths === js) return true;
  const exact = amount * 100;
  return exact % 1 === 0.5 && Number(hundredths) === Math.floor(exact);
}

/**
 * Encodes a payload. `digest` is the SHA-256 of a tip's user name, needed only where that is
 * shorter than 15 bytes. Throws RangeError on what a payload cannot carry.
 */
export function encodePayload(payload: Payload, digest?: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES);
  bytes[0] = PAYLOAD_KINDS.indexOf(payload.kind);
  if (payload.kind === 'tip') {
    bytes.set(tipBytes(payload.username, digest), PAYLOAD_BYTES - USERNAME_BYTES);
    return bytes;
  }
  if (payload.nonce.length !== NONCE_BYTES) throw new RangeError('a nonce has 11 bytes');
  bytes.set(payload.nonce, PAYLOAD_BYTES - NONCE_BYTES);
  if ('quarks' in payload) writeLittleEndian(bytes, 1, 8, payload.quarks);
  else if ('currency' in payload) {
    const index = currencyIndex(payload.currency);
    if (index === null) throw new RangeError(`no payload carries ${payload.currency}`);
    bytes[1] = index;
    writeLittleEndian(bytes, 2, 7, payload.hundredths);
  }
  return bytes;
}

/** Reads a payload; null where the bytes are none. */
export function decodePayload(bytes: Uint8Array): Payload | null {
  const kind = PAYLOAD_KINDS[bytes[0] ?? 255];
  if (bytes.length !== PAYLOAD_BYTES || kind === undefined) return null;
  const nonce = bytes.slice(PAYLOAD_BYTES - NONCE_BYTES);
  switch (kind) {
    case 'cash':
    case 'gift_card':
      return { kind, quarks: readLittleEndian(bytes, 1, 8), nonce };
    case 'request_login':
      return { kind, nonce };
    case 'tip': {
      const text = new TextDecoder().decode(bytes.subarray(PAYLOAD_BYTES - USERNAME_BYTES));
      const username = text.split('.')[0] ?? '';
      return username === '' ? null : { kind, username };
    }
    default: {
      const currency = currencyAt(bytes[1] ?? 255);
      if (currency === null) return null;
      return { kind, currency, hundredths: readLittleEndian(bytes, 2, 7), nonce };
    }
  }
}

/** A short user name is filled up with a point and the beginning of its digest in base64. */
function tipBytes(username: string, digest: Uint8Array | undefined): Uint8Array {
  const name = new TextEncoder().encode(username);
  if (name.length === 0 || name.length > USERNAME_BYTES || username.includes('.'))
    throw new RangeError('a user name has 1 to 15 bytes and no point');
  if (name.length === USERNAME_BYTES) return name;
  if (digest === undefined) throw new RangeError('a short user name needs its digest');
  const filler = btoa(String.fromCharCode(...digest)).slice(0, USERNAME_BYTES - 1 - name.length);
  return new TextEncoder().encode(`${username}.${filler}`);
}

function writeLittleEndian(bytes: Uint8Array, at: number, length: number, value: bigint): void {
  if (value < 0n || value >= 2n ** BigInt(8 * length)) throw new RangeError('amount too large');
  for (let i = 0; i < length; i += 1) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
}

function readLittleEndian(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let i = length - 1; i >= 0; i -= 1) value = value * 256n + BigInt(bytes[at + i] ?? 0);
  return value;
}
