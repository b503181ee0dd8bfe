import type Stripe from 'stripe';
import { CommandFailure } from './failure.js';
import { ApiRefusal, type MerchantApi, type ServerOptions } from './merchant-api.js';
import { pause, untilStopped, withMerchant } from './merchant-command.js';
import { moment } from './moment.js';
import { eventRow } from './tail-rows.js';
import { typesOf } from './tail-types.js';

/** What `tender tail` takes. */
interface TailOptions extends ServerOptions {
  /** Types by commas; `charge.*` is a family. */
  readonly types?: string;
  /** How many of the latest events to begin with. */
  readonly lines: string;
  /** End after so many events. */
  readonly count?: string;
}

const POLL_MS = 500;
/** The dialect's own limit for one page. */
const PAGE_EVENTS_MAX = 100;

/** `tender tail`: events as they happen, until it is told to stop or has shown `--count`. */
export function tail(options: TailOptions): Promise<void> {
  return withMerchant(options, async ({ api, show, paint }) => {
    const types = typesOf(options.types);
    const begin = countOf(options.lines, '--lines', PAGE_EVENTS_MAX);
    const count =
      options.count === undefined ? Number.POSITIVE_INFINITY : countOf(options.count, '--count');
    let shown = 0;
    const print = (events: readonly Stripe.Event[]): void => {
      for (const event of events.slice(0, count - shown)) {
        shown += 1;
        show([`${paint.quiet(moment(event.created))}  ${eventRow(event, paint)}`], event);
      }
    };
    // The newest event of any type is where to go on from, whatever is asked for.
    const [newest] = await eventsBefore(api, { limit: 1 });
    if (begin > 0) print((await eventsBefore(api, { limit: begin, types })).toReversed());
    if (options.json !== true && process.stderr.isTTY)
      process.stderr.write(`Waiting for events of ${api.url}. End with Ctrl-C.\n`);
    await untilStopped(async (signal) => {
      const next = watchEvents(api, newest?.id, types);
      while (!signal.aborted && shown < count) {
        const events = await retrying(next, signal);
        print(events);
        if (events.length === 0) await pause(POLL_MS, signal);
      }
    });
  });
}

type EventFilter = { readonly limit: number; readonly types?: readonly string[] | undefined };

/** The newest events, newest first. */
async function eventsBefore(
  api: Pick<MerchantApi, 'stripe'>,
  filter: EventFilter,
): Promise<Stripe.Event[]> {
  return (await api.stripe<{ data: Stripe.Event[] }>('GET', '/v1/events', filter)).data;
}

/**
 * What happened after an event, the oldest first; after the beginning where none is named. A page
 * at a time: where more waits, the next call has it.
 */
export async function eventsAfter(
  api: Pick<MerchantApi, 'stripe'>,
  last: string | undefined,
  types?: readonly string[],
): Promise<Stripe.Event[]> {
  const page = await eventsBefore(api, {
    limit: PAGE_EVENTS_MAX,
    types,
    ...(last === undefined ? {} : { ending_before: last }),
  });
  return page.toReversed();
}

/**
 * How far behind the newest event others are looked for: where several servers share a database,
 * one may commit what it has dated before what another has committed already.
 */
const LOOK_BACK_MS = 5_000;
/** Of a merchant with more events than that, so many are read again with every look. */
const LOOK_BACK_EVENTS_MAX = PAGE_EVENTS_MAX;

/**
 * A function that answers the events which have come since it was last called, the oldest first,
 * each once. `after`: the last that is known; undefined: there was none.
 */
export function watchEvents(
  api: Pick<MerchantApi, 'stripe'>,
  after: string | undefined,
  types?: readonly string[],
): () => Promise<Stripe.Event[]> {
  let from = after;
  const seenMs = new Map<string, number>();
  return async () => {
    const events: Stripe.Event[] = [];
    for (let last = from; ; last = events.at(-1)?.id) {
      const page = await eventsAfter(api, last, types);
      events.push(...page);
      if (page.length < PAGE_EVENTS_MAX) break;
    }
    const nowMs = performance.now();
    const fresh = events.filter(({ id }) => !seenMs.has(id));
    for (const { id } of fresh) seenMs.set(id, nowMs);
    const isSettled = ({ id }: Stripe.Event): boolean =>
      nowMs - (seenMs.get(id) ?? nowMs) >= LOOK_BACK_MS;
    const settled = events.findLastIndex(isSettled);
    // Asked without a place to begin at, the list would answer its end alone.
    const first = from === undefined ? 1 : 0;
    const gone = Math.max(settled + 1, events.length - LOOK_BACK_EVENTS_MAX, first);
    for (const { id } of events.slice(0, gone)) seenMs.delete(id);
    from = events[gone - 1]?.id ?? from;
    return fresh;
  };
}

/** A server that restarts is waited for; what it refuses is not asked again. */
async function retrying(
  ask: () => Promise<Stripe.Event[]>,
  signal: AbortSignal,
): Promise<Stripe.Event[]> {
  try {
    return await ask();
  } catch (error) {
    const isRefused = error instanceof ApiRefusal && error.status < 500 && error.status !== 429;
    if (isRefused || !(error instanceof CommandFailure)) throw error;
    if (!signal.aborted) process.stderr.write(`${error.message} Trying again.\n`);
    await pause(POLL_MS * 4, signal);
    return [];
  }
}

function countOf(text: string, name: string, max = 1_000_000): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= max) return count;
  throw new CommandFailure(`${name} has to be a number up to ${max}, not “${text}”.`);
}
