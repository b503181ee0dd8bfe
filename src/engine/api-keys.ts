import { createHash } from 'node:crypto';
import {
  ACTIVE_KEYS_MAX,
  type ApiKey,
  ENDED_KEY_KEPT_SECONDS,
  EPHEMERAL_KEY_SECONDS,
  isOver,
  KEY_SECRET_CHARS,
  keyText,
  type Permissions,
} from '../domain/api-key.js';
import { type Failure, isFailure } from '../domain/errors.js';
import { forgettingJobId } from './access.js';
import { type Command, type Decision, done, type Need, type Rows, refused } from './command.js';
import type { Engine } from './engine.js';
import { findCustomer } from './methods.js';
import type { Work } from './work.js';

/** A key with its text, which only its maker ever sees. */
export interface NewKey {
  readonly key: ApiKey;
  readonly text: string;
}

type KeyFields = Pick<ApiKey, 'kind' | 'name' | 'permissions' | 'expiresAt'> & {
  readonly livemode: boolean;
};

/** What is kept of a key, and of the secret of a cookie or a link. */
export function keyDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function makeKey(work: Work, fields: KeyFields): NewKey {
  const { kind, livemode, ...kept } = fields;
  const text = keyText(kind, livemode, work.accountId, work.context.secret(KEY_SECRET_CHARS));
  const key = work.insert('keys', {
    account: work.accountId,
    id: work.context.newId(kind === 'ephemeral' ? 'ephkey_' : 'key_', 24),
    digest: keyDigest(text),
    state: kind === 'ephemeral' ? 'ephemeral' : 'active',
    created: work.wallNow(),
    kind,
    ...kept,
    hint: text.slice(-4),
    text: kind === 'publishable' ? text : null,
    revokedAt: null,
    replacedBy: null,
    customer: null,
  });
  return { key, text };
}

function needActive(need: Need): void {
  need.list('keys', 'state', 'active');
}

/** Puts aside the keys whose time has ended; a failure where the others are as many as may be. */
function roomForOne(work: Work): Failure | null {
  const now = work.wallNow();
  const active = work.list('keys', 'state', 'active');
  const over = active.filter((key) => isOver(key, now));
  for (const key of over) work.update('keys', { ...key, state: 'ended' });
  if (active.length - over.length < ACTIVE_KEYS_MAX) return null;
  return { failure: 'limit_reached', what: 'API keys', max: ACTIVE_KEYS_MAX };
}

/** Errors: limit_reached. */
export function createKey(account: string, fields: KeyFields): Command<NewKey> {
  return {
    account,
    needs: needActive,
    decide: (work) => {
      const fault = roomForOne(work);
      return fault === null ? done(makeKey(work, fields)) : refused(fault);
    },
  };
}

/** A key that is there and works. Ephemeral ones are not among those that a person manages. */
function workingKey(work: Work, id: string): ApiKey | Failure {
  const key = work.get('keys', id);
  if (key === null || key.state === 'ephemeral')
    return { failure: 'missing', kind: 'key', id, where: 'path', param: 'id' };
  return isOver(key, work.wallNow()) ? { failure: 'key_over', key: id } : key;
}

function changeKey<T>(
  account: string,
  id: string,
  decide: (work: Work, key: ApiKey) => Decision<T>,
): Command<T> {
  return {
    account,
    needs: (need) => {
      need('keys', id);
      needActive(need);
    },
    decide: (work) => {
      const key = workingKey(work, id);
      return isFailure(key) ? refused(key) : decide(work, key);
    },
  };
}

/** Errors: missing, key_over, not_restricted. */
export function updateKey(
  account: string,
  id: string,
  changes: { readonly name?: string | null; readonly permissions?: Permissions },
): Command<ApiKey> {
  return changeKey(account, id, (work, key) =>
    changes.permissions !== undefined && key.kind !== 'restricted'
      ? refused({ failure: 'not_restricted', key: id })
      : done(work.update('keys', { ...key, ...changes })),
  );
}

/**
 * Makes another key in the place of one, which goes on working for so many seconds. Errors:
 * missing, key_over, limit_reached.
 */
export function rollKey(
  account: string,
  id: string,
  worksOnSeconds: number,
  livemode: boolean,
): Command<NewKey> {
  return changeKey(account, id, (work, key) => {
    const fault = worksOnSeconds > 0 ? roomForOne(work) : null;
    if (fault !== null) return refused(fault);
    const { kind, name, permissions, expiresAt } = key;
    const made = makeKey(work, { kind, name, permissions, expiresAt, livemode });
    const now = work.wallNow();
    const ends = now + worksOnSeconds;
    work.update('keys', {
      ...key,
      ...(worksOnSeconds === 0 ? ({ state: 'ended', revokedAt: now } as const) : {}),
      expiresAt: expiresAt === null ? ends : Math.min(expiresAt, ends),
      replacedBy: made.key.id,
    });
    return done(made);
  });
}

/** Errors: missing, key_over. */
export function revokeKey(account: string, id: string): Command<ApiKey> {
  return changeKey(account, id, (work, key) =>
    done(work.update('keys', { ...key, state: 'ended', revokedAt: work.wallNow() })),
  );
}

/** A key for one customer's own app, for an hour. Errors: missing (customer). */
export function createEphemeralKey(
  account: string,
  customerId: string,
  livemode: boolean,
): Command<NewKey> {
  return {
    account,
    needs: (need) => void need('customers', customerId),
    decide: (work) => {
      const customer = findCustomer(work, customerId);
      if (isFailure(customer)) return refused(customer);
      const expiresAt = work.wallNow() + EPHEMERAL_KEY_SECONDS;
      const fields = { kind: 'ephemeral', name: null, permissions: null, expiresAt } as const;
      const { key, text } = makeKey(work, { ...fields, livemode });
      work.schedule({
        id: forgettingJobId(key.id),
        dueAt: expiresAt + ENDED_KEY_KEPT_SECONDS,
        kind: 'forget_access',
        subject: key.id,
      });
      return done({ key: work.update('keys', { ...key, customer: customerId }), text });
    },
  };
}

/** Ends an ephemeral key before its time. Errors: missing. */
export function deleteEphemeralKey(account: string, id: string): Command<ApiKey> {
  return {
    account,
    needs: (need) => void need('keys', id),
    decide: (work) => {
      const key = work.get('keys', id);
      if (key?.state !== 'ephemeral' || key.revokedAt !== null)
        return refused({
          failure: 'missing',
          kind: 'ephemeral_key',
          id,
          where: 'path',
          param: null,
        });
      return done(work.update('keys', { ...key, revokedAt: work.wallNow() }));
    },
  };
}

/** The stored key of a digest; read from the store each time. */
export function findKey(
  engine: Pick<Engine, 'read'>,
  account: string,
  digest: string,
): Promise<ApiKey | null> {
  return engine.read(
    account,
    (need) => void need.list('keys', 'digest', digest),
    (rows: Rows) => rows.list('keys', 'digest', digest)[0] ?? null,
  );
}
