import { RAIL_ABILITIES } from '../../domain/rail-abilities.js';
import type { Fulfillment } from '../../domain/rendezvous.js';
import type { Approval, AuthorizeResult, Decline, RemoteRail } from '../rail.js';
import { BALANCE_SHORT, type Sequencer } from './sequencer.js';

/**
 * Pays with what a wallet has signed. The method names the transaction, which is in the books with
 * the submission; asking again sends the same bytes, or tells how they ended.
 */
export function solanaRail(sequencer: Pick<Sequencer, 'carryOut'>): RemoteRail {
  return {
    kind: 'remote',
    name: 'solana',
    abilities: RAIL_ABILITIES.solana,
    authorize: async ({ method }) => {
      const fulfillment = method.details?.fulfillment;
      if (typeof fulfillment !== 'string')
        throw new Error(`${method.id} names no transaction of a wallet`);
      return resultOf((await sequencer.carryOut(fulfillment)).row);
    },
    attach: () => null,
  };
}

function resultOf({ state, transaction, fault }: Fulfillment): AuthorizeResult {
  if (state === 'pending') return { outcome: 'unknown' };
  if (state === 'failed') return { outcome: 'failed', decline: declineOf(fault) };
  return { outcome: 'succeeded', approval: approvalOf(transaction) };
}

/** The network's name of the payment is the transaction's on the chain. */
function approvalOf(transaction: string): Approval {
  return {
    authorizationCode: '',
    networkTransactionId: transaction,
    cvcCheck: null,
    riskLevel: 'normal',
    riskScore: 0,
    availableAtOnce: true,
    aftermath: null,
  };
}

function declineOf(fault: string | null): Decline {
  return {
    code: 'payment_method_provider_decline',
    declineCode: fault === BALANCE_SHORT ? 'insufficient_funds' : 'generic_decline',
    adviceCode: null,
    networkAdviceCode: null,
    networkDeclineCode: null,
    reachedIssuer: true,
  };
}
