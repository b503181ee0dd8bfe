import { isFailure } from '../../domain/errors.js';
import type { Intent } from '../../domain/intent.js';
import type { SetupIntent } from '../../domain/setup.js';
import { type Command, done, refused } from '../../engine/command.js';
import { cancelIntent, findIntent } from '../../engine/intents.js';
import { cancelSetup, findSetup } from '../../engine/setups.js';
import type { CheckoutTeller } from '../checkout-terms.js';
import { mayCancel, statusOfIntent, statusOfSetup } from './state.js';
import type { Subject } from './subject.js';

const REASON = 'requested_by_customer';

/**
 * The customer cancels a payment that is still to be made, where the shop lets him; whatever was
 * held or paid meanwhile stays. Errors: missing.
 */
export function callOffIntent(
  { merchant, id }: Subject,
  tellerOf: (dialect: CheckoutTeller['dialect']) => CheckoutTeller,
): Command<Intent> {
  const { needs, decide } = cancelIntent(merchant, id, REASON);
  return {
    account: merchant,
    needs,
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const terms = tellerOf(intent.dialect).intent(intent);
      return mayCancel(statusOfIntent(intent), terms) ? decide(work) : done(intent);
    },
  };
}

/** The same of the saving of a card. Errors: missing. */
export function callOffSetup(
  { merchant, id }: Subject,
  teller: CheckoutTeller,
): Command<SetupIntent> {
  const { needs, decide } = cancelSetup(merchant, id, REASON);
  return {
    account: merchant,
    needs,
    decide: (work) => {
      const setup = findSetup(work, id);
      if (isFailure(setup)) return refused(setup);
      return mayCancel(statusOfSetup(setup), teller.setup(setup)) ? decide(work) : done(setup);
    },
  };
}
