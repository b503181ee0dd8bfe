import type { OperatorRole } from '../../domain/operator.js';
import type { Command, Decision, IdempotencyClaim } from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';
import { logged } from '../../engine/operator-log.js';
import type { Keyring } from '../auth.js';
import type { DialectWords } from '../words.js';
import type { Members } from './body.js';
import { invalid, refusalOf } from './fault.js';
import { readDecision, writeDecision } from './kept.js';

/** What the admin API is made of; its words come from every dialect. */
export interface AdminDependencies {
  readonly engine: Engine;
  readonly keyring: Keyring;
  readonly mode: 'sandbox' | 'live';
  /** A sandbox that only this machine reaches, and any key opens: nobody signs in. */
  readonly isOpen: boolean;
  /** The account that is shown first. */
  readonly firstAccount: string;
  readonly publicUrl: () => string;
  readonly words: { readonly [D in 'stripe' | 'dojo' | 'code']: DialectWords };
  readonly logError: (error: unknown, what: string) => void;
  /** What is the same for the same bytes: by it a call with a used idempotency key is compared. */
  readonly digest: (data: Uint8Array) => string;
}

/** Who asks. */
export interface Asker {
  /** As the log names him: an e-mail address, `sandbox`, or `key`. */
  readonly name: string;
  readonly role: OperatorRole;
  /** null where nobody has signed in. */
  readonly email: string | null;
  /** The accounts that he may see; null: all. */
  readonly merchants: readonly string[] | null;
  /** What his calls that change something carry; null where none is needed. */
  readonly csrf: string | null;
}

/** One authenticated, routed call. */
export interface AdminRequest {
  readonly deps: AdminDependencies;
  readonly engine: Engine;
  readonly asker: Asker;
  readonly account: string;
  /** What stands for `:name` in the route's path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Members;
  /** What must not happen twice; null where the caller named no key. */
  readonly idempotency: IdempotencyClaim | null;
}

/** Their answers hold a secret, which is kept nowhere: each call of them is a new one. */
const TOLD_ONCE: ReadonlySet<string> = new Set(['key.create', 'key.roll']);

/**
 * Runs a command with its line in the operators' log; throws AdminRefusal where it fails. With an
 * idempotency key that the caller used before, it answers what was answered then and does nothing;
 * so a call acts once at most.
 */
export async function act<T>(
  request: AdminRequest,
  command: Command<T>,
  action: string,
  subject: string,
  detail: Record<string, string> = {},
): Promise<T> {
  const { engine, asker } = request;
  const deed = { operator: asker.name, action, subject, detail };
  const idempotency = TOLD_ONCE.has(action) ? null : request.idempotency;
  const ends: Decision<T>[] = [];
  const { replayed, body } = await engine.call(logged(command, deed), {
    account: command.account,
    requestId: engine.newId('req_', 14),
    idempotency,
    render: (decision) => {
      ends.push(decision);
      return { status: 200, body: idempotency === null ? '' : writeDecision(decision) };
    },
  });
  // A batch may be decided anew; the last decision is the one that was committed.
  const end = replayed ? readDecision<T>(body) : ends.at(-1);
  if (end === undefined) throw new Error(`${action} ended without a decision`);
  if (end.end === 'done') return end.value;
  throw refusalOf(end.failure);
}

const PAGE_ROWS_DEFAULT = 50;
const PAGE_ROWS_MAX = 200;

/** `limit` and `cursor` of a page: a cursor is the id of the last row before it. */
export function pageOf({ query }: AdminRequest): { limit: number; olderThan?: string } {
  const limit = numberOf(query, 'limit', 1, PAGE_ROWS_MAX) ?? PAGE_ROWS_DEFAULT;
  const cursor = query.get('cursor');
  if (cursor === null || cursor === '') return { limit };
  if (!/^\w{1,255}$/.test(cursor)) throw invalid('cursor is not one of a page.');
  return { limit, olderThan: cursor };
}

/** A whole number of the query; undefined where it is left out. */
export function numberOf(
  query: URLSearchParams,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!/^\d{1,16}$/.test(text) || value < min || value > max)
    throw invalid(`${name} is no whole number from ${min} to ${max}.`);
  return value;
}

/** An id of the path; one that cannot be any is as good as missing. */
export function idIn({ path }: AdminRequest, name = 'id'): string {
  const id = path[name] ?? '';
  return /^\w{1,255}$/.test(id) ? id : '_';
}

/** A page of rows whose last is told by one that is too many. */
export function pageReply<R extends { readonly id: string }, V>(
  rows: readonly R[],
  limit: number,
  show: (row: R) => V,
): { rows: V[]; next: string | null } {
  const shown = rows.slice(0, limit);
  return { rows: shown.map(show), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}
