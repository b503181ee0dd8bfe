import {
  INVITATION_SECONDS,
  type Operator,
  type OperatorRole,
  type OperatorSession,
  sessionStands,
} from '../domain/operator.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import { keyDigest } from './api-keys.js';
import { type Command, done, type Need } from './command.js';
import type { Engine } from './engine.js';
import { noteDeed } from './operator-log.js';
import { isSameSecret } from './same-secret.js';
import type { Work } from './work.js';

/** Sessions of one operator; the oldest goes when there would be more. */
const SESSIONS_MAX = 10;
/** What has passed since a session was last used is written down no more often, in seconds. */
const TOUCH_SECONDS = 60;

/** An address as it is kept and looked up. */
export function plainEmail(email: string): string {
  return email.trim().toLowerCase();
}

function needWithSessions(need: Need, operator: string): void {
  need('operators', operator);
  need.list('operator_sessions', 'operator', operator);
}

/** Ends all sessions of somebody. */
function endSessions(work: Work, operator: string): void {
  for (const session of work.list('operator_sessions', 'operator', operator))
    work.remove('operator_sessions', session);
}

/** The operator of an e-mail address, null where there is none. */
export function findOperator(engine: Pick<Engine, 'read'>, email: string) {
  const value = plainEmail(email);
  return engine.read(
    INSTALLATION,
    (need) => void need.list('operators', 'email', value),
    (rows): Operator | null => rows.list('operators', 'email', value)[0] ?? null,
  );
}

interface Invitation {
  readonly email: string;
  readonly role: OperatorRole;
  /** null: all accounts of the installation. */
  readonly merchants: string[] | null;
  /** The link's secret. */
  readonly secret: string;
}

/**
 * Lets somebody choose a password, once. One who is known keeps his role and his password until
 * he has chosen another: that is how a forgotten one is replaced.
 */
export function inviteOperator(input: Invitation, by: string): Command<Operator> {
  const email = plainEmail(input.email);
  return {
    account: INSTALLATION,
    needs: (need) => void need.list('operators', 'email', email),
    decide: (work) => {
      const expiresAt = work.wallNow() + INVITATION_SECONDS;
      const invitation = { digest: keyDigest(input.secret), expiresAt };
      const [known] = work.list('operators', 'email', email);
      const deed = { operator: by, action: 'operator.invite', subject: email };
      noteDeed(work, INSTALLATION, deed);
      if (known !== undefined) return done(work.update('operators', { ...known, invitation }));
      const { role, merchants } = input;
      const made: Operator = {
        account: INSTALLATION,
        id: work.context.newId('op_', 24),
        email,
        created: work.wallNow(),
        role,
        merchants,
        password: null,
        invitation,
      };
      return done(work.insert('operators', made));
    },
  };
}

/** The operator whose link this is; null where it is nobody's, was used, or is too old. */
export async function invited(
  engine: Pick<Engine, 'read' | 'nowMs'>,
  id: string,
  secret: string,
): Promise<Operator | null> {
  const found = await engine.read(
    INSTALLATION,
    (need) => void need('operators', id),
    (rows) => rows.get('operators', id),
  );
  return found !== null && opens(found, secret, Math.floor(engine.nowMs() / 1000)) ? found : null;
}

function opens({ invitation }: Operator, secret: string, now: number): boolean {
  if (invitation === null || now >= invitation.expiresAt) return false;
  return isSameSecret(keyDigest(secret), invitation.digest);
}

/**
 * Takes the password that somebody chose by his link, and ends the link and all his sessions.
 * null where the link has meanwhile been used.
 */
export function choosePassword(
  id: string,
  secret: string,
  password: string,
): Command<Operator | null> {
  return {
    account: INSTALLATION,
    needs: (need) => needWithSessions(need, id),
    decide: (work) => {
      const operator = work.get('operators', id);
      if (operator === null || !opens(operator, secret, work.wallNow())) return done(null);
      endSessions(work, id);
      const { email } = operator;
      noteDeed(work, INSTALLATION, { operator: email, action: 'operator.password', subject: id });
      return done(work.update('operators', { ...operator, password, invitation: null }));
    },
  };
}

/** Gives somebody another role, at once in his sessions too. null where there is nobody. */
export function changeRole(id: string, role: OperatorRole, by: string): Command<Operator | null> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('operators', id),
    decide: (work) => {
      const known = work.get('operators', id);
      if (known === null) return done(null);
      const deed = { operator: by, action: 'operator.role', subject: known.email };
      noteDeed(work, INSTALLATION, { ...deed, detail: { role } });
      return done(work.update('operators', { ...known, role }));
    },
  };
}

/** Lets somebody in no longer: his sessions and his link end with him. null where he is gone. */
export function removeOperator(id: string, by: string): Command<Operator | null> {
  return {
    account: INSTALLATION,
    needs: (need) => needWithSessions(need, id),
    decide: (work) => {
      const known = work.get('operators', id);
      if (known === null) return done(null);
      endSessions(work, id);
      const deed = { operator: by, action: 'operator.remove', subject: known.email };
      noteDeed(work, INSTALLATION, deed);
      work.remove('operators', known);
      return done(known);
    },
  };
}

/** Opens a session under a new secret, and ends the one that the browser had before. */
export function openSession(
  operator: Operator,
  secret: string,
  before: string | null,
): Command<OperatorSession> {
  const old = before === null ? null : keyDigest(before);
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('operator_sessions', old);
      need.list('operator_sessions', 'operator', operator.id);
    },
    decide: (work) => {
      const now = work.wallNow();
      const own = work.list('operator_sessions', 'operator', operator.id);
      const over = own.filter((one) => !sessionStands(one, now) || one.id === old);
      const standing = own.filter((one) => !over.includes(one)).sort((a, b) => a.seenAt - b.seenAt);
      over.push(...standing.slice(0, Math.max(0, standing.length - SESSIONS_MAX + 1)));
      const others = old === null ? null : work.get('operator_sessions', old);
      if (others !== null && others.operator !== operator.id) over.push(others);
      for (const session of over) work.remove('operator_sessions', session);
      const { email, id } = operator;
      noteDeed(work, INSTALLATION, { operator: email, action: 'session.open', subject: id });
      return done(
        work.insert('operator_sessions', {
          account: INSTALLATION,
          id: keyDigest(secret),
          operator: operator.id,
          created: now,
          seenAt: now,
        }),
      );
    },
  };
}

/** Ends a session by its secret; one that is over already stays so. */
export function closeSession(secret: string, email: string): Command<null> {
  const id = keyDigest(secret);
  return {
    account: INSTALLATION,
    needs: (need) => void need('operator_sessions', id),
    decide: (work) => {
      const session = work.get('operator_sessions', id);
      if (session === null) return done(null);
      work.remove('operator_sessions', session);
      const subject = session.operator;
      noteDeed(work, INSTALLATION, { operator: email, action: 'session.close', subject });
      return done(null);
    },
  };
}

/** Who has signed in under a secret, null where nobody has; notes that the session is used. */
export async function whoseSession(
  engine: Pick<Engine, 'read' | 'nowMs' | 'background'>,
  secret: string,
): Promise<Operator | null> {
  const id = keyDigest(secret);
  const now = Math.floor(engine.nowMs() / 1000);
  const { session, operator } = await engine.read(
    INSTALLATION,
    (need) => {
      const found = need('operator_sessions', id);
      need('operators', found?.operator);
    },
    (rows) => {
      const found = rows.get('operator_sessions', id);
      return { session: found, operator: found && rows.get('operators', found.operator) };
    },
  );
  if (session === null || operator === null || !sessionStands(session, now)) return null;
  if (now - session.seenAt >= TOUCH_SECONDS) await engine.background(touch(id));
  return operator;
}

function touch(id: string): Command<null> {
  return {
    account: INSTALLATION,
    needs: (need) => void need('operator_sessions', id),
    decide: (work) => {
      const session = work.get('operator_sessions', id);
      // Ended meanwhile: it stays ended.
      if (session !== null)
        work.update('operator_sessions', { ...session, seenAt: work.wallNow() });
      return done(null);
    },
  };
}
