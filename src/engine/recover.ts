import type { Attempt } from '../domain/attempt.js';
import { capturable, type Intent } from '../domain/intent.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { Job } from '../domain/subscription.js';
import type { AuthorizeRequest, AuthorizeResult } from '../rails/rail.js';
import { capture } from './captures.js';
import { type Command, type Decision, done } from './command.js';
import { needIntent } from './intents.js';
import { type PayOptions, PLAIN_PAY, recoveryJobId, requestAgain, settle } from './pay.js';
import { release } from './release.js';
import type { Work } from './work.js';

interface StartedAttempt {
  intent: Intent;
  attempt: Attempt;
  method: PaymentMethod;
}

function started(work: Work, attemptId: string): StartedAttempt | null {
  const attempt = work.get('attempts', attemptId);
  if (attempt === null || attempt.state !== 'started') return null;
  const intent = work.get('intents', attempt.intent);
  const method = work.get('methods', attempt.method);
  if (intent === null || method === null) throw new Error(`attempt ${attemptId} hangs in the air`);
  return { intent, attempt, method };
}

function needAttempt(need: Parameters<Command<unknown>['needs']>[0], attemptId: string): void {
  const attempt = need('attempts', attemptId);
  need('jobs', recoveryJobId(attemptId));
  if (!attempt) return;
  needIntent(need, attempt.intent);
  need('methods', attempt.method);
}

/**
 * What to ask a remote rail about an attempt, or null when its outcome is known already. Asking
 * again is safe: the rail knows the attempt by its id.
 */
export function askAgain(account: string, attemptId: string): Command<AuthorizeRequest | null> {
  return {
    account,
    needs: (need) => needAttempt(need, attemptId),
    decide: (work) => {
      const found = started(work, attemptId);
      if (found === null) {
        const job = work.get('jobs', recoveryJobId(attemptId));
        if (job !== null) work.remove('jobs', job);
        return done(null);
      }
      return done(requestAgain(work, found.intent, found.attempt, found.method));
    },
  };
}

/** Seconds until a rail that does not know is asked again, by the number of tries before. */
export function recoveryDelay(tries: number): number {
  return Math.min(3600, 15 * 2 ** tries);
}

/**
 * Brings a remote rail's answer into the books, once: a second answer finds the attempt settled.
 * `unknown` keeps the attempt started and asks again later.
 */
export function settleAttempt(
  account: string,
  attemptId: string,
  result: AuthorizeResult,
  options: PayOptions = PLAIN_PAY,
): Command<Intent | null> {
  return {
    account,
    needs: (need) => needAttempt(need, attemptId),
    decide: (work) => {
      const found = started(work, attemptId);
      const job = work.get('jobs', recoveryJobId(attemptId));
      if (found === null) return done(null);
      if (result.outcome === 'unknown') {
        if (job !== null) work.update('jobs', postponed(work, job));
        return done(found.intent);
      }
      if (job !== null) work.remove('jobs', job);
      return settle(work, found.intent, found.attempt, found.method, result, options);
    },
  };
}

function postponed(work: Work, job: Job): Job {
  return { ...job, tries: job.tries + 1, dueAt: work.nowFor(job) + recoveryDelay(job.tries) };
}

/** Brings into the books what a rail of our own has found about a payment it worked on. */
export function settleDueAttempt(job: Job): Command<Intent | null> {
  return {
    account: job.account,
    needs: (need) => needAttempt(need, job.subject),
    decide: (work) => {
      const due = work.get('jobs', job.id);
      const found = started(work, job.subject);
      if (due === null || found === null || work.now() < due.dueAt) return done(null);
      const { intent, attempt, method } = found;
      const rail = work.context.railFor(method.type);
      if (rail?.kind !== 'atomic') throw new Error(`attempt ${attempt.id}: its rail is gone`);
      const result = rail.authorize(requestAgain(work, intent, attempt, method));
      if (result.outcome !== 'pending') throw new Error(`${rail.name} does not answer later`);
      if (result.end.outcome === 'unknown') {
        work.update('jobs', { ...due, tries: due.tries + 1, dueAt: work.now() + result.seconds });
        return done(intent);
      }
      work.remove('jobs', due);
      return settle(work, intent, attempt, method, result.end, PLAIN_PAY);
    },
  };
}

/** Ends an authorization whose time is over; nothing happens when it was captured or canceled. */
export function expireAuthorization(job: Job): Command<Intent | null> {
  return {
    account: job.account,
    needs: (need) => {
      needIntent(need, job.subject);
      need('jobs', job.id);
    },
    decide: (work) => {
      const due = work.get('jobs', job.id);
      const intent = work.get('intents', job.subject);
      if (due === null || intent === null) return done(null);
      if (work.now() < due.dueAt) return done(null);
      if (intent.state === 'authorized') return endHold(work, intent);
      work.remove('jobs', due);
      return done(intent);
    },
  };
}

/** What is left of a hold goes where its creator has said; else it is the customer's again. */
function endHold(work: Work, intent: Intent): Decision<Intent> {
  return intent.holdTerms?.end === 'capture'
    ? capture(work, intent, capturable(intent), { amount: null, final: true })
    : done(release(work, intent, 'expire', 'expired'));
}
