import { createHash } from 'node:crypto';
import type { RowTypes } from '../../../engine/command.js';
import { needObject, renderObject } from '../expansion.js';
import { CHARGE, CUSTOMER, type Kind, PAYMENT_INTENT } from '../objects.js';
import type { Infer } from '../params.js';
import { expansionOf, objectReply, Refusal, type StripeRequest } from '../request.js';
import { type Route, route } from '../route.js';
import { searchParams } from '../schema/search.js';
import { type Compiled, compileQuery } from '../search/compile.js';
import {
  CHARGE_SEARCH,
  CUSTOMER_SEARCH,
  PAYMENT_INTENT_SEARCH,
  type Resource,
  type SearchedTable,
} from '../search/fields.js';
import { parseQuery } from '../search/parse.js';
import { invalidRequest, type StripeError } from '../wire-error.js';

/** How far `total_count` counts, as the live API does. */
const COUNT_MAX = 10_000;

function queryOf<T extends SearchedTable>(resource: Resource<T>, query: string): Compiled<T> {
  const parsed = parseQuery(query);
  const compiled = 'fault' in parsed ? parsed : compileQuery(resource, parsed.tree);
  if ('fault' in compiled) throw new Refusal(invalidRequest(compiled.fault, 'query'));
  return compiled;
}

/** What a page belongs to: sixteen characters of account, object and query. */
function stamp({ account }: StripeRequest, resource: string, query: string): string {
  const text = JSON.stringify([account, resource, query]);
  return createHash('sha256').update(text).digest('base64url').slice(0, STAMP_CHARS);
}

const STAMP_CHARS = 16;

/** A page's token: what it belongs to, and the id that it goes on from. */
function pageAfter(stamped: string, id: string): string {
  return stamped + Buffer.from(id).toString('base64url');
}

/**
 * The id that a page goes on from. It only says where to go on within the account's own rows, so
 * one that was made up opens nothing.
 */
function idOfPage(stamped: string, page: string): string {
  const id = Buffer.from(page.slice(STAMP_CHARS), 'base64url').toString();
  if (page.startsWith(stamped) && /^\w{1,255}$/.test(id)) return id;
  throw new Refusal(
    invalidRequest(
      `Invalid page: ${page.slice(0, 50)}. Send the next_page of a search with the same query.`,
      'page',
    ),
  );
}

/**
 * An empty page that says there is more would end most clients' auto-pagination as if nothing more
 * were to be found, so a search that found nothing in its time is refused.
 */
function tooBroad({ unindexed }: Compiled<SearchedTable>, counting: boolean): StripeError {
  const clauses = unindexed.map((clause) => `\`${clause}\``).join(', ');
  const hint = unindexed.length === 0 ? 'the query' : clauses;
  const what = counting
    ? 'Too many objects would have to be read one by one to make out the total_count.'
    : 'Too many objects would have to be read one by one before the first that matches.';
  return invalidRequest(
    `${what} Make ${hint} narrower by a clause that an index answers, combined with \`AND\`: ` +
      'metadata["key"]:"value", customer:"cus_…" or, for customers, email:"value".',
    'query',
  );
}

async function search<T extends SearchedTable>(
  request: StripeRequest,
  kind: Kind<T>,
  resource: Resource<T>,
  sent: Infer<typeof searchParams>,
) {
  const { engine, account, view } = request;
  const compiled = queryOf(resource, sent.query);
  const expanded = sent.expand ?? [];
  const counts = expanded.includes('total_count');
  const paths = expanded.filter((path) => path !== 'total_count');
  const tree = expansionOf(kind, paths, true, request);
  const stamped = stamp(request, resource.name, sent.query);
  const { unindexed: _, ...looked } = compiled;
  const wanted = { ...looked, table: resource.table, account, limit: sent.limit };
  const olderThan = sent.page === undefined ? {} : { olderThan: idOfPage(stamped, sent.page) };
  const { rows, next, complete } = await engine.search({ ...wanted, ...olderThan });
  if (!complete && rows.length === 0) throw new Refusal(tooBroad(compiled, false));
  const isAll = sent.page === undefined && next === null;
  const count = counts && !isAll ? await engine.count(wanted, COUNT_MAX) : rows.length;
  if (count === null) throw new Refusal(tooBroad(compiled, true));
  const data = await engine.read(
    account,
    (need) => {
      for (const row of rows) needObject(kind, row, tree, need);
    },
    (loaded) => rows.map((row: RowTypes[T]) => renderObject(kind, row, tree, loaded, view)),
  );
  return objectReply({
    object: 'search_result',
    data,
    has_more: next !== null,
    next_page: next === null ? null : pageAfter(stamped, next),
    ...(counts ? { total_count: count } : {}),
    url: `/v1/${resource.name}/search`,
  });
}

const MATCHES =
  '`:`, `-`, `AND` or `OR`, `> < >= <=`, `~`, `null`; newest first; expand `total_count`';

export const SEARCH_ROUTES: readonly Route[] = [
  route(
    'GET',
    '/v1/payment_intents/search',
    searchParams,
    (sent, request) => search(request, PAYMENT_INTENT, PAYMENT_INTENT_SEARCH, sent),
    { matches: MATCHES, deviates: 'see "Searching"' },
  ),
  route(
    'GET',
    '/v1/charges/search',
    searchParams,
    (sent, request) => search(request, CHARGE, CHARGE_SEARCH, sent),
    { matches: MATCHES, deviates: 'cards only; see "Searching"' },
  ),
  route(
    'GET',
    '/v1/customers/search',
    searchParams,
    (sent, request) => search(request, CUSTOMER, CUSTOMER_SEARCH, sent),
    { matches: MATCHES, deviates: 'see "Searching"' },
  ),
];
