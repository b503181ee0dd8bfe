import type { Acceptance } from './setup.js';

/** A customer's permission to be charged with a method. */
export interface Mandate {
  account: string;
  id: string;
  method: string;
  methodType: string;
  created: number;
  state: 'active' | 'inactive' | 'pending';
  /** A one-time permission for this sum; null for one that holds until it is revoked. */
  singleUse: { amount: number; currency: string } | null;
  acceptance: Acceptance;
  /** What the method's scheme adds: its reference, where it can be read. */
  reference: string | null;
  /** What it was given for: a setup or an intent. */
  givenFor: string;
  /** A capability: whoever holds it may read what was agreed. */
  secret: string | null;
}

/** Types that are collected later, from an account whose holder must have agreed to it. */
const MANDATED_TYPES: ReadonlySet<string> = new Set([
  'acss_debit',
  'au_becs_debit',
  'bacs_debit',
  'nz_bank_account',
  'sepa_debit',
  'us_bank_account',
]);

/** Whether a payment with the type needs its payer's mandate. */
export function needsMandate(methodType: string): boolean {
  return MANDATED_TYPES.has(methodType);
}
