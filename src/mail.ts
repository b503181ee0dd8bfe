import type { Job } from './domain/subscription.js';

/** Sends letters, or keeps them where there is no mail server. */
export interface Mailer {
  /** Whether letters leave the house. */
  readonly sends: boolean;
  /** Takes the next try of the letter that a job is about; false where it is to be tried again. */
  send(job: Job): Promise<boolean>;
  close(): void;
}

export function makeMailer(): Mailer {
  return { sends: false, send: () => Promise.resolve(true), close: () => {} };
}
