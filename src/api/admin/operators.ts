import { EMAIL_CHARS_MAX, isEmail } from '../../domain/mail.js';
import type { Operator } from '../../domain/operator.js';
import { INSTALLATION } from '../../domain/rendezvous.js';
import { changeRole, inviteOperator, removeOperator } from '../../engine/operators.js';
import { logOf } from './account.js';
import { requiredText, wordIn } from './body.js';
import { newSecret } from './cookie.js';
import { AdminRefusal, invalid } from './fault.js';
import { type AdminRequest, idIn, pageOf, pageReply } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { AuditRow, OperatorRow, Page } from './schema.js';
import { runOwn } from './session.js';
import { welcomePath } from './welcome.js';

const ROLES = ['viewer', 'operator', 'admin'] as const;

/** Only who sees all accounts may see and change operators. */
function demandAll({ asker }: AdminRequest): void {
  if (asker.merchants !== null)
    throw new AdminRefusal(403, 'account', 'This takes an admin of the whole installation.');
}

const operatorRow = ({ id, email, role, created, password }: Operator): OperatorRow => ({
  id,
  email,
  role,
  createdMs: created * 1000,
  isReady: password !== null,
});

async function list(request: AdminRequest): Promise<Page<OperatorRow>> {
  demandAll(request);
  const { limit, ...place } = pageOf(request);
  const rows = await request.engine.page({
    table: 'operators',
    account: INSTALLATION,
    conditions: [],
    limit: limit + 1,
    ...place,
  });
  return pageReply(rows, limit, operatorRow);
}

async function invite(request: AdminRequest): Promise<object> {
  demandAll(request);
  const { deps, engine, asker, body } = request;
  const email = requiredText(body, 'email', EMAIL_CHARS_MAX);
  if (!isEmail(email)) throw invalid('email is no e-mail address.');
  const role = wordIn(body, 'role', ROLES) ?? 'viewer';
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

const GONE = new AdminRefusal(404, 'missing', 'There is no such operator.');

/** The id of the operator that a call changes: never the caller, who could lock himself out. */
async function anotherIn(request: AdminRequest): Promise<string> {
  demandAll(request);
  const id = idIn(request);
  const found = await request.engine.read(
    INSTALLATION,
    (need) => void need('operators', id),
    (rows) => rows.get('operators', id),
  );
  if (found === null) throw GONE;
  if (found.email === request.asker.email)
    throw new AdminRefusal(409, 'self', 'This is you: another admin has to do it.');
  return id;
}

async function setRole(request: AdminRequest): Promise<OperatorRow> {
  const id = await anotherIn(request);
  const role = wordIn(request.body, 'role', ROLES);
  if (role === undefined) throw invalid('role is missing.');
  const changed = await runOwn(request.engine, changeRole(id, role, request.asker.name));
  if (changed === null) throw GONE;
  return operatorRow(changed);
}

async function remove(request: AdminRequest): Promise<object> {
  const id = await anotherIn(request);
  const removed = await runOwn(request.engine, removeOperator(id, request.asker.name));
  if (removed === null) throw GONE;
  return { id, email: removed.email };
}

async function log(request: AdminRequest): Promise<Page<AuditRow>> {
  demandAll(request);
  return logOf(request, INSTALLATION);
}

/** Who signs in, and what came of it. They are the installation's, whatever account is named. */
export const OPERATOR_ROUTES: readonly Route[] = [
  { ...reading('/operators', 'Who signs in', list), role: 'admin' },
  { ...reading('/operators/log', 'Sign-ins, invitations and roles', log), role: 'admin' },
  changing('admin', '/operators', 'Invite somebody: email, role; answers his link', invite),
  changing('admin', '/operators/:id', 'Give somebody another role: role', setRole),
  changing('admin', '/operators/:id/remove', 'Let somebody in no longer', remove),
];
