import type { Fact } from '../../../domain/fact.js';
import { replayEvent } from '../../../engine/deliveries.js';
import { stripeError } from '../errors.js';
import { eventsOf, eventView, factOfEventId, factTypesOf } from '../events.js';
import type { Infer } from '../params.js';
import {
  errorReply,
  idOf,
  missingInPath,
  objectReply,
  Refusal,
  refuse,
  type StripeReply,
  type StripeRequest,
  within,
} from '../request.js';
import { type Route, route } from '../route.js';
import { eventList, eventRetrieve, eventRetry } from '../schema/events.js';
import { bothCursors } from '../wire-error.js';

/** How many endpoints each event of these facts still waits for. */
async function pendingByEvent(
  { engine, account }: StripeRequest,
  events: readonly string[],
): Promise<Map<string, number>> {
  const pending = new Map<string, number>();
  if (events.length === 0) return pending;
  const rows = await engine.page({
    table: 'deliveries',
    account,
    conditions: [
      { column: 'event', comparison: 'in', value: [...events] },
      { column: 'state', comparison: 'eq', value: 'waiting' },
    ],
    limit: PENDING_ROWS_MAX,
  });
  for (const { event } of rows) pending.set(event, (pending.get(event) ?? 0) + 1);
  return pending;
}

/** A page of events times the endpoints of an account. */
const PENDING_ROWS_MAX = 2_000;

async function findFact(request: StripeRequest, id: string): Promise<[Fact, number] | null> {
  const place = factOfEventId(id);
  if (place === null) return null;
  const fact = await request.engine.read(
    request.account,
    (need) => void need('facts', place.factId),
    (rows) => rows.get('facts', place.factId),
  );
  if (fact === null || eventsOf(fact)[place.index] === undefined) return null;
  return [fact, place.index];
}

function missingEvent(request: StripeRequest): never {
  return missingInPath(request, 'fact', idOf(request));
}

async function retrieveEvent(
  _sent: Infer<typeof eventRetrieve>,
  request: StripeRequest,
): Promise<StripeReply> {
  const id = idOf(request);
  const found = await findFact(request, id);
  if (found === null) return missingEvent(request);
  const [fact, index] = found;
  const pending = await pendingByEvent(request, [id]);
  return objectReply(eventView(fact, index, pending.get(id) ?? 0, request.view));
}

/** Sends an event again: to one endpoint, or to all that want it. */
async function retryEvent(sent: Infer<typeof eventRetry>, request: StripeRequest) {
  const id = idOf(request);
  const found = await findFact(request, id);
  if (found === null) return missingEvent(request);
  const [fact, index] = found;
  const event = eventsOf(fact)[index] as ReturnType<typeof eventsOf>[number];
  const { account, requestId, idempotency, view } = request;
  const subscription = sent.webhook_endpoint ?? null;
  const replay = { fact, index, event, dialect: 'stripe' as const, subscription };
  return request.engine.call(replayEvent(account, replay), {
    account,
    requestId,
    idempotency,
    render: (decision) =>
      decision.end === 'done'
        ? objectReply(eventView(fact, index, decision.value.length, view))
        : errorReply(stripeError(decision.failure, view)),
  });
}

/** `charge.*` matches a family, `*` everything. */
function matcherOf(types: readonly string[] | undefined): (type: string) => boolean {
  if (types === undefined) return () => true;
  const exact = new Set(types.filter((type) => !type.endsWith('*')));
  const families = types.filter((type) => type.endsWith('*')).map((type) => type.slice(0, -1));
  return (type) => exact.has(type) || families.some((family) => type.startsWith(family));
}

interface Told {
  fact: Fact;
  index: number;
  id: string;
}

async function cursorPlace(
  request: StripeRequest,
  param: 'starting_after' | 'ending_before',
  id: string | undefined,
): Promise<Place> {
  if (id === undefined) return null;
  const found = await findFact(request, id);
  if (found !== null) return { factId: found[0].id, index: found[1] };
  return refuse({ failure: 'missing', kind: 'fact', id, where: 'body', param }, request.view);
}

/**
 * A page of events. Facts are read in pages; each gives its events, newest first. The cursor's own
 * fact is read again, for the events of it that lie beyond the cursor.
 */
async function listEvents(sent: Infer<typeof eventList>, request: StripeRequest) {
  const after = await cursorPlace(request, 'starting_after', sent.starting_after);
  const before = await cursorPlace(request, 'ending_before', sent.ending_before);
  if (after !== null && before !== null) throw new Refusal(bothCursors());
  if (sent.delivery_success !== undefined) return listByDelivery(sent, request, after, before);
  const matches = matcherOf(sent.type === undefined ? sent.types : [sent.type]);
  const told = await readEvents(sent, request, matches, after, before);
  return eventsReply(told, sent.limit, before !== null, request);
}

type Place = { factId: string; index: number } | null;

async function readEvents(
  sent: Infer<typeof eventList>,
  request: StripeRequest,
  matches: (type: string) => boolean,
  after: Place,
  before: Place,
): Promise<Told[]> {
  const told: Told[] = [];
  const cursor = after ?? before;
  // The cursor's fact may hold further events: begin just on its near side.
  let place = cursor === null ? null : nearSide(cursor.factId, before !== null);
  for (let page = 0; page < EVENT_PAGES_MAX && told.length <= sent.limit; page++) {
    const facts = await request.engine.page({
      table: 'facts',
      account: request.account,
      conditions: [
        { column: 'type', comparison: 'in', value: factTypesOf(matches) },
        ...within('created', sent.created),
      ],
      limit: sent.limit + 2,
      ...(place === null ? {} : before === null ? { olderThan: place } : { newerThan: place }),
    });
    const ordered = before === null ? facts : facts.toReversed();
    for (const fact of ordered) told.push(...eventsBeyond(fact, matches, after, before));
    if (facts.length < sent.limit + 2) break;
    place = ordered.at(-1)?.id ?? null;
  }
  return told;
}

/** Pages of facts that one list may read; each holds at least one matching event. */
const EVENT_PAGES_MAX = 100;

/** A place before (or after) this fact's id: a prefix sorts first, and `~` after all of base62. */
function nearSide(factId: string, forwards: boolean): string {
  return forwards ? factId.slice(0, -1) : `${factId}~`;
}

function eventsBeyond(
  fact: Fact,
  matches: (type: string) => boolean,
  after: Place,
  before: Place,
): Told[] {
  const all = eventsOf(fact).map(({ id, type }, index) => ({ fact, index, id, type }));
  const wanted = all.filter(
    ({ index, type }) =>
      matches(type) &&
      !(before !== null && fact.id < before.factId) &&
      !(fact.id === after?.factId && index >= after.index) &&
      !(fact.id === before?.factId && index <= before.index),
  );
  return before === null ? wanted.toReversed() : wanted;
}

async function eventsReply(
  told: Told[],
  limit: number,
  forwards: boolean,
  request: StripeRequest,
): Promise<StripeReply> {
  const shown = forwards ? told.slice(0, limit).toReversed() : told.slice(0, limit);
  const pending = await pendingByEvent(
    request,
    shown.map(({ id }) => id),
  );
  const data = shown.map(({ fact, index, id }) =>
    eventView(fact, index, pending.get(id) ?? 0, request.view),
  );
  const url = '/v1/events';
  return objectReply({ object: 'list', data, has_more: told.length > limit, url });
}

/** Events that all (or not all) of their endpoints have taken, among the newest. */
async function listByDelivery(
  sent: Infer<typeof eventList>,
  request: StripeRequest,
  after: Place,
  before: Place,
): Promise<StripeReply> {
  const matches = matcherOf(sent.type === undefined ? sent.types : [sent.type]);
  const told = await readEvents({ ...sent, limit: 100 }, request, matches, after, before);
  const pending = await pendingByEvent(
    request,
    told.map(({ id }) => id),
  );
  const kept = told.filter(({ id }) => !pending.has(id) === sent.delivery_success);
  return eventsReply(kept, sent.limit, before !== null, request);
}

export const EVENT_ROUTES: readonly Route[] = [
  route('GET', '/v1/events', eventList, listEvents, {
    matches: 'type, types, `charge.*`, created, delivery_success',
    deviates: 'kept for 30 days',
  }),
  route('GET', '/v1/events/:id', eventRetrieve, retrieveEvent),
  route('POST', '/v1/events/:id/retry', eventRetry, retryEvent, {
    matches: 'as `stripe events resend` asks: to one endpoint or to all',
  }),
];
