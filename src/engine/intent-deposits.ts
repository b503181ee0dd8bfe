import {
  DEPOSIT_LIFE_SECONDS,
  DEPOSIT_TRIES_MAX,
  type DepositAnswer,
  depositOutcome,
} from '../domain/deposits.js';
import { isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { verifiedMethod } from './bank-accounts.js';
import { type Command, declined, refused } from './command.js';
import { findIntent, needIntent } from './intents.js';
import { PLAIN_PAY, pay, refusePayment } from './pay.js';

/**
 * The holder's answer about the deposits: a right one pays, a wrong one is counted; too many, or
 * one that is too late, refuse the method. Errors: missing, intent_state, deposits_refused.
 */
export function verifyIntentDeposits(
  account: string,
  id: string,
  answer: DepositAnswer,
): Command<Intent> {
  return {
    account,
    needs: (need) => void needIntent(need, id),
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const { asks } = intent;
      if (asks?.kind !== 'deposits')
        return refused({ failure: 'intent_state', operation: 'verify_deposits', intent });
      const method = work.get('methods', intent.method ?? '');
      if (method === null) throw new Error(`intent ${id} waits for deposits without a method`);
      const { check } = asks;
      const isLate = work.now() > check.sentAt + DEPOSIT_LIFE_SECONDS;
      const found = isLate ? 'timeout' : depositOutcome(answer);
      if (found === 'verified')
        return pay(work, intent, work.update('methods', verifiedMethod(method)), PLAIN_PAY);
      const kind = 'amounts' in answer ? 'amounts' : 'descriptor_code';
      const triesLeft = Math.max(0, DEPOSIT_TRIES_MAX[kind] - check.tries - 1);
      const told = { failure: 'deposits_refused', triesLeft, setup: null } as const;
      if (found === 'amounts_invalid') return refused({ ...told, reason: found, intent });
      if (triesLeft > 0 && found.endsWith('_mismatch')) {
        const counted = { ...asks, check: { ...check, tries: check.tries + 1 } };
        const next = work.update('intents', { ...intent, asks: counted });
        return declined({ ...told, reason: found, intent: next });
      }
      const reason = found === 'timeout' ? found : 'attempts_exceeded';
      const code = `payment_method_microdeposit_verification_${reason}`;
      const silent = { adviceCode: null, networkAdviceCode: null, networkDeclineCode: null };
      refusePayment(work, intent, method, null, { code, declineCode: null, ...silent });
      return declined({ ...told, triesLeft: 0, reason, intent: work.get('intents', id) });
    },
  };
}
