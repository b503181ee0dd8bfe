import { ACCOUNT_CLOCK } from '../../domain/clock.js';
import { EMAIL_CHARS_MAX, isEmail } from '../../domain/mail.js';
import { INSTALLATION } from '../../domain/rendezvous.js';
import { updateAccount } from '../../engine/accounts.js';
import { ADVANCE_SECONDS_MAX, startAdvance } from '../../engine/clocks.js';
import { inviteOperator } from '../../engine/operators.js';
import { numberIn, requiredText, wordIn } from './body.js';
import { newSecret } from './cookie.js';
import { AdminRefusal, invalid } from './fault.js';
import { type AdminRequest, act, pageOf, pageReply } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { AccountInfo, AuditRow, OperatorRow, Page } from './schema.js';
import { accountInfo, runOwn, showSession } from './session.js';
import { welcomePath } from './welcome.js';

/** As the card networks have it: 2 to 10 characters, one a letter, none that breaks a statement. */
const STATEMENT_PREFIX = /^(?=.*[A-Za-z])[ -~]{2,10}$/;
const NOT_ON_STATEMENTS = /[<>\\'"*]/;

async function setAccount(request: AdminRequest): Promise<AccountInfo> {
  const { engine, account, body } = request;
  const statementDescriptorPrefix = requiredText(body, 'statementPrefix', 10).trim();
  const isFit =
    STATEMENT_PREFIX.test(statementDescriptorPrefix) &&
    !NOT_ON_STATEMENTS.test(statementDescriptorPrefix);
  if (!isFit)
    throw invalid(
      'A statement prefix has 2 to 10 plain characters, one a letter, without < > \\ \' " *.',
    );
  const command = updateAccount(account, { statementDescriptorPrefix });
  const detail = { statementPrefix: statementDescriptorPrefix };
  await act(request, command, 'account.update', account, detail);
  return accountInfo(engine, account);
}

async function moveClock(request: AdminRequest): Promise<object> {
  const { deps, engine, account, body } = request;
  if (deps.mode === 'live') throw new AdminRefusal(409, 'live', 'Time is moved in a sandbox only.');
  const seconds = numberIn(body, 'seconds', 1, ADVANCE_SECONDS_MAX);
  if (seconds === undefined) throw invalid('seconds is missing.');
  const { nowMs } = await accountInfo(engine, account);
  const target = Math.floor(nowMs / 1000) + seconds;
  const command = startAdvance(account, ACCOUNT_CLOCK, target);
  const detail = { seconds: String(seconds) };
  const clock = await act(request, command, 'clock.advance', account, detail);
  return { status: clock.status, targetMs: target * 1000 };
}

async function audit(request: AdminRequest): Promise<Page<AuditRow>> {
  const { engine, account } = request;
  const { limit, ...place } = pageOf(request);
  const { rows, next } = await engine.search({
    table: 'operator_log',
    account: INSTALLATION,
    ways: [[{ column: 'merchant', value: account }]],
    conditions: [],
    fits: ({ merchant }) => merchant === account,
    limit,
    ...place,
  });
  const shown = rows.map(({ id, created, operator, action, subject, detail }) => ({
    id,
    atMs: created * 1000,
    operator,
    action,
    subject,
    detail,
  }));
  return { rows: shown, next };
}

/** Only who sees all accounts may see and invite operators. */
function demandAll({ asker }: AdminRequest): void {
  if (asker.merchants !== null)
    throw new AdminRefusal(403, 'account', 'This takes an admin of the whole installation.');
}

async function operators(request: AdminRequest): Promise<Page<OperatorRow>> {
  demandAll(request);
  const { limit, ...place } = pageOf(request);
  const rows = await request.engine.page({
    table: 'operators',
    account: INSTALLATION,
    conditions: [],
    limit: limit + 1,
    ...place,
  });
  return pageReply(rows, limit, ({ id, email, role, created, password }) => ({
    id,
    email,
    role,
    createdMs: created * 1000,
    isReady: password !== null,
  }));
}

async function invite(request: AdminRequest): Promise<object> {
  demandAll(request);
  const { deps, engine, asker, body } = request;
  const email = requiredText(body, 'email', EMAIL_CHARS_MAX);
  if (!isEmail(email)) throw invalid('email is no e-mail address.');
  const role = wordIn(body, 'role', ['viewer', 'operator', 'admin']) ?? 'viewer';
  const secret = newSecret();
  const input = { email, role, merchants: null, secret };
  const made = await runOwn(engine, inviteOperator(input, asker.name));
  return {
    id: made.id,
    email: made.email,
    role: made.role,
    link: `${deps.publicUrl()}${welcomePath(made.id, secret)}`,
  };
}

/** The account itself, who may see it, and what they did. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  reading('/session', 'Who is there, and what he may see', showSession),
  changing('admin', '/account', 'Change the prefix on statements: statementPrefix', setAccount),
  changing('admin', '/clock', "Move the account's time forward: seconds", moveClock),
  reading('/audit', 'What operators did', audit),
  { ...reading('/operators', 'Who signs in', operators), role: 'admin' },
  changing('admin', '/operators', 'Invite somebody: email, role; answers his link', invite),
];
