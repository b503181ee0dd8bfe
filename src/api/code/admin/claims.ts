import { fromBase58 } from '../../../wire/code/base58.js';
import { KEY_BYTES, SIGNATURE_BYTES } from '../../../wire/code/payload.js';
import { isSignedBy } from '../signatures.js';

/** How far a claim's time may lie from the server's, in seconds: one that is seen is soon over. */
const CLAIM_SECONDS_MAX = 600;

/** An account, as `/v1/account` names it. */
const ACCOUNT = /^acct_[0-9A-Za-z]{16}$/;

/** A claim of an address by whoever holds its key, as it is sent. */
export interface SignedClaim {
  readonly merchant: string;
  /** When it was signed, Unix seconds. */
  readonly at: number;
  /** Base58. */
  readonly signature: string;
}

/** The text that an address's own key signs, in UTF-8, to give its requests to an account. */
export function claimText(address: string, { merchant, at }: Omit<SignedClaim, 'signature'>) {
  return `Tender: requests to ${address} belong to ${merchant} (signed at ${at})`;
}

/** Reads a claim of a request's body; a text says what is wrong with it. */
export function readClaim(body: Readonly<Record<string, unknown>>): SignedClaim | string {
  const { merchant, at, signature } = body;
  if (typeof merchant !== 'string' || !ACCOUNT.test(merchant))
    return 'merchant must be the id of an account, like acct_ and 16 letters and digits';
  if (typeof at !== 'number' || !Number.isSafeInteger(at))
    return 'at must be the time of the signature in Unix seconds';
  if (typeof signature !== 'string' || fromBase58(signature, SIGNATURE_BYTES) === null)
    return 'signature must be 64 bytes in base58';
  return { merchant, at, signature };
}

/** Why a claim does not hold at a wall time in Unix ms; null where it does. */
export async function claimFault(
  address: string,
  claim: SignedClaim,
  nowMs: number,
): Promise<string | null> {
  const key = fromBase58(address, KEY_BYTES);
  const signature = fromBase58(claim.signature, SIGNATURE_BYTES);
  const text = Buffer.from(claimText(address, claim), 'utf8');
  if (key === null || signature === null || !(await isSignedBy(key, text, signature)))
    return "the signature is not the address's";
  const apart = Math.abs(nowMs / 1000 - claim.at);
  return apart <= CLAIM_SECONDS_MAX
    ? null
    : `the claim was signed ${Math.round(apart)} seconds from now; at most ${CLAIM_SECONDS_MAX}`;
}
