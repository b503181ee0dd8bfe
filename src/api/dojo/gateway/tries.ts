import { type Failure, isFailure } from '../../../domain/errors.js';
import { triesOf } from '../../../domain/history.js';
import type { Intent } from '../../../domain/intent.js';
import type { FutureUsage } from '../../../domain/payment-method.js';
import type { MethodChoice, Purpose } from '../../../engine/choice.js';
import { type Command, checked, type Decision, done, refused } from '../../../engine/command.js';
import { attemptsFault } from '../../../engine/history.js';
import { answerChallenge, confirmIntent, findIntent, needIntent } from '../../../engine/intents.js';
import { NO_MANDATE } from '../../../engine/mandates.js';
import {
  answerSetupChallenge,
  confirmSetup,
  findSetup,
  needSetup,
} from '../../../engine/setups.js';
import type { Work } from '../../../engine/work.js';
import type { Session } from '../session-token.js';
import type { Details } from './bodies.js';
import { isProven, keptFields, takes, type Way } from './terms.js';

/** One try to pay or to save, as a token allows it. */
export interface Try {
  /** What it pays with, as the wire names its kind. */
  readonly kind: Way;
  readonly choice: MethodChoice;
  readonly details: Details;
  /** How far the customer wants the card to be kept; null: not at all. */
  readonly keeps: FutureUsage | null;
}

/** Whether a token is for a setup; it is for an intent otherwise. */
export function isForSetup({ subject }: Session): boolean {
  return subject.startsWith('seti_');
}

const used = (): Failure => ({ failure: 'token_used', token: '' });

/** Tries that were made since the token was issued. */
function triesSince({ tries }: Session, { history }: Purpose): number {
  // Without a history nothing is counted: the state alone says whether it can be tried.
  return history === null ? 0 : triesOf(history) - tries;
}

/** A challenge is shown by whoever holds the token: nobody is sent anywhere. */
const IN_CLIENT = { needsReturnUrl: () => false, inClient: true, returnUrl: null } as const;

/**
 * Makes the one try that a token is for: whether the token still holds and what comes of the try
 * are one decision, so that of two requests with the same token one pays. Errors: token_used,
 * missing, rail_cannot (not among the ways to pay), limit_reached, and those of `confirmIntent`
 * and `confirmSetup`.
 */
export function tryByToken(session: Session, sent: Try): Command<Purpose> {
  return isForSetup(session) ? saveByToken(session, sent) : payByToken(session, sent);
}

function payByToken(session: Session, { kind, choice, details, keeps }: Try): Command<Purpose> {
  const { account, subject } = session;
  return {
    account,
    needs: (need) => {
      confirmIntent(account, subject, choice, IN_CLIENT).needs(need);
      need.list('attempts', 'intent', subject);
    },
    decide: (work) => {
      const intent = findIntent(work, subject);
      if (isFailure(intent)) return refused(intent);
      if (triesSince(session, intent) !== 0) return refused(used());
      const fault = payFault(intent, kind) ?? attemptsFault(work, intent);
      if (fault !== null) return refused(fault);
      const fields = keptFields(intent, details);
      if (isFailure(fields)) return refused(fields);
      const futureUsage = keeps !== null && isProven(intent) ? keeps : usageOf(intent);
      const input = { ...fields, ...choice, futureUsage };
      return confirmIntent(account, subject, input, IN_CLIENT).decide(work);
    },
  };
}

/** A try that is not to keep its card forgets what an earlier one has asked for. */
function usageOf({ dialect, futureUsage }: Intent): FutureUsage | null {
  return dialect === 'dojo' ? null : futureUsage;
}

function payFault(intent: Intent, kind: Way): Failure | null {
  if (!takes(intent, kind)) return { failure: 'rail_cannot', rail: kind, operation: 'payment' };
  // Who holds no more than the link may not charge what others have saved.
  if (kind === 'SavedCard' && !isProven(intent))
    return { failure: 'missing', kind: 'method', id: '', where: 'body', param: null };
  return null;
}

function saveByToken(session: Session, { kind, choice }: Try): Command<Purpose> {
  const { account, subject } = session;
  const options = { ...IN_CLIENT, mandate: NO_MANDATE };
  return checked(confirmSetup(account, subject, choice, options), (work) => {
    const setup = findSetup(work, subject);
    if (isFailure(setup)) return setup;
    if (triesSince(session, setup) !== 0) return used();
    return kind === 'Card' ? null : { failure: 'rail_cannot', rail: kind, operation: 'setup' };
  });
}

/** A challenge and its decline: what one try can add to the count. */
const TRIES_OF_ONE_MAX = 2;

/**
 * What came of the try that a token was for. `passed` is what the caller's own library says of the
 * challenge that is open; null where it leaves that to the bank's page. Errors: token_used,
 * missing, declined, setup_declined.
 */
export function completeByToken(session: Session, passed: boolean | null): Command<Purpose> {
  const { account, subject } = session;
  const forSetup = isForSetup(session);
  return {
    account,
    needs: (need) => void (forSetup ? needSetup(need, subject) : needIntent(need, subject)),
    decide: (work): Decision<Purpose> => {
      const purpose = forSetup ? findSetup(work, subject) : findIntent(work, subject);
      if (isFailure(purpose)) return refused(purpose);
      if (triesSince(session, purpose) > TRIES_OF_ONE_MAX) return refused(used());
      const { challenge } = purpose;
      if (challenge === null || passed === null) return done(purpose);
      return settle(work, session, challenge.secret, passed);
    },
  };
}

function settle(work: Work, session: Session, secret: string, passed: boolean): Decision<Purpose> {
  const { account, subject } = session;
  return isForSetup(session)
    ? answerSetupChallenge(account, subject, secret, passed).decide(work)
    : answerChallenge(account, subject, secret, passed).decide(work);
}
