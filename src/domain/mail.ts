/** What a letter says. */
export interface Letter {
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

/**
 * A letter to a customer, and how far it has got. It is the installation's, as the mailbox and the
 * mail server are.
 */
export interface Mail extends Letter {
  account: string;
  id: string;
  /** Whose payment it is about. */
  merchant: string;
  /** Wall time, Unix seconds. */
  created: number;
  /** `kept`: a sandbox without a mail server shows it in its mailbox. */
  state: 'waiting' | 'sent' | 'kept' | 'failed';
  to: string;
  /** What it is about. */
  intent: string;
  tries: number;
  /** Why the last try failed; null where none has. */
  fault: string | null;
}

/** Letters that one intent may cause: receipts are asked for by whoever holds the link, too. */
export const MAILS_PER_INTENT_MAX = 20;

/** Characters of an address, as SMTP has them (RFC 5321, 4.5.3.1.3, without its brackets). */
export const EMAIL_CHARS_MAX = 254;

/**
 * How long a letter waits after its n-th failure, in seconds: half a day in all. Receivers that
 * put strangers off take them after minutes; a server that is down longer has an operator.
 */
export const MAIL_DELAYS_SECONDS = [60, 300, 1800, 7200, 36_000] as const;

/**
 * Whether a letter can be addressed so: one plain address, without a name, comments or quotes.
 * That it is somebody's is known only once a letter has arrived.
 */
export function isEmail(text: string): boolean {
  if (text.length > EMAIL_CHARS_MAX) return false;
  const [local = '', domain = '', ...rest] = text.split('@');
  if (rest.length > 0 || local.length > 64) return false;
  const isLocal = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
  const isDomain =
    /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;
  return isLocal.test(local) && isDomain.test(domain);
}
