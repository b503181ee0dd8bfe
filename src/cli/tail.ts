import type Stripe from 'stripe';
import { CommandFailure } from './failure.js';
import { ApiRefusal, type MerchantApi, type ServerOptions } from './merchant-api.js';
import { moment, pause, untilStopped, withMerchant } from './merchant-command.js';
import { eventRow } from './tail-rows.js';

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
/** The dialect's own limit for one page, and for types of one list. */
const PAGE_EVENTS_MAX = 100;
const TYPES_MAX = 20;

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
      let last = newest?.id;
      while (!signal.aborted && shown < count) {
        const events = await retrying(() => eventsAfter(api, last, types), signal);
        last = events.at(-1)?.id ?? last;
        print(events);
        if (events.length === 0) await pause(POLL_MS, signal);
      }
    });
  });
}

type EventFilter = { readonly limit: number; readonly types?: readonly string[] | undefined };

/** The newest events, newest first. */
async function eventsBefore(api: MerchantApi, filter: EventFilter): Promise<Stripe.Event[]> {
  return (await api.stripe<{ data: Stripe.Event[] }>('GET', '/v1/events', filter)).data;
}

/**
 * What happened after an event, the oldest first; after the beginning where none is named. A page
 * at a time: where more waits, the next call has it.
 */
export async function eventsAfter(
  api: MerchantApi,
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

function typesOf(text: string | undefined): string[] | undefined {
  const types = (text ?? '').split(',').map((type) => type.trim());
  const named = types.filter((type) => type !== '');
  if (named.length > TYPES_MAX)
    throw new CommandFailure(
      `--types takes up to ${TYPES_MAX} types; charge.* is a family of them.`,
    );
  return named.length === 0 ? undefined : named;
}

function countOf(text: string, name: string, max = 1_000_000): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= max) return count;
  throw new CommandFailure(`${name} has to be a number up to ${max}, not “${text}”.`);
}
