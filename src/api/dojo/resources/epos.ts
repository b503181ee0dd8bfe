import {
  type Capability,
  type Integrations,
  integrationsOf,
  putRestIntegration,
  putWsIntegration,
  type RestIntegration,
  type WsIntegration,
} from '../integrations.js';
import { invalidField, Refusal } from '../problem.js';
import { act, type DojoReply, type DojoRequest, reply, type WireObject } from '../request.js';
import { type Route, route } from '../route.js';
import { list, object, oneOf, pascal, type Read, required, text } from '../schema/shape.js';
import { wireTime } from '../view/time.js';

/** Things that one till's software can do: Dojo names 23. */
const CAPABILITIES_MAX = 50;

const name = () => required(text({ min: 1, max: 255 }));

const capabilities = required(
  list(object({ name: name(), version: required(text({ min: 1, max: 50 })) }), CAPABILITIES_MAX),
);

const restRequest = object({
  url: required(text({ min: 1, max: 2048, format: 'uri' })),
  capabilities,
  auth: required(
    object({
      authType: required(oneOf(['basic'])),
      basic: object({ username: name(), password: name() }),
    }),
  ),
});

const wsRequest = object({ capabilities });

/** The events of a till, with the name of the id that each tells. */
const EVENT_IDS = {
  OrderUpdated: 'orderId',
  PartyUpdated: 'partyId',
  ReservationUpdated: 'reservationId',
} as const;

const eventRequest = object({
  eventType: required(oneOf(['OrderUpdated', 'PartyUpdated', 'ReservationUpdated'])),
  event: required(
    object({
      orderId: text({ min: 1, max: 255 }),
      partyId: text({ min: 1, max: 255 }),
      reservationId: text({ min: 1, max: 255 }),
    }),
  ),
});

async function submitEvent(
  _: DojoRequest,
  { eventType, event }: Read<typeof eventRequest>,
): Promise<DojoReply> {
  const id = EVENT_IDS[eventType];
  if (event[id] !== undefined) return reply({ eventType, event: { [id]: event[id] } });
  const field = `Event.${pascal(id)}`;
  throw new Refusal(invalidField(field, `The ${field} field is required.`));
}

function capabilityViews(registered: readonly Capability[]): WireObject[] {
  return registered.map(({ updated, ...named }) => ({ ...named, updatedAt: wireTime(updated) }));
}

function restViews({ rest }: Integrations): WireObject[] {
  return rest.map((one: RestIntegration) => ({
    url: one.url,
    capabilities: capabilityViews(one.capabilities),
    auth: {
      authType: 'basic',
      basic: one.basic === null ? undefined : { username: one.basic.username },
    },
    createdAt: wireTime(one.created),
  }));
}

function wsViews({ ws }: Integrations): WireObject[] {
  return ws.map((one: WsIntegration) => ({
    capabilities: capabilityViews(one.capabilities),
    createdAt: wireTime(one.created),
  }));
}

function allViews(integrations: Integrations): WireObject {
  return {
    restIntegrations: restViews(integrations),
    wsIntegrations: wsViews(integrations),
    dojoManagedIntegrations: [],
  };
}

/** Answers with what is registered. */
function showing(view: (integrations: Integrations) => object) {
  return ({ engine, account }: DojoRequest): Promise<DojoReply> =>
    engine.read(
      account,
      () => {},
      (rows) => reply(view(integrationsOf(rows.account()))),
    );
}

function putRest(request: DojoRequest, sent: Read<typeof restRequest>): Promise<DojoReply> {
  const { url, capabilities: can, auth } = sent;
  const command = putRestIntegration(request.account, {
    url,
    capabilities: can,
    basic: auth.basic ?? null,
  });
  return act(request, command, { show: restViews });
}

function putWs(request: DojoRequest, sent: Read<typeof wsRequest>): Promise<DojoReply> {
  return act(request, putWsIntegration(request.account, sent.capabilities), { show: wsViews });
}

const EPOS = { since: '2024-02-05' } as const;
const KEPT = 'the registration is kept and shown; nothing calls it';

/** What tills register; see `integrations.ts`. */
export const EPOS_ROUTES: readonly Route[] = [
  route('POST', '/epos/events', eventRequest, submitEvent, {
    ...EPOS,
    matches: 'each type with the id that it tells',
    deviates: 'nothing waits for the event',
  }),
  route('GET', '/epos/integrations', null, showing(allViews), EPOS),
  route('GET', '/epos/integrations/rest', null, showing(restViews), EPOS),
  route('PUT', '/epos/integrations/rest', restRequest, putRest, {
    ...EPOS,
    matches: 'one registration an address; passwords are sealed and never shown',
    deviates: KEPT,
  }),
  route('GET', '/epos/integrations/ws', null, showing(wsViews), EPOS),
  route('PUT', '/epos/integrations/ws', wsRequest, putWs, {
    ...EPOS,
    matches: 'one registration an account',
    deviates: `${KEPT}, and there is no WebSocket to call`,
  }),
  route(
    'GET',
    '/epos/integrations/dojo',
    null,
    showing(() => []),
    {
      ...EPOS,
      deviates: 'Dojo manages none here: the list is empty',
    },
  ),
];
