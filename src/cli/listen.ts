import { networkInterfaces } from 'node:os';
import { CommandFailure } from './failure.js';
import {
  type OwnEndpoint,
  openDojoEndpoint,
  openStripeEndpoint,
  removeLeftovers,
  wantedOf,
} from './listen-endpoints.js';
import { type Forwarded, openReceiver } from './listen-receiver.js';
import { shownWebhook } from './listen-rows.js';
import type { ServerOptions } from './merchant-api.js';
import { type MerchantSession, untilStopped, withMerchant } from './merchant-command.js';

/** What `tender listen` takes. */
interface ListenOptions extends ServerOptions {
  /** Where each webhook is posted. */
  readonly forwardTo?: string;
  /** Types by commas, as an endpoint takes them; Dojo's with `dojo:` before them, and `code:*`. */
  readonly events: string;
}

/**
 * `tender listen`: endpoints of its own for as long as it runs; prints what they get and passes it
 * on. Endpoints of runs that were killed are removed.
 */
export function listen(options: ListenOptions): Promise<void> {
  return withMerchant(options, async (session) => {
    const { api, show } = session;
    demandNear(api.url);
    const wanted = wantedOf(options.events);
    const target = targetOf(options.forwardTo);
    await removeLeftovers(api, wanted);
    const receiver = await openReceiver(target, (forwarded) => print(session, target, forwarded));
    const opened: OwnEndpoint[] = [];
    const open = async (
      types: readonly string[] | null,
      opening: typeof openStripeEndpoint,
    ): Promise<OwnEndpoint | null> => {
      if (types === null) return null;
      const endpoint = await opening(api, receiver.url, types);
      opened.push(endpoint);
      return endpoint;
    };
    try {
      const stripe = await open(wanted.stripe, openStripeEndpoint);
      const dojo = await open(wanted.dojo, openDojoEndpoint);
      const webhook = wanted.code ? receiver.url : null;
      show(readyLines(session, target, stripe, dojo, webhook), {
        endpoint: stripe?.id ?? null,
        secret: stripe?.secret ?? null,
        forward_to: target,
        ...(dojo === null ? {} : { dojo: { endpoint: dojo.id, secret: dojo.secret } }),
        ...(webhook === null ? {} : { code: { webhook } }),
      });
      await untilStopped(stopped);
    } finally {
      for (const { remove } of opened) await remove();
      await receiver.close();
    }
  });
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

function readyLines(
  { api, paint }: MerchantSession,
  target: string | null,
  stripe: OwnEndpoint | null,
  dojo: OwnEndpoint | null,
  webhook: string | null,
): string[] {
  const { strong, quiet } = paint;
  const example =
    stripe !== null
      ? 'payment_intent.succeeded'
      : dojo !== null
        ? 'dojo:payment_intent.status_updated'
        : `code:submitted --webhook ${webhook}`;
  return [
    `Listening to ${api.url}${target === null ? '' : `, forwarding to ${target}`}.`,
    ...(stripe === null ? [] : [`Signing secret: ${strong(stripe.secret)}`]),
    ...(dojo === null ? [] : [`Signing secret, Dojo: ${strong(dojo.secret)}`]),
    ...(webhook === null ? [] : [`Webhook to name in requests of Code: ${strong(webhook)}`]),
    quiet(`Make one happen: tender trigger ${example}. End with Ctrl-C.`),
  ];
}

function print(
  { show, paint, options }: MerchantSession,
  target: string | null,
  { headers, body, status, error, durationMs }: Forwarded,
): void {
  const { line, event } = shownWebhook(headers, body, paint);
  const taken = status !== null && status >= 200 && status < 300;
  const outcome = status === null ? `not reached: ${error}` : `${status} in ${durationMs} ms`;
  const lines = [line];
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
