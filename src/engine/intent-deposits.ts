import { type DepositAnswer, rulingOnDeposits } from '../domain/deposits.js';
import { silentDecline } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { verifiedMethod } from './bank-accounts.js';
import { type Command, declined, refused } from './command.js';
import { onIntent } from './intents.js';
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
  return onIntent(account, id, (work, intent) => {
    const { asks } = intent;
    if (asks?.kind !== 'deposits')
      return refused({ failure: 'intent_state', operation: 'verify_deposits', intent });
    const method = work.get('methods', intent.method ?? '');
    if (method === null) throw new Error(`intent ${id} waits for deposits without a method`);
    const ruling = rulingOnDeposits(asks.check, answer, work.now());
    if (ruling.end === 'verified')
      return pay(work, intent, work.update('methods', verifiedMethod(method)), PLAIN_PAY);
    const { reason, triesLeft } = ruling;
    const told = { failure: 'deposits_refused', reason, triesLeft, setup: null } as const;
    if (ruling.end === 'unfit') return refused({ ...told, intent });
    if (ruling.end === 'again') {
      const counted = { ...asks, check: ruling.check };
      return declined({ ...told, intent: work.update('intents', { ...intent, asks: counted }) });
    }
    refusePayment(work, intent, method, null, silentDecline(ruling.code));
    return declined({ ...told, intent: work.get('intents', id) });
  });
}
