import { type Attempt, advanceAttempt } from '../domain/attempt.js';
import { bankAccountOf } from '../domain/bank.js';
import { type DeclineCodes, type Failure, silentDecline } from '../domain/errors.js';
import { AUTHORIZATION_HOLD_SECONDS, advance, type Intent } from '../domain/intent.js';
import { entryRows, holdEntries, type Transfer } from '../domain/ledger.js';
import type { FutureUsage, PaymentMethod } from '../domain/payment-method.js';
import type { Job } from '../domain/subscription.js';
import type { Approval, AuthorizeRequest, AuthorizeResult } from '../rails/rail.js';
import { railBar } from './abilities.js';
import { awaitIntentDeposits } from './await-deposits.js';
import { verifiedMethod } from './bank-accounts.js';
import { captureTransfer } from './capture-transfer.js';
import { awaitCash } from './cash-books.js';
import { type Decision, declined, done, refused } from './command.js';
import { makeDefault } from './confirmations.js';
import { captureAftermath } from './disputes.js';
import { callOffExpiry } from './expiry.js';
import { noted } from './history.js';
import { newAttempt } from './new-attempt.js';
import { tellRequestPaid } from './request-payments.js';
import { noteTry } from './tallies.js';
import type { Subjects, Work } from './work.js';

/** How this try is made: what is not in the intent itself. */
export interface PayOptions {
  returnUrl: string | null;
  /** The client's own script shows a challenge. */
  inClient: boolean;
  offSession: boolean;
  /** A needed challenge is a refusal. */
  refuseAction: boolean;
  requestChallenge: 'automatic' | 'any' | 'challenge';
  /** A bank account that is not known to be its holder's is confirmed by small deposits. */
  byDeposits: boolean;
}

export const PLAIN_PAY: PayOptions = {
  returnUrl: null,
  inClient: false,
  offSession: false,
  refuseAction: false,
  requestChallenge: 'automatic',
  byDeposits: false,
};

/** The id of the job that ends an authorization, found from its attempt. */
export function expiryJobId(attempt: string): string {
  return `job_expire_${attempt}`;
}

/** The id of the job that asks a remote rail again about an attempt. */
export function recoveryJobId(attempt: string): string {
  return `job_recover_${attempt}`;
}

/** Seconds after which an unanswered attempt is asked about again. */
export const RECOVERY_DELAY_SECONDS = 15;

function requestOf(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  attempt: string,
  options: PayOptions,
): AuthorizeRequest {
  return {
    account: intent.account,
    attempt,
    amount: intent.amount,
    currency: intent.currency,
    method,
    offSession: options.offSession,
    authenticated: intent.authenticated !== null,
    setUpFor: intent.futureUsage,
    requestChallenge: options.requestChallenge,
    now: work.now(),
  };
}

/**
 * Tries to pay an intent with a method that fits it. On an atomic rail the outcome is decided
 * here; on a remote one the attempt is written as started, and `settle` follows with the answer.
 */
export function pay(
  work: Work,
  intent: Intent,
  given: PaymentMethod,
  options: PayOptions,
): Decision<Intent> {
  const rail = work.context.railFor(given.type);
  if (rail === null)
    return refused({ failure: 'rail_cannot', rail: given.type, operation: 'payment' });
  if (intent.captureMethod === 'manual') {
    const bar = railBar(work, given.type, 'hold', rail.name);
    if (bar !== null) return refused(bar);
  }
  let method = given;
  if (method.type === 'customer_balance') {
    const waits = awaitCash(work, intent, method);
    if (waits !== null) return waits;
  }
  if (bankAccountOf(method.details)?.verified === false) {
    if (options.byDeposits) return awaitIntentDeposits(work, intent, method);
    method = work.update('methods', verifiedMethod(method));
  }
  const attempt = newAttempt(work, intent, method, rail);
  const ruled = attempt.ruling?.action;
  if (ruled === 'block') return block(work, intent, method, attempt);
  if (rail.kind === 'atomic') {
    const request = requestOf(work, intent, method, attempt.id, options);
    const result = rail.authorize({ ...request, riskAllowed: ruled === 'allow' });
    if (result.outcome === 'pending') {
      const dueAt = work.now() + result.seconds;
      return begin(work, intent, method, attempt, { dueAt, kind: 'settle_attempt' });
    }
    return settle(work, intent, attempt, method, result, options);
  }
  const dueAt = work.wallNow() + RECOVERY_DELAY_SECONDS;
  return begin(work, intent, method, attempt, { dueAt, kind: 'recover_attempt' });
}

/** Refuses by a rule of the merchant's: no bank is asked, and the attempt is on record. */
function block(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  attempt: Attempt,
): Decision<Intent> {
  const decline = silentDecline('card_declined', 'fraudulent');
  const state = advanceAttempt(attempt, 'fail');
  const blocked = work.insert('attempts', { ...attempt, state, decline });
  noteTry(work, intent, blocked, 'blocked');
  return refusePayment(work, intent, method, blocked, decline);
}

/** Writes down a try whose outcome comes later, with the job that asks for it. */
function begin(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  attempt: Attempt,
  job: Pick<Job, 'dueAt' | 'kind'>,
): Decision<Intent> {
  work.insert('attempts', attempt);
  work.schedule({ id: recoveryJobId(attempt.id), subject: attempt.id, ...job });
  const started: Intent = {
    ...intent,
    state: advance(intent, 'submit'),
    method: method.id,
    latestAttempt: attempt.id,
    challenge: null,
    asks: null,
    lastError: null,
  };
  work.update('intents', started);
  work.record('intent.processing', { intent: started, attempt });
  return done(started);
}

/** What to ask a remote rail about a started attempt, first and again. */
export function requestAgain(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  method: PaymentMethod,
): AuthorizeRequest {
  return requestOf(work, intent, method, attempt.id, PLAIN_PAY);
}

/** Brings a rail's answer into the books: the attempt, the intent, the ledger, the facts. */
export function settle(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  method: PaymentMethod,
  result: AuthorizeResult,
  options: PayOptions,
): Decision<Intent> {
  if (result.outcome === 'unknown' || result.outcome === 'pending') return done(intent);
  if (result.outcome === 'action_required')
    return challenge(work, intent, attempt, method, result.version, options);
  if (result.outcome === 'failed') {
    const { reachedIssuer, ...decline } = result.decline;
    // A remote rail's attempt is on record already, whoever it was that refused.
    const failed =
      reachedIssuer || isRecorded(work, attempt) ? failedAttempt(work, attempt, decline) : null;
    if (failed !== null) noteTry(work, intent, failed, 'declined');
    return refusePayment(work, intent, method, failed, decline);
  }
  const { approval } = result;
  const approved: Attempt = {
    ...attempt,
    card: attempt.card && { ...attempt.card, cvcCheck: approval.cvcCheck },
    approval: approvalRow(approval, intent.authenticated),
  };
  const kept = keepMethod(work, intent, method, approval.cvcCheck);
  const attached = kept.customer === method.customer ? null : kept;
  if (intent.makesDefault === true) makeDefault(work, kept);
  noteTry(work, intent, approved, 'authorized');
  return intent.captureMethod === 'manual'
    ? hold(work, intent, approved, attached)
    : collect(work, intent, approved, attached);
}

function approvalRow(
  approval: Approval,
  authenticated: Intent['authenticated'],
): Attempt['approval'] {
  const { cvcCheck: _, ...rest } = approval;
  return { ...rest, authenticated };
}

function failedAttempt(work: Work, attempt: Attempt, decline: DeclineCodes): Attempt {
  const card = attempt.card && { ...attempt.card, cvcCheck: 'pass' as const };
  const state = advanceAttempt(attempt, 'fail');
  return putAttempt(work, { ...attempt, card, state, decline });
}

/** Whether an attempt whose outcome is being settled was written before it was known. */
function isRecorded(work: Work, { methodType }: Attempt): boolean {
  const rail = work.context.railFor(methodType);
  return rail?.kind === 'remote' || rail?.answersLater === true;
}

/** Inserts an atomic rail's attempt, replaces a remote rail's started one. */
function putAttempt(work: Work, attempt: Attempt): Attempt {
  return isRecorded(work, attempt)
    ? work.update('attempts', attempt)
    : work.insert('attempts', attempt);
}

/** Ends a try without payment: the intent waits for another method. */
export function refusePayment(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  attempt: Attempt | null,
  decline: DeclineCodes,
): Decision<Intent> {
  // The bank has looked at the security code, unless it only asked for authentication.
  const isBlocked = attempt?.ruling?.action === 'block';
  const seen = decline.code !== 'authentication_required' && attempt !== null && !isBlocked;
  const shown: PaymentMethod = {
    ...method,
    sealed: null,
    card: method.card && seen ? { ...method.card, cvcCheck: 'pass' } : method.card,
  };
  const next: Intent = {
    ...intent,
    state: advance(intent, 'decline'),
    method: null,
    challenge: null,
    asks: null,
    authenticated: null,
    latestAttempt: attempt?.id ?? intent.latestAttempt,
    lastError: { ...decline, attempt: attempt?.id ?? null, method: shown },
    history: noted(work, intent.history, {
      kind: 'declined',
      amount: intent.amount,
      subject: attempt?.id ?? '',
      payer: { ...method, method: method.id },
    }),
  };
  work.update('intents', next);
  work.record('intent.declined', attempt === null ? { intent: next } : { intent: next, attempt });
  const details = { decline, attempt: attempt?.id ?? null, intent: next, method: shown };
  return declined({ failure: 'declined', ...details });
}

function challenge(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  method: PaymentMethod,
  version: '1.0.2' | '2.2.0',
  options: PayOptions,
): Decision<Intent> {
  if (isRecorded(work, attempt))
    putAttempt(work, { ...attempt, state: advanceAttempt(attempt, 'fail') });
  if (options.refuseAction) {
    const decline = silentDecline('authentication_required', 'authentication_not_handled');
    const decision = refusePayment(work, intent, method, null, decline);
    if (decision.end !== 'declined') throw new Error('a decline that was not declined');
    const left = (decision.failure as Extract<Failure, { failure: 'declined' }>).intent as Intent;
    return declined({ failure: 'action_refused', intent: left });
  }
  const next: Intent = {
    ...intent,
    state: advance(intent, 'challenge'),
    method: method.id,
    lastError: null,
    challenge: {
      secret: work.context.secret(32),
      version,
      returnUrl: options.returnUrl,
      inClient: options.inClient || options.returnUrl === null,
      offeredAt: work.now(),
    },
    history: noted(work, intent.history, {
      kind: 'challenged',
      amount: intent.amount,
      subject: isRecorded(work, attempt) ? attempt.id : '',
      payer: attempt,
    }),
  };
  work.update('intents', next);
  work.record('intent.action_required', { intent: next });
  return done(next);
}

/** Keeps a method for later if that was asked for; else a payment without customer uses it up. */
function keepMethod(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  cvcCheck: Approval['cvcCheck'],
): PaymentMethod {
  if (intent.futureUsage === null) {
    if (method.customer !== null || method.consumed) return method;
    return work.update('methods', { ...method, consumed: true });
  }
  const setUpFor = furthest(method.setUpFor, intent.futureUsage);
  if (intent.customer === null || method.customer === intent.customer)
    return setUpFor === method.setUpFor ? method : work.update('methods', { ...method, setUpFor });
  const card = method.card && { ...method.card, cvcCheck };
  return work.update('methods', { ...method, setUpFor, customer: intent.customer, card });
}

/** The wider of two permissions. */
export function furthest(before: FutureUsage | null, now: FutureUsage): FutureUsage {
  return before === 'off_session' ? before : now;
}

function hold(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  attached: PaymentMethod | null,
): Decision<Intent> {
  const now = work.now();
  const { amount, account, currency } = intent;
  const transfer: Transfer = {
    account,
    id: work.context.newId('txn_', 24),
    kind: 'authorization',
    state: 'pending',
    intent: intent.id,
    source: attempt.id,
    amount,
    fee: 0n,
    settled: 0n,
    currency,
    created: now,
    availableOn: now,
    description: intent.description,
    entries: entryRows(holdEntries(amount)),
  };
  work.transfer(null, transfer);
  const seconds = intent.holdTerms?.seconds ?? AUTHORIZATION_HOLD_SECONDS;
  const captureBefore = now + Math.min(seconds, AUTHORIZATION_HOLD_SECONDS);
  const held: Attempt = {
    ...attempt,
    state: advanceAttempt(attempt, 'authorize'),
    hold: transfer.id,
    captureBefore,
  };
  putAttempt(work, held);
  work.schedule({
    id: expiryJobId(held.id),
    dueAt: captureBefore,
    kind: 'expire_authorization',
    subject: intent.id,
  });
  const state = advance(intent, 'authorize');
  const next = {
    ...paidIntent(intent, held, state),
    authorized: amount,
    history: noted(work, intent.history, {
      kind: 'authorized',
      amount,
      subject: held.id,
      payer: held,
    }),
  };
  callOffExpiry(work, next);
  work.update('intents', next);
  recordPaid(work, 'intent.authorized', next, held, attached);
  return done(next);
}

function collect(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  attached: PaymentMethod | null,
): Decision<Intent> {
  const { amount } = intent;
  const transfer = captureTransfer(work, intent, attempt, amount);
  const { attempt: paid, subjects } = captureAftermath(work, {
    ...attempt,
    state: advanceAttempt(attempt, 'pay'),
    captured: amount,
    transfer: transfer.id,
  });
  putAttempt(work, paid);
  const state = advance(intent, 'pay');
  const next = {
    ...paidIntent(intent, paid, state),
    authorized: amount,
    captured: amount,
    history: noted(work, intent.history, {
      kind: 'captured',
      amount,
      subject: transfer.id,
      payer: paid,
      tip: intent.parts?.tips ?? null,
    }),
  };
  callOffExpiry(work, next);
  work.update('intents', next);
  recordPaid(work, 'intent.paid', next, paid, attached, subjects);
  tellRequestPaid(work, next, paid);
  return done(next);
}

function paidIntent(intent: Intent, attempt: Attempt, state: Intent['state']): Intent {
  return {
    ...intent,
    state,
    method: attempt.method,
    latestAttempt: attempt.id,
    challenge: null,
    asks: null,
    lastError: null,
    captureOpen: state === 'authorized',
  };
}

/** `attached`: the method, where this payment saved it with its customer. */
function recordPaid(
  work: Work,
  type: 'intent.paid' | 'intent.authorized',
  intent: Intent,
  attempt: Attempt,
  attached: PaymentMethod | null,
  aftermath: Subjects = {},
): void {
  const subjects = { ...aftermath, intent, attempt };
  work.record(type, attached === null ? subjects : { ...subjects, method: attached });
}
