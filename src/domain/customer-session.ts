import type { JsonObject } from './json.js';

/** How long a browser may act for the customer, in seconds of the wall clock. */
export const CUSTOMER_SESSION_SECONDS = 30 * 60;

/** A browser's access to what one customer has saved. */
export interface CustomerSession {
  account: string;
  id: string;
  created: number;
  /** Wall time, Unix seconds. */
  expiresAt: number;
  customer: string;
  clientSecret: string;
  /** Which parts of a page it serves, with their features, as the dialect shows them. */
  components: JsonObject;
}
