import { type Destination, INSTALLATION } from '../domain/rendezvous.js';
import { type Command, done, refused } from './command.js';
import type { Work } from './work.js';

/** Addresses that one merchant may claim: more than a shop has tills. */
const DESTINATIONS_MAX = 500;

/**
 * Claims an address, base58: requests that pay to it are the merchant's from now on. The first
 * claim stands, and is answered; the caller sees whose it is. Errors: limit_reached.
 */
export function claimDestination(
  merchant: string,
  address: string,
  proof: Destination['proof'],
): Command<Destination> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('destinations', address);
      need.list('destinations', 'merchant', merchant);
    },
    decide: (work) => {
      const stored = work.get('destinations', address);
      if (stored !== null) return done(stored);
      if (work.list('destinations', 'merchant', merchant).length >= DESTINATIONS_MAX)
        return refused({ failure: 'limit_reached', what: 'destinations', max: DESTINATIONS_MAX });
      return done(claim(work, merchant, address, proof));
    },
  };
}

/** Writes a claim that there is none of yet; `work` is over the installation's rows. */
export function claim(
  work: Work,
  merchant: string,
  address: string,
  proof: Destination['proof'],
): Destination {
  const created = work.wallNow();
  return work.insert('destinations', {
    account: INSTALLATION,
    id: address,
    merchant,
    created,
    proof,
  });
}

/**
 * Gives an address back; null where it was not the merchant's to give. That of its ledger account
 * is not: what is still paid there must not become another's. Requests that exist stay.
 */
export function releaseDestination(merchant: string, address: string): Command<Destination | null> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('destinations', address),
    decide: (work) => {
      const stored = work.get('destinations', address);
      if (stored === null || stored.merchant !== merchant || stored.proof === 'ledger')
        return done(null);
      work.remove('destinations', stored);
      return done(stored);
    },
  };
}
