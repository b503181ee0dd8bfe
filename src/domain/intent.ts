import type { DepositCheck } from './deposits.js';
import type { DeclineCodes } from './errors.js';
import type { HistoryEntry } from './history.js';
import type { JsonObject, Metadata } from './json.js';
import { type Lifecycle, step } from './lifecycle.js';
import type { FutureUsage, PaymentMethod } from './payment-method.js';

export type IntentState =
  | 'awaiting_method'
  | 'awaiting_confirmation'
  | 'awaiting_action'
  | 'processing'
  | 'authorized'
  | 'captured'
  | 'canceled';

export type IntentTransition =
  | 'choose_method'
  | 'drop_method'
  | 'challenge'
  | 'authenticate'
  | 'submit'
  | 'authorize'
  | 'pay'
  | 'decline'
  | 'capture_part'
  | 'capture'
  | 'change_amount'
  | 'cancel'
  | 'expire';

const BEFORE_PAYMENT = {
  choose_method: 'awaiting_confirmation',
  challenge: 'awaiting_action',
  submit: 'processing',
  authorize: 'authorized',
  pay: 'captured',
  decline: 'awaiting_method',
  cancel: 'canceled',
} as const;

/** The whole life of an intent. Docs, diagrams and the model tests are made from this table. */
export const INTENT_LIFECYCLE: Lifecycle<IntentState, IntentTransition> = {
  awaiting_method: { ...BEFORE_PAYMENT, change_amount: 'awaiting_method' },
  awaiting_confirmation: {
    ...BEFORE_PAYMENT,
    change_amount: 'awaiting_confirmation',
    drop_method: 'awaiting_method',
  },
  awaiting_action: {
    ...BEFORE_PAYMENT,
    // The bank was asked about another amount: it must be asked again.
    change_amount: 'awaiting_confirmation',
    drop_method: 'awaiting_method',
    authenticate: 'awaiting_confirmation',
  },
  processing: {
    challenge: 'awaiting_action',
    authorize: 'authorized',
    pay: 'captured',
    decline: 'awaiting_method',
    cancel: 'canceled',
  },
  authorized: {
    capture_part: 'authorized',
    capture: 'captured',
    cancel: 'canceled',
    expire: 'canceled',
  },
  captured: {},
  canceled: {},
};

export type CancellationReason =
  | 'duplicate'
  | 'fraudulent'
  | 'requested_by_customer'
  | 'abandoned'
  | 'expired';

/** Why the last try did not pay, with the method as it was then. */
export interface IntentError extends DeclineCodes {
  attempt: string | null;
  method: PaymentMethod | null;
}

/** Versions of 3-D Secure. */
export type ChallengeVersion = '1.0.2' | '2.2.0';

/** The question the customer's bank asks before it pays. */
export interface Challenge {
  /** A capability: whoever holds it may answer. */
  secret: string;
  version: ChallengeVersion;
  returnUrl: string | null;
  /** The client's own script shows it, in place of a redirect. */
  inClient: boolean;
  offeredAt: number;
}

/** What its customer is asked for, other than to pass a challenge. */
export type Asked =
  | { kind: 'deposits'; check: DepositCheck }
  /** Money, by a bank transfer that names the reference. */
  | {
      kind: 'transfer';
      reference: string;
      /** A capability: whoever holds it may read the instructions. */
      secret: string;
      /** What has arrived of it, in minor units, as decimal text. */
      applied: string;
    };

/**
 * What the amount is made of beside what is sold, in minor units as decimal text: an intent's
 * `amount` is the sum of all.
 */
export interface AmountParts {
  tips: string | null;
  serviceCharge: string | null;
  cashback: string | null;
  /** What was first asked for what is sold, where that was changed since; else null. */
  requested: string | null;
}

/** How an authorization ends by itself, where its creator does not leave that to the network. */
export interface HoldTerms {
  /** From the authorization on; the network's own limit holds all the same. */
  seconds: number;
  end: 'release' | 'capture';
}

export interface Intent {
  account: string;
  id: string;
  state: IntentState;
  amount: bigint;
  authorized: bigint;
  captured: bigint;
  released: bigint;
  refunded: bigint;
  currency: string;
  customer: string | null;
  /** The test clock it lives by, its customer's. */
  clockId: string | null;
  /** Business time, Unix seconds. */
  created: number;
  dialect: 'stripe' | 'dojo' | 'code';
  captureOpen: boolean;
  captureMethod: 'automatic' | 'automatic_async' | 'manual';
  confirmationMethod: 'automatic' | 'manual';
  clientSecret: string;
  method: string | null;
  methodTypes: string[];
  latestAttempt: string | null;
  lastError: IntentError | null;
  challenge: Challenge | null;
  /** Instead of a challenge: deposits to confirm, or a transfer to make. */
  asks: Asked | null;
  /** The kind of challenge that the customer has passed for the method now on the intent. */
  authenticated: ChallengeVersion | null;
  /** True where the method, once it is saved, becomes the customer's default. */
  makesDefault: true | null;
  /** The permission that it is paid under. */
  mandate: string | null;
  description: string | null;
  metadata: Metadata;
  receiptEmail: string | null;
  shipping: JsonObject | null;
  futureUsage: FutureUsage | null;
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  canceledAt: number | null;
  cancellationReason: CancellationReason | null;
  /** null: the amount is all for what is sold. */
  parts: AmountParts | null;
  /** null: what is not captured when the network's time is over is released. */
  holdTerms: HoldTerms | null;
  /** Business time, Unix seconds, at which it is canceled where it is not paid; null: never. */
  expiresAt: number | null;
  /** What happened to its payment, oldest first; null where its creator does not ask for that. */
  history: HistoryEntry[] | null;
  /** True once its payment was undone by a reversal. */
  reversed: true | null;
  /** What only the creating dialect knows of it: kept, returned, never interpreted. */
  wire: JsonObject;
}

/** Takes a transition that the caller has checked; a refusal here is a programming error. */
export function advance(intent: Intent, transition: IntentTransition): IntentState {
  const next = step(INTENT_LIFECYCLE, intent.state, transition);
  if (next === null) throw new Error(`intent ${intent.id}: no ${transition} from ${intent.state}`);
  return next;
}

/** What a capture could still take from the authorization. */
export function capturable(intent: Intent): bigint {
  return intent.state === 'authorized' ? intent.authorized - intent.captured - intent.released : 0n;
}

/** Days that a card network keeps an authorization for a merchant. */
export const AUTHORIZATION_HOLD_SECONDS = 7 * 24 * 3600;

/** The invariants of one intent's amounts; each broken one as a sentence, for `verify`. */
export function intentFaults(intent: Intent): string[] {
  const faults: string[] = [];
  const { authorized, captured, released, refunded, state } = intent;
  if (captured + released > authorized) faults.push('captured + released exceed authorized');
  if (refunded > captured) faults.push('refunded exceeds captured');
  if (state === 'captured' && captured <= 0n) faults.push('captured state without a capture');
  if (state !== 'captured' && state !== 'authorized' && captured > 0n)
    faults.push(`captured amount in state ${state}`);
  if (intent.asks !== null && state !== 'awaiting_action')
    faults.push(`asks for ${intent.asks.kind} in state ${state}`);
  if (intent.challenge !== null && state !== 'awaiting_action')
    faults.push(`challenge kept in state ${state}`);
  return faults;
}
