import type { RendezvousRequest, Wallet } from '../../../domain/rendezvous.js';
import { isSubmitted, type Rendezvous } from '../../../engine/requests.js';
import type { RequestToReceiveBill } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { Bill } from './bill.js';

/** The published rules of requests: each answers the first fault as its published text, or null. */

/** Of every 10,000 parts of a payment, how many may go to takers of fees. */
const BASIS_POINTS_MAX = 5000;

/** Who is said to ask: the base domain, and the key that proves it, base58. */
export interface Asker {
  readonly domain: string | null;
  readonly verifier: string | null;
}

/** Nothing is asked for where a wallet has already paid or logged in. */
export function submittedFault(found: Rendezvous): string | null {
  return found.submission !== null || isSubmitted(found) ? 'client submitted intent' : null;
}

/** A second request for a payment must be the one that lies there. */
export function paymentMismatch(
  original: RendezvousRequest,
  { terms, rate }: Bill,
  asker: Asker,
): string | null {
  const stored = original.terms;
  if (stored === null) return "original request doesn't require payment";
  const differs = (what: string): string => `${what} mismatches original request`;
  if (stored.destination !== terms.destination) return differs('destination');
  if (stored.currency !== terms.currency) return differs('exchange currency');
  if (stored.nativeAmount !== terms.nativeAmount) return differs('native amount');
  // No other rate than 1 is ever stored.
  if (rate !== null && rate !== 1) return differs('exchange rate');
  if (terms.quarks !== null && stored.quarks !== terms.quarks) return differs('quarks');
  if (original.domain !== asker.domain) return differs('domain');
  if (original.verifier !== null && asker.verifier === null) return 'original request is verified';
  if (original.verifier === null && asker.verifier !== null)
    return "original request isn't verified";
  if (stored.fees.length !== terms.fees.length)
    return `original request configured ${stored.fees.length} fee takers`;
  for (const [i, fee] of stored.fees.entries()) {
    if (fee.destination !== terms.fees[i]?.destination)
      return differs(`destination for fee at index ${i}`);
    if (fee.basisPoints !== terms.fees[i]?.basisPoints)
      return differs(`basis points for fee at index ${i}`);
  }
  return null;
}

/** A second request for a login, likewise. */
export function loginMismatch(original: RendezvousRequest, domain: string): string | null {
  if (original.terms !== null) return 'original request requires payment';
  return original.domain === domain ? null : 'domain mismatches original request';
}

/** What is known of an address that money is to go to. */
export interface AddressFacts {
  readonly wallet: Wallet | null;
  /** What the chain says against it. */
  readonly chainFault: string | null;
}

/** Whether money may go to an address: a wallet's own, or one that the chain accepts. */
export function destinationFault(
  address: string,
  { wallet, chainFault }: AddressFacts,
  { domain, verifier }: Asker,
): string | null {
  if (wallet === null || wallet.kind === 'destination') return chainFault;
  if (wallet.kind === 'primary') return null;
  if (verifier === null) return 'domain verification is required when using a relationship account';
  return wallet.domain === domain
    ? null
    : `relationship account ${address} is not associated with ${domain ?? ''}`;
}

/** The takers of fees, each once, none of them the payee, and not too much in all. */
export function feesFault(
  { terms: { destination, fees } }: Bill,
  addressFault: (address: string) => string | null,
): string | null {
  const seen = new Set<string>();
  for (const [i, { destination: taker }] of fees.entries()) {
    if (taker === destination)
      return `fee taker at index ${i} is the payment destination and should be omitted`;
    if (seen.has(taker))
      return `fee taker at index ${i} appears multiple times and should be merged`;
    seen.add(taker);
    const fault = addressFault(taker);
    if (fault !== null) return fault;
  }
  const total = fees.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
  return total > BASIS_POINTS_MAX
    ? `total fee percentage cannot exceed ${BASIS_POINTS_MAX} basis points`
    : null;
}

/** Which parts of a domain's proof belong together. */
export function proofFault(
  { domain, verifier, signature, rendezvousKey }: RequestToReceiveBill,
  rendezvous: Uint8Array,
): string | null {
  if (domain === undefined) {
    const without = 'cannot be set when domain not provided';
    if (verifier !== undefined) return `verifier ${without}`;
    if (signature !== undefined) return `signature ${without}`;
    return rendezvousKey === undefined ? null : `rendezvous key ${without}`;
  }
  if (verifier === undefined) {
    const only = 'can only be set when verifying domain';
    if (signature !== undefined) return `signature ${only}`;
    return rendezvousKey === undefined ? null : `rendezvous key ${only}`;
  }
  const must = 'must be set for domain verification';
  if (signature === undefined) return `signature ${must}`;
  if (rendezvousKey === undefined) return `rendezvous key ${must}`;
  return sameRendezvousFault(rendezvousKey.value, rendezvous);
}

/** A domain's proof is for one rendezvous: shown at another, it proves nothing. */
export function sameRendezvousFault(named: Uint8Array, rendezvous: Uint8Array): string | null {
  return Buffer.compare(named, rendezvous) === 0 ? null : 'rendezvous key mismatch';
}
