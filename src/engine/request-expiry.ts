import { INTENT_LIFECYCLE, type Intent } from '../domain/intent.js';
import { step } from '../domain/lifecycle.js';
import type { RendezvousRequest } from '../domain/rendezvous.js';
import type { Job } from '../domain/subscription.js';
import { type Command, done, type Need } from './command.js';
import { needIntent } from './intents.js';
import { recoveryDelay } from './recover.js';
import { release } from './release.js';
import type { Work } from './work.js';

/** The id of the job that ends a request's intent, found from the intent. */
export function requestExpiryJobId(intent: string): string {
  return `job_expire_request_${intent}`;
}

/** Names the job that ends a request's intent, so that a payment can call it off. */
export function needExpiry(need: Need, request: RendezvousRequest | null | undefined): void {
  if (!request?.intent) return;
  need.of(request.merchant)('jobs', requestExpiryJobId(request.intent));
}

/** Calls off the end of a request's intent, which is paid; `work` is over its merchant's rows. */
export function callOffExpiry(work: Work, intent: Intent): void {
  if (intent.state === 'captured') work.unschedule(requestExpiryJobId(intent.id));
}

/**
 * Cancels the intent of a request that nobody has paid in its time. One whose payment is on its way
 * is looked at again later: should that fail, its time is over all the same.
 */
export function expireRequest(job: Job): Command<Intent | null> {
  return {
    account: job.account,
    needs: (need) => {
      // Asked for first: it is due by its own clock, wherever the intent has moved since.
      need('jobs', job.id);
      needIntent(need, job.subject);
    },
    decide: (work) => {
      const due = work.get('jobs', job.id);
      const intent = work.get('intents', job.subject);
      if (due === null || intent === null || work.now() < due.dueAt) return done(null);
      if (intent.state === 'processing') {
        const dueAt = work.now() + recoveryDelay(due.tries);
        work.update('jobs', { ...due, tries: due.tries + 1, dueAt });
        return done(intent);
      }
      work.remove('jobs', due);
      const isPayable = step(INTENT_LIFECYCLE, intent.state, 'pay') !== null;
      return done(isPayable ? release(work, intent, 'cancel', 'expired') : intent);
    },
  };
}
