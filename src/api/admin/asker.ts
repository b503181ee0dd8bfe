import { randomBytes } from 'node:crypto';
import type { Operator } from '../../domain/operator.js';
import { INSTALLATION } from '../../domain/rendezvous.js';
import { whoseSession } from '../../engine/operators.js';
import { type Identity, parseAuthorization } from '../auth.js';
import type { HttpRequest } from '../http.js';
import { cookieOf, csrfOf } from './cookie.js';
import { AdminRefusal } from './fault.js';
import type { AdminDependencies, Asker } from './request.js';

/** The token of an open sandbox: its pages get it from `GET session`, other sites cannot. */
const OPEN_CSRF = randomBytes(24).toString('base64url');

const OPEN: Asker = {
  name: 'sandbox',
  role: 'admin',
  email: null,
  merchants: null,
  csrf: OPEN_CSRF,
};

const SIGN_IN = 'Sign in first.';

/** Who asks: a key's holder, whoever has signed in, or in an open sandbox anybody. */
export async function askerOf(deps: AdminDependencies, request: HttpRequest): Promise<Asker> {
  if (request.headers.authorization !== undefined) return holderOf(deps, request);
  const secret = cookieOf(request, deps.publicUrl());
  const operator = secret === null ? null : await whoseSession(deps.engine, secret);
  if (secret !== null && operator !== null) return signedIn(operator, secret);
  if (deps.isOpen) return OPEN;
  throw new AdminRefusal(401, 'sign_in', SIGN_IN);
}

/** An operator who has signed in under a session's secret. */
export function signedIn({ email, role, merchants }: Operator, secret: string): Asker {
  return { name: email, email, role, merchants, csrf: csrfOf(secret) };
}

/** A secret key does all within its account. No browser sends it by itself. */
async function holderOf({ keyring }: AdminDependencies, { headers }: HttpRequest): Promise<Asker> {
  const known = await keyring.identify(parseAuthorization(headers.authorization) ?? '');
  if (known === null || known === 'expired')
    throw new AdminRefusal(401, 'key', 'There is no such key, or it has ended.');
  if (!isWhole(known))
    throw new AdminRefusal(403, 'key', 'Use a secret key: this one may not do that.');
  const merchants = [known.account];
  return { name: 'key', role: 'admin', email: null, merchants, csrf: null };
}

function isWhole({ kind, permissions }: Identity): boolean {
  return kind === 'secret' && permissions === undefined;
}

const ACCOUNT = /^acct_[\w-]{1,150}$/;

/**
 * The account that is asked about: the one of the header `x-account` or of `account` in the query,
 * else the first that the asker may see. Throws AdminRefusal for one that he may not.
 */
export function accountOf(
  { firstAccount }: AdminDependencies,
  { merchants }: Asker,
  { headers, query }: HttpRequest,
): string {
  const asked = String(
    headers['x-account'] ?? new URLSearchParams(query).get('account') ?? '',
  ).trim();
  const own = merchants === null || merchants.includes(firstAccount) ? firstAccount : merchants[0];
  const account = asked === '' ? own : asked;
  const isAllowed = account !== undefined && (merchants === null || merchants.includes(account));
  // The installation's books are no merchant's, and nobody's to look at from here.
  if (isAllowed && ACCOUNT.test(account) && account !== INSTALLATION) return account;
  throw new AdminRefusal(403, 'account', 'You may not see this account.');
}
