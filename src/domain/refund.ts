import type { JsonObject, Metadata } from './json.js';
import type { Lifecycle } from './lifecycle.js';

export type RefundState = 'pending' | 'succeeded' | 'failed' | 'canceled';
export type RefundTransition = 'succeed' | 'fail' | 'cancel';

/** A bank may still return a refund that had succeeded; nothing leaves `failed` or `canceled`. */
export const REFUND_LIFECYCLE: Lifecycle<RefundState, RefundTransition> = {
  pending: { succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
  succeeded: { fail: 'failed' },
  failed: {},
  canceled: {},
};

export interface Refund {
  account: string;
  id: string;
  intent: string;
  attempt: string;
  state: RefundState;
  amount: bigint;
  currency: string;
  created: number;
  /** A reversal undoes a whole same-day capture; the customer never sees two lines. */
  kind: 'refund' | 'reversal';
  reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
  transfer: string | null;
  metadata: Metadata;
  instructionsEmail: string | null;
  wire: JsonObject;
}
