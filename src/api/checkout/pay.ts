import { type Failure, isFailure } from '../../domain/errors.js';
import type { Intent } from '../../domain/intent.js';
import { setSold, setTips, soldOf } from '../../engine/amount-parts.js';
import type { MethodChoice } from '../../engine/choice.js';
import { type Command, type Decision, done, type Need, refused } from '../../engine/command.js';
import { attemptsFault } from '../../engine/history.js';
import {
  type ConfirmOptions,
  confirmIntent,
  findIntent,
  type IntentFields,
  needIntent,
  onIntent,
  updateIntent,
} from '../../engine/intents.js';
import { type MandateInput, NO_MANDATE } from '../../engine/mandates.js';
import type { Work } from '../../engine/work.js';
import type { CheckoutTeller, CheckoutTerms, TellerOf } from '../checkout-terms.js';
import { keptPart, methodInput, requireDetails, unavailable } from './entered.js';
import { CallFault, invalidField } from './fault.js';
import { countryFor, methodsForIntent, type Visit } from './offered.js';
import type { DetailsCall, PayCall } from './schema.js';
import { isOpen, statusOfIntent } from './state.js';
import { maySave, needSavedCards, type Subject, savedCardsIn } from './subject.js';

/**
 * Changes what the customer may: tip, amount, and the details that the merchant asks for. Of a
 * payment that is not open any more nothing is changed. Errors: missing, change_not_allowed.
 */
export function changeIntent(
  { merchant, id }: Subject,
  call: DetailsCall,
  tellerOf: TellerOf,
): Command<Intent> {
  return onIntent(merchant, id, (work, stored) => {
    if (!isOpen(statusOfIntent(stored))) return done(stored);
    const fault = changeAmounts(work, stored, call, tellerOf);
    if (fault !== null) return refused(fault);
    const intent = work.get('intents', id) ?? stored;
    const teller = tellerOf(intent.dialect);
    const entered = keptPart(call, teller.intent(intent));
    if (Object.keys(entered).length === 0) return done(intent);
    return updateIntent(merchant, id, teller.keep(intent, entered)).decide(work);
  });
}

/** Sets tip and amount where they are others than before; answers why it could not. */
function changeAmounts(
  work: Work,
  { account, id, dialect, parts }: Intent,
  { tips, amount }: DetailsCall,
  tellerOf: TellerOf,
): Failure | null {
  const terms = (intent: Intent): CheckoutTerms => tellerOf(dialect).intent(intent);
  const steps: Command<Intent>[] = [];
  const before = work.get('intents', id);
  if (amount !== undefined && before !== null && soldOf(before) !== BigInt(amount))
    steps.push(setSold(account, id, BigInt(amount), {}, (one) => terms(one).customAmountAllowed));
  if (tips !== undefined && BigInt(tips) !== BigInt(parts?.tips ?? 0))
    steps.push(setTips(account, id, BigInt(tips), (one) => terms(one).tipsAllowed));
  for (const step of steps) {
    const decision = step.decide(work);
    if (decision.end !== 'done') return decision.failure;
  }
  return null;
}

/** The page shows a challenge itself: nobody is sent anywhere. */
export const IN_PAGE = { returnUrl: null, inClient: true, needsReturnUrl: () => false } as const;

/** That the customer agreed, by the box that he ticked on our page. */
export function agreement({ agreed }: PayCall, visit: Visit): MandateInput {
  if (agreed !== true) return NO_MANDATE;
  const { remoteAddress: ip, userAgent } = visit;
  return { acceptance: { kind: 'online', acceptedAt: null, ip, userAgent }, named: null };
}

/**
 * Takes the details and tries to pay, as one decision: a payment that meanwhile was made, or is
 * over, stays as it is. Errors: missing, change_not_allowed, limit_reached, and those of
 * `confirmIntent`. Throws CallFault where something is missing or does not fit.
 */
export function payIntent(
  subject: Subject,
  call: PayCall,
  visit: Visit,
  tellerOf: TellerOf,
): Command<Intent> {
  const { merchant, id } = subject;
  return {
    account: merchant,
    needs: (need) => needPayment(need, subject, call, tellerOf),
    decide: (work) => {
      const stored = findIntent(work, id);
      if (isFailure(stored)) return refused(stored);
      if (!isOpen(statusOfIntent(stored))) return done(stored);
      const fault = attemptsFault(work, stored) ?? changeAmounts(work, stored, call, tellerOf);
      if (fault !== null) return refused(fault);
      const intent = work.get('intents', id) ?? stored;
      return tryToPay(work, intent, call, visit, tellerOf(intent.dialect));
    },
  };
}

function needPayment(
  need: Need,
  { merchant, id }: Subject,
  call: PayCall,
  tellerOf: TellerOf,
): void {
  const intent = needIntent(need, id);
  need.list('attempts', 'intent', id);
  if (!intent) return;
  const terms = tellerOf(intent.dialect).intent(intent);
  needSavedCards(need, terms);
  const customer = terms.savedCardsOf === null ? {} : { customer: terms.savedCardsOf };
  const input = { ...choiceOf(call, terms), ...customer };
  confirmIntent(merchant, id, input, IN_PAGE).needs(need);
}

function choiceOf(call: PayCall, terms: CheckoutTerms): MethodChoice {
  if (call.method === 'saved_card') return { method: call.savedCard ?? null };
  const methodData = methodInput(call, terms);
  return methodData === null ? {} : { methodData };
}

function tryToPay(
  work: Work,
  intent: Intent,
  call: PayCall,
  visit: Visit,
  teller: CheckoutTeller,
): Decision<Intent> {
  const terms = teller.intent(intent);
  requireDetails(call, terms);
  if (call.total !== undefined && BigInt(call.total) !== intent.amount) throw otherTotal();
  const savedCards = savedCardsIn(work, terms);
  const account = work.account();
  const country = countryFor(visit, (call.billing ?? terms.billing)?.country, account);
  const { livemode } = visit;
  const visitor = { livemode, country, hasSavedCards: savedCards.length > 0 };
  const fits = methodsForIntent(intent, terms, account, visitor).includes(call.method);
  if (!fits || call.method === 'code_wallet') throw unavailable();
  if (call.method === 'saved_card' && !savedCards.some(({ id }) => id === call.savedCard))
    throw invalidField('savedCard', 'This card is no longer saved. Choose another one.');
  const input: IntentFields & MethodChoice = {
    ...teller.keep(intent, keptPart(call, terms)),
    ...customerFields(work, call, terms),
    ...choiceOf(call, terms),
  };
  const options: ConfirmOptions = {
    ...IN_PAGE,
    mandate: agreement(call, visit),
    requestChallenge: teller.requestChallenge,
  };
  return confirmIntent(intent.account, intent.id, input, options).decide(work);
}

/** Nobody pays another sum than the one that he has seen. */
function otherTotal(): CallFault {
  return new CallFault(409, 'over', 'The shop has changed the amount. Look at it again.', 'total');
}

/** Whose the card is, and whether it is kept: said anew with each try. */
function customerFields(work: Work, call: PayCall, terms: CheckoutTerms): IntentFields {
  if (!maySave(work, terms)) return {};
  const keeps = call.method === 'card' && call.save === true;
  return { customer: terms.savedCardsOf, futureUsage: keeps ? 'on_session' : null };
}
