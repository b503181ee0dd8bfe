import { bankAccountOf } from '../../domain/bank.js';
import { RAIL_ABILITIES } from '../../domain/rail-abilities.js';
import type { Approval, AtomicRail, AuthorizeRequest, AuthorizeResult, Decline } from '../rail.js';
import { type BankBehaviour, bankBehaviourOf } from './behaviours.js';
import { makeAccountDesk } from './desk.js';

/**
 * Banks for sandboxes: they take a debit to work on, and say later how it ended, by the test
 * account's row alone, so that asking again with the same attempt gives the same answer.
 */
export function makeBankSimulator(options: { readonly testNames: boolean }): AtomicRail {
  return {
    kind: 'atomic',
    name: 'bank',
    answersLater: true,
    abilities: RAIL_ABILITIES.bank,
    desk: makeAccountDesk(options),
    authorize,
    attach: () => null,
  };
}

/**
 * Money that customers have sent ahead. The engine asks only once there is enough of it, so that
 * there is nothing to refuse.
 */
export const cashRail: AtomicRail = {
  kind: 'atomic',
  name: 'cash',
  abilities: RAIL_ABILITIES.cash,
  authorize: () => ({ outcome: 'succeeded', approval: APPROVAL }),
  attach: () => null,
};

const APPROVAL: Approval = {
  authorizationCode: '',
  networkTransactionId: '',
  cvcCheck: null,
  riskLevel: 'normal',
  riskScore: 0,
  availableAtOnce: false,
  aftermath: null,
};

/** An amount of zero saves the account: no bank is asked for that. */
function authorize({ method, amount }: AuthorizeRequest): AuthorizeResult {
  const account = bankAccountOf(method.details);
  if (account === null) throw new Error(`${method.id} is a ${method.type}, not a bank account`);
  if (amount === 0n) return { outcome: 'succeeded', approval: APPROVAL };
  const behaviour = bankBehaviourOf(account.behaviour);
  return { outcome: 'pending', seconds: behaviour.seconds, end: endOf(behaviour) };
}

function endOf({ code, silent, disputed }: BankBehaviour) {
  if (silent) return { outcome: 'unknown' } as const;
  if (code !== null) return { outcome: 'failed', decline: declineOf(code) } as const;
  const aftermath = disputed ? ('dispute_fraudulent' as const) : null;
  return { outcome: 'succeeded', approval: { ...APPROVAL, aftermath } } as const;
}

function declineOf(code: string): Decline {
  return {
    code,
    declineCode: null,
    adviceCode: null,
    networkAdviceCode: null,
    networkDeclineCode: null,
    reachedIssuer: true,
  };
}
