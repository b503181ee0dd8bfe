/** Why what a wallet has signed is not carried out, with what its text needs. */
export type SubmissionFault =
  /** The id was used before: an id pays once. */
  | { readonly fault: 'intent_exists' }
  /** The id is a request's, and this is no payment of it. */
  | { readonly fault: 'id_reserved' }
  | { readonly fault: 'payment_not_asked' }
  /** Its intent was canceled, or nobody paid it in time. */
  | { readonly fault: 'request_over'; readonly expired: boolean }
  /** Its one payment has failed on the chain. */
  | { readonly fault: 'payment_failed' }
  | { readonly fault: 'other_destination'; readonly destination: string }
  | { readonly fault: 'other_currency'; readonly currency: string }
  | { readonly fault: 'other_amount'; readonly nativeAmount: number }
  | { readonly fault: 'other_quarks' }
  | { readonly fault: 'fee_not_asked' }
  /** How many actions of the third-party kind the request wants. */
  | { readonly fault: 'fee_count'; readonly expected: number }
  | { readonly fault: 'fee_destination'; readonly action: number; readonly destination: string }
  | { readonly fault: 'fee_amount'; readonly action: number; readonly basisPoints: number }
  | { readonly fault: 'source_unknown' }
  | { readonly fault: 'source_not_owned' }
  | { readonly fault: 'balance_short' }
  /** The wallet took so long to sign that the transaction may not be valid any more. */
  | { readonly fault: 'nonce_lapsed' }
  | { readonly fault: 'tip_user_unknown' }
  | { readonly fault: 'tip_destination'; readonly destination: string }
  /** The account to be opened is somebody else's. */
  | { readonly fault: 'account_taken'; readonly address: string }
  /** There is one for the domain, under another key. */
  | { readonly fault: 'relationship_exists'; readonly domain: string };

/** How far a payment may lie from what its request says, in units of the currency. */
export const NATIVE_AMOUNT_TOLERANCE = 0.0001;

/**
 * What has gone back of a payment's quarks once `refunded` of its `captured` minor units have: in
 * proportion, rounded down, so that what has all been refunded has gone back whole.
 */
export function quarksBack(quarks: bigint, captured: bigint, refunded: bigint): bigint {
  return captured === 0n ? 0n : (quarks * refunded) / captured;
}

/** What a fee of so many hundredths of a percent comes to; what does not divide stays. */
export function feeOf(gross: bigint, basisPoints: number): bigint {
  return (gross * BigInt(basisPoints)) / 10_000n;
}
