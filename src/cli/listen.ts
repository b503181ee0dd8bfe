import { networkInterfaces } from 'node:os';
import type Stripe from 'stripe';
import { CommandFailure } from './failure.js';
import { type Forwarded, openReceiver, receiverLives } from './listen-receiver.js';
import type { MerchantApi, ServerOptions } from './merchant-api.js';
import { type MerchantSession, moment, untilStopped, withMerchant } from './merchant-command.js';
import { eventRow } from './tail-rows.js';

/** What `tender listen` takes. */
interface ListenOptions extends ServerOptions {
  /** Where each webhook is posted. */
  readonly forwardTo?: string;
  /** Types by commas, as an endpoint takes them. */
  readonly events: string;
}

type Endpoint = Stripe.WebhookEndpoint;

const PATH = '/v1/webhook_endpoints';
/** By which a later run knows what an earlier one that was killed has left. */
const MARK = 'tender_listen';

/**
 * `tender listen`: a webhook endpoint of its own for as long as it runs; prints what it gets and
 * passes it on. Endpoints of runs that were killed are removed.
 */
export function listen(options: ListenOptions): Promise<void> {
  return withMerchant(options, async (session) => {
    const { api, show } = session;
    demandNear(api.url);
    const target = targetOf(options.forwardTo);
    await removeLeftovers(api);
    const receiver = await openReceiver(target, (forwarded) => print(session, target, forwarded));
    try {
      const endpoint = await api.stripe<Endpoint>('POST', PATH, {
        url: receiver.url,
        enabled_events: options.events.split(',').map((type) => type.trim()),
        description: 'tender listen',
        metadata: { [MARK]: 'yes' },
      });
      try {
        const { id, secret } = endpoint;
        show(readyLines(session, secret ?? '', target), {
          endpoint: id,
          secret,
          forward_to: target,
        });
        await untilStopped(stopped);
      } finally {
        await removeEndpoint(api, endpoint.id);
      }
    } finally {
      await receiver.close();
    }
  });
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

function readyLines(
  { api, paint }: MerchantSession,
  secret: string,
  target: string | null,
): string[] {
  return [
    `Listening to ${api.url}${target === null ? '' : `, forwarding to ${target}`}.`,
    `Signing secret: ${paint.strong(secret)}`,
    paint.quiet('Make one happen: tender trigger payment_intent.succeeded. End with Ctrl-C.'),
  ];
}

function print(
  { show, paint, options }: MerchantSession,
  target: string | null,
  { body, status, error, durationMs }: Forwarded,
): void {
  const event = JSON.parse(body.toString()) as Stripe.Event;
  const taken = status !== null && status >= 200 && status < 300;
  const outcome = status === null ? `not reached: ${error}` : `${status} in ${durationMs} ms`;
  const lines = [`${paint.quiet(moment(event.created))}  ${eventRow(event, paint)}`];
  if (target !== null) lines.push(`  → ${taken ? paint.accent(outcome) : paint.failure(outcome)}`);
  const forwarded = target === null ? null : { status, error, duration_ms: durationMs };
  show(lines, options.json === true ? { event, forwarded } : null);
}

/**
 * The receiver is on this machine's loopback, and so the server has to be on this machine: from
 * elsewhere its webhooks would go to its own loopback.
 */
function demandNear(url: string): void {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  if (
    host === 'localhost' ||
    host.startsWith('127.') ||
    own.some(({ address }) => address === host)
  )
    return;
  throw new CommandFailure(
    `tender listen receives on this machine, and ${host} is another: run it there, or see the ` +
      'events with tender tail.',
  );
}

function targetOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  // `localhost:3000/hooks` is how people write it.
  const full = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (URL.canParse(full)) return new URL(full).href;
  throw new CommandFailure(
    `--forward-to has to be a URL such as localhost:3000/webhook, not ${text}.`,
  );
}

async function removeLeftovers(api: MerchantApi): Promise<void> {
  const { data } = await api.stripe<{ data: Endpoint[] }>('GET', PATH, { limit: 100 });
  for (const { id, url, metadata } of data)
    if (metadata[MARK] !== undefined && !(await receiverLives(url))) await removeEndpoint(api, id);
}

/** A server that is gone keeps the endpoint; the next run finds it. */
async function removeEndpoint(api: MerchantApi, id: string): Promise<void> {
  try {
    await api.stripe('DELETE', `${PATH}/${id}`);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    process.stderr.write(`The endpoint ${id} could not be removed: ${error.message}\n`);
  }
}
