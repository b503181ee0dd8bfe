import { RAIL_ABILITIES } from '../../domain/rail-abilities.js';
import type { Approval, AtomicRail, AuthorizeRequest, AuthorizeResult, Decline } from '../rail.js';

/**
 * Money that wallets hold on our own ledger. The engine moves it in the command that pays, once the
 * owner's signature was checked and the balance has it, so that there is nothing left to refuse but
 * a method that no such payment has made: a wallet signs for each payment anew.
 */
export const balanceRail: AtomicRail = {
  kind: 'atomic',
  name: 'balance',
  abilities: RAIL_ABILITIES.balance,
  authorize,
  attach: () => UNSIGNED,
};

const APPROVAL: Approval = {
  authorizationCode: '',
  networkTransactionId: '',
  cvcCheck: null,
  riskLevel: 'normal',
  riskScore: 0,
  availableAtOnce: true,
  aftermath: null,
};

const UNSIGNED: Decline = {
  code: 'payment_method_provider_decline',
  declineCode: null,
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
  reachedIssuer: false,
};

function authorize({ method }: AuthorizeRequest): AuthorizeResult {
  const { network, submission } = method.details ?? {};
  return network === 'balance' && typeof submission === 'string'
    ? { outcome: 'succeeded', approval: APPROVAL }
    : { outcome: 'failed', decline: UNSIGNED };
}
