import type { Intent, IntentState } from '../../../domain/intent.js';
import type { Engine } from '../../../engine/engine.js';
import { cursorAt, PAGE_DEFAULT, placeOf } from '../paging.js';
import { type DojoReply, type DojoRequest, reply } from '../request.js';
import { type Route, route } from '../route.js';
import { searchPaymentIntents } from '../schema/payment-intents.js';
import type { Read } from '../schema/shape.js';
import { INTENT_STATUSES, type IntentStatus, intentStatus } from '../status.js';
import { needPaymentIntent, paymentIntentView } from '../view/payment-intent.js';

type Sent = Read<typeof searchPaymentIntents>;
type Conditions = Parameters<Engine['page']>[0]['conditions'];

/** The states of the core in which an intent may have a status. */
const STATES: Record<IntentStatus, readonly IntentState[]> = {
  Created: ['awaiting_method', 'awaiting_confirmation', 'awaiting_action', 'processing'],
  Authorized: ['authorized'],
  Captured: ['authorized', 'captured'],
  Reversed: ['captured', 'canceled'],
  Refunded: ['captured'],
  Canceled: ['canceled'],
};

/** Rows looked at on the way back to newer ones, page by page. */
const STEP_ROWS = 100;
const STEPS_MAX = 50;

/** What is found, newest first, and whether more lies behind on the way that was gone. */
interface Found {
  readonly rows: readonly Intent[];
  /** The cursor for going on in the same direction; null at the end. */
  readonly next: string | null;
}

interface Query {
  readonly account: string;
  readonly conditions: Conditions;
  readonly limit: number;
  fits(intent: Intent): boolean;
}

/** Canceled ones are only told where their status is asked for. */
function queryOf(account: string, sent: Sent): Query {
  const isAsked = sent.statuses !== undefined && sent.statuses.length > 0;
  const wanted = isAsked
    ? (sent.statuses ?? [])
    : INTENT_STATUSES.filter((status) => status !== 'Canceled');
  const states = new Set(wanted.flatMap((status) => STATES[status]));
  const { startDate, endDate, cursor } = sent;
  return {
    account,
    limit: cursor?.limit ?? PAGE_DEFAULT,
    conditions: [
      { column: 'state', comparison: 'in', value: [...states] },
      ...(startDate === undefined ? [] : [atTime('gte', Math.ceil(startDate / 1000))]),
      ...(endDate === undefined ? [] : [atTime('lte', Math.floor(endDate / 1000))]),
    ],
    fits: (intent) => wanted.includes(intentStatus(intent)),
  };
}

function atTime(comparison: 'gte' | 'lte', value: number): Conditions[number] {
  return { column: 'created', comparison, value };
}

async function findOlder(engine: Engine, query: Query, olderThan?: string): Promise<Found> {
  const { rows, next } = await engine.search({
    ...query,
    table: 'intents',
    ways: [],
    ...(olderThan === undefined ? {} : { olderThan }),
  });
  return { rows, next: next === null ? null : cursorAt(next) };
}

/** The nearest newer ones that fit. */
async function findNewer(engine: Engine, query: Query, newerThan: string): Promise<Found> {
  const { account, conditions, limit, fits } = query;
  const rows: Intent[] = [];
  let from = newerThan;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const page = await engine.page({
      table: 'intents',
      account,
      conditions,
      limit: STEP_ROWS,
      newerThan: from,
    });
    rows.unshift(...page.filter(fits));
    if (rows.length > limit) {
      const kept = rows.slice(-limit);
      return { rows: kept, next: cursorAt(kept[0]?.id ?? from) };
    }
    from = page[0]?.id ?? from;
    if (page.length < STEP_ROWS) return { rows, next: null };
  }
  return { rows, next: cursorAt(from) };
}

async function search(request: DojoRequest, sent: Sent): Promise<DojoReply> {
  const { engine, account, view } = request;
  const query = queryOf(account, sent);
  const { newerThan, olderThan } = placeOf(sent.cursor ?? {});
  const found =
    newerThan === undefined
      ? await findOlder(engine, query, olderThan)
      : await findNewer(engine, query, newerThan);
  const ids = found.rows.map(({ id }) => id);
  const data = await engine.read(
    account,
    (need) => {
      for (const id of ids) needPaymentIntent(need, id);
    },
    (rows) =>
      ids.flatMap((id) => {
        const intent = rows.get('intents', id);
        return intent === null ? [] : [paymentIntentView(intent, rows, view)];
      }),
  );
  // Where a page was reached from its other side, there is something on that side.
  const first = ids[0] ?? newerThan ?? olderThan;
  const last = ids.at(-1) ?? newerThan ?? olderThan;
  const isBack = newerThan !== undefined;
  const start = olderThan === undefined || first === undefined ? null : cursorAt(first);
  const end = last === undefined ? null : cursorAt(last);
  return reply({
    data,
    before: isBack ? found.next : start,
    after: isBack ? end : found.next,
  });
}

/** `POST /payment-intents/search` */
export const SEARCH_ROUTES: readonly Route[] = [
  route('POST', '/payment-intents/search', searchPaymentIntents, search, {
    operation: 'PaymentIntents_Search',
    matches: 'statuses, dates and cursors, newest first',
    deviates: 'canceled ones only where their status is asked for',
  }),
];
