import { isEmail } from './domain/mail.js';
import type { MailSettings } from './mail.js';

/** Ports of RFC 8314 and RFC 6409. */
const SMTPS_PORT = 465;
const SUBMISSION_PORT = 587;

type Fault = { readonly fault: string };

/**
 * Reads how letters leave. `server` is `smtp://user:password@host:port`, `smtps` for TLS from the
 * start; `sender` is an address, with or without a name. null where neither is given. A fault is
 * one line that says what to change, and never shows the password.
 */
export function readMailSettings(
  server: string | undefined,
  sender: string | undefined,
): MailSettings | Fault | null {
  if (server === undefined && sender === undefined) return null;
  if (server === undefined)
    return { fault: 'TENDER_MAIL_FROM is of no use without TENDER_SMTP_URL.' };
  if (sender === undefined)
    return { fault: 'TENDER_SMTP_URL needs TENDER_MAIL_FROM: the address that letters are from.' };
  const url = URL.canParse(server) ? new URL(server) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || hasMore(url))
    return {
      fault: 'TENDER_SMTP_URL is no mail server: like smtp://user:password@mail.example.com.',
    };
  const login = loginOf(url);
  if (login !== null && 'fault' in login) return login;
  const from = senderOf(sender);
  if ('fault' in from) return from;
  const isTls = url.protocol === 'smtps:';
  return Object.freeze({
    host: url.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: url.port === '' ? (isTls ? SMTPS_PORT : SUBMISSION_PORT) : Number(url.port),
    isTls,
    login,
    from,
  });
}

/** Options that other programs take in the query would be ignored in silence. */
function hasMore({ pathname, search, hash }: URL): boolean {
  return !/^\/?$/.test(pathname) || search !== '' || hash !== '';
}

function loginOf({ username, password }: URL): MailSettings['login'] | Fault {
  if (username === '' && password === '') return null;
  try {
    return Object.freeze({
      user: decodeURIComponent(username),
      pass: decodeURIComponent(password),
    });
  } catch {
    return { fault: 'TENDER_SMTP_URL has a % in its user or password that is to be written %25.' };
  }
}

function senderOf(value: string): MailSettings['from'] | Fault {
  const [, name = '', address = value] = /^([^<>\p{Cc}]*)<([^<>]+)>$/u.exec(value) ?? [];
  if (!isEmail(address))
    return { fault: 'TENDER_MAIL_FROM is no address: like Shop <pay@example.com>.' };
  return Object.freeze({ name: name.trim().replace(/^"(.*)"$/, '$1'), address });
}
