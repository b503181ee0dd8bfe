import { type DepositAnswer, rulingOnDeposits } from '../domain/deposits.js';
import { type Failure, isFailure, silentDecline } from '../domain/errors.js';
import type { CancellationReason } from '../domain/intent.js';
import type { JsonObject, Metadata } from '../domain/json.js';
import { step } from '../domain/lifecycle.js';
import type { FutureUsage, PaymentMethod } from '../domain/payment-method.js';
import { advanceSetup, SETUP_LIFECYCLE, type SetupIntent } from '../domain/setup.js';
import { verifiedMethod } from './bank-accounts.js';
import {
  chosenMethod,
  type MethodChoice,
  methodMismatch,
  needChoice,
  standingMethod,
  type TypesLeft,
} from './choice.js';
import { type Command, type Decision, declined, done, type Need, refused } from './command.js';
import { redeem, waysOf, wishesOf } from './confirmations.js';
import { list } from './directory.js';
import { awaitExpiry, callOffExpiry, type ExpiryInput, expiryOf, needExpiry } from './expiry.js';
import { noted, triesFault } from './history.js';
import { acceptanceOf, changeMandate, type MandateInput, permissionOf } from './mandates.js';
import { findCustomer } from './methods.js';
import { isSameSecret } from './same-secret.js';
import {
  abandonAttempt,
  finishTry,
  latestAttempt,
  PLAIN_SETUP,
  recordRefusal,
  refuseSetup,
  type SetupOptions,
  succeed,
  trySetup,
} from './setup-tries.js';
import type { Work } from './work.js';

/** What may be set when a setup is created, and changed until it has succeeded. */
export interface SetupFields {
  customer?: string | null;
  methodTypes?: string[];
  typesLeft?: TypesLeft;
  description?: string | null;
  metadata?: (old: Metadata) => Metadata;
  usage?: FutureUsage;
  singleUse?: SetupIntent['singleUse'];
  attachToSelf?: boolean;
  flowDirections?: SetupIntent['flowDirections'];
  /** The dialect's own fields, laid over those there are. */
  wire?: JsonObject;
}

export interface ConfirmSetupOptions extends Partial<Pick<SetupOptions, 'returnUrl' | 'inClient'>> {
  mandate: MandateInput;
  /** What the setup, as it then is, says of a method of this type. */
  wishes?(setup: SetupIntent, type: string): Pick<SetupOptions, 'requestChallenge' | 'byDeposits'>;
  /** Whether the caller must say where redirects return to, since redirect methods are taken. */
  needsReturnUrl(setup: SetupIntent): boolean;
}

export interface SetupInput extends SetupFields, MethodChoice, ExpiryInput {
  /** Confirm at once, in these ways; null leaves the setup as created. */
  confirm: ConfirmSetupOptions | null;
  /** Whether its tries are noted in its `history`. */
  keepsHistory?: boolean;
  /** Makes the id by which strangers find it, from its own; absent: they do not. */
  listedAs?(setup: string): string;
}

/** Rows that any operation on a stored setup reads. */
export function needSetup(need: Need, id: string): SetupIntent | null | undefined {
  const setup = need('setups', id);
  if (!setup) return setup;
  needExpiry(need, setup);
  need('methods', setup.method);
  need('customers', setup.customer);
  need('setup_attempts', setup.latestAttempt);
  need('mandates', setup.mandate);
  return setup;
}

/** The stored setup, or why there is none. */
export function findSetup(work: Work, id: string): SetupIntent | Failure {
  const found = work.get('setups', id);
  return found ?? { failure: 'missing', kind: 'setup', id, where: 'path', param: 'intent' };
}

function withFields(work: Work, setup: SetupIntent, fields: SetupFields): SetupIntent {
  const next: SetupIntent = { ...setup };
  const { customer, methodTypes, description, usage } = fields;
  if (customer !== undefined) next.customer = customer;
  if (methodTypes !== undefined) next.methodTypes = methodTypes;
  if (description !== undefined) next.description = description;
  if (usage !== undefined) next.usage = usage;
  if (fields.singleUse !== undefined) next.singleUse = fields.singleUse;
  if (fields.attachToSelf !== undefined) next.attachToSelf = fields.attachToSelf;
  if (fields.flowDirections !== undefined) next.flowDirections = fields.flowDirections;
  if (fields.metadata !== undefined) next.metadata = fields.metadata(setup.metadata);
  if (fields.wire !== undefined) next.wire = { ...setup.wire, ...fields.wire };
  if (fields.typesLeft !== undefined)
    next.methodTypes = fields.typesLeft(next, work.account().methodTypes);
  return next;
}

/** Why a setup cannot stand as it is; null where it can. */
function termsFault({ methodTypes }: SetupIntent): Failure | null {
  return methodTypes.length === 0 ? { failure: 'no_types_left', setup: true } : null;
}

/** A setup lives by its customer's clock, from the moment that it gets the customer. */
function onItsClock(work: Work, before: string | null, setup: SetupIntent): SetupIntent {
  if (setup.customer === before) return setup;
  const customer = setup.customer === null ? null : work.get('customers', setup.customer);
  const clockId = customer?.clockId ?? null;
  work.goBy(clockId);
  return { ...setup, clockId };
}

function bareSetup(work: Work, keepsHistory: boolean): SetupIntent {
  const id = work.context.newId('seti_', 24);
  return {
    account: work.accountId,
    id,
    state: 'awaiting_method',
    customer: null,
    clockId: null,
    created: work.now(),
    clientSecret: `${id}_secret_${work.context.secret(31)}`,
    method: null,
    methodTypes: work.account().methodTypes,
    usage: 'off_session',
    singleUse: null,
    attachToSelf: false,
    flowDirections: null,
    latestAttempt: null,
    lastError: null,
    challenge: null,
    deposits: null,
    makesDefault: false,
    acceptance: null,
    mandate: null,
    description: null,
    metadata: {},
    canceledAt: null,
    cancellationReason: null,
    expiresAt: null,
    history: keepsHistory ? [] : null,
    spent: null,
    wire: {},
  };
}

/** Before it is stored, a setup is in no error either. */
function unstored(failure: Failure): Failure {
  return failure.failure === 'setup_method_customer' || failure.failure === 'setup_method_type'
    ? { ...failure, setup: null }
    : failure;
}

/**
 * Creates a setup and, if asked, confirms it. Errors: missing (customer, method, token),
 * setup_method_type, setup_method_customer, method_consumed, card_invalid, token_used; with
 * `confirm` also those of `confirmSetup`.
 */
export function createSetup(account: string, input: SetupInput): Command<SetupIntent> {
  return {
    account,
    needs: (need) => needChoice(need, input),
    decide: (work) => {
      if (input.customer) {
        const customer = findCustomer(work, input.customer);
        if (isFailure(customer)) return refused(customer);
      }
      const fresh = bareSetup(work, input.keepsHistory === true);
      const clocked = onItsClock(work, null, withFields(work, fresh, input));
      const bare = { ...clocked, expiresAt: expiryOf(work, input) };
      const unfit = termsFault(bare);
      if (unfit !== null) return refused(unfit);
      const method = chosenMethod(work, bare, input);
      if (method !== null && isFailure(method)) return refused(unstored(method));
      const created = withMethod(bare, method, input);
      work.insert('setups', created);
      awaitExpiry(work, created, 'expire_setup');
      if (input.listedAs !== undefined)
        list(work, { id: input.listedAs(created.id), kind: 'setup', subject: created.id });
      work.record('setup.created', { setup: created });
      const { confirmationToken } = input;
      const choice = confirmationToken === undefined ? {} : { confirmationToken };
      return input.confirm === null ? done(created) : confirm(work, created, choice, input.confirm);
    },
  };
}

function withMethod(
  setup: SetupIntent,
  method: PaymentMethod | null,
  input: MethodChoice,
): SetupIntent {
  const idle = { challenge: null, deposits: null };
  if (method !== null)
    return { ...setup, ...idle, method: method.id, state: advanceSetup(setup, 'choose_method') };
  if (input.method !== null || setup.method === null) return setup;
  return { ...setup, ...idle, method: null, state: advanceSetup(setup, 'drop_method') };
}

/** Errors: missing, setup_state, and those of choosing a method. */
export function updateSetup(
  account: string,
  id: string,
  input: SetupFields & MethodChoice,
): Command<SetupIntent> {
  return {
    account,
    needs: (need) => {
      needSetup(need, id);
      needChoice(need, input);
    },
    decide: (work) => {
      const setup = findSetup(work, id);
      if (isFailure(setup)) return refused(setup);
      if (input.customer) {
        const customer = findCustomer(work, input.customer);
        if (isFailure(customer)) return refused(customer);
      }
      if (changesTerms(input) && step(SETUP_LIFECYCLE, setup.state, 'choose_method') === null)
        return refused({ failure: 'setup_state', operation: 'update', setup });
      const fields = onItsClock(work, setup.customer, withFields(work, setup, input));
      const unfit = termsFault(fields);
      if (unfit !== null) return refused(unfit);
      const method = chosenMethod(work, fields, input);
      if (method !== null && isFailure(method)) return refused(method);
      const next = withMethod(fields, method, input);
      if (next.state !== setup.state) abandonAttempt(work, setup);
      return done(work.update('setups', next));
    },
  };
}

/** Metadata and description can be changed for ever, the rest until the method is saved. */
function changesTerms({
  metadata: _,
  description: __,
  wire,
  ...terms
}: SetupFields & MethodChoice) {
  return (
    Object.values(terms).some((value) => value !== undefined) || Object.keys(wire ?? {}).length > 0
  );
}

/**
 * Tries to save the method. Errors: missing, setup_state, limit_reached (tries),
 * setup_method_required, return_url_required, rail_cannot, mandate_required, those of choosing a
 * method, setup_declined (the attempt and its events are kept).
 */
export function confirmSetup(
  account: string,
  id: string,
  input: SetupFields & MethodChoice,
  options: ConfirmSetupOptions,
): Command<SetupIntent> {
  return {
    account,
    needs: (need) => {
      needSetup(need, id);
      needChoice(need, input);
    },
    decide: (work) => {
      const stored = findSetup(work, id);
      return isFailure(stored) ? refused(stored) : confirm(work, stored, input, options);
    },
  };
}

function confirm(
  work: Work,
  stored: SetupIntent,
  input: SetupFields & MethodChoice,
  { mandate, needsReturnUrl, wishes, ...options }: ConfirmSetupOptions,
): Decision<SetupIntent> {
  // The live API looks for a method before it looks at the status.
  const names = input.method || input.methodData || input.confirmationToken || stored.method;
  if (!names) return refused({ failure: 'setup_method_required', setup: stored });
  if (step(SETUP_LIFECYCLE, stored.state, 'choose_method') === null)
    return refused({ failure: 'setup_state', operation: 'confirm', setup: stored });
  const tries = triesFault(stored.history);
  if (tries !== null) return refused(tries);
  const token = redeem(work, input.confirmationToken, { setup: stored.id });
  if (token !== null && isFailure(token)) return refused(token);
  const { method: named = input.method } = wishesOf(token);
  const makesDefault = token?.makesDefault === true || stored.makesDefault;
  const setup = { ...withFields(work, stored, input), makesDefault };
  const customer = setup.customer === null ? null : findCustomer(work, setup.customer);
  if (customer !== null && isFailure(customer)) return refused(customer);
  const choice = named === undefined ? input : { ...input, method: named };
  const method = chosenMethod(work, setup, choice) ?? standingMethod(work, setup);
  if (method === null) return refused({ failure: 'setup_method_required', setup: stored });
  if (isFailure(method)) return refused(method);
  const ways = waysOf(token, options);
  if (!ways.returnUrl && needsReturnUrl(setup))
    return refused({ failure: 'return_url_required', intent: null });
  const acceptance = acceptanceOf(work, permissionOf(token, mandate)) ?? setup.acceptance;
  const how = { ...PLAIN_SETUP, ...ways, ...wishes?.(setup, method.type) };
  return trySetup(work, { ...setup, acceptance }, method, how);
}

/** A command about a stored setup. */
/** A command about a stored setup. */
export function onSetup(
  account: string,
  id: string,
  decide: (work: Work, setup: SetupIntent) => Decision<SetupIntent>,
): Command<SetupIntent> {
  return {
    account,
    needs: (need) => void needSetup(need, id),
    decide: (work) => {
      const setup = findSetup(work, id);
      return isFailure(setup) ? refused(setup) : decide(work, setup);
    },
  };
}

/** Errors: missing, setup_state. */
export function cancelSetup(
  account: string,
  id: string,
  reason: CancellationReason | null,
): Command<SetupIntent> {
  return onSetup(account, id, (work, setup) => {
    const canceled = callOffSetup(work, setup, reason);
    if (canceled !== null) return done(canceled);
    return refused({ failure: 'setup_state', operation: 'cancel', setup });
  });
}

/**
 * Ends a setup for good: what it has saved is charged no more, and one that has saved nothing is
 * canceled. Errors: missing, setup_state (it is over already).
 */
export function closeSetup(account: string, id: string): Command<SetupIntent> {
  return onSetup(account, id, (work, setup) => {
    if (setup.state === 'succeeded' && setup.spent === null)
      return done(work.update('setups', { ...setup, spent: 'closed' }));
    const canceled = callOffSetup(work, setup, null);
    if (canceled !== null) return done(canceled);
    return refused({ failure: 'setup_state', operation: 'cancel', setup });
  });
}

/** Cancels a setup, whose rows the command has asked for; null where its state forbids it. */
export function callOffSetup(
  work: Work,
  setup: SetupIntent,
  reason: CancellationReason | null,
): SetupIntent | null {
  if (step(SETUP_LIFECYCLE, setup.state, 'cancel') === null) return null;
  abandonAttempt(work, setup);
  callOffExpiry(work, setup);
  const waiting = setup.mandate === null ? null : work.get('mandates', setup.mandate);
  if (waiting?.state === 'pending') changeMandate(work, waiting, 'inactive');
  const next = work.update('setups', {
    ...setup,
    state: advanceSetup(setup, 'cancel'),
    challenge: null,
    deposits: null,
    canceledAt: work.now(),
    cancellationReason: reason,
    history: noted(work, setup.history, { kind: 'canceled', amount: 0n, subject: '', payer: null }),
  });
  work.record('setup.canceled', { setup: next });
  return next;
}

/** The method that a setup in action is about; in the meantime it may have become unfit. */
function methodInAction(work: Work, setup: SetupIntent): PaymentMethod | Failure {
  const method = work.get('methods', setup.method ?? '');
  if (method === null) throw new Error(`setup ${setup.id} waits without a method`);
  return methodMismatch(setup, method) ?? method;
}

/** The customer's answer to a challenge. Errors: missing, setup_state, setup_declined. */
export function answerSetupChallenge(
  account: string,
  id: string,
  secret: string,
  passed: boolean,
): Command<SetupIntent> {
  return onSetup(account, id, (work, setup) => {
    const { challenge } = setup;
    if (challenge === null || !isSameSecret(secret, challenge.secret))
      return refused({ failure: 'setup_state', operation: 'answer_challenge', setup });
    const method = methodInAction(work, setup);
    if (isFailure(method)) return refused(method);
    if (passed) return finishTry(work, setup, method, challenge.version);
    const decline = silentDecline('setup_intent_authentication_failure');
    return refuseSetup(work, setup, latestAttempt(work, setup), method, decline);
  });
}

/**
 * The account holder's answer about the deposits. A wrong one is counted; too many, or one that is
 * too late, refuse the method. Errors: missing, setup_state, deposits_refused.
 */
export function verifySetupDeposits(
  account: string,
  id: string,
  answer: DepositAnswer,
): Command<SetupIntent> {
  return onSetup(account, id, (work, setup) => {
    const { deposits } = setup;
    if (deposits === null)
      return refused({ failure: 'setup_state', operation: 'verify_deposits', setup });
    const ruling = rulingOnDeposits(deposits, answer, work.now());
    const method = methodInAction(work, setup);
    if (isFailure(method)) return refused(method);
    if (ruling.end === 'verified')
      return succeed(work, setup, latestAttempt(work, setup), verifiedMethod(method));
    const { reason, triesLeft } = ruling;
    const told = { failure: 'deposits_refused', reason, triesLeft } as const;
    if (ruling.end === 'unfit') return refused({ ...told, setup });
    if (ruling.end === 'again') {
      const counted = work.update('setups', { ...setup, deposits: ruling.check });
      return declined({ ...told, setup: counted });
    }
    const decline = silentDecline(ruling.code);
    const next = recordRefusal(work, setup, latestAttempt(work, setup), method, decline);
    return declined({ ...told, setup: next });
  });
}
