import type { Intent } from '../../domain/intent.js';
import type { SetupIntent } from '../../domain/setup.js';
import { type Command, done } from '../../engine/command.js';
import { cancelIntent, onIntent } from '../../engine/intents.js';
import { cancelSetup, onSetup } from '../../engine/setups.js';
import type { CheckoutTeller, TellerOf } from '../checkout-terms.js';
import { mayCancel, statusOfIntent, statusOfSetup } from './state.js';
import type { Subject } from './subject.js';

const REASON = 'requested_by_customer';

/**
 * The customer cancels a payment that is still to be made, where the shop lets him; whatever was
 * held or paid meanwhile stays. Errors: missing.
 */
export function callOffIntent({ merchant, id }: Subject, tellerOf: TellerOf): Command<Intent> {
  return onIntent(merchant, id, (work, intent) => {
    const terms = tellerOf(intent.dialect).intent(intent);
    if (!mayCancel(statusOfIntent(intent), terms)) return done(intent);
    return cancelIntent(merchant, id, REASON).decide(work);
  });
}

/** The same of the saving of a card. Errors: missing. */
export function callOffSetup(
  { merchant, id }: Subject,
  teller: CheckoutTeller,
): Command<SetupIntent> {
  return onSetup(merchant, id, (work, setup) => {
    if (!mayCancel(statusOfSetup(setup), teller.setup(setup))) return done(setup);
    return cancelSetup(merchant, id, REASON).decide(work);
  });
}
