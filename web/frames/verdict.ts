/** Everything that can be wrong with what was typed; each has a text in every language. */
export const FAULT_CODES = [
  'incomplete_number',
  'invalid_number',
  'incomplete_expiry',
  'invalid_expiry_month_past',
  'invalid_expiry_year_past',
  'invalid_expiry_year',
  'incomplete_cvc',
  'incomplete_zip',
  'incomplete_name',
  'incomplete_email',
  'invalid_email',
  'incomplete_iban',
  'invalid_iban',
  'incomplete_routing_number',
  'invalid_routing_number',
  'incomplete_account_number',
  'incomplete_payment_method',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** What there is to say about a field's text. */
export interface Verdict {
  readonly complete: boolean;
  /** Cannot become right by typing on; shown at once. */
  readonly fault: FaultCode | null;
  /** Nothing more can follow: the next field may take over. */
  readonly full: boolean;
}

export const INCOMPLETE: Verdict = { complete: false, fault: null, full: false };
export const COMPLETE: Verdict = { complete: true, fault: null, full: false };
export const FULL: Verdict = { complete: true, fault: null, full: true };

/** A verdict over something wrong. */
export function wrong(fault: FaultCode): Verdict {
  return { complete: false, fault, full: false };
}
