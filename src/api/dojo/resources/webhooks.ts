import type { Fact } from '../../../domain/fact.js';
import type { Command } from '../../../engine/command.js';
import { replayEvent } from '../../../engine/deliveries.js';
import { tellingSecret } from '../../../engine/idempotency.js';
import { deleteSubscription } from '../../../engine/subscriptions.js';
import { EVENT_TYPES, eventsOf, factOfEventId } from '../events.js';
import { CURSOR_FIELDS, readPage } from '../paging.js';
import { invalid, invalidField, Refusal } from '../problem.js';
import {
  act,
  type DojoReply,
  type DojoRequest,
  idIn,
  notFound,
  reply,
  type WireObject,
} from '../request.js';
import { type Route, route } from '../route.js';
import { BODY, Faults, list, object, oneOf, type Read, required, text } from '../schema/shape.js';
import {
  activateSecret,
  changeSubscription,
  deleteSecret,
  generateSecret,
  listSubscriptions,
  type OpenSubscription,
  readSubscription,
  subscribe,
} from '../subscriptions.js';
import { deliveryView, secretsView, subscriptionView } from '../view/subscription.js';

const PATH = '/webhooks';

/** Named more than once, an event counts once: a limit to the list, not to what can be named. */
const EVENTS_NAMED_MAX = 50;

const events = list(oneOf(EVENT_TYPES), EVENTS_NAMED_MAX);
const url = text({ min: 1, max: 2048, format: 'uri' });
const description = text({ max: 1000 });

const subscriptionRequest = object({
  events: required(events),
  url: required(url),
  description,
});

const subscriptionUpdate = object({ events, url, description });

function demandUrl(request: DojoRequest, sent: string): void {
  const fault = request.urlFault(sent);
  if (fault !== null) throw new Refusal(invalidField('Url', `The Url field ${fault}.`));
}

function eventsIn(sent: readonly string[]): string[] {
  if (sent.length === 0)
    throw new Refusal(invalidField('Events', 'The Events field must name an event.'));
  return [...new Set(sent)];
}

function showing(request: DojoRequest) {
  return { show: (opened: OpenSubscription) => subscriptionView(opened, request.view) };
}

const SILENT = { show: () => null };

function create(request: DojoRequest, sent: Read<typeof subscriptionRequest>) {
  demandUrl(request, sent.url);
  const command = subscribe(request.account, {
    url: sent.url,
    events: eventsIn(sent.events),
    description: sent.description ?? null,
  });
  return act(tellingSecret(request), command, showing(request));
}

function update(request: DojoRequest, sent: Read<typeof subscriptionUpdate>) {
  if (sent.url !== undefined) demandUrl(request, sent.url);
  const changes = sent.events === undefined ? sent : { ...sent, events: eventsIn(sent.events) };
  const command = changeSubscription(request.account, idIn(request, 'subscription'), changes);
  return act(tellingSecret(request), command, showing(request));
}

function all(request: DojoRequest) {
  return act(request, listSubscriptions(request.account), {
    show: (opened) => opened.map((one) => subscriptionView(one, request.view)),
  });
}

function remove(request: DojoRequest) {
  const id = idIn(request, 'subscription');
  return act(request, deleteSubscription(request.account, 'dojo', id), SILENT);
}

/** Answers with the secrets that a command leaves. */
function answeringSecrets(command: (account: string, id: string) => Command<OpenSubscription>) {
  return (request: DojoRequest): Promise<DojoReply> =>
    act(tellingSecret(request), command(request.account, idIn(request, 'subscription')), {
      show: (opened) => secretsView(opened, request.view),
    });
}

/** Runs a command about the secret that the path names. */
function onSecret(command: typeof activateSecret) {
  return (request: DojoRequest): Promise<DojoReply> => {
    const { account, path } = request;
    return act(request, command(account, idIn(request, 'subscription'), path.secret ?? ''), SILENT);
  };
}

/** What the query asks for, read as a body is. */
function pageAsked({ query }: DojoRequest): Read<typeof page> {
  const faults = new Faults();
  const { limit, ...sent } = Object.fromEntries(query);
  const asked = limit === undefined ? sent : { ...sent, limit: Number(limit) };
  const read = page.parse(asked, BODY, faults);
  if (read === undefined || faults.any) throw new Refusal(invalid(faults.errors));
  return read;
}

const page = object(CURSOR_FIELDS);

async function deliveries(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'subscription');
  await demandSubscription(request, id);
  const conditions = [{ column: 'subscription', comparison: 'eq' as const, value: id }];
  const { rows, ...cursors } = await readPage(
    request,
    'deliveries',
    conditions,
    pageAsked(request),
  );
  return reply({ data: rows.map((row) => deliveryView(row, request.view)), ...cursors });
}

function demandSubscription({ engine, account }: DojoRequest, id: string): Promise<void> {
  return engine.read(
    account,
    (need) => void need('subscriptions', id),
    (rows) => {
      if (rows.get('subscriptions', id)?.dialect !== 'dojo') notFound('subscription');
    },
  );
}

async function factOf(request: DojoRequest): Promise<Fact> {
  const id = factOfEventId(request.path.event ?? '');
  if (id === null) return notFound('event');
  const fact = await request.engine.read(
    request.account,
    (need) => void need('facts', id),
    (rows) => rows.get('facts', id),
  );
  return fact ?? notFound('event');
}

/** Sends an event once more to this subscription, as a delivery of its own. */
async function replay(request: DojoRequest): Promise<DojoReply> {
  const subscription = idIn(request, 'subscription');
  await demandSubscription(request, subscription);
  const fact = await factOf(request);
  const [event] = eventsOf(fact);
  if (event === undefined) return notFound('event');
  const again = { fact, index: 0, event, dialect: 'dojo' as const, subscription };
  return act(request, replayEvent(request.account, again), {
    show: ([delivery]): WireObject | null =>
      delivery === undefined ? null : deliveryView(delivery, request.view),
  });
}

/** Subscriptions, their secrets and what was sent to them. */
export const WEBHOOK_ROUTES: readonly Route[] = [
  route(
    'GET',
    `${PATH}/events`,
    null,
    async () => reply([{ model: 'PaymentIntent', events: EVENT_TYPES }]),
    { operation: 'Webhooks_GetAllWebhooks', deviates: 'no events of other models' },
  ),
  route('GET', PATH, null, all, { operation: 'Webhooks_GetAlSubscriptions' }),
  route('POST', PATH, subscriptionRequest, create, {
    operation: 'Webhooks_Subscribe',
    matches: 'https only, but for loopback in a sandbox; one subscription for each event',
    deviates: 'with the Stripe dialect’s endpoints at most 16 per account',
  }),
  route('PATCH', `${PATH}/:id`, subscriptionUpdate, update, {
    operation: 'Webhooks_SubscribeUpdate',
    deviates: 'switches a subscription on again that had failed for three days',
  }),
  route('DELETE', `${PATH}/:id`, null, remove, { operation: 'Webhooks_DeleteSubscriptions' }),
  route('GET', `${PATH}/:id/secrets`, null, answeringSecrets(readSubscription), {
    operation: 'Webhooks_GetSecrets',
  }),
  route('POST', `${PATH}/:id/secrets`, null, answeringSecrets(generateSecret), {
    operation: 'Webhooks_GenerateSecret',
    deviates: 'at most 5',
  }),
  route('PUT', `${PATH}/:id/secrets/:secret/activate`, null, onSecret(activateSecret), {
    operation: 'Webhooks_ActivateSecret',
    deviates: 'one secret is active at a time: a message carries one signature',
  }),
  route('DELETE', `${PATH}/:id/secrets/:secret`, null, onSecret(deleteSecret), {
    operation: 'Webhooks_DeleteSecret',
    deviates: 'not the active one',
  }),
  route('GET', `${PATH}/:id/deliveries`, null, deliveries, {
    deviates: 'an addition: every try with its answer',
  }),
  route('POST', `${PATH}/:id/events/:event/replay`, null, replay, {
    deviates: 'an addition: sends an event once more',
  }),
];
