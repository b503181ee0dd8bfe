import { createTransport } from 'nodemailer';
import type { Mail } from './domain/mail.js';
import type { Job } from './domain/subscription.js';
import type { Engine } from './engine/engine.js';
import { claimMail, type MailEnd, recordMail } from './engine/mails.js';

/** The mail server that letters go to, and who they are from. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else by STARTTLS where the server offers it. */
  readonly isTls: boolean;
  readonly login: { readonly user: string; readonly pass: string } | null;
  readonly from: { readonly name: string; readonly address: string };
}

/** Bounds of sending letters. */
export interface MailLimits {
  readonly mail_connections_max: number;
  readonly mail_connect_ms_max: number;
  /** Without a word of the server's. */
  readonly mail_silence_ms_max: number;
  /** From the first try to connect to the server's last word on a letter. */
  readonly mail_send_ms_max: number;
}

/** Sends letters, or keeps them where there is no mail server. */
export interface Mailer {
  /** Whether letters leave the house. */
  readonly sends: boolean;
  /** Takes the next try of the letter that a job is about; false where it is to be tried again. */
  send(job: Job): Promise<boolean>;
  close(): void;
}

/** What the mailer is built from. */
export interface MailerDependencies {
  /** null: there is no mail server. */
  readonly settings: MailSettings | null;
  readonly mode: 'sandbox' | 'live';
  readonly limits: MailLimits;
  readonly engine: Pick<Engine, 'background'>;
}

/**
 * Builds the mailer. A letter goes out at least once: one that the server took and then lost its
 * connection over goes again, under the same message id.
 */
export function makeMailer({ settings, mode, limits, engine }: MailerDependencies): Mailer {
  const post = settings === null ? null : makePost(settings, limits);
  const tryIt = async (mail: Mail): Promise<MailEnd> => {
    if (post !== null) return post.send(mail);
    if (mode === 'sandbox') return { state: 'kept' };
    return {
      state: 'failed',
      fault: 'There is no mail server: set TENDER_SMTP_URL.',
      isFinal: true,
    };
  };
  return {
    sends: post !== null,
    send: async (job) => {
      const claimed = await engine.background(claimMail(job));
      if (claimed === null) return true;
      if ('failure' in claimed) throw new Error(`${job.id} could not be claimed`);
      await engine.background(recordMail(claimed, await tryIt(claimed.mail)));
      return true;
    },
    close: () => post?.close(),
  };
}

interface Post {
  /** Never rejects. */
  send(mail: Mail): Promise<MailEnd>;
  close(): void;
}

/** Why the mail server does not take us, log-in included; null where it does. Sends nothing. */
export async function mailFault(
  settings: MailSettings,
  limits: MailLimits,
): Promise<string | null> {
  const transport = openTransport(settings, limits);
  try {
    await within(limits.mail_send_ms_max, transport.verify());
    return null;
  } catch (error) {
    return faultOf(error as Error);
  } finally {
    transport.close();
  }
}

function openTransport({ host, port, isTls, login }: MailSettings, limits: MailLimits) {
  const transport = createTransport({
    host,
    port,
    secure: isTls,
    // A password in the clear is one given away.
    requireTLS: login !== null && !isTls && !LOOPBACK.has(host),
    ...(login === null ? {} : { auth: login }),
    pool: true,
    maxConnections: limits.mail_connections_max,
    connectionTimeout: limits.mail_connect_ms_max,
    greetingTimeout: limits.mail_connect_ms_max,
    socketTimeout: limits.mail_silence_ms_max,
    // A letter is text of ours: nothing in it is ever fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // Of an idle connection that broke; a letter's own trouble is its promise's.
  transport.on('error', () => {});
  return transport;
}

function makePost(settings: MailSettings, limits: MailLimits): Post {
  const transport = openTransport(settings, limits);
  const { from } = settings;
  return {
    send: async (mail) => {
      const { id, to, subject, text, html } = mail;
      const messageId = `<${id}@${from.address.split('@')[1]}>`;
      const headers = { 'Auto-Submitted': 'auto-generated' };
      // An object, not a text: an address in it is never parsed, so never becomes two.
      const letter = {
        from,
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId,
        headers,
      };
      try {
        await within(limits.mail_send_ms_max, transport.sendMail(letter));
        return { state: 'sent' };
      } catch (error) {
        return failed(error as Error & { responseCode?: number });
      }
    },
    close: () => transport.close(),
  };
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

const FAULT_CHARS_MAX = 300;

function faultOf({ message }: Pick<Error, 'message'>): string {
  return message.replace(/\s+/g, ' ').slice(0, FAULT_CHARS_MAX);
}

/** An answer of 500 and above is the server's last word (RFC 5321, 4.2.1); but who may log in. */
function failed({ message, responseCode = 0 }: Error & { responseCode?: number }): MailEnd {
  const fault = faultOf({ message });
  return { state: 'failed', fault, isFinal: responseCode >= 500 && !LOGIN.has(responseCode) };
}

/** Refused logins are the operator's to mend: the letter waits for that. */
const LOGIN: ReadonlySet<number> = new Set([530, 534, 535, 538]);

async function within<T>(ms_max: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The mail server took too long.')), ms_max);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
