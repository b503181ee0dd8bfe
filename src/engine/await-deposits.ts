import { newDepositCheck } from '../domain/deposits.js';
import { advance, type Intent } from '../domain/intent.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import { type Decision, done } from './command.js';
import type { Work } from './work.js';

/** The account's holder will read small deposits off its statement before it is debited. */
export function awaitIntentDeposits(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
): Decision<Intent> {
  const next = work.update('intents', {
    ...intent,
    state: advance(intent, 'challenge'),
    method: method.id,
    lastError: null,
    challenge: null,
    asks: {
      kind: 'deposits',
      check: newDepositCheck(work.now(), work.context.secret(32)),
    },
  });
  work.record('intent.action_required', { intent: next });
  return done(next);
}
