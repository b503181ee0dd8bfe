import { capturesAtOnce, currenciesOf } from '../domain/bank.js';
import { type Failure, isFailure, silentDecline } from '../domain/errors.js';
import {
  advance,
  type CancellationReason,
  INTENT_LIFECYCLE,
  type Intent,
} from '../domain/intent.js';
import type { JsonObject, Metadata } from '../domain/json.js';
import { step } from '../domain/lifecycle.js';
import type { FutureUsage, PaymentMethod } from '../domain/payment-method.js';
import { stopWaiting } from './cash-books.js';
import {
  chosenMethod,
  type MethodChoice,
  needChoice,
  standingMethod,
  type TypesLeft,
} from './choice.js';
import { type Command, type Decision, done, type Need, refused } from './command.js';
import { redeem, waysOf, wishesOf } from './confirmations.js';
import { list } from './directory.js';
import { awaitExpiry, expiryOf, needExpiry } from './expiry.js';
import { triesFault } from './history.js';
import { type MandateInput, mandateFor, needMandates, permissionOf } from './mandates.js';
import { findCustomer } from './methods.js';
import { type IntentTerms, newIntent } from './new-intent.js';
import { type PayOptions, PLAIN_PAY, pay, recoveryJobId, refusePayment } from './pay.js';
import { release } from './release.js';
import { needRequestOf } from './request-payments.js';
import { isSameSecret } from './same-secret.js';
import type { Work } from './work.js';

/** What may be set when an intent is created, and changed until it is paid. */
export interface IntentFields {
  customer?: string | null;
  methodTypes?: string[];
  typesLeft?: TypesLeft;
  captureMethod?: Intent['captureMethod'];
  description?: string | null;
  metadata?: (old: Metadata) => Metadata;
  receiptEmail?: string | null;
  shipping?: JsonObject | null;
  futureUsage?: FutureUsage | null;
  statementDescriptor?: string | null;
  statementDescriptorSuffix?: string | null;
  /** The dialect's own fields, laid over those there are. */
  wire?: JsonObject;
}

export interface IntentInput extends IntentTerms, IntentFields, MethodChoice {
  /** Confirm at once, in these ways; null leaves the intent as created. */
  confirm: ConfirmOptions | null;
  /** Makes the id by which strangers find it, from its own; absent: they do not. */
  listedAs?(intent: string): string;
}

export interface ConfirmOptions
  extends Partial<Omit<PayOptions, 'requestChallenge' | 'byDeposits'>> {
  /** Whether the caller must say where redirects return to, since redirect methods are taken. */
  needsReturnUrl(intent: Intent): boolean;
  /** The customer's permission, where the method needs one. */
  mandate?: MandateInput;
  /** Whether the merchant wants a challenge, as said now or when the intent was made. */
  requestChallenge?(intent: Intent): PayOptions['requestChallenge'];
  /** Whether a bank account is to be confirmed by deposits, as said now or before. */
  byDeposits?(intent: Intent): boolean;
}

/** Names the cash of a customer that a choice of method may take from. */
function needCashFor(
  need: Need,
  customer: string | null | undefined,
  { method, methodData, methodTypes }: MethodChoice & Pick<IntentFields, 'methodTypes'>,
): void {
  const type = methodData?.type ?? (method ? need('methods', method)?.type : undefined);
  if (type === 'customer_balance' || methodTypes?.includes('customer_balance'))
    need('cash_balances', customer);
}

/** Rows that any operation on a stored intent reads. */
export function needIntent(need: Need, id: string): Intent | null | undefined {
  const intent = need('intents', id);
  if (!intent) return intent;
  needExpiry(need, intent);
  needRequestOf(need, intent);
  needMandates(need, need('methods', intent.method));
  need('mandates', intent.mandate);
  if (intent.asks?.kind === 'transfer' || intent.methodTypes.includes('customer_balance'))
    need('cash_balances', intent.customer);
  const customer = need('customers', intent.customer);
  if (customer?.defaultMethod) needMandates(need, need('methods', customer.defaultMethod));
  const attempt = need('attempts', intent.latestAttempt);
  if (attempt) {
    need('transfers', attempt.hold);
    need('jobs', attempt.hold === null ? null : `job_expire_${attempt.id}`);
    if (attempt.state === 'started') need('jobs', recoveryJobId(attempt.id));
  }
  return intent;
}

function missingIntent(id: string): Failure {
  return { failure: 'missing', kind: 'intent', id, where: 'path', param: 'intent' };
}

/** The stored intent, or why there is none. */
export function findIntent(work: Work, id: string): Intent | Failure {
  return work.get('intents', id) ?? missingIntent(id);
}

/** Lays plain fields over an intent. */
function withFields(work: Work, intent: Intent, fields: IntentFields): Intent {
  const next: Intent = { ...intent };
  const { customer, methodTypes, captureMethod, description, receiptEmail, shipping } = fields;
  const { futureUsage, statementDescriptor, statementDescriptorSuffix } = fields;
  if (customer !== undefined) next.customer = customer;
  if (methodTypes !== undefined) next.methodTypes = methodTypes;
  if (captureMethod !== undefined) next.captureMethod = captureMethod;
  if (description !== undefined) next.description = description;
  if (receiptEmail !== undefined) next.receiptEmail = receiptEmail;
  if (shipping !== undefined) next.shipping = shipping;
  if (futureUsage !== undefined) next.futureUsage = futureUsage;
  if (statementDescriptor !== undefined) next.statementDescriptor = statementDescriptor;
  if (statementDescriptorSuffix !== undefined)
    next.statementDescriptorSuffix = statementDescriptorSuffix;
  if (fields.metadata !== undefined) next.metadata = fields.metadata(intent.metadata);
  if (fields.wire !== undefined) next.wire = { ...intent.wire, ...fields.wire };
  if (fields.typesLeft !== undefined)
    next.methodTypes = fields.typesLeft(next, work.account().methodTypes);
  return next;
}

/** An intent lives by its customer's clock, from the moment that it gets the customer. */
function onItsClock(work: Work, before: string | null, intent: Intent): Intent {
  if (intent.customer === before) return intent;
  const customer = intent.customer === null ? null : work.get('customers', intent.customer);
  const clockId = customer?.clockId ?? null;
  work.goBy(clockId);
  return { ...intent, clockId };
}

/**
 * Creates an intent and, if asked, confirms it. Errors: missing (customer, method, token),
 * method_type, method_customer_missing, method_customer_mismatch, method_consumed, card_invalid,
 * token_used; with `confirm` also those of `confirmIntent`.
 */
export function createIntent(account: string, input: IntentInput): Command<Intent> {
  return {
    account,
    needs: (need) => {
      needChoice(need, input);
      need('mandates', input.confirm?.mandate?.named);
      needCashFor(need, input.customer, input);
    },
    decide: (work) => {
      if (input.customer) {
        const customer = findCustomer(work, input.customer);
        if (isFailure(customer)) return refused(customer);
      }
      const clocked = onItsClock(work, null, withFields(work, newIntent(work, input), input));
      const bare = { ...clocked, expiresAt: expiryOf(work, input) };
      const unfit = termsFault(bare);
      if (unfit !== null) return refused(unfit);
      const method = chosenMethod(work, bare, input);
      if (method !== null && isFailure(method)) return refused(method);
      const created: Intent =
        method === null
          ? bare
          : { ...bare, method: method.id, state: advance(bare, 'choose_method') };
      work.insert('intents', created);
      awaitExpiry(work, created, 'expire_request');
      if (input.listedAs !== undefined)
        list(work, { id: input.listedAs(created.id), kind: 'intent', subject: created.id });
      work.record('intent.created', { intent: created });
      if (input.confirm === null) return done(created);
      const { confirmationToken, shipping, futureUsage } = input;
      // What the request says itself goes before what the token says.
      const said = {
        ...(confirmationToken === undefined ? {} : { confirmationToken }),
        ...(shipping === undefined ? {} : { shipping }),
        ...(futureUsage === undefined ? {} : { futureUsage }),
      };
      return confirm(work, created, said, input.confirm);
    },
  };
}

/**
 * Changes an intent. Errors: missing, intent_state (amount after payment began), and those of
 * choosing a method.
 */
export function updateIntent(
  account: string,
  id: string,
  input: IntentFields & MethodChoice & AmountInput,
): Command<Intent> {
  return {
    account,
    needs: (need) => {
      needIntent(need, id);
      needChoice(need, input);
    },
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const fault = updateFault(work, intent, input);
      if (fault !== null) return refused(fault);
      let next = withFields(work, { ...intent, lastError: null }, input);
      if (changesAmount(intent, input)) next = withAmount(next, input);
      const unfit = termsFault(next);
      if (unfit !== null) return refused(unfit);
      const method = chosenMethod(work, next, input);
      if (method !== null && isFailure(method)) return refused(method);
      next = withoutTransfer(work, intent, withMethod(next, method, input));
      next = onItsClock(work, intent.customer, next);
      work.update('intents', next);
      return done(next);
    },
  };
}

/** Whether the types that the intent takes can pay it, in its currency and when it is captured. */
function termsFault({ methodTypes, currency, captureMethod }: Intent): Failure | null {
  if (methodTypes.length === 0) return { failure: 'no_types_left', setup: false };
  for (const methodType of methodTypes) {
    const takes = currenciesOf(methodType);
    if (takes !== null && !takes.includes(currency))
      return { failure: 'type_currency', methodType, currency, takes };
    if (captureMethod === 'manual' && capturesAtOnce(methodType))
      return { failure: 'type_capture', methodType };
  }
  return null;
}

interface AmountInput {
  amount?: bigint;
  currency?: string;
}

function changesAmount(intent: Intent, { amount, currency }: AmountInput): boolean {
  return (
    (amount !== undefined && amount !== intent.amount) ||
    (currency !== undefined && currency !== intent.currency)
  );
}

/** Another amount: what the customer's bank was asked, and said, was about the old one. */
export function withAmount(intent: Intent, { amount, currency }: AmountInput): Intent {
  return {
    ...intent,
    state: advance(intent, 'change_amount'),
    amount: amount ?? intent.amount,
    currency: currency ?? intent.currency,
    // Whoever sets a new total without its parts asks for all of it for what is sold.
    parts: null,
    challenge: null,
    asks: null,
    authenticated: null,
  };
}

/** Money is asked of one customer, for one sum and method: with any other it is asked anew. */
export function withoutTransfer(work: Work, before: Intent, next: Intent): Intent {
  const isAsked = next.asks?.kind === 'transfer';
  if (isAsked && next.customer === before.customer) return next;
  stopWaiting(work, before);
  return isAsked ? { ...next, state: advance(next, 'change_amount'), asks: null } : next;
}

function withMethod(intent: Intent, method: PaymentMethod | null, input: MethodChoice): Intent {
  if (method !== null) {
    const state = advance(intent, 'choose_method');
    return {
      ...intent,
      method: method.id,
      state,
      challenge: null,
      asks: null,
      authenticated: null,
    };
  }
  const dropped = input.method === null && intent.method !== null;
  if (!dropped) return intent;
  const state = advance(intent, 'drop_method');
  return { ...intent, method: null, state, challenge: null, asks: null, authenticated: null };
}

function updateFault(
  work: Work,
  intent: Intent,
  input: IntentFields & MethodChoice & AmountInput,
): Failure | null {
  if (input.customer) {
    const customer = findCustomer(work, input.customer);
    if (isFailure(customer)) return customer;
  }
  if (changesAmount(intent, input) && !step(INTENT_LIFECYCLE, intent.state, 'change_amount'))
    return { failure: 'intent_state', operation: 'change_amount', intent };
  const changesTerms =
    input.method !== undefined ||
    input.methodData != null ||
    input.captureMethod !== undefined ||
    input.methodTypes !== undefined ||
    input.typesLeft !== undefined ||
    input.customer !== undefined;
  if (changesTerms && step(INTENT_LIFECYCLE, intent.state, 'choose_method') === null)
    return { failure: 'intent_state', operation: 'update', intent };
  return null;
}

/**
 * Tries to pay. Errors: missing, intent_state, limit_reached (tries), method_required,
 * return_url_required, those of choosing a method, declined (the attempt and its events are kept),
 * action_refused.
 */
export function confirmIntent(
  account: string,
  id: string,
  input: IntentFields & MethodChoice,
  options: ConfirmOptions,
): Command<Intent> {
  return {
    account,
    needs: (need) => {
      const intent = needIntent(need, id);
      needChoice(need, input);
      needCashFor(need, input.customer ?? intent?.customer, input);
      need('mandates', options.mandate?.named);
    },
    decide: (work) => {
      const stored = findIntent(work, id);
      return isFailure(stored) ? refused(stored) : confirm(work, stored, input, options);
    },
  };
}

/** Why no try to pay an intent may begin; null where one may. */
export function tryFault(intent: Intent, operation: 'confirm' | 'charge'): Failure | null {
  if (step(INTENT_LIFECYCLE, intent.state, 'pay') === null || intent.state === 'processing')
    return { failure: 'intent_state', operation, intent };
  return triesFault(intent.history);
}

function confirm(
  work: Work,
  stored: Intent,
  input: IntentFields & MethodChoice,
  { needsReturnUrl, requestChallenge, byDeposits, mandate: permission, ...options }: ConfirmOptions,
): Decision<Intent> {
  const fault = tryFault(stored, 'confirm');
  if (fault !== null) return refused(fault);
  const token = redeem(work, input.confirmationToken, { intent: stored.id });
  if (token !== null && isFailure(token)) return refused(token);
  const sent = { ...wishesOf(token), ...input };
  const makesDefault = token?.makesDefault === true ? true : stored.makesDefault;
  const fields = { ...withFields(work, stored, sent), makesDefault };
  const intent = onItsClock(work, stored.customer, fields);
  const unfit = termsFault(intent);
  if (unfit !== null) return refused(unfit);
  const method = chosenMethod(work, intent, sent) ?? standingMethod(work, intent);
  if (method === null) return refused({ failure: 'method_required', intent: stored });
  if (isFailure(method)) return refused(method);
  const ways = waysOf(token, options);
  if (!ways.returnUrl && !options.offSession && needsReturnUrl(intent))
    return refused({ failure: 'return_url_required', intent: stored });
  // A passed challenge holds for the method it was passed with, and for nothing else.
  const authenticated = intent.method === method.id ? intent.authenticated : null;
  const requested = requestChallenge?.(intent) ?? PLAIN_PAY.requestChallenge;
  const wishes = { requestChallenge: requested, byDeposits: byDeposits?.(intent) ?? false };
  const how = { ...PLAIN_PAY, ...options, ...ways, ...wishes };
  const mandate = mandateFor(work, intent, method, permissionOf(token, permission));
  if (mandate !== null && isFailure(mandate)) return refused(mandate);
  const isSame = method.type === 'customer_balance' && intent.customer === stored.customer;
  if (!isSame) stopWaiting(work, stored);
  const asks = isSame ? intent.asks : null;
  return pay(work, { ...intent, asks, authenticated, mandate: mandate?.id ?? null }, method, how);
}

/** A command about a stored intent. */
export function onIntent(
  account: string,
  id: string,
  decide: (work: Work, intent: Intent) => Decision<Intent>,
): Command<Intent> {
  return {
    account,
    needs: (need) => void needIntent(need, id),
    decide: (work) => {
      const intent = findIntent(work, id);
      return isFailure(intent) ? refused(intent) : decide(work, intent);
    },
  };
}

/**
 * Cancels, releasing what is held. Errors: missing, intent_state, attempt_in_flight.
 */
export function cancelIntent(
  account: string,
  id: string,
  reason: CancellationReason | null,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (step(INTENT_LIFECYCLE, intent.state, 'cancel') === null)
      return refused({ failure: 'intent_state', operation: 'cancel', intent });
    const latest =
      intent.latestAttempt === null ? null : work.get('attempts', intent.latestAttempt);
    // A rail of our own does nothing before it is asked again; what another does is not known.
    if (latest?.state === 'started' && work.context.railFor(latest.methodType)?.kind !== 'atomic')
      return refused({ failure: 'attempt_in_flight', intent });
    return done(release(work, intent, 'cancel', reason));
  });
}

/**
 * The customer's answer to a challenge. A right answer pays (or, with manual confirmation, waits
 * to be confirmed again); a wrong one refuses the method. Errors: missing, intent_state, declined.
 */
export function answerChallenge(
  account: string,
  id: string,
  secret: string,
  passed: boolean,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    const { challenge } = intent;
    if (challenge === null || !isSameSecret(secret, challenge.secret))
      return refused({ failure: 'intent_state', operation: 'answer_challenge', intent });
    const method = work.get('methods', intent.method ?? '');
    if (method === null) throw new Error(`intent ${id} is challenged without a method`);
    if (!passed) return failChallenge(work, intent, method);
    const authenticated: Intent = { ...intent, authenticated: challenge.version };
    if (intent.confirmationMethod === 'manual') {
      const state = advance(intent, 'authenticate');
      return done(work.update('intents', { ...authenticated, state, challenge: null, asks: null }));
    }
    return pay(work, authenticated, method, PLAIN_PAY);
  });
}

function failChallenge(work: Work, intent: Intent, method: PaymentMethod): Decision<Intent> {
  const decline = silentDecline('payment_intent_authentication_failure');
  return refusePayment(work, intent, method, null, decline);
}
