import type { Mail } from '../domain/mail.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Engine } from '../engine/engine.js';
import type { HttpReply, Mount } from './http.js';
import { escaped, message, messagePage, pageHeaders, shell } from './page-shell.js';
import { onlyRead, tooLarge } from './plain-reply.js';

/** Letters on the first page; older ones are a link further. */
const LETTERS_PER_PAGE = 50;

const PREFIX = '/mailbox';

const HEADERS = pageHeaders("form-action 'none'; frame-ancestors 'none'");

/** A letter may be anybody's words: it gets no script, no origin, and fetches nothing. */
const LETTER_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const page = (status: number, body: string): HttpReply => ({ status, headers: HEADERS, body });

/**
 * What a sandbox has sent, or would have: a list, the newest first, and each letter. It shows the
 * letters of all accounts, so it is only for a sandbox that any key opens and that nobody else
 * reaches.
 */
export function mailboxMounts({ engine }: { readonly engine: Engine }): Mount[] {
  const handle: Mount['handle'] = async ({ method, path, query }) => {
    if (method !== 'GET' && method !== 'HEAD') return onlyRead('Letters are');
    const [, , id = '', part, ...rest] = path.split('/');
    if (id === '') return page(200, await listPage(engine, new URLSearchParams(query)));
    const isKnown = part === undefined || part === 'letter';
    const mail = isKnown && rest.length === 0 ? await findMail(engine, id) : null;
    if (mail === null)
      return page(404, messagePage('No such letter', 'It was deleted, or never sent.'));
    return part === undefined
      ? page(200, letterPage(mail))
      : { status: 200, headers: LETTER_HEADERS, body: mail.html };
  };
  return [PREFIX, `${PREFIX}/`].map((prefix) => ({ prefix, handle, tooLarge }));
}

const MAIL_ID = /^mail_[0-9A-Za-z-]{10,64}$/;

async function findMail(engine: Engine, id: string): Promise<Mail | null> {
  if (!MAIL_ID.test(id)) return null;
  return engine.read(
    INSTALLATION,
    (need) => void need('mails', id),
    (rows) => rows.get('mails', id),
  );
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

const STATES: Readonly<Record<Mail['state'], string>> = {
  waiting: 'waiting',
  sent: 'sent',
  kept: 'kept here: there is no mail server',
  failed: 'failed',
};

async function listPage(engine: Engine, query: URLSearchParams): Promise<string> {
  const before = query.get('before') ?? '';
  const mails = await engine.page({
    table: 'mails',
    account: INSTALLATION,
    conditions: [],
    limit: LETTERS_PER_PAGE,
    ...(MAIL_ID.test(before) ? { olderThan: before } : {}),
  });
  if (mails.length === 0)
    return shell('Mailbox', message('No letters', 'Receipts that are asked for appear here.'));
  const rows = mails.map(
    ({ id, to, subject, created, state }) =>
      `<dt>${escaped(TIME.format(created * 1000))} UTC, to ${escaped(to)} (${state})</dt>` +
      `<dd><a href="${PREFIX}/${id}">${escaped(subject)}</a></dd>`,
  );
  const last = mails.at(-1)?.id ?? '';
  const older =
    mails.length < LETTERS_PER_PAGE
      ? ''
      : `<p><a href="${PREFIX}?before=${last}">Older letters</a></p>`;
  return shell(
    'Mailbox',
    `<h1>Mailbox</h1><p>Letters of this sandbox, the newest first.</p>
<dl>${rows.join('\n')}</dl>${older}`,
  );
}

function letterPage({ id, to, subject, created, state, fault, text }: Mail): string {
  const facts: readonly (readonly [string, string])[] = [
    ['To', to],
    ['Written', `${TIME.format(created * 1000)} UTC`],
    ['State', fault === null ? STATES[state] : `${STATES[state]}: ${fault}`],
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`);
  return shell(
    subject,
    `<p><a href="${PREFIX}">Mailbox</a></p><h1>${escaped(subject)}</h1>
<dl>${list.join('\n')}</dl>
<p><a href="${PREFIX}/${id}/letter">The letter as it looks</a></p>
<pre>${escaped(text)}</pre>`,
  );
}
