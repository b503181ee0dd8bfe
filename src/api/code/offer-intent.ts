import type { CodeDependencies } from './settings.js';

/** The code that a wallet scans to pay an intent of any dialect. */
export interface IntentCode {
  /** The payload behind the round code, base64. */
  readonly payload: string;
  /** The round code as an SVG document. */
  readonly svg: string;
  /** Opens a wallet on this device. */
  readonly walletUrl: string;
}

/**
 * Makes, or finds, the request at which a wallet can pay an intent of any dialect, as its amount
 * and currency are now. null where wallets cannot pay it.
 */
export function makeIntentOffers(
  _deps: CodeDependencies,
): (account: string, intent: string) => Promise<IntentCode | null> {
  return () => Promise.resolve(null);
}
