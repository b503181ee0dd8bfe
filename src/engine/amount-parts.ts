import { type AmountParts, INTENT_LIFECYCLE, type Intent } from '../domain/intent.js';
import type { JsonObject } from '../domain/json.js';
import { step } from '../domain/lifecycle.js';
import { type Command, type Decision, done, refused } from './command.js';
import { onIntent, withAmount, withoutTransfer } from './intents.js';
import type { Work } from './work.js';

const NO_PARTS: AmountParts = { tips: null, serviceCharge: null, cashback: null, requested: null };

/** What of an intent's amount is for what is sold, in minor units. */
export function soldOf({ amount, parts }: Pick<Intent, 'amount' | 'parts'>): bigint {
  const { tips, serviceCharge, cashback } = parts ?? NO_PARTS;
  return amount - BigInt(tips ?? 0) - BigInt(serviceCharge ?? 0) - BigInt(cashback ?? 0);
}

/**
 * Sets what the customer adds as a tip, in minor units; zero takes it away. `allowed` says whether
 * the intent's creator lets that be done. Errors: missing, change_not_allowed, intent_state.
 */
export function setTips(
  account: string,
  id: string,
  tips: bigint,
  allowed: (intent: Intent) => boolean,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (!allowed(intent)) return refused({ failure: 'change_not_allowed', what: 'tips', intent });
    const before = intent.parts ?? NO_PARTS;
    const parts = { ...before, tips: tips === 0n ? null : tips.toString() };
    const amount = intent.amount - BigInt(before.tips ?? 0) + tips;
    return changed(work, intent, amount, parts, 'change_tips');
  });
}

/**
 * Sets what is asked for what is sold, in minor units; tips and the other parts stay. `wire` is
 * laid over the dialect's own fields. Errors: missing, change_not_allowed, intent_state.
 */
export function setSold(
  account: string,
  id: string,
  sold: bigint,
  wire: JsonObject,
  allowed: (intent: Intent) => boolean,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (!allowed(intent)) return refused({ failure: 'change_not_allowed', what: 'amount', intent });
    const before = intent.parts ?? NO_PARTS;
    const old = soldOf(intent);
    const parts = { ...before, requested: before.requested ?? old.toString() };
    const next = { ...intent, wire: { ...intent.wire, ...wire } };
    return changed(work, next, intent.amount - old + sold, parts, 'change_amount');
  });
}

function changed(
  work: Work,
  intent: Intent,
  amount: bigint,
  parts: AmountParts,
  operation: 'change_tips' | 'change_amount',
): Decision<Intent> {
  if (step(INTENT_LIFECYCLE, intent.state, 'change_amount') === null)
    return refused({ failure: 'intent_state', operation, intent });
  const next = { ...withoutTransfer(work, intent, withAmount(intent, { amount })), parts };
  work.update('intents', next);
  work.record('intent.updated', { intent: next });
  return done(next);
}
