/** A letter to a customer, and how far it has got. */
export interface Mail {
  account: string;
  id: string;
  /** Wall time, Unix seconds. */
  created: number;
  /** `kept`: a sandbox without a mail server shows it in its mailbox. */
  state: 'waiting' | 'sent' | 'kept' | 'failed';
  to: string;
  subject: string;
  text: string;
  html: string;
  /** What it is about. */
  intent: string;
  tries: number;
  /** Why the last try failed; null where none has. */
  fault: string | null;
}

/** Letters that one intent may cause: receipts are asked for by whoever holds the link, too. */
export const MAILS_PER_INTENT_MAX = 20;
