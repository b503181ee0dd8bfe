import type { JsonObject, Metadata } from './json.js';

/** A postal address as the merchant gave it; every part may be missing. */
export interface Address {
  city: string | null;
  country: string | null;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  state: string | null;
}

export interface BillingDetails {
  address: Address;
  email: string | null;
  name: string | null;
  phone: string | null;
  tax_id: string | null;
}

export const CHECK_RESULTS = ['pass', 'fail', 'unavailable', 'unchecked'] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];

/** What is known of a card without its number. */
export interface Card {
  brand: string;
  country: string;
  expMonth: number;
  expYear: number;
  /** The same for the same number within an account's installation; 16 characters. */
  fingerprint: string;
  funding: 'credit' | 'debit' | 'prepaid' | 'unknown';
  last4: string;
  networks: string[];
  threeDSecureSupported: boolean;
  cvcCheck: CheckResult | null;
  addressLine1Check: CheckResult | null;
  postalCodeCheck: CheckResult | null;
  /** The row of the simulator's table that decides how this card behaves. */
  behaviour: string;
}

/** Whether the last month printed on a card is over (UTC); `now` in Unix seconds. */
export function isPast(card: Pick<Card, 'expMonth' | 'expYear'> | null, now: number): boolean {
  return card !== null && Date.UTC(card.expYear, card.expMonth) <= now * 1000;
}

/** How far a payment method was set up for later use: decides who must authenticate again. */
export type FutureUsage = 'on_session' | 'off_session';

export interface PaymentMethod {
  account: string;
  id: string;
  customer: string | null;
  created: number;
  type: string;
  billing: BillingDetails;
  metadata: Metadata;
  card: Card | null;
  /** The vaulted card number, bound to this row's id; null for a test token's card. */
  sealed: string | null;
  allowRedisplay: 'always' | 'limited' | 'unspecified';
  setUpFor: FutureUsage | null;
  /** True once a payment without a customer has used it up, or it was detached. */
  consumed: boolean;
  /** Method details of types other than card, as the dialect gave them. */
  details: JsonObject | null;
}

/** Whether its customer sees it among his saved cards: it can be used again, as he agreed. */
export function isSavedCard({ card, consumed, allowRedisplay }: PaymentMethod): boolean {
  return card !== null && !consumed && allowRedisplay === 'always';
}

export const EMPTY_ADDRESS: Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

export const EMPTY_BILLING: BillingDetails = {
  address: EMPTY_ADDRESS,
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};
