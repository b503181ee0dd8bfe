import { type ApiKey, isOver, mayHaveKeys } from '../../domain/api-key.js';
import { createKey, revokeKey, rollKey } from '../../engine/api-keys.js';
import type { Command } from '../../engine/command.js';
import { numberIn, textIn, wordIn } from './body.js';
import { invalid, refusalOf } from './fault.js';
import { type AdminRequest, act, idIn, pageOf, pageReply } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { KeyRow, Page } from './schema.js';

const NAME_CHARS_MAX = 200;
const ROLL_HOURS_MAX = 7 * 24;
const SECONDS_PER_HOUR = 3600;

function keyRow(key: ApiKey, now: number): KeyRow | null {
  const { id, kind, name, hint, created } = key;
  // What apps get for an hour is none that a person manages.
  if (kind === 'ephemeral') return null;
  const state = key.revokedAt !== null ? 'revoked' : isOver(key, now) ? 'ended' : 'active';
  return { id, kind, name: name ?? '', hint, createdMs: created * 1000, state };
}

/** Those of the configuration come first, and cannot be changed here. */
function configuredRows({ deps, account }: AdminRequest): KeyRow[] {
  return deps.keyring
    .configured(account)
    .flatMap(({ id, kind, hint }) =>
      kind === 'ephemeral'
        ? []
        : [{ id, kind, name: 'From the configuration', hint, createdMs: 0, state: 'active' }],
    );
}

async function list(request: AdminRequest): Promise<Page<KeyRow>> {
  const { engine, account } = request;
  const { limit, ...place } = pageOf(request);
  const rows = await engine.page({
    table: 'keys',
    account,
    conditions: [{ column: 'state', comparison: 'in', value: ['active', 'ended'] }],
    limit: limit + 1,
    ...place,
  });
  const now = Math.floor(engine.nowMs() / 1000);
  const page = pageReply(rows, limit, (key) => keyRow(key, now));
  const stored = page.rows.filter((row) => row !== null);
  const first = place.olderThan === undefined ? configuredRows(request) : [];
  return { rows: [...first, ...stored], next: page.next };
}

/** Runs a change of keys; what is remembered of them is forgotten. */
async function change<T>(
  request: AdminRequest,
  command: Command<T>,
  action: string,
  id: string,
): Promise<T> {
  const { deps, account } = request;
  if (!mayHaveKeys(account)) throw invalid('This account has no keys of its own.');
  if (deps.keyring.configured(account).some((key) => key.id === id))
    throw refusalOf({ failure: 'key_configured', key: id });
  const value = await act(request, command, action, id);
  deps.keyring.forget(account);
  return value;
}

async function create(request: AdminRequest): Promise<object> {
  const { deps, account, body } = request;
  const kind = wordIn(body, 'kind', ['secret', 'publishable']) ?? 'secret';
  const name = textIn(body, 'name', NAME_CHARS_MAX) ?? null;
  const livemode = deps.mode === 'live';
  const fields = { kind, name, permissions: null, expiresAt: null, livemode };
  const made = await change(request, createKey(account, fields), 'key.create', kind);
  return { id: made.key.id, secret: made.text };
}

async function roll(request: AdminRequest): Promise<object> {
  const { deps, account, body } = request;
  const id = idIn(request);
  const hours = numberIn(body, 'hours', 0, ROLL_HOURS_MAX) ?? 0;
  const command = rollKey(account, id, hours * SECONDS_PER_HOUR, deps.mode === 'live');
  const made = await change(request, command, 'key.roll', id);
  return { id: made.key.id, secret: made.text };
}

async function revoke(request: AdminRequest): Promise<object> {
  const id = idIn(request);
  await change(request, revokeKey(request.account, id), 'key.revoke', id);
  return { id, state: 'revoked' };
}

/** API keys; what one is made of is told once, to who made it. */
export const KEY_ROUTES: readonly Route[] = [
  reading('/keys', 'API keys', list),
  changing('admin', '/keys', 'Make a key: kind, name; its secret is told once', create),
  changing('admin', '/keys/:id/roll', 'Replace a key; the old one works on for hours', roll),
  changing('admin', '/keys/:id/revoke', 'End a key at once', revoke),
];
