import { bankAccountOf } from '../domain/bank.js';
import { newDepositCheck } from '../domain/deposits.js';
import type { DeclineCodes } from '../domain/errors.js';
import type { HistoryKind } from '../domain/history.js';
import type { ChallengeVersion } from '../domain/intent.js';
import type { Mandate } from '../domain/mandate.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import {
  advanceSetup,
  type SetupAttempt,
  type SetupAttemptState,
  type SetupIntent,
} from '../domain/setup.js';
import type { AuthorizeResult, Rail } from '../rails/rail.js';
import { verifiedMethod } from './bank-accounts.js';
import { type Decision, declined, done, refused } from './command.js';
import { makeDefault } from './confirmations.js';
import { callOffExpiry } from './expiry.js';
import { noted } from './history.js';
import { changeMandate, giveMandate, mandateFault } from './mandates.js';
import { furthest } from './pay.js';
import type { Work } from './work.js';

/** How a method is to be saved: what is not in the setup itself. */
export interface SetupOptions {
  returnUrl: string | null;
  /** The client's own script shows a challenge. */
  inClient: boolean;
  requestChallenge: 'automatic' | 'any' | 'challenge';
  /** The account's holder is to confirm small deposits. */
  byDeposits: boolean;
}

export const PLAIN_SETUP: SetupOptions = {
  returnUrl: null,
  inClient: false,
  requestChallenge: 'automatic',
  byDeposits: false,
};

/** Ends a try that another one overtakes, or that its setup's end cuts short. */
export function abandonAttempt(work: Work, setup: SetupIntent): void {
  const attempt = setup.latestAttempt && work.get('setup_attempts', setup.latestAttempt);
  if (attempt && attempt.state === 'requires_action')
    work.update('setup_attempts', { ...attempt, state: 'abandoned' });
}

function newAttempt(work: Work, setup: SetupIntent, method: PaymentMethod): SetupAttempt {
  return work.insert('setup_attempts', {
    account: setup.account,
    id: work.context.newId('setatt_', 24),
    setup: setup.id,
    state: 'processing',
    created: work.now(),
    customer: setup.customer,
    method: method.id,
    methodType: method.type,
    card: method.card,
    methodDetails: method.details,
    billing: method.billing,
    usage: setup.usage,
    attachToSelf: setup.attachToSelf,
    flowDirections: setup.flowDirections,
    authenticated: null,
    error: null,
  });
}

/**
 * Tries to save a method that fits its setup. Errors: rail_cannot, mandate_required,
 * setup_declined (the attempt and its events are kept).
 */
export function trySetup(
  work: Work,
  setup: SetupIntent,
  method: PaymentMethod,
  options: SetupOptions,
): Decision<SetupIntent> {
  const rail = work.context.railFor(method.type);
  if (rail === null)
    return refused({ failure: 'rail_cannot', rail: method.type, operation: 'setup' });
  const fault = mandateFault(setup, method);
  if (fault !== null) return refused(fault);
  abandonAttempt(work, setup);
  const attempt = newAttempt(work, setup, method);
  if (options.byDeposits && bankAccountOf(method.details)?.verified !== true)
    return awaitDeposits(work, setup, attempt, method);
  return askRail(work, setup, attempt, verifiedMethod(method), rail, options);
}

/** The customer has passed the challenge of a try: its bank is asked again. */
export function finishTry(
  work: Work,
  setup: SetupIntent,
  method: PaymentMethod,
  version: ChallengeVersion,
): Decision<SetupIntent> {
  const rail = work.context.railFor(method.type);
  if (rail === null) throw new Error(`${method.id}: its rail is gone`);
  const attempt = { ...latestAttempt(work, setup), authenticated: version };
  return askRail(work, setup, attempt, method, rail, PLAIN_SETUP);
}

/** The try that a setup waits for. */
export function latestAttempt(work: Work, setup: SetupIntent): SetupAttempt {
  const attempt = work.get('setup_attempts', setup.latestAttempt ?? '');
  if (attempt === null) throw new Error(`setup ${setup.id} has no attempt`);
  return attempt;
}

function askRail(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  method: PaymentMethod,
  rail: Rail,
  options: SetupOptions,
): Decision<SetupIntent> {
  const result = verdict(work, setup, attempt, method, rail, options);
  if (result.outcome === 'action_required')
    return challenge(work, setup, attempt, result.version, options);
  if (result.outcome === 'failed') {
    const { reachedIssuer: _, ...decline } = result.decline;
    return refuseSetup(work, setup, attempt, method, decline);
  }
  const check = result.outcome === 'succeeded' ? result.approval.cvcCheck : null;
  const card = method.card && { ...method.card, cvcCheck: check };
  return succeed(work, setup, { ...attempt, card }, { ...method, card });
}

/** Asks for a payment of nothing: the bank verifies the method. */
function verdict(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  method: PaymentMethod,
  rail: Rail,
  options: SetupOptions,
): AuthorizeResult {
  if (rail.kind === 'remote') {
    const decline = rail.attach(method);
    return decline === null ? { outcome: 'unknown' } : { outcome: 'failed', decline };
  }
  return rail.authorize({
    account: setup.account,
    attempt: attempt.id,
    amount: 0n,
    currency: setup.singleUse?.currency ?? 'usd',
    method,
    offSession: false,
    authenticated: attempt.authenticated !== null,
    setUpFor: setup.usage,
    requestChallenge: options.requestChallenge,
    now: work.now(),
  });
}

function endAttempt(
  work: Work,
  attempt: SetupAttempt,
  state: SetupAttemptState,
  error: SetupAttempt['error'] = null,
): SetupAttempt {
  return work.update('setup_attempts', { ...attempt, state, error });
}

/** What every step of a try leaves in its setup. */
function inTry({ id, method }: SetupAttempt): Partial<SetupIntent> {
  return { method, latestAttempt: id, lastError: null, challenge: null, deposits: null };
}

/** The history with one line more, about a try; no money moves. */
function withTry(work: Work, { history }: SetupIntent, attempt: SetupAttempt, kind: HistoryKind) {
  return noted(work, history, { kind, amount: 0n, subject: attempt.id, payer: attempt });
}

function challenge(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  version: ChallengeVersion,
  { returnUrl, inClient }: SetupOptions,
): Decision<SetupIntent> {
  endAttempt(work, attempt, 'requires_action');
  const next: SetupIntent = {
    ...setup,
    ...inTry(attempt),
    state: advanceSetup(setup, 'challenge'),
    challenge: {
      secret: work.context.secret(32),
      version,
      returnUrl,
      inClient: inClient || returnUrl === null,
      offeredAt: work.now(),
    },
    history: withTry(work, setup, attempt, 'challenged'),
  };
  work.update('setups', next);
  work.record('setup.action_required', { setup: next });
  return done(next);
}

/** The bank account is asked for nothing: its holder will read two deposits off its statement. */
function awaitDeposits(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  method: PaymentMethod,
): Decision<SetupIntent> {
  endAttempt(work, attempt, 'requires_action');
  const next: SetupIntent = {
    ...setup,
    ...inTry(attempt),
    state: advanceSetup(setup, 'challenge'),
    deposits: newDepositCheck(work.now(), work.context.secret(32)),
    mandate: mandateOf(work, setup, method, 'pending')?.id ?? null,
  };
  work.update('setups', next);
  work.record('setup.action_required', { setup: next });
  return done(next);
}

function mandateOf(
  work: Work,
  { id, acceptance, singleUse }: SetupIntent,
  method: PaymentMethod,
  state: Mandate['state'],
): Mandate | null {
  if (acceptance === null) return null;
  return giveMandate(work, method, { acceptance, singleUse, givenFor: id, state });
}

/** The mandate of a setup that succeeds: the one that waited for it, or a new one. */
function settledMandate(work: Work, setup: SetupIntent, method: PaymentMethod): Mandate | null {
  const waiting = setup.mandate === null ? null : work.get('mandates', setup.mandate);
  return waiting?.state === 'pending'
    ? changeMandate(work, waiting, 'active')
    : mandateOf(work, setup, method, 'active');
}

/** Saves the method: with its customer, for the usage, under the mandate. */
export function succeed(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  method: PaymentMethod,
): Decision<SetupIntent> {
  endAttempt(work, attempt, 'succeeded');
  const saved = work.update('methods', {
    ...method,
    customer: setup.customer ?? method.customer,
    setUpFor: furthest(method.setUpFor, setup.usage),
  });
  const next: SetupIntent = {
    ...setup,
    ...inTry(attempt),
    state: advanceSetup(setup, 'succeed'),
    mandate: settledMandate(work, setup, saved)?.id ?? null,
    history: withTry(work, setup, attempt, 'authorized'),
  };
  work.update('setups', next);
  callOffExpiry(work, next);
  if (setup.makesDefault) makeDefault(work, saved);
  const attached = saved.customer === method.customer ? {} : { method: saved };
  work.record('setup.succeeded', { setup: next, ...attached });
  return done(next);
}

/** Ends a try that saved nothing: the setup waits for another method. */
export function refuseSetup(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  method: PaymentMethod,
  decline: DeclineCodes,
): Decision<SetupIntent> {
  const next = recordRefusal(work, setup, attempt, method, decline);
  const shown = next.lastError?.method ?? method;
  return declined({ failure: 'setup_declined', setup: next, decline, method: shown });
}

/** Writes down a try's refusal; the caller tells its own error. */
export function recordRefusal(
  work: Work,
  setup: SetupIntent,
  attempt: SetupAttempt,
  method: PaymentMethod,
  decline: DeclineCodes,
): SetupIntent {
  // Whoever looked at the card has seen its security code.
  const seen = decline.adviceCode !== null;
  const card = method.card && seen ? { ...method.card, cvcCheck: 'pass' as const } : method.card;
  const error = { ...decline, method: { ...method, sealed: null, card } };
  endAttempt(work, { ...attempt, card }, 'failed', error);
  const waiting = setup.mandate === null ? null : work.get('mandates', setup.mandate);
  if (waiting?.state === 'pending') changeMandate(work, waiting, 'inactive');
  const next: SetupIntent = {
    ...setup,
    ...inTry(attempt),
    state: advanceSetup(setup, 'decline'),
    method: null,
    mandate: null,
    lastError: error,
    history: withTry(work, setup, attempt, 'declined'),
  };
  work.update('setups', next);
  work.record('setup.declined', { setup: next });
  return next;
}
