import type Stripe from 'stripe';
import { CommandFailure } from './failure.js';
import { receiverLives } from './listen-receiver.js';
import type { MerchantApi } from './merchant-api.js';

/** What is listened to, by dialect; null: nothing of that dialect. */
export interface Wanted {
  readonly stripe: readonly string[] | null;
  readonly dojo: readonly string[] | null;
  /** Code's webhooks are each request's own: there is nothing to subscribe to. */
  readonly code: boolean;
}

/** An endpoint of ours on the server, for as long as the command runs. */
export interface OwnEndpoint {
  readonly id: string;
  /** What its webhooks are signed with. */
  readonly secret: string;
  remove(): Promise<void>;
}

/** By which a later run knows what an earlier one that was killed has left. */
const MARK = 'tender_listen';
const DESCRIPTION = 'tender listen';
const STRIPE_PATH = '/v1/webhook_endpoints';
const DOJO_PATH = '/webhooks';

/** Reads `--events`: types by commas, other dialects' with `dojo:` or `code:` before them. */
export function wantedOf(text: string): Wanted {
  const types = text
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '');
  const of = (prefix: string): string[] =>
    types.filter((type) => type.startsWith(prefix)).map((type) => type.slice(prefix.length));
  const [dojo, code] = [of('dojo:'), of('code:')];
  const stripe = types.filter((type) => !/^(dojo|code):/.test(type));
  if (types.length === 0) throw new CommandFailure('--events has to name an event, or *.');
  const unknown = code.find((type) => type !== '*');
  if (unknown !== undefined)
    throw new CommandFailure(`There is no code:${unknown}: a request has one webhook, code:*.`);
  return {
    stripe: stripe.length === 0 ? null : stripe,
    dojo: dojo.length === 0 ? null : dojo,
    code: code.length > 0,
  };
}

/** Makes the endpoint of the Stripe dialect. */
export async function openStripeEndpoint(
  api: MerchantApi,
  url: string,
  types: readonly string[],
): Promise<OwnEndpoint> {
  const { id, secret = '' } = await api.stripe<Stripe.WebhookEndpoint>('POST', STRIPE_PATH, {
    url,
    enabled_events: types,
    description: DESCRIPTION,
    metadata: { [MARK]: 'yes' },
  });
  return { id, secret, remove: () => removing(id, api.stripe('DELETE', `${STRIPE_PATH}/${id}`)) };
}

interface DojoSubscription {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly secrets: readonly { readonly value: string; readonly isActive: boolean }[];
}

/** Makes the subscription of the Dojo dialect; `*` stands for all of its events. */
export async function openDojoEndpoint(
  api: MerchantApi,
  url: string,
  types: readonly string[],
): Promise<OwnEndpoint> {
  const events = types.includes('*') ? await dojoEvents(api) : types;
  const made = await api.dojo<DojoSubscription>('POST', DOJO_PATH, {
    ...{ url, events, description: DESCRIPTION },
  });
  const secret = made.secrets.find(({ isActive }) => isActive)?.value ?? '';
  const { id } = made;
  return { id, secret, remove: () => removing(id, api.dojo('DELETE', `${DOJO_PATH}/${id}`)) };
}

async function dojoEvents(api: MerchantApi): Promise<string[]> {
  const models = await api.dojo<{ events: string[] }[]>('GET', `${DOJO_PATH}/events`);
  return models.flatMap(({ events }) => events);
}

/** Removes what runs that were killed have left. */
export async function removeLeftovers(api: MerchantApi, wanted: Wanted): Promise<void> {
  if (wanted.stripe !== null) {
    type Endpoints = { data: Stripe.WebhookEndpoint[] };
    const { data } = await api.stripe<Endpoints>('GET', STRIPE_PATH, { limit: 100 });
    for (const { id, url, metadata } of data)
      if (metadata[MARK] !== undefined && !(await receiverLives(url)))
        await removing(id, api.stripe('DELETE', `${STRIPE_PATH}/${id}`));
  }
  if (wanted.dojo === null) return;
  // Dojo's have no metadata: ours are known by what they are called, and where they lead.
  for (const { id, url, description } of await api.dojo<DojoSubscription[]>('GET', DOJO_PATH))
    if (description === DESCRIPTION && isOwnUrl(url) && !(await receiverLives(url)))
      await removing(id, api.dojo('DELETE', `${DOJO_PATH}/${id}`));
}

function isOwnUrl(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/.test(url);
}

/** A server that is gone keeps the endpoint; the next run finds it. */
async function removing(id: string, removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    process.stderr.write(`The endpoint ${id} could not be removed: ${error.message}\n`);
  }
}
