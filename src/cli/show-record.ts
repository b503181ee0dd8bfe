import type Stripe from 'stripe';
import { wireId } from '../api/dojo/ids.js';
import { CommandFailure } from './failure.js';
import { ApiRefusal, type MerchantApi } from './merchant-api.js';

/** One try to deliver an event to an endpoint, as Tender tells of it. */
interface DeliveryTry {
  readonly created: number;
  readonly duration_ms: number;
  readonly error: string | null;
  readonly http_status: number | null;
}

/** An event on its way to an endpoint. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly webhook_endpoint: string;
  readonly attempts: readonly DeliveryTry[];
}

/** All that is told of a payment. */
export interface PaymentRecord {
  readonly intent: Stripe.PaymentIntent;
  /** Its id and status in the Dojo dialect; null where this key may not ask there. */
  readonly dojo: { readonly id: string; readonly status: string } | null;
  /** Events about it and what belongs to it, the oldest first. */
  readonly events: readonly Stripe.Event[];
  /** Whether the account had more events meanwhile than were looked through. */
  readonly isPartial: boolean;
  readonly deliveries: readonly Delivery[];
  /** Where deliveries go, by the endpoint's id. */
  readonly endpoints: ReadonlyMap<string, string>;
}

/** What can lead to a payment: the kind of id, and where it is read. */
const WAYS: readonly (readonly [prefix: RegExp, path: string])[] = [
  [/^ch_/, '/v1/charges/'],
  [/^re_/, '/v1/refunds/'],
  [/^du_/, '/v1/disputes/'],
  [/^issfr_/, '/v1/radar/early_fraud_warnings/'],
];

/** Dojo's prefixes of what the Stripe dialect knows by others. */
const DOJO_PREFIXES: readonly (readonly [dojo: RegExp, stripe: string])[] = [
  [/^pi_sandbox_/, 'pi_'],
  [/^tx_/, 'ch_'],
  [/^(rfnd|rvs)_/, 're_'],
];

/** The intent that an id of any kind and dialect leads to. */
export async function intentIdOf(api: MerchantApi, given: string): Promise<string> {
  const [prefix, own] = DOJO_PREFIXES.find(([dojo]) => dojo.test(given)) ?? [/^/, ''];
  const id = given.replace(prefix, own);
  if (id.startsWith('pi_')) return id;
  const name = encodeURIComponent(id);
  if (RENDEZVOUS.test(id)) {
    const { payment_intent } = await api.code<{ payment_intent: string | null }>(
      'GET',
      `/admin/code/requests/${name}`,
    );
    if (payment_intent !== null) return payment_intent;
    throw new CommandFailure(`${id} asks for a login only: there is no payment.`);
  }
  if (id.startsWith('evt_')) {
    const { data } = await api.stripe<Stripe.Event>('GET', `/v1/events/${name}`);
    return intentIn(given, data.object as Leading);
  }
  const [, path] = WAYS.find(([each]) => each.test(id)) ?? [];
  if (path === undefined) throw new CommandFailure(unknownId(given));
  return intentIn(given, await api.stripe<Leading>('GET', path + name));
}

/** A request of the Code dialect: 32 bytes in base58, and no prefix. */
const RENDEZVOUS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

interface Leading {
  readonly id?: string;
  readonly payment_intent?: unknown;
}

function intentIn(given: string, { id, payment_intent }: Leading): string {
  const found = id?.startsWith('pi_') ? id : payment_intent;
  if (typeof found === 'string') return found;
  throw new CommandFailure(`${given} belongs to no payment intent.`);
}

function unknownId(id: string): string {
  return `${id} is no id of a payment: it would begin with pi_, ch_, re_, du_ or evt_.`;
}

/** Reads all that is told of an intent. Throws ApiRefusal where there is none. */
export async function readRecord(api: MerchantApi, id: string): Promise<PaymentRecord> {
  const intent = await api.stripe<Stripe.PaymentIntent>(
    'GET',
    `/v1/payment_intents/${encodeURIComponent(id)}`,
  );
  const [dojo, { events, isPartial }] = await Promise.all([
    readDojo(api, intent),
    eventsAbout(api, intent),
  ]);
  const { data: endpoints } = await api.stripe<{ data: Stripe.WebhookEndpoint[] }>(
    'GET',
    '/v1/webhook_endpoints',
    { limit: 100 },
  );
  return {
    intent,
    dojo,
    events,
    isPartial,
    deliveries: await deliveriesOf(api, endpoints, events),
    endpoints: new Map(endpoints.map((endpoint) => [endpoint.id, endpoint.url])),
  };
}

/** The payment in the Dojo dialect's own answer. */
async function readDojo(api: MerchantApi, { id, livemode }: Stripe.PaymentIntent) {
  const name = wireId('intent', id, livemode);
  try {
    const path = `/payment-intents/${name}?returnCanceled=true`;
    const { status } = await api.dojo<{ status: string }>('GET', path);
    return { id: name, status };
  } catch (error) {
    if (error instanceof ApiRefusal) return null;
    throw error;
  }
}

const EVENT_TYPES = ['payment_intent.*', 'charge.*', 'refund.*', 'radar.*'];
const PAGE_EVENTS = 100;
/** Of each stretch of time; beyond, an account's other events would be read for minutes. */
const PAGES_MAX = 10;
/** Most that happens to a payment happens within the hour. */
const FIRST_SECONDS = 3600;

async function eventsAbout(
  api: MerchantApi,
  { id, created }: Stripe.PaymentIntent,
): Promise<{ events: Stripe.Event[]; isPartial: boolean }> {
  const first = await scan(api, id, { gte: created, lte: created + FIRST_SECONDS });
  const later = await scan(api, id, { gt: created + FIRST_SECONDS });
  return {
    events: [...later.events, ...first.events].toReversed(),
    isPartial: first.isPartial || later.isPartial,
  };
}

/** Events about an intent among those of a stretch of time, the newest first. */
async function scan(api: MerchantApi, intent: string, created: Record<string, number>) {
  const events: Stripe.Event[] = [];
  let last: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { data, has_more } = await api.stripe<{ data: Stripe.Event[]; has_more: boolean }>(
      'GET',
      '/v1/events',
      { created, types: EVENT_TYPES, limit: PAGE_EVENTS, starting_after: last },
    );
    events.push(...data.filter((event) => isAbout(event, intent)));
    last = data.at(-1)?.id;
    if (!has_more || last === undefined) return { events, isPartial: false };
  }
  return { events, isPartial: true };
}

function isAbout({ data }: Stripe.Event, intent: string): boolean {
  const { id, payment_intent } = data.object as Leading;
  return id === intent || payment_intent === intent;
}

/** Calls at once: enough to be quick, few enough to leave the server its other work. */
const CALLS_AT_ONCE = 8;

async function deliveriesOf(
  api: MerchantApi,
  endpoints: readonly Stripe.WebhookEndpoint[],
  events: readonly Stripe.Event[],
): Promise<Delivery[]> {
  const asked = endpoints.flatMap(({ id }) => events.map((event) => [id, event.id] as const));
  const found: Delivery[] = [];
  for (let from = 0; from < asked.length; from += CALLS_AT_ONCE) {
    const pages = await Promise.all(
      asked.slice(from, from + CALLS_AT_ONCE).map(([endpoint, event]) =>
        api.stripe<{ data: Delivery[] }>('GET', `/v1/webhook_endpoints/${endpoint}/deliveries`, {
          event,
        }),
      ),
    );
    found.push(...pages.flatMap(({ data }) => data));
  }
  return found;
}
