import { INTENT_LIFECYCLE, type Intent } from '../domain/intent.js';
import { step } from '../domain/lifecycle.js';
import type { SetupIntent } from '../domain/setup.js';
import type { Job } from '../domain/subscription.js';
import { type Command, done } from './command.js';
import { needIntent } from './intents.js';
import { recoveryDelay } from './recover.js';
import { release } from './release.js';
import { callOffSetup, needSetup } from './setups.js';
import type { Work } from './work.js';

/**
 * Cancels an intent that nobody has paid in its time. One whose payment is on its way is looked at
 * again later: should that fail, its time is over all the same.
 */
export function expireIntent(job: Job): Command<Intent | null> {
  return {
    account: job.account,
    needs: (need) => {
      // Asked for first: it is due by its own clock, wherever the intent has moved since.
      need('jobs', job.id);
      needIntent(need, job.subject);
    },
    decide: (work) => {
      const intent = work.get('intents', job.subject);
      if (intent === null || !isDue(work, job, intent.state === 'processing')) return done(intent);
      const isPayable = step(INTENT_LIFECYCLE, intent.state, 'pay') !== null;
      return done(isPayable ? release(work, intent, 'cancel', 'expired') : intent);
    },
  };
}

/** Cancels a setup that has saved nothing in its time, as `expireIntent` does an intent. */
export function expireSetup(job: Job): Command<SetupIntent | null> {
  return {
    account: job.account,
    needs: (need) => {
      need('jobs', job.id);
      needSetup(need, job.subject);
    },
    decide: (work) => {
      const setup = work.get('setups', job.subject);
      if (setup === null || !isDue(work, job, setup.state === 'processing')) return done(setup);
      return done(callOffSetup(work, setup, 'expired') ?? setup);
    },
  };
}

/** Takes the job away where it is due, and true; one that is to wait becomes due later. */
function isDue(work: Work, { id }: Job, waits: boolean): boolean {
  const due = work.get('jobs', id);
  const now = work.now();
  if (due === null || now < due.dueAt) return false;
  if (!waits) work.remove('jobs', due);
  else work.update('jobs', { ...due, tries: due.tries + 1, dueAt: now + recoveryDelay(due.tries) });
  return !waits;
}
