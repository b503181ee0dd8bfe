import type { JsonObject } from './json.js';
import type { FutureUsage } from './payment-method.js';
import type { Acceptance } from './setup.js';

/** How long a browser's wishes may be used, in seconds of the wall clock. */
export const CONFIRMATION_SECONDS = 12 * 3600;

/**
 * What a customer entered to pay or to save a method with, kept until the merchant's server
 * confirms an intent with it; good for one intent.
 */
export interface Confirmation {
  account: string;
  id: string;
  created: number;
  /** Wall time, Unix seconds. */
  expiresAt: number;
  /** The method that was named, or made of what was typed. */
  method: string | null;
  /** The intent that it was used for; null while it is unused. */
  intent: string | null;
  /** The setup that it was used for. */
  setup: string | null;
  returnUrl: string | null;
  futureUsage: FutureUsage | null;
  shipping: JsonObject | null;
  mandate: Acceptance | null;
  /** Options of the method's type, as the dialect gave them. */
  methodOptions: JsonObject | null;
  /** Whether the method becomes the customer's default once it is saved. */
  makesDefault: boolean;
  /** The browser's own script will show a challenge. */
  inClient: boolean;
}
