import type { DepositCheck } from './deposits.js';
import type { DeclineCodes } from './errors.js';
import type { HistoryEntry } from './history.js';
import type { CancellationReason, Challenge, ChallengeVersion } from './intent.js';
import type { JsonObject, Metadata } from './json.js';
import { type Lifecycle, step } from './lifecycle.js';
import type { BillingDetails, Card, FutureUsage, PaymentMethod } from './payment-method.js';

export type SetupState =
  | 'awaiting_method'
  | 'awaiting_confirmation'
  | 'awaiting_action'
  | 'processing'
  | 'succeeded'
  | 'canceled';

export type SetupTransition =
  | 'choose_method'
  | 'drop_method'
  | 'challenge'
  | 'submit'
  | 'succeed'
  | 'decline'
  | 'cancel';

const BEFORE_SUCCESS = {
  choose_method: 'awaiting_confirmation',
  challenge: 'awaiting_action',
  submit: 'processing',
  succeed: 'succeeded',
  decline: 'awaiting_method',
  cancel: 'canceled',
} as const;

/** The whole life of a setup: a method is saved for later, and no money moves. */
export const SETUP_LIFECYCLE: Lifecycle<SetupState, SetupTransition> = {
  awaiting_method: BEFORE_SUCCESS,
  awaiting_confirmation: { ...BEFORE_SUCCESS, drop_method: 'awaiting_method' },
  awaiting_action: { ...BEFORE_SUCCESS, drop_method: 'awaiting_method' },
  processing: {
    challenge: 'awaiting_action',
    succeed: 'succeeded',
    decline: 'awaiting_method',
  },
  succeeded: {},
  canceled: {},
};

/** Why the last try did not save the method, with the method as it was then. */
export interface SetupError extends DeclineCodes {
  method: PaymentMethod | null;
}

/** The terms on which the customer agreed to be charged later, as the merchant sent them. */
export interface Acceptance {
  kind: 'online' | 'offline';
  /** Business time, Unix seconds. */
  acceptedAt: number;
  ip: string | null;
  userAgent: string | null;
}

/** Saves a payment method for later payments. */
export interface SetupIntent {
  account: string;
  id: string;
  state: SetupState;
  customer: string | null;
  /** The test clock it lives by, its customer's. */
  clockId: string | null;
  created: number;
  clientSecret: string;
  method: string | null;
  methodTypes: string[];
  usage: FutureUsage;
  /** A one-time agreement for this sum; null for one that holds until it is revoked. */
  singleUse: { amount: number; currency: string } | null;
  attachToSelf: boolean;
  flowDirections: ('inbound' | 'outbound')[] | null;
  latestAttempt: string | null;
  lastError: SetupError | null;
  challenge: Challenge | null;
  deposits: DepositCheck | null;
  /** The method becomes what its customer pays with where none is named. */
  makesDefault: boolean;
  /** What the customer agreed to, kept until the method is saved. */
  acceptance: Acceptance | null;
  mandate: string | null;
  description: string | null;
  metadata: Metadata;
  canceledAt: number | null;
  cancellationReason: CancellationReason | null;
  /** Business time, Unix seconds, at which it is canceled where nothing is saved; null: never. */
  expiresAt: number | null;
  /** Its tries, oldest first; null where its creator does not ask for that. */
  history: HistoryEntry[] | null;
  /** What became of what it saved: a payment used it up, or it was closed; null: neither. */
  spent: 'completed' | 'closed' | null;
  /** What only the creating dialect knows of it: kept, returned, never interpreted. */
  wire: JsonObject;
}

export type SetupAttemptState =
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'failed'
  | 'abandoned';

/** One try to save a method. */
export interface SetupAttempt {
  account: string;
  id: string;
  setup: string;
  state: SetupAttemptState;
  created: number;
  customer: string | null;
  method: string;
  methodType: string;
  card: Card | null;
  methodDetails: JsonObject | null;
  billing: BillingDetails;
  usage: FutureUsage;
  attachToSelf: boolean;
  flowDirections: ('inbound' | 'outbound')[] | null;
  /** The kind of challenge that was passed for it. */
  authenticated: ChallengeVersion | null;
  error: SetupError | null;
}

/** Takes a transition that the caller has checked; a refusal here is a programming error. */
export function advanceSetup(setup: SetupIntent, transition: SetupTransition): SetupState {
  const next = step(SETUP_LIFECYCLE, setup.state, transition);
  if (next === null) throw new Error(`setup ${setup.id}: no ${transition} from ${setup.state}`);
  return next;
}

/** The invariants of one setup; each broken one as a sentence, for `verify`. */
export function setupFaults(setup: SetupIntent): string[] {
  const faults: string[] = [];
  const { state, method, challenge, deposits } = setup;
  if (method === null && !['awaiting_method', 'canceled'].includes(state))
    faults.push(`no method in state ${state}`);
  if (state === 'succeeded' && setup.latestAttempt === null)
    faults.push('succeeded without an attempt');
  if (challenge !== null && deposits !== null) faults.push('waits for two answers at once');
  const isUsable = state === 'succeeded';
  if (setup.spent !== null && !isUsable) faults.push(`${setup.spent} in state ${state}`);
  const { history } = setup;
  if (history !== null && history.some(({ kind }) => kind === 'authorized') !== isUsable)
    faults.push(`its history does not agree with state ${state}`);
  if ((challenge !== null || deposits !== null) !== (state === 'awaiting_action'))
    faults.push(`in state ${state} ${(challenge ?? deposits) ? 'with' : 'without'} an action`);
  return faults;
}
