import { type Account, defaultAccount } from '../../domain/account.js';
import { EMAIL_CHARS_MAX } from '../../domain/mail.js';
import type { Command } from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';
import { closeSession, findOperator, openSession, plainEmail } from '../../engine/operators.js';
import { isPassword, PASSWORD_CHARS_MAX } from '../../engine/passwords.js';
import { DEFAULT_KEY } from '../auth.js';
import type { HttpReply, HttpRequest } from '../http.js';
import { jsonReply } from '../own-page.js';
import { accountOf, signedIn } from './asker.js';
import { readBody, requiredText } from './body.js';
import { cookieOf, newSecret, refuseStrangers, setCookie } from './cookie.js';
import { AdminRefusal } from './fault.js';
import type { AdminDependencies, AdminRequest, Asker } from './request.js';
import type { AccountInfo, Session } from './schema.js';
import type { SignInLimit } from './sign-in-limit.js';

/** Accounts that the session names, to choose from. */
const ACCOUNTS_MAX = 100;

/** What there is to know of an account. */
export async function accountInfo(engine: Engine, id: string): Promise<AccountInfo> {
  const account = await engine.read(
    id,
    () => undefined,
    (rows): Account => rows.account(),
  );
  const { businessName, country, currency, clockAheadSeconds } = account;
  return {
    id,
    name: businessName,
    country,
    currency,
    statementPrefix: account.statementDescriptorPrefix,
    nowMs: engine.nowMs() + clockAheadSeconds * 1000,
    aheadSeconds: clockAheadSeconds,
  };
}

type Seen = Pick<AdminRequest, 'deps' | 'engine' | 'asker' | 'account'>;

async function accountsOf({ deps, engine, asker, account }: Seen) {
  const { merchants } = asker;
  const used = merchants ?? (await engine.accounts(ACCOUNTS_MAX));
  const ids = [...new Set([deps.firstAccount, account, ...used])].filter(
    (id) => merchants === null || merchants.includes(id),
  );
  const infos = await Promise.all(ids.map((id) => accountInfo(engine, id)));
  return infos.map(({ id, name }) => {
    const isUnnamed = name === defaultAccount(id).businessName;
    const isFirst = deps.isOpen && id === deps.firstAccount;
    return { id, name: isFirst ? DEFAULT_KEY : isUnnamed ? id : name };
  });
}

/** `GET session` */
export async function showSession(request: Seen): Promise<Session> {
  const { deps, engine, asker, account } = request;
  const { email, role, csrf } = asker;
  return {
    operator: email === null ? null : { email, role },
    csrf: csrf ?? '',
    livemode: deps.mode === 'live',
    account: await accountInfo(engine, account),
    accounts: await accountsOf(request),
  };
}

const WRONG = 'This e-mail address and password do not belong together.';
const TOO_OFTEN = 'That was tried too often. Wait a quarter of an hour.';

/** `POST session`: signs in with `email` and `password`, under a new cookie. */
export async function signIn(
  deps: AdminDependencies,
  limit: SignInLimit,
  request: HttpRequest,
): Promise<HttpReply> {
  refuseStrangers(request, deps.publicUrl());
  const body = readBody(request.body);
  const email = plainEmail(requiredText(body, 'email', EMAIL_CHARS_MAX));
  const password = requiredText(body, 'password', PASSWORD_CHARS_MAX);
  if (!limit.admits(email, request.remoteAddress))
    throw new AdminRefusal(429, 'too_often', TOO_OFTEN);
  const operator = await limit.guard(email, request.remoteAddress, async () => {
    const found = await findOperator(deps.engine, email);
    return (await isPassword(password, found?.password ?? null)) ? found : null;
  });
  if (operator === null) throw new AdminRefusal(401, 'wrong', WRONG);
  const secret = newSecret();
  const before = cookieOf(request, deps.publicUrl());
  await runOwn(deps.engine, openSession(operator, secret, before));
  const asker = signedIn(operator, secret);
  const account = accountOf(deps, asker, request);
  const session = await showSession({ deps, engine: deps.engine, asker, account });
  return jsonReply(session, 200, setCookie(secret, deps.publicUrl()));
}

/** `DELETE session`: signs out. */
export async function signOut(
  deps: AdminDependencies,
  asker: Asker,
  request: HttpRequest,
): Promise<HttpReply> {
  const secret = cookieOf(request, deps.publicUrl());
  if (secret !== null) await runOwn(deps.engine, closeSession(secret, asker.name));
  return jsonReply({}, 200, setCookie(null, deps.publicUrl()));
}

/** Runs a command that cannot be refused. */
export async function runOwn<T>(engine: Engine, command: Command<T>): Promise<T> {
  const value = await engine.background(command);
  if (typeof value === 'object' && value !== null && 'failure' in value)
    throw new Error('a command of our own was refused');
  return value as T;
}
