import { createHash, randomBytes } from 'node:crypto';
import { SESSION_SECONDS } from '../../domain/operator.js';
import { isSameSecret } from '../../engine/same-secret.js';
import type { HttpRequest } from '../http.js';
import { isOwnOrigin } from '../own-page.js';
import { AdminRefusal } from './fault.js';

const SECRET_BYTES = 24;

/** A secret that nobody guesses: 192 bits in hexadecimal. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

/**
 * By HTTPS the name says that the cookie is this host's alone and never sent in the open; browsers
 * refuse that name by plain HTTP, which is only this machine's own.
 */
const cookieName = (isSecure: boolean): string => (isSecure ? '__Host-tender' : 'tender_session');

const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:');

/** The session's secret that a browser sends; null where it sends none. */
export function cookieOf({ headers }: HttpRequest, publicUrl: string): string | null {
  const name = cookieName(isSecure(publicUrl));
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value = ''] = part.trim().split('=');
    if (key === name && /^\w{16,64}$/.test(value)) return value;
  }
  return null;
}

/** The header that keeps a session's secret in the browser; of null, that takes it away. */
export function setCookie(secret: string | null, publicUrl: string): Record<string, string> {
  const secure = isSecure(publicUrl);
  const age = secret === null ? 0 : SESSION_SECONDS;
  const parts = [`${cookieName(secure)}=${secret ?? ''}`, 'Path=/', `Max-Age=${age}`];
  parts.push('HttpOnly', 'SameSite=Strict');
  if (secure) parts.push('Secure');
  return { 'set-cookie': parts.join('; ') };
}

/** What calls that change something carry: it follows from the session, and from nothing else. */
export function csrfOf(secret: string): string {
  return createHash('sha256').update(`csrf ${secret}`).digest('base64url');
}

/** Refuses a call whose token is not the session's. Throws AdminRefusal. */
export function refuseForged({ headers }: HttpRequest, expected: string): void {
  if (!isSameSecret(String(headers['x-csrf'] ?? ''), expected))
    throw new AdminRefusal(403, 'csrf', 'Send x-csrf as GET session says it.');
}

/** Refuses what another site's page sends. Throws AdminRefusal. */
export function refuseStrangers({ headers }: HttpRequest, publicUrl: string): void {
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwn || !isOwnOrigin(headers.origin, headers.host, publicUrl))
    throw new AdminRefusal(403, 'stranger', 'Only the dashboard itself may call this.');
}
