import { ACCOUNT_CLOCK } from '../../domain/clock.js';
import { INSTALLATION } from '../../domain/rendezvous.js';
import { updateAccount } from '../../engine/accounts.js';
import { ADVANCE_SECONDS_MAX, startAdvance } from '../../engine/clocks.js';
import { numberIn, requiredText } from './body.js';
import { AdminRefusal, invalid } from './fault.js';
import { type AdminRequest, act, pageOf } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { AccountInfo, AuditRow, Page } from './schema.js';
import { accountInfo, showSession } from './session.js';

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

/** What operators did with a merchant's data, newest first; the query's page of it. */
export async function logOf(request: AdminRequest, merchant: string): Promise<Page<AuditRow>> {
  const { engine } = request;
  const { limit, ...place } = pageOf(request);
  const { rows, next } = await engine.search({
    table: 'operator_log',
    account: INSTALLATION,
    ways: [[{ column: 'merchant', value: merchant }]],
    conditions: [],
    fits: (row) => row.merchant === merchant,
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

const audit = (request: AdminRequest): Promise<Page<AuditRow>> => logOf(request, request.account);

/** The account itself, and what operators did with it. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  reading('/session', 'Who is there, and what he may see', showSession),
  changing('admin', '/account', 'Change the prefix on statements: statementPrefix', setAccount),
  changing('admin', '/clock', "Move the account's time forward: seconds", moveClock),
  reading('/audit', 'What operators did', audit),
];
