import type { Job } from '../domain/subscription.js';
import { type Command, done } from './command.js';

/** The id of the job that forgets an ephemeral key or a customer session. */
export function forgettingJobId(subject: string): string {
  return `job_forget_${subject}`;
}

/** Removes an ephemeral key or a customer session whose time is long over. */
export function forgetAccess(job: Job): Command<null> {
  const { account, subject } = job;
  return {
    account,
    needs: (need) => {
      need('jobs', job.id);
      need('keys', subject);
      need('customer_sessions', subject);
    },
    decide: (work) => {
      work.unschedule(job.id);
      const key = work.get('keys', subject);
      if (key !== null) work.remove('keys', key);
      const session = work.get('customer_sessions', subject);
      if (session !== null) work.remove('customer_sessions', session);
      return done(null);
    },
  };
}
