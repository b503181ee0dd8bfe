import { choosePassword, invited, openSession } from '../../engine/operators.js';
import { hashPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../../engine/passwords.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { escaped, messagePage, page, pageHeaders, shell } from '../page-shell.js';
import { cookieOf, newSecret, refuseStrangers, setCookie } from './cookie.js';
import type { AdminDependencies } from './request.js';
import { runOwn } from './session.js';

/** Where a link to choose a password leads; what follows is the operator's id and the secret. */
export const WELCOME_PREFIX = '/admin/welcome/';

/** The address of a link, without its origin. */
export function welcomePath(operator: string, secret: string): string {
  return `${WELCOME_PREFIX}${operator}/${secret}`;
}

const OVER = messagePage(
  'This link is over',
  'It works once, for a day. On the server, tender init --email with your address makes another.',
);

function form(email: string, fault: string): string {
  const told = fault === '' ? '' : `<p class="fault" role="alert">${escaped(fault)}</p>`;
  return shell(
    'Choose a password',
    `<h1>Choose a password</h1><p>For ${escaped(email)}, to sign in to the dashboard.</p>${told}` +
      '<form method="post"><label>Password, at least ' +
      `${PASSWORD_CHARS_MIN} characters<input type="password" name="password" ` +
      `autocomplete="new-password" minlength="${PASSWORD_CHARS_MIN}" ` +
      `maxlength="${PASSWORD_CHARS_MAX}" required autofocus></label>` +
      '<button class="main">Sign in</button></form>',
  );
}

/**
 * The page with the form. By `no-referrer`, as pages have it, a browser would send it with
 * `Origin: null`, as a stranger's; this names the origin and keeps the link to itself.
 */
function formPage(status: number, email: string, fault: string): HttpReply {
  const reply = page(status, form(email, fault));
  return { ...reply, headers: { ...reply.headers, 'referrer-policy': 'strict-origin' } };
}

/** Shows the form of a link, and takes the password that was chosen. */
export async function welcome(deps: AdminDependencies, request: HttpRequest): Promise<HttpReply> {
  const [operator = '', secret = '', ...rest] = request.path
    .slice(WELCOME_PREFIX.length)
    .split('/');
  const isLink = rest.length === 0 && /^op_\w{1,60}$/.test(operator) && /^\w{16,64}$/.test(secret);
  const found = isLink ? await invited(deps.engine, operator, secret) : null;
  if (found === null) return page(404, OVER);
  if (request.method === 'GET' || request.method === 'HEAD') return formPage(200, found.email, '');
  if (request.method !== 'POST') return page(405, messagePage('Not so', 'Use GET or POST.'));
  refuseStrangers(request, deps.publicUrl());
  const password = new URLSearchParams(request.body.toString('utf8')).get('password') ?? '';
  if (password.length < PASSWORD_CHARS_MIN || password.length > PASSWORD_CHARS_MAX) {
    const fault = `A password has ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters.`;
    return formPage(400, found.email, fault);
  }
  const kept = await hashPassword(password);
  const chosen = await runOwn(deps.engine, choosePassword(operator, secret, kept));
  if (chosen === null) return page(404, OVER);
  const session = newSecret();
  const before = cookieOf(request, deps.publicUrl());
  await runOwn(deps.engine, openSession(chosen, session, before));
  const headers = { ...pageHeaders("form-action 'self'"), ...setCookie(session, deps.publicUrl()) };
  return { status: 303, headers: { ...headers, location: '/dashboard' }, body: '' };
}
