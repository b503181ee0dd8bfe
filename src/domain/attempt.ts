import type { DeclineCodes } from './errors.js';
import type { JsonObject, Metadata } from './json.js';
import { type Lifecycle, step } from './lifecycle.js';
import type { BillingDetails, Card } from './payment-method.js';
import type { Ruling } from './rules.js';

export type AttemptState = 'started' | 'failed' | 'authorized' | 'captured' | 'released';
export type AttemptTransition =
  | 'fail'
  | 'authorize'
  | 'pay'
  | 'capture_part'
  | 'capture'
  | 'release';

/** The life of one try to pay. `started`: a remote rail's answer is not known yet. */
export const ATTEMPT_LIFECYCLE: Lifecycle<AttemptState, AttemptTransition> = {
  started: { fail: 'failed', authorize: 'authorized', pay: 'captured' },
  failed: {},
  authorized: { capture_part: 'authorized', capture: 'captured', release: 'released' },
  captured: {},
  released: {},
};

/** What the rail said when it agreed. */
export interface AttemptApproval {
  authorizationCode: string;
  networkTransactionId: string;
  riskLevel: 'normal' | 'elevated' | 'highest';
  riskScore: number;
  availableAtOnce: boolean;
  aftermath: string | null;
  /** The kind of challenge that was passed for it. */
  authenticated: '1.0.2' | '2.2.0' | null;
}

/** One try to pay an intent. The Stripe dialect calls it a charge. */
export interface Attempt {
  account: string;
  id: string;
  intent: string;
  state: AttemptState;
  amount: bigint;
  captured: bigint;
  released: bigint;
  refunded: bigint;
  currency: string;
  customer: string | null;
  created: number;
  rail: string;
  method: string;
  methodType: string;
  card: Card | null;
  methodDetails: JsonObject | null;
  billing: BillingDetails;
  approval: AttemptApproval | null;
  decline: DeclineCodes | null;
  /** What became of it by a rule of the merchant's; null where none matched. */
  ruling: Ruling | null;
  /** Business time at which an uncaptured authorization ends; null once it cannot. */
  captureBefore: number | null;
  manualCapture: boolean;
  /** The permission that it was made under. */
  mandate: string | null;
  /** How often its amount was raised, refused tries included; null for never. */
  increments: number | null;
  /** The pending transfer that holds the authorization. */
  hold: string | null;
  /** The posted transfer of the (last) capture. */
  transfer: string | null;
  /** The dispute or inquiry that the customer's bank raised about it. */
  dispute: string | null;
  /** The bank's warning that it may be fraud. */
  warning: string | null;
  description: string | null;
  metadata: Metadata;
  receiptEmail: string | null;
  shipping: JsonObject | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  /** What appears on the customer's statement. */
  calculatedDescriptor: string;
  wire: JsonObject;
}

/** Takes a transition that the caller has checked; a refusal here is a programming error. */
export function advanceAttempt(attempt: Attempt, transition: AttemptTransition): AttemptState {
  const next = step(ATTEMPT_LIFECYCLE, attempt.state, transition);
  if (next === null) throw new Error(`attempt ${attempt.id}: no ${transition} in ${attempt.state}`);
  return next;
}
