import type { SetupIntent } from '../../domain/setup.js';
import { type Command, done } from '../../engine/command.js';
import { confirmSetup, onSetup, updateSetup } from '../../engine/setups.js';
import type { CheckoutTeller } from '../checkout-terms.js';
import { keptPart, methodInput, requireDetails, unavailable } from './entered.js';
import { missingField } from './fault.js';
import { countryFor, methodsForSetup, type Visit } from './offered.js';
import { agreement, IN_PAGE } from './pay.js';
import type { DetailsCall, PayCall } from './schema.js';
import { isOpen, statusOfSetup } from './state.js';
import type { Subject } from './subject.js';

/** Keeps the details that the merchant asks for. Errors: missing. */
export function changeSetup(
  { merchant, id }: Subject,
  call: DetailsCall,
  teller: CheckoutTeller,
): Command<SetupIntent> {
  return onSetup(merchant, id, (work, setup) => {
    const entered = keptPart(call, teller.setup(setup));
    if (!isOpen(statusOfSetup(setup)) || Object.keys(entered).length === 0) return done(setup);
    return updateSetup(merchant, id, teller.keepSetup(setup, entered)).decide(work);
  });
}

/**
 * Takes the details and tries to save the card, as one decision. Errors: missing, and those of
 * `confirmSetup`. Throws CallFault where something is missing or does not fit.
 */
export function saveMethod(
  { merchant, id }: Subject,
  call: PayCall,
  visit: Visit,
  teller: CheckoutTeller,
): Command<SetupIntent> {
  const options = { ...IN_PAGE, mandate: agreement(call, visit) };
  // No way to save a method that is made here reads a row of its own.
  return onSetup(merchant, id, (work, setup) => {
    if (!isOpen(statusOfSetup(setup))) return done(setup);
    const terms = teller.setup(setup);
    requireDetails(call, terms);
    if (terms.terms !== '' && call.agreed !== true)
      throw missingField('agreed', 'Agree to the terms first.');
    const billing = call.billing ?? terms.billing;
    const country = countryFor(visit, billing?.country, work.account());
    const { livemode } = visit;
    const fits = methodsForSetup(setup, terms, { livemode, country }).includes(call.method);
    const methodData = methodInput(call, terms);
    if (!fits || methodData === null) throw unavailable();
    const input = { ...teller.keepSetup(setup, keptPart(call, terms)), methodData };
    return confirmSetup(merchant, id, input, options).decide(work);
  });
}
