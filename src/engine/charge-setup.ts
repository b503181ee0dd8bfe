import { type Failure, isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { isPast, type PaymentMethod } from '../domain/payment-method.js';
import type { SetupIntent } from '../domain/setup.js';
import { methodMismatch } from './choice.js';
import { type Command, type Decision, refused } from './command.js';
import { findIntent, needIntent, tryFault } from './intents.js';
import { PLAIN_PAY, pay } from './pay.js';
import { needSetup } from './setups.js';
import type { Work } from './work.js';

/**
 * Pays an intent with what a setup has saved, without its holder; the setup is then `completed`,
 * and stays usable where the payment is declined. Errors: missing, intent_state, limit_reached
 * (tries), setup_unfit, method_type, method_customer_mismatch, rail_cannot, declined.
 */
export function chargeBySetup(
  account: string,
  id: string,
  setupId: string | null,
): Command<Intent> {
  return {
    account,
    needs: (need) => {
      needIntent(need, id);
      if (setupId !== null) needSetup(need, setupId);
    },
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const fault = tryFault(intent, 'charge');
      if (fault !== null) return refused(fault);
      const setup = setupId === null ? null : work.get('setups', setupId);
      if (setup === null) return refused({ failure: 'setup_unfit', reason: 'none', intent });
      const method = savedMethod(work, intent, setup);
      return isFailure(method) ? refused(method) : charge(work, intent, setup, method);
    },
  };
}

/** What the setup has saved, where it still may be charged for the intent. */
function savedMethod(work: Work, intent: Intent, setup: SetupIntent): PaymentMethod | Failure {
  const method = setup.method === null ? null : work.get('methods', setup.method);
  const isUsable = setup.state === 'succeeded' && setup.spent === null;
  if (!isUsable || method === null || method.consumed || isPast(method.card, work.now()))
    return { failure: 'setup_unfit', reason: 'state', intent };
  if (setup.singleUse !== null && setup.singleUse.currency !== intent.currency)
    return { failure: 'setup_unfit', reason: 'currency', intent };
  // The setup itself leads to its customer's card: the intent need not name the customer, too.
  const mismatch = methodMismatch(
    { ...intent, customer: intent.customer ?? method.customer },
    method,
  );
  if (mismatch !== null) return mismatch;
  const rail = work.context.railFor(method.type);
  // One that answers later would leave open meanwhile whether the setup is used up.
  return rail?.kind === 'atomic' && rail.answersLater !== true
    ? method
    : { failure: 'rail_cannot', rail: method.type, operation: 'charge' };
}

function charge(
  work: Work,
  intent: Intent,
  setup: SetupIntent,
  method: PaymentMethod,
): Decision<Intent> {
  const how = { ...PLAIN_PAY, offSession: true, refuseAction: true };
  const unasked: Intent = { ...intent, challenge: null, asks: null, authenticated: null };
  const decision = pay(work, unasked, method, how);
  if (decision.end !== 'done') return decision;
  work.update('setups', { ...setup, spent: 'completed' });
  const used = work.get('methods', method.id) ?? method;
  // Nobody has it: a second payment with it would be one that its holder never agreed to.
  if (used.customer === null) work.update('methods', { ...used, consumed: true });
  return decision;
}
