import type { Fact } from '../../domain/fact.js';
import type { Delivery, Subscription } from '../../domain/subscription.js';
import { replayEvent } from '../../engine/deliveries.js';
import type { Engine } from '../../engine/engine.js';
import { updateSubscription } from '../../engine/subscriptions.js';
import { flagIn } from './body.js';
import { invalid, missing } from './fault.js';
import { type AdminRequest, act, idIn, pageOf, pageReply } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { DeliveryRow, EndpointRow, Page } from './schema.js';

const PAGE_SUBSCRIPTIONS = 100;

function endpointRow(subscription: Subscription): EndpointRow {
  const { id, dialect, url, events, enabled, failingSinceMs } = subscription;
  return { id, dialect, url, events, enabled, failingSinceMs };
}

async function list({ engine, account }: AdminRequest): Promise<Page<EndpointRow>> {
  const limit = PAGE_SUBSCRIPTIONS;
  const rows = await engine.page({ table: 'subscriptions', account, conditions: [], limit });
  return { rows: rows.map(endpointRow), next: null };
}

async function endpointOf(request: AdminRequest, id = idIn(request)): Promise<Subscription> {
  const found = await request.engine.read(
    request.account,
    (need) => void need('subscriptions', id),
    (rows) => rows.get('subscriptions', id),
  );
  if (found === null) throw missing('webhook endpoint');
  return found;
}

async function toggle(request: AdminRequest): Promise<EndpointRow> {
  const { id, dialect } = await endpointOf(request);
  const enabled = flagIn(request.body, 'enabled');
  if (enabled === undefined) throw invalid('enabled is missing.');
  const command = updateSubscription(request.account, dialect, id, { enabled });
  const action = enabled ? 'endpoint.enable' : 'endpoint.disable';
  return endpointRow(await act(request, command, action, id));
}

const GONE = 'What it said is no longer kept: events are, for 30 days.';

/** What is sent, rendered anew as each try does; without a signature, which tells of a secret. */
function bodyOf(
  engine: Engine,
  subscription: Subscription,
  { index, audience }: Delivery,
  fact: Fact | null,
): string {
  if (fact === null) return GONE;
  const teller = engine.teller(subscription.dialect);
  const telling = { fact, index, subscription, audience, secrets: [''], nowMs: engine.nowMs() };
  return teller.message(telling).body;
}

function deliveryRow(delivery: Delivery, body: string): DeliveryRow {
  const { id, created, event, type, state, dueAtMs, tries } = delivery;
  return { id, createdMs: created * 1000, event, type, state, dueMs: dueAtMs, body, tries };
}

async function deliveries(request: AdminRequest): Promise<Page<DeliveryRow>> {
  const { engine, account } = request;
  const subscription = await endpointOf(request);
  const { limit, ...place } = pageOf(request);
  const about = { column: 'subscription', comparison: 'eq', value: subscription.id } as const;
  const rows = await engine.page({
    table: 'deliveries',
    account,
    conditions: [about],
    limit: limit + 1,
    ...place,
  });
  const bodies = await engine.read(
    account,
    (need) => {
      for (const { fact } of rows) need('facts', fact);
    },
    (kept) =>
      new Map(
        rows.map((row) => [row.id, bodyOf(engine, subscription, row, kept.get('facts', row.fact))]),
      ),
  );
  return pageReply(rows, limit, (row) => deliveryRow(row, bodies.get(row.id) ?? GONE));
}

async function replay(request: AdminRequest): Promise<object> {
  const { engine, account } = request;
  const id = idIn(request);
  const { delivery, fact } = await engine.read(
    account,
    (need) => {
      const found = need('deliveries', id);
      need('facts', found?.fact);
    },
    (rows) => {
      const found = rows.get('deliveries', id);
      return { delivery: found, fact: found && rows.get('facts', found.fact) };
    },
  );
  if (delivery === null) throw missing('delivery');
  if (fact === null) throw missing('event any more');
  const { dialect, id: subscription } = await endpointOf(request, delivery.subscription);
  const { index, event, type } = delivery;
  const command = replayEvent(account, {
    fact,
    index,
    event: { id: event, type },
    dialect,
    subscription,
  });
  const made = await act(request, command, 'delivery.replay', id, { event });
  return { deliveries: made.map((one) => one.id) };
}

/** Webhook endpoints of every dialect, and what was sent to them. */
export const ENDPOINT_ROUTES: readonly Route[] = [
  reading('/endpoints', 'Webhook endpoints of every dialect', list),
  reading('/endpoints/:id/deliveries', 'What was sent, with every try', deliveries),
  changing('admin', '/endpoints/:id', 'Switch an endpoint on or off: enabled', toggle),
  changing('operator', '/deliveries/:id/replay', 'Send an event once more', replay),
];
