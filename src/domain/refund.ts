import type { JsonObject, Metadata } from './json.js';
import type { Lifecycle } from './lifecycle.js';

export type RefundState = 'awaiting_action' | 'pending' | 'succeeded' | 'failed' | 'canceled';
export type RefundTransition = 'succeed' | 'fail' | 'cancel';

/**
 * A refund that awaits its payee's bank details can still be called off. A bank may return one that
 * had succeeded; nothing leaves `failed` or `canceled`.
 */
export const REFUND_LIFECYCLE: Lifecycle<RefundState, RefundTransition> = {
  awaiting_action: { succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
  pending: { succeed: 'succeeded', fail: 'failed' },
  succeeded: { fail: 'failed' },
  failed: {},
  canceled: {},
};

/** As long as Stripe waits for a payee who does not say where the money should go. */
export const REFUND_DETAILS_SECONDS = 45 * 86_400;

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
  /** Why it failed, in the field's words. */
  failureReason: string | null;
  /** The transfer that brought the money back when it failed or was canceled. */
  returnTransfer: string | null;
  wire: JsonObject;
}
