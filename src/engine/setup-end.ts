import type { SetupIntent } from '../domain/setup.js';
import type { Job } from '../domain/subscription.js';
import { type Command, done } from './command.js';

/** Cancels a setup that has saved nothing in its time. */
export function expireSetup(job: Job): Command<SetupIntent | null> {
  return {
    account: job.account,
    needs: (need) => void need('jobs', job.id),
    decide: () => done(null),
  };
}
