import { fromBase58 } from '../../src/wire/code/base58.js';
import {
  decodePayload,
  encodePayload,
  hundredthsOf,
  NONCE_BYTES,
  PAYLOAD_BYTES,
} from '../../src/wire/code/payload.js';
import { base64UrlBytes, sha256 } from './curve.js';
import { WalletError } from './errors.js';

/** What a scanned or pasted thing leads to. */
export interface Scanned {
  /** The 20 bytes to read with. */
  readonly payload: Uint8Array;
  /** Where the shop wants the person to go afterwards; http or https, or null. */
  readonly successUrl: string | null;
  readonly cancelUrl: string | null;
}

/** Far longer than any link of a shop's. */
const TEXT_CHARS_MAX = 16_384;

function unreadable(): WalletError {
  return new WalletError('unreadable', 'That is no Code: scan it again, or paste its link.');
}

/**
 * Reads what a camera or a person gives: a code's 20 bytes, the same in base64, a link of a button
 * or modal (`codewallet://…/payment-request-modal-mobile/#/<channel>/p=…`), a link to this wallet
 * (`https://wallet…/#/p=…`), a link to tip somebody (`…/x/<username>`), or one that wraps another
 * (`https://jump.getcode.com/#source=…`).
 * Throws WalletError `unreadable`, or `unsupported` for links to cash and to log in elsewhere.
 */
export async function parseScanned(scanned: string | Uint8Array): Promise<Scanned> {
  if (typeof scanned !== 'string') {
    if (scanned.length === PAYLOAD_BYTES) return plain(scanned);
    return parseScanned(new TextDecoder().decode(scanned));
  }
  const text = scanned.trim();
  if (text.length === 0 || text.length > TEXT_CHARS_MAX) throw unreadable();
  const bytes = payloadOfText(text);
  if (bytes !== null) return plain(bytes);
  return parseLink(text);
}

/**
 * Where to send the person: the shop's URL with the intent's id in its place.
 * @param intent base58
 */
export function confirmUrl(url: string, intent: string): string {
  return url.replaceAll('{{INTENT_ID}}', intent).replaceAll('%7B%7BINTENT_ID%7D%7D', intent);
}

function plain(payload: Uint8Array): Scanned {
  if (decodePayload(payload) === null) throw unreadable();
  return { payload, successUrl: null, cancelUrl: null };
}

/** 20 bytes are 27 characters of base64, and one of padding. */
function payloadOfText(text: string): Uint8Array | null {
  return /^[A-Za-z0-9+/_-]{27}=?$/.test(text) ? base64UrlBytes(text.slice(0, 27)) : null;
}

async function parseLink(text: string): Promise<Scanned> {
  // `codewallet:` is no scheme whose hosts and paths every URL parser finds.
  const address = text.replace(/^codewallet:/i, 'https:');
  if (!URL.canParse(address)) throw unreadable();
  const { pathname, hash } = new URL(address);
  const wrapped = /^#source=(.+)$/.exec(hash)?.[1];
  if (wrapped !== undefined) return parseScanned(unescaped(wrapped));
  const packed = /[#/]p=(.+)$/.exec(hash)?.[1];
  if (packed !== undefined) return parsePacked(unescaped(packed));
  const tipped = /^\/x\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (tipped !== undefined) return plain(await tipPayload(unescaped(tipped)));
  if (/[#/]e=/.test(hash)) {
    throw new WalletError('unsupported', 'This wallet takes no links to cash or to other wallets.');
  }
  throw unreadable();
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable();
  }
}

/** After `p=`: a payload, or the options of a button, which a payload can be made of. */
async function parsePacked(packed: string): Promise<Scanned> {
  const bytes = payloadOfText(packed);
  if (bytes !== null) return plain(bytes);
  const options = optionsOf(packed);
  const { confirmParams: confirm } = options;
  return {
    payload: await payloadOfOptions(options),
    successUrl: webUrl(confirm?.success?.url),
    cancelUrl: webUrl(confirm?.cancel?.url),
  };
}

/** What a button was made with, as far as a wallet needs it; anybody may have written it. */
interface ButtonOptions {
  readonly mode?: unknown;
  readonly clientSecret?: unknown;
  readonly currency?: unknown;
  readonly amount?: unknown;
  readonly fees?: unknown;
  readonly platform?: { readonly username?: unknown } | null;
  readonly confirmParams?: {
    readonly success?: { readonly url?: unknown } | null;
    readonly cancel?: { readonly url?: unknown } | null;
  } | null;
}

function optionsOf(packed: string): ButtonOptions {
  let options: unknown;
  try {
    // Buttons pack their options with `btoa`: one character is one byte.
    options = JSON.parse(String.fromCharCode(...base64UrlBytes(packed)));
  } catch {
    throw unreadable();
  }
  if (typeof options !== 'object' || options === null) throw unreadable();
  return options;
}

/** As the published client makes a code of the same options. */
async function payloadOfOptions(options: ButtonOptions): Promise<Uint8Array> {
  const { mode, clientSecret, currency, amount, fees, platform } = options;
  if (mode === 'tip') return tipPayload(textOf(platform?.username));
  const nonce = fromBase58(textOf(clientSecret), NONCE_BYTES);
  if (nonce === null) throw unreadable();
  if (mode === 'login') return encodePayload({ kind: 'request_login', nonce });
  const hundredths = typeof amount === 'number' ? hundredthsOf(amount) : null;
  if (hundredths === null || typeof currency !== 'string') throw unreadable();
  // An empty list counts: the client looks only at whether there is one.
  const kind = fees ? 'request_payment_with_fees' : 'request_payment';
  return orUnreadable(() =>
    encodePayload({ kind, currency: currency.toLowerCase(), hundredths, nonce }),
  );
}

/** `String` would call what a link's own objects name `toString`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function tipPayload(username: string): Promise<Uint8Array> {
  const digest = await sha256(new TextEncoder().encode(username));
  return orUnreadable(() => encodePayload({ kind: 'tip', username }, digest));
}

/** What no payload can carry is no link of a shop's. */
function orUnreadable(make: () => Uint8Array): Uint8Array {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw unreadable();
    throw error;
  }
}

/** Only the web: a link must not run anything in the page that opens it. */
function webUrl(url: unknown): string | null {
  return typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
}
