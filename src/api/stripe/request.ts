import type { Failure, ObjectKind } from '../../domain/errors.js';
import type { JsonObject, Metadata } from '../../domain/json.js';
import type {
  Command,
  IdempotencyClaim,
  Need,
  Rows,
  RowTypes,
  TableName,
} from '../../engine/command.js';
import type { Engine } from '../../engine/engine.js';
import { type Access, expansionRefusal } from './access.js';
import { errorBody, stripeError } from './errors.js';
import {
  type Expansion,
  expandedKinds,
  needObject,
  parseExpansion,
  renderObject,
} from './expansion.js';
import type { Kind } from './objects.js';
import type { MetadataChange } from './params.js';
import { metadata_keys_max } from './params-parse.js';
import type { View, WireObject } from './view/view.js';
import { bothCursors, invalidRequest, type StripeError } from './wire-error.js';

/** One authenticated, routed request. */
export interface StripeRequest {
  readonly engine: Engine;
  /** The account whose data it sees. */
  readonly account: string;
  readonly view: View;
  readonly requestId: string;
  readonly apiVersion: string;
  readonly idempotency: IdempotencyClaim | null;
  /** What stands for `:name` in the route's path. */
  readonly path: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  readonly userAgent: string | null;
  readonly access: Access;
  /** Why an address may not receive webhooks; null when it may. */
  readonly urlFault: (url: string) => string | null;
}

/** What is sent back. */
export interface StripeReply {
  readonly status: number;
  readonly body: string;
  readonly replayed?: boolean;
  readonly originalRequestId?: string;
}

/** JSON as the live API prints it. */
export function print(object: WireObject): string {
  return JSON.stringify(object, null, 2);
}

export function objectReply(object: WireObject): StripeReply {
  return { status: 200, body: print(object) };
}

export function errorReply(error: StripeError): StripeReply {
  return { status: error.status, body: print(errorBody(error)) };
}

/** Thrown by handlers before anything was done; becomes its error's reply. */
export class Refusal extends Error {
  readonly error: StripeError;
  constructor(error: StripeError) {
    super(error.message);
    this.error = error;
  }
}

export function refuse(failure: Failure, view: View): never {
  throw new Refusal(stripeError(failure, view));
}

/** What stands for `:id` in the request's path. */
export function idOf(request: StripeRequest): string {
  return request.path.id ?? '';
}

/** Refuses: the path names an object that is not there. */
export function missingInPath({ view }: StripeRequest, kind: ObjectKind, id: string): never {
  return refuse({ failure: 'missing', kind, id, where: 'path', param: null }, view);
}

/** `expand[]` as a tree; refuses what cannot be expanded. */
export function expansionOf<T extends TableName>(
  kind: Kind<T>,
  expand: readonly string[] | undefined,
  isList: boolean,
  { view, access }: StripeRequest,
): Expansion {
  const parsed = parseExpansion(kind, expand ?? [], isList, view.version);
  if (!parsed.ok) throw new Refusal(parsed.error);
  // What a restricted key may not read it does not get to see inside of what it may.
  if (access.identity.permissions !== undefined)
    for (const { object } of expandedKinds(kind, parsed.tree)) {
      const error = expansionRefusal(access, object);
      if (error !== null) throw new Refusal(error);
    }
  return parsed.tree;
}

/** How a command's value becomes the object that is shown. */
export interface Showing<T extends TableName, V> {
  readonly kind: Kind<T>;
  readonly expand: readonly string[] | undefined;
  /** The stored row that expansions start from, where there is one before the command runs. */
  readonly before?: (need: Need) => RowTypes[T] | null | undefined;
  /** The row within the command's value, where the value is not the row itself. */
  readonly row?: (value: V) => RowTypes[T];
  /** The command makes the object: of a refused one nothing is kept, so that no error shows it. */
  readonly makes?: true;
  /** What is laid over the rendered object. */
  readonly finish?: (object: WireObject, value: V) => WireObject;
}

/** A view at the account's own time, which may be ahead of the wall clock. */
export function timed(view: View, rows: Rows): View {
  const ahead = rows.account().clockAheadSeconds;
  return ahead === 0 ? view : { ...view, now: view.now + ahead };
}

/** Runs a command and answers with the object it leaves. */
export function act<T extends TableName, V>(
  request: StripeRequest,
  command: Command<V>,
  showing: Showing<T, V>,
): Promise<StripeReply> {
  const { kind, before, row, finish } = showing;
  const { view } = request;
  const tree = expansionOf(kind, showing.expand, false, request);
  return request.engine.call(command, {
    account: request.account,
    requestId: request.requestId,
    idempotency: request.idempotency,
    alsoNeeds: (need) => {
      const stored = before?.(need);
      if (stored) needObject(kind, stored, tree, need);
    },
    render: (decision, rows) => {
      if (decision.end !== 'done') {
        const error = stripeError(decision.failure, view);
        const isNowhere = decision.end === 'refused' && showing.makes === true;
        return errorReply(isNowhere ? withoutIntents(error) : error);
      }
      const shown = row === undefined ? (decision.value as RowTypes[T]) : row(decision.value);
      const object = renderObject(kind, shown, tree, rows, timed(view, rows));
      return objectReply(finish === undefined ? object : finish(object, decision.value));
    },
  });
}

function withoutIntents(error: StripeError): StripeError {
  const { payment_intent: _, setup_intent: __, ...rest } = error;
  return rest;
}

/** Reads one object with its expansions; null where there is none. */
export function show<T extends TableName>(
  request: StripeRequest,
  kind: Kind<T>,
  id: string,
  expand: readonly string[] | undefined,
  check?: (row: RowTypes[T]) => void,
): Promise<WireObject | null> {
  const tree = expansionOf(kind, expand, false, request);
  return request.engine.read(
    request.account,
    (need) => {
      const row = need(kind.table, id);
      if (row) needObject(kind, row, tree, need);
    },
    (rows) => {
      const row = rows.get(kind.table, id);
      if (row === null) return null;
      check?.(row);
      return renderObject(kind, row, tree, rows, timed(request.view, rows));
    },
  );
}

/** The parameters of every list. */
export interface ListParams {
  readonly limit: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
  readonly expand?: readonly string[];
}

type Range = number | { readonly [bound in 'gt' | 'gte' | 'lt' | 'lte']?: number };

/** A condition that the parameters ask for, or nothing where they do not. */
export function equals(column: string, value: string | undefined) {
  return value === undefined ? [] : [{ column, comparison: 'eq' as const, value }];
}

/** `created` as conditions. */
export function within(column: string, range: Range | undefined) {
  if (range === undefined) return [];
  if (typeof range === 'number') return [{ column, comparison: 'eq' as const, value: range }];
  return (['gt', 'gte', 'lt', 'lte'] as const).flatMap((comparison) => {
    const value = range[comparison];
    return value === undefined ? [] : [{ column, comparison, value }];
  });
}

export interface Listing<T extends TableName> {
  readonly kind: Kind<T>;
  readonly url: string;
  readonly conditions: Parameters<Engine['page']>[0]['conditions'];
  /** Fields beside the usual ones. */
  readonly extra?: WireObject;
  /** Objects of no row, after the last one. */
  readonly last?: readonly WireObject[];
}

async function checkCursors<T extends TableName>(
  { engine, account, view }: StripeRequest,
  kind: Kind<T>,
  params: ListParams,
): Promise<void> {
  for (const param of ['starting_after', 'ending_before'] as const) {
    const id = params[param];
    if (id === undefined) continue;
    const found = await engine.read(
      account,
      (need) => void need(kind.table, id),
      (rows) => rows.get(kind.table, id) !== null,
    );
    if (found) continue;
    const named: ObjectKind = CURSOR_KINDS[kind.table as TableName] ?? 'intent';
    refuse({ failure: 'missing', kind: named, id, where: 'body', param }, view);
  }
  if (params.starting_after !== undefined && params.ending_before !== undefined)
    throw new Refusal(bothCursors());
}

const CURSOR_KINDS: Partial<Record<TableName, ObjectKind>> = {
  intents: 'intent',
  attempts: 'attempt',
  refunds: 'refund',
  disputes: 'dispute',
  warnings: 'warning',
  customers: 'customer',
  methods: 'method',
  transfers: 'transfer',
  subscriptions: 'subscription',
  deliveries: 'delivery',
  keys: 'key',
  clocks: 'clock',
  setups: 'setup',
  cash_movements: 'cash_movement',
  setup_attempts: 'setup_attempt',
};

/** Reads a page, one row more than asked for, to know whether there are more. */
export async function pageOf<T extends TableName>(
  { engine, account }: StripeRequest,
  table: T,
  conditions: Listing<T>['conditions'],
  params: ListParams,
): Promise<{ rows: RowTypes[T][]; hasMore: boolean }> {
  const { limit, starting_after, ending_before } = params;
  const rows = await engine.page({
    table,
    account,
    conditions,
    limit: limit + 1,
    ...(starting_after === undefined ? {} : { olderThan: starting_after }),
    ...(ending_before === undefined ? {} : { newerThan: ending_before }),
  });
  const hasMore = rows.length > limit;
  if (!hasMore) return { rows, hasMore };
  // Backwards, the surplus row is the one farthest from the cursor: the newest.
  return { rows: ending_before === undefined ? rows.slice(0, limit) : rows.slice(1), hasMore };
}

/** Answers a list, newest first in both directions, as the clients' auto-pagination expects. */
export async function list<T extends TableName>(
  request: StripeRequest,
  listing: Listing<T>,
  params: ListParams,
): Promise<StripeReply> {
  const { kind, url, conditions, extra, last = [] } = listing;
  const tree = expansionOf(kind, params.expand, true, request);
  await checkCursors(request, kind, params);
  const { rows, hasMore } = await pageOf(request, kind.table, conditions, params);
  const data = await request.engine.read(
    request.account,
    (need) => {
      for (const row of rows) needObject(kind, row, tree, need);
    },
    (loaded) => {
      const view = timed(request.view, loaded);
      return rows.map((row) => renderObject(kind, row, tree, loaded, view));
    },
  );
  const shown = hasMore ? data : [...data, ...last];
  return objectReply({ object: 'list', data: shown, has_more: hasMore, url, ...extra });
}

/**
 * Metadata after a change: null clears all, a null value unsets its key. Throws a Refusal when
 * more keys would be left than an object may have.
 */
export function changedMetadata(change: MetadataChange): (old: Metadata) => Metadata {
  return (old) => {
    if (change === null) return {};
    const next = new Map(Object.entries(old));
    for (const [key, value] of Object.entries(change)) {
      if (value === null) next.delete(key);
      else next.set(key, value);
    }
    if (next.size > metadata_keys_max)
      throw new Refusal(
        invalidRequest(`Metadata can have up to ${metadata_keys_max} keys.`, 'metadata'),
      );
    // Not by assignment, which would take the key `__proto__` for something else.
    return Object.fromEntries(next);
  };
}

/** Parsed parameters as plain JSON, to be kept: whole numbers leave their bigints behind. */
export function plainJson(value: unknown): JsonObject[string] {
  const text = JSON.stringify(value, (_key, inner) =>
    typeof inner === 'bigint' ? Number(inner) : inner,
  );
  return text === undefined ? null : JSON.parse(text);
}

/** The given parameters among `names`, as JSON that the intent keeps for this dialect. */
export function keptFields(params: object, names: readonly string[]): JsonObject {
  const kept: JsonObject = {};
  for (const name of names) {
    const value = (params as Record<string, unknown>)[name];
    if (value !== undefined) kept[name] = plainJson(value);
  }
  return kept;
}
