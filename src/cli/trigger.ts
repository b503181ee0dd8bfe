import type Stripe from 'stripe';
import { nearest } from '../nearest.js';
import { CommandFailure } from './failure.js';
import type { MerchantApi, ServerOptions } from './merchant-api.js';
import { type MerchantSession, pause, withMerchant } from './merchant-command.js';
import { eventsAfter } from './tail.js';
import { eventRow } from './tail-rows.js';
import { columns } from './terminal.js';
import { IMPOSSIBLE, TRIGGERS } from './trigger-events.js';
import { openScene } from './trigger-scene.js';

/** Events are committed with what they tell of; what a job does may come a moment later. */
const ARRIVE_MS_MAX = 15_000;
const POLL_MS = 50;

/** `tender trigger [event]`: makes it happen, and shows what was told; without one, the list. */
export function trigger(
  event: string | undefined,
  options: ServerOptions & { readonly webhook?: string },
): Promise<void> {
  return withMerchant(options, async (session) => {
    if (event === undefined) return list(session);
    const steps = TRIGGERS.get(event);
    if (steps === undefined) throw new CommandFailure(whyNot(event));
    if (options.webhook !== undefined && !event.startsWith('code:'))
      throw new CommandFailure('--webhook is for events of Code: others have endpoints.');
    const { api, show, paint } = session;
    const [newest] = (await api.stripe<{ data: Stripe.Event[] }>('GET', '/v1/events', { limit: 1 }))
      .data;
    const scene = openScene(api, options.webhook ?? null);
    let events: Stripe.Event[];
    try {
      await steps(scene);
      const wanted = /^(dojo|code):/.test(event) ? null : event;
      events = await told(api, newest?.id, scene.made, wanted);
    } finally {
      await scene.close();
    }
    const lines = events.map((each) => {
      const row = eventRow(each, paint);
      return each.type === event ? `${paint.accent('●')} ${row}` : `  ${row}`;
    });
    const subject = [...scene.made].find((id) => /^(pi|ch)_/.test(id));
    const next = subject === undefined ? 'tender tail --lines 10' : `tender show ${subject}`;
    show([...lines, `Next: ${next}`], { triggered: event, events });
  });
}

/**
 * What happened since, of what the scene made; waits for the event that is wanted. Events of
 * the other dialects are sent, never listed: then what Stripe's tells of the same is the answer.
 */
async function told(
  api: MerchantApi,
  since: string | undefined,
  made: ReadonlySet<string>,
  wanted: string | null,
): Promise<Stripe.Event[]> {
  const endMs = performance.now() + ARRIVE_MS_MAX;
  for (;;) {
    const own = (await allAfter(api, since)).filter((event) => isOf(event, made));
    if (wanted === null || own.some(({ type }) => type === wanted)) return own;
    if (performance.now() > endMs)
      throw new CommandFailure(`${wanted} was not told within ${ARRIVE_MS_MAX / 1000} s.`);
    await pause(POLL_MS);
  }
}

async function allAfter(api: MerchantApi, since: string | undefined): Promise<Stripe.Event[]> {
  const all: Stripe.Event[] = [];
  for (let last = since; ; last = all.at(-1)?.id) {
    const page = await eventsAfter(api, last);
    all.push(...page);
    if (page.length === 0 || last === undefined) return all;
  }
}

/** Whether an event tells of something that was made, or of what belongs to that. */
function isOf({ data }: Stripe.Event, made: ReadonlySet<string>): boolean {
  const { id, payment_intent, charge, customer } = data.object as unknown as Record<
    string,
    unknown
  >;
  return [id, payment_intent, charge, customer].some((each) => made.has(String(each)));
}

function whyNot(event: string): string {
  const known = IMPOSSIBLE.find(({ type }) => type === event);
  if (known !== undefined) return `${event} cannot be triggered: ${known.reason}.`;
  const near = nearest(event, [...TRIGGERS.keys()]);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  return `There is no event ${event}.${hint} See all: tender trigger`;
}

function list({ show, paint }: MerchantSession): void {
  const rows = IMPOSSIBLE.map(({ type, reason }) => [type, paint.quiet(reason)]);
  show(
    [
      paint.strong('What can be triggered'),
      ...[...TRIGGERS.keys()].map((type) => `  ${type}`),
      '',
      paint.strong('What cannot'),
      ...columns(rows).map((line) => `  ${line}`),
      '',
      'Next: tender trigger payment_intent.succeeded',
    ],
    { possible: [...TRIGGERS.keys()], impossible: IMPOSSIBLE },
  );
}
