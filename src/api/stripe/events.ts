import { createHmac } from 'node:crypto';
import type { Fact, FactType, SubjectKind } from '../../domain/fact.js';
import type { JsonObject } from '../../domain/json.js';
import type { RowTypes, TableName } from '../../engine/command.js';
import type { EventTeller } from '../../engine/events.js';
import { subjectOf } from '../../engine/snapshots.js';
import { CHARGE, CUSTOMER, type Kind, PAYMENT_INTENT, PAYMENT_METHOD, REFUND } from './objects.js';
import type { View, WireObject } from './view/view.js';

/** The newest version of the API: what a request or an endpoint that names none gets. */
export const API_VERSION = '2026-10-28.endive';

type EventPlan = readonly (readonly [type: string, subject: SubjectKind])[];

/** Each fact as the events that the live API was recorded to send, in its order. */
const EVENT_PLANS: Record<FactType, EventPlan> = {
  'intent.created': [['payment_intent.created', 'intent']],
  'intent.action_required': [['payment_intent.requires_action', 'intent']],
  'intent.processing': [
    ['payment_intent.processing', 'intent'],
    ['charge.pending', 'attempt'],
  ],
  'intent.authorized': [
    ['charge.succeeded', 'attempt'],
    ['payment_method.attached', 'method'],
    ['payment_intent.amount_capturable_updated', 'intent'],
  ],
  'intent.paid': [
    ['charge.succeeded', 'attempt'],
    ['payment_method.attached', 'method'],
    ['payment_intent.succeeded', 'intent'],
  ],
  'intent.captured': [
    ['charge.captured', 'attempt'],
    ['payment_intent.succeeded', 'intent'],
  ],
  'intent.captured_in_part': [
    ['charge.captured', 'attempt'],
    ['payment_intent.amount_capturable_updated', 'intent'],
  ],
  'intent.declined': [
    ['charge.failed', 'attempt'],
    ['payment_intent.payment_failed', 'intent'],
  ],
  'intent.canceled': [['payment_intent.canceled', 'intent']],
  'intent.expired': [
    ['charge.expired', 'attempt'],
    ['payment_intent.canceled', 'intent'],
  ],
  'attempt.updated': [['charge.updated', 'attempt']],
  'refund.created': [
    ['refund.created', 'refund'],
    ['charge.refunded', 'attempt'],
  ],
  'refund.updated': [
    ['refund.updated', 'refund'],
    ['charge.refund.updated', 'refund'],
  ],
  'refund.failed': [['refund.failed', 'refund']],
  'customer.created': [['customer.created', 'customer']],
  'customer.updated': [['customer.updated', 'customer']],
  'customer.deleted': [['customer.deleted', 'customer']],
  'method.attached': [['payment_method.attached', 'method']],
  'method.detached': [['payment_method.detached', 'method']],
  'method.updated': [['payment_method.updated', 'method']],
};

const INDEX_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An event's id: its fact's id and which of the fact's events it is. */
export function eventId(fact: Fact, index: number): string {
  return `evt_${fact.id.slice('fact_'.length)}${INDEX_DIGITS[index]}`;
}

/** The fact and index behind an event's id; null when it cannot be one. */
export function factOfEventId(id: string): { factId: string; index: number } | null {
  if (!/^evt_[0-9A-Za-z]{24}$/.test(id)) return null;
  const index = INDEX_DIGITS.indexOf(id.slice(-1));
  return index < 0 ? null : { factId: `fact_${id.slice(4, -1)}`, index };
}

/** The facts that produce an event type; `charge.*` stands for a family. */
export function factTypesOf(matches: (eventType: string) => boolean): FactType[] {
  return (Object.keys(EVENT_PLANS) as FactType[]).filter((type) =>
    EVENT_PLANS[type].some(([eventType]) => matches(eventType)),
  );
}

/** A fact's events: those whose subject the fact has. */
export function eventsOf(fact: Fact): { id: string; type: string; subject: SubjectKind }[] {
  return EVENT_PLANS[fact.type]
    .filter(([, subject]) => fact[subject] !== null)
    .map(([type, subject], index) => ({ id: eventId(fact, index), type, subject }));
}

/** All that a snapshot's rendering may read besides itself is the refunded attempt beside it. */
const NO_ROWS = {
  list: () => [],
  account: () => {
    throw new Error('an event is rendered from its snapshots alone');
  },
};

function subjectView(fact: Fact, subject: SubjectKind, view: View): WireObject {
  const render = <T extends TableName>(kind: Kind<T>, row: RowTypes[T] | null): WireObject => {
    if (row === null) throw new Error(`fact ${fact.id} has no ${subject}`);
    return kind.render(row, { ...NO_ROWS, get: () => subjectOf(fact, 'attempt') as never }, view);
  };
  switch (subject) {
    case 'intent':
      return render(PAYMENT_INTENT, subjectOf(fact, 'intent'));
    case 'attempt':
      return render(CHARGE, subjectOf(fact, 'attempt'));
    case 'customer':
      return render(CUSTOMER, subjectOf(fact, 'customer'));
    case 'method':
      return render(PAYMENT_METHOD, subjectOf(fact, 'method'));
    case 'refund':
      return render(REFUND, subjectOf(fact, 'refund'));
  }
}

/** Domain names of fields whose earlier values an event tells, as the wire has them. */
const PREVIOUS_NAMES: Record<string, string> = {
  defaultMethod: 'default_payment_method',
  invoicePrefix: 'invoice_prefix',
};

function previousView(previous: JsonObject): WireObject {
  return Object.fromEntries(
    Object.entries(previous)
      .filter(([field]) => field !== 'wire')
      .map(([field, value]) => [PREVIOUS_NAMES[field] ?? field, value]),
  );
}

/** An Event as it is listed and delivered; `pending` is how many endpoints it goes to. */
export function eventView(
  fact: Fact,
  index: number,
  apiVersion: string,
  pending: number,
  view: View,
): WireObject {
  const event = eventsOf(fact)[index];
  if (event === undefined) throw new Error(`fact ${fact.id} has no event ${index}`);
  const data: WireObject = { object: subjectView(fact, event.subject, view) };
  if (fact.previous !== null) data.previous_attributes = previousView(fact.previous);
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: fact.created,
    data,
    livemode: view.livemode,
    pending_webhooks: pending,
    request: { id: fact.requestId, idempotency_key: fact.idempotencyKey },
    type: event.type,
  };
}

/**
 * The `Stripe-Signature` of a body. The whole secret is the key; the time is that of sending, since
 * clients refuse what is older than five minutes.
 */
export function signatureHeader(body: string, secrets: string[], nowSeconds: number): string {
  const signed = `${nowSeconds}.${body}`;
  const parts = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(signed).digest('hex')}`,
  );
  return [`t=${nowSeconds}`, ...parts].join(',');
}

/** Registers Stripe's events with the engine. `viewOf` gives the view of an account's objects. */
export function stripeTeller(viewOf: (account: string, nowMs: number) => View): EventTeller {
  return {
    dialect: 'stripe',
    events: (fact) => eventsOf(fact),
    message: ({ fact, index, subscription, audience, secrets, nowMs }) => {
      // Rendered as of the fact, so that a replay differs in time and signature only.
      const view = viewOf(fact.account, fact.created * 1000);
      const version = subscription.apiVersion ?? API_VERSION;
      const body = JSON.stringify(eventView(fact, index, version, audience, view), null, 2);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureHeader(body, secrets, Math.floor(nowMs / 1000)),
      };
      return { headers, body };
    },
  };
}
