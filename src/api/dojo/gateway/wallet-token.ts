import type { Json, JsonObject } from '../../../domain/json.js';

/** The wallets of devices, by the names that their paths have. */
export type WalletKind = 'google-pay' | 'apple-pay';

/** What each wallet's token must have: texts, by Google's and Apple's descriptions. */
const TEXTS: Readonly<Record<WalletKind, readonly string[]>> = {
  'google-pay': ['protocolVersion', 'signature', 'signedMessage'],
  'apple-pay': ['data', 'signature', 'version'],
};

/**
 * Whether this is a wallet's token as far as its form goes: what is in it nobody here can open,
 * and a simulation has no need to.
 */
export function isWalletToken(kind: WalletKind, value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const token = value as JsonObject;
  return TEXTS[kind].every((name) => typeof token[name] === 'string' && token[name] !== '');
}

/** The token behind the text that the wallets hand out; null where it is none. */
export function readWalletToken(kind: WalletKind, text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    // Apple's comes within what it was made for.
    const token = (value as { paymentData?: Json } | null)?.paymentData ?? value;
    return isWalletToken(kind, token) ? token : null;
  } catch {
    return null;
  }
}
