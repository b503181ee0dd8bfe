import { tellingSecret } from '../../../engine/idempotency.js';
import {
  createSubscription,
  deleteSubscription,
  type SubscriptionChanges,
  updateSubscription,
} from '../../../engine/subscriptions.js';
import { WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  idOf,
  list,
  missingInPath,
  objectReply,
  Refusal,
  type StripeRequest,
  show,
} from '../request.js';
import { type Route, route } from '../route.js';
import {
  webhookDeliveryList,
  webhookEndpointCreate,
  webhookEndpointDelete,
  webhookEndpointList,
  webhookEndpointRetrieve,
  webhookEndpointUpdate,
} from '../schema/webhook-endpoints.js';
import type { WireObject } from '../view/view.js';
import { DELIVERY_STATUS } from '../view/webhook-delivery.js';
import { invalidRequest } from '../wire-error.js';

function demandUrl(request: StripeRequest, url: string): void {
  const fault = request.urlFault(url);
  if (fault !== null) throw new Refusal(invalidRequest(fault, 'url', 'url_invalid'));
}

function createEndpoint(sent: Infer<typeof webhookEndpointCreate>, request: StripeRequest) {
  demandUrl(request, sent.url);
  const command = createSubscription(request.account, {
    dialect: 'stripe',
    url: sent.url,
    events: [...sent.enabled_events],
    apiVersion: sent.api_version ?? null,
    description: sent.description ?? null,
    metadata: sent.metadata === undefined ? {} : changedMetadata(sent.metadata)({}),
    wire: {},
  });
  return act(tellingSecret(request), command, {
    kind: WEBHOOK_ENDPOINT,
    expand: sent.expand,
    row: (created) => created.subscription,
    finish: (object, { secret }) => withSecret(object, secret),
  });
}

/** The secret is shown once, where the live API shows it: before `status`. */
function withSecret({ status, url, ...rest }: WireObject, secret: string): WireObject {
  return { ...rest, secret, status, url };
}

function updateEndpoint(sent: Infer<typeof webhookEndpointUpdate>, request: StripeRequest) {
  if (sent.url !== undefined) demandUrl(request, sent.url);
  const changes: SubscriptionChanges = {};
  if (sent.url !== undefined) changes.url = sent.url;
  if (sent.enabled_events !== undefined) changes.events = [...sent.enabled_events];
  if (sent.description !== undefined) changes.description = sent.description;
  if (sent.metadata !== undefined) changes.metadata = changedMetadata(sent.metadata);
  if (sent.disabled !== undefined) changes.enabled = !sent.disabled;
  const command = updateSubscription(request.account, 'stripe', idOf(request), changes);
  return act(request, command, { kind: WEBHOOK_ENDPOINT, expand: sent.expand });
}

async function retrieveEndpoint(
  sent: Infer<typeof webhookEndpointRetrieve>,
  request: StripeRequest,
) {
  return objectReply(await endpointOf(request, sent.expand));
}

/** The endpoint that the path names; what receives another dialect's events is none. */
async function endpointOf(request: StripeRequest, expand?: readonly string[]): Promise<WireObject> {
  const id = idOf(request);
  const missing = () => missingInPath(request, 'subscription', id);
  const object = await show(request, WEBHOOK_ENDPOINT, id, expand, ({ dialect }) => {
    if (dialect !== 'stripe') missing();
  });
  return object ?? missing();
}

/** The deliveries of an endpoint, with every try: what a receiver answered, and when. */
async function listDeliveries(sent: Infer<typeof webhookDeliveryList>, request: StripeRequest) {
  const id = idOf(request);
  await endpointOf(request);
  const state = DELIVERY_STATES.find((one) => DELIVERY_STATUS[one] === sent.status);
  const conditions = [
    ...equals('subscription', id),
    ...equals('event', sent.event),
    ...equals('state', state),
  ];
  const url = `${PATH}/${id}/deliveries`;
  return list(request, { kind: WEBHOOK_DELIVERY, url, conditions }, sent);
}

const DELIVERY_STATES = ['waiting', 'delivered', 'abandoned'] as const;

const PATH = '/v1/webhook_endpoints';

export const WEBHOOK_ROUTES: readonly Route[] = [
  route('POST', PATH, webhookEndpointCreate, createEndpoint, {
    matches: 'the secret only here',
    deviates: 'at most 16 per account',
  }),
  route('GET', PATH, webhookEndpointList, (sent, request) =>
    list(
      request,
      { kind: WEBHOOK_ENDPOINT, url: PATH, conditions: equals('dialect', 'stripe') },
      sent,
    ),
  ),
  route('GET', `${PATH}/:id`, webhookEndpointRetrieve, retrieveEndpoint),
  route('POST', `${PATH}/:id`, webhookEndpointUpdate, updateEndpoint),
  route('DELETE', `${PATH}/:id`, webhookEndpointDelete, (sent, request) =>
    act(request, deleteSubscription(request.account, 'stripe', idOf(request)), {
      kind: WEBHOOK_ENDPOINT,
      expand: sent.expand,
      finish: ({ id, object }) => ({ id, object, deleted: true }) as WireObject,
    }),
  ),
  route('GET', `${PATH}/:id/deliveries`, webhookDeliveryList, listDeliveries, {
    deviates: 'an addition: every try with its answer',
  }),
];
