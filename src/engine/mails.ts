import type { Account } from '../domain/account.js';
import type { Attempt } from '../domain/attempt.js';
import { isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import {
  type Letter,
  MAIL_DELAYS_SECONDS,
  MAILS_PER_INTENT_MAX,
  type Mail,
} from '../domain/mail.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Job } from '../domain/subscription.js';
import { type Command, done, refused } from './command.js';
import { findIntent, needIntent } from './intents.js';
import type { Work } from './work.js';

/** What a receipt tells of. */
export interface Paid {
  readonly intent: Intent;
  /** The try that paid. */
  readonly attempt: Attempt;
  readonly merchant: Account;
}

/**
 * Asks for receipts of a payment: a letter to each address, written by `write`. What becomes of
 * them is `claimMail`'s and `recordMail`'s. Errors: missing, intent_state (it is not paid),
 * limit_reached (more letters than `MAILS_PER_INTENT_MAX`).
 */
export function sendReceipts(
  account: string,
  id: string,
  emails: readonly string[],
  write: (paid: Paid) => Letter,
): Command<Intent> {
  return {
    account,
    needs: (need) => {
      needIntent(need, id);
      need.of(INSTALLATION).list('mails', 'intent', id);
    },
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const attempt =
        intent.authorized > 0n ? work.get('attempts', intent.latestAttempt ?? '') : null;
      if (attempt === null)
        return refused({ failure: 'intent_state', operation: 'send_receipt', intent });
      const installation = work.of(INSTALLATION);
      const before = installation.list('mails', 'intent', id).length;
      if (before + emails.length > MAILS_PER_INTENT_MAX)
        return refused({
          failure: 'limit_reached',
          what: 'receipts for one payment',
          max: MAILS_PER_INTENT_MAX,
        });
      const letter = write({ intent, attempt, merchant: work.account() });
      for (const to of emails) post(installation, { ...letter, to, intent: id, merchant: account });
      work.record('intent.receipt_asked', { intent });
      return done(intent);
    },
  };
}

/** Puts a letter down, with the job that sends it. */
function post(installation: Work, letter: Letter & Pick<Mail, 'to' | 'intent' | 'merchant'>): void {
  const id = installation.context.newId('mail_', 24);
  installation.insert('mails', {
    account: INSTALLATION,
    id,
    created: installation.wallNow(),
    state: 'waiting',
    tries: 0,
    fault: null,
    ...letter,
  });
  const dueAt = installation.wallNow();
  installation.schedule({ id: `job_${id}`, dueAt, kind: 'send_mail', subject: id });
}

/** A letter whose next try is this process's to make. */
export interface ClaimedMail {
  readonly job: Job;
  readonly mail: Mail;
}

/** Longer than a try may take: until then no other process makes it, too. */
const LEASE_SECONDS = 120;

/** Takes a due letter over; null where it has ended, or another process has it. */
export function claimMail(seen: Job): Command<ClaimedMail | null> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('jobs', seen.id);
      need('mails', seen.subject);
    },
    decide: (work) => {
      const job = work.get('jobs', seen.id);
      if (job === null || job.dueAt !== seen.dueAt) return done(null);
      const mail = work.get('mails', seen.subject);
      if (mail === null || mail.state !== 'waiting') {
        work.unschedule(seen.id);
        return done(null);
      }
      const claimed = work.update('jobs', { ...job, dueAt: work.wallNow() + LEASE_SECONDS });
      return done({ job: claimed, mail });
    },
  };
}

/** How a try to send a letter ended. `isFinal`: another one would end alike. */
export type MailEnd =
  | { readonly state: 'sent' | 'kept' }
  | { readonly state: 'failed'; readonly fault: string; readonly isFinal: boolean };

/** Writes down how a try ended; one that may yet succeed is made again later, so often. */
export function recordMail(claimed: ClaimedMail, end: MailEnd): Command<Mail | null> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('jobs', claimed.job.id);
      need('mails', claimed.mail.id);
    },
    decide: (work) => {
      const mail = work.get('mails', claimed.mail.id);
      if (mail === null || mail.state !== 'waiting') return done(mail);
      const job = work.get('jobs', claimed.job.id);
      const tries = mail.tries + 1;
      const fault = end.state === 'failed' ? end.fault : null;
      const delay =
        end.state === 'failed' && !end.isFinal ? MAIL_DELAYS_SECONDS[mail.tries] : undefined;
      if (delay === undefined) {
        work.unschedule(claimed.job.id);
        return done(work.update('mails', { ...mail, tries, fault, state: end.state }));
      }
      if (job !== null) work.update('jobs', { ...job, tries, dueAt: work.wallNow() + delay });
      return done(work.update('mails', { ...mail, tries, fault }));
    },
  };
}
