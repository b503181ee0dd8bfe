import type { AccountFault, BankAccount } from '../domain/bank.js';
import type { CardFault } from '../domain/errors.js';
import type { Card, PaymentMethod } from '../domain/payment-method.js';
import type { RailAbilities } from '../domain/rail-abilities.js';

/** One try to move money. `attempt` is the rail's idempotency key: asking again pays once. */
export interface AuthorizeRequest {
  readonly account: string;
  readonly attempt: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly method: PaymentMethod;
  /** The customer is not there to be challenged. */
  readonly offSession: boolean;
  /** The customer has already passed this intent's challenge. */
  readonly authenticated: boolean;
  /** This payment also sets the method up for later. */
  readonly setUpFor: 'on_session' | 'off_session' | null;
  readonly requestChallenge: 'automatic' | 'any' | 'challenge';
  /** The merchant allows it whatever its risk: the rail's own rules do not block it. */
  readonly riskAllowed?: boolean;
  /** Business time, Unix seconds. */
  readonly now: number;
}

/** Why an issuer said no, in the field's decline codes. */
export interface Decline {
  /** A card's is one of `DECLINE_ERROR_CODES`; banks have codes of their own. */
  readonly code: string;
  readonly declineCode: string | null;
  readonly adviceCode: string | null;
  readonly networkAdviceCode: string | null;
  readonly networkDeclineCode: string | null;
  /** False when the refusal came before the issuer was asked, so that no attempt is recorded. */
  readonly reachedIssuer: boolean;
}

export const DECLINE_ERROR_CODES = [
  'card_declined',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'authentication_required',
] as const;
export type DeclineErrorCode = (typeof DECLINE_ERROR_CODES)[number];

export interface Approval {
  /** Network's authorization code, six characters. */
  readonly authorizationCode: string;
  readonly networkTransactionId: string;
  readonly cvcCheck: 'pass' | 'fail' | 'unavailable' | 'unchecked' | null;
  readonly riskLevel: 'normal' | 'elevated' | 'highest';
  readonly riskScore: number;
  /** Funds skip the usual settlement days. */
  readonly availableAtOnce: boolean;
  /** What the simulator will do to this payment later: a dispute, a refund that fails … */
  readonly aftermath: Aftermath | null;
}

export type Aftermath =
  | 'dispute_fraudulent'
  | 'dispute_not_received'
  | 'dispute_inquiry'
  | 'early_fraud_warning'
  | 'refund_pending'
  | 'refund_fails';

/** How a payment ended that a rail had to work on. */
export type LateResult =
  | { readonly outcome: 'succeeded'; readonly approval: Approval }
  | { readonly outcome: 'failed'; readonly decline: Decline }
  | { readonly outcome: 'unknown' };

/** A rail's answer. `unknown` is not a failure: it is asked again with the same attempt id. */
export type AuthorizeResult =
  | { readonly outcome: 'succeeded'; readonly approval: Approval }
  | { readonly outcome: 'action_required'; readonly version: '1.0.2' | '2.2.0' }
  | { readonly outcome: 'failed'; readonly decline: Decline }
  | { readonly outcome: 'unknown' }
  /** Asked again after so many seconds of business time, it ends so. */
  | { readonly outcome: 'pending'; readonly seconds: number; readonly end: LateResult };

interface RailBase {
  readonly name: string;
  readonly abilities: RailAbilities;
  /** Every payment is `pending` first: its attempt is on record before its outcome is known. */
  readonly answersLater?: true;
  /** Takes in what its methods are made of, where those are bank accounts. */
  readonly desk?: AccountDesk;
}

/** Lives in our own database: decides inside the batch, purely. */
export interface AtomicRail extends RailBase {
  readonly kind: 'atomic';
  authorize(request: AuthorizeRequest): AuthorizeResult;
  /** What the issuer says when the method is saved with a customer; null when it agrees. */
  attach(method: PaymentMethod): Decline | null;
}

/** Lives elsewhere: called between two batches, and asked again after a lost answer. */
export interface RemoteRail extends RailBase {
  readonly kind: 'remote';
  authorize(request: AuthorizeRequest): Promise<AuthorizeResult>;
  attach(method: PaymentMethod): Decline | null;
}

export type Rail = AtomicRail | RemoteRail;

/** A card before it has a fingerprint: that needs the installation's key. */
export type BareCard = Omit<Card, 'fingerprint'>;

/** Card data as a customer typed it. */
export interface CardInput {
  readonly number: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvc: string | null;
}

/** Takes in card data for the card rail: what is typed, and the names of test cards. */
export interface CardDesk {
  /** `now`: business time, Unix seconds; an expired card is refused. */
  create(
    input: CardInput,
    now: number,
  ): { ok: true; card: BareCard; number: string } | { ok: false; code: CardFault; param: string };
  /** The card behind a `pm_card_…` name, null when there is none. */
  fromMethodName(name: string, now: number): { card: BareCard; number: string } | null;
  /** The card behind a `tok_…` name, null when there is none. */
  fromTokenName(name: string, now: number): { card: BareCard; number: string } | null;
}

/** A bank account as it was typed, in the words of whoever typed it. */
export interface TypedAccount {
  readonly iban?: string;
  readonly account_number?: string;
  readonly routing_number?: string;
  readonly account_holder_type?: string;
  readonly account_type?: string;
}

/** A bank account before it has a fingerprint, and its whole number, to be sealed. */
export interface AccountTaken {
  readonly account: Omit<BankAccount, 'fingerprint'>;
  readonly number: string;
}

/** Takes in bank accounts for the bank rail: what is typed, and the names of test accounts. */
export interface AccountDesk {
  create(
    type: string,
    typed: TypedAccount,
  ): ({ ok: true } & AccountTaken) | { ok: false; code: AccountFault; param: string };
  /** The account behind a `pm_…` name, null when there is none. */
  fromMethodName(name: string): (AccountTaken & { readonly type: string }) | null;
}
