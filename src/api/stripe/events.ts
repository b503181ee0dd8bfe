import { createHmac } from 'node:crypto';
import type { Fact, FactType, SubjectKind } from '../../domain/fact.js';
import type { JsonObject } from '../../domain/json.js';
import type { RowTypes, TableName } from '../../engine/command.js';
import type { EventTeller } from '../../engine/events.js';
import { subjectOf } from '../../engine/snapshots.js';
import {
  CASH_MOVEMENT,
  CHARGE,
  CUSTOMER,
  DISPUTE,
  EARLY_FRAUD_WARNING,
  type Kind,
  MANDATE,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  REFUND,
  SETUP_INTENT,
  TEST_CLOCK,
} from './objects.js';
import { embeds } from './versions.js';
import { chargeView } from './view/charge.js';
import type { View, WireObject } from './view/view.js';

/** The newest version of the API: what a request or an endpoint that names none gets. */
export const API_VERSION = '2026-10-28.endive';

type EventPlan = readonly (readonly [type: string, subject: SubjectKind])[];

/** What a bank's objection to a payment puts between the events of its capture. */
const AFTERMATH: EventPlan = [
  ['radar.early_fraud_warning.created', 'warning'],
  ['charge.dispute.created', 'inquiry'],
  ['charge.dispute.created', 'dispute'],
  ['charge.dispute.funds_withdrawn', 'dispute'],
];

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
    ...AFTERMATH,
    ['payment_intent.succeeded', 'intent'],
  ],
  'intent.captured': [
    ['charge.captured', 'attempt'],
    ...AFTERMATH,
    ['payment_intent.succeeded', 'intent'],
  ],
  'intent.captured_in_part': [
    ['charge.captured', 'attempt'],
    ...AFTERMATH,
    ['payment_intent.amount_capturable_updated', 'intent'],
  ],
  'intent.authorization_raised': [
    ['charge.updated', 'attempt'],
    ['payment_intent.amount_capturable_updated', 'intent'],
  ],
  'intent.declined': [
    ['charge.failed', 'attempt'],
    ['payment_intent.payment_failed', 'intent'],
  ],
  'intent.funded_in_part': [['payment_intent.partially_funded', 'intent']],
  'intent.canceled': [['payment_intent.canceled', 'intent']],
  'intent.called_off': [
    ['charge.failed', 'attempt'],
    ['payment_intent.canceled', 'intent'],
  ],
  'intent.expired': [
    ['charge.expired', 'attempt'],
    ['payment_intent.canceled', 'intent'],
  ],
  'intent.updated': [],
  'intent.receipt_asked': [],
  'attempt.updated': [['charge.updated', 'attempt']],
  'refund.created': [
    ['refund.created', 'refund'],
    ['charge.refunded', 'attempt'],
  ],
  'refund.updated': [
    ['refund.updated', 'refund'],
    ['charge.refund.updated', 'refund'],
  ],
  'refund.failed': [
    ['refund.updated', 'refund'],
    ['charge.refund.updated', 'refund'],
    ['refund.failed', 'refund'],
  ],
  'customer.created': [['customer.created', 'customer']],
  'customer.updated': [['customer.updated', 'customer']],
  'customer.deleted': [['customer.deleted', 'customer']],
  'method.attached': [['payment_method.attached', 'method']],
  'method.detached': [['payment_method.detached', 'method']],
  'method.updated': [['payment_method.updated', 'method']],
  'dispute.updated': [['charge.dispute.updated', 'dispute']],
  'dispute.submitted': [
    ['charge.dispute.updated', 'dispute'],
    ['charge.updated', 'attempt'],
  ],
  'dispute.escalated': [
    ['charge.dispute.updated', 'dispute'],
    ['charge.dispute.funds_withdrawn', 'dispute'],
    ['charge.updated', 'attempt'],
  ],
  'dispute.won': [
    ['charge.dispute.funds_reinstated', 'dispute'],
    ['charge.dispute.closed', 'dispute'],
  ],
  'dispute.closed': [['charge.dispute.closed', 'dispute']],
  'dispute.accepted': [
    ['charge.dispute.closed', 'dispute'],
    ['charge.updated', 'attempt'],
  ],
  'warning.updated': [['radar.early_fraud_warning.updated', 'warning']],
  'setup.created': [['setup_intent.created', 'setup']],
  'setup.action_required': [['setup_intent.requires_action', 'setup']],
  'setup.succeeded': [
    ['payment_method.attached', 'method'],
    ['setup_intent.succeeded', 'setup'],
  ],
  'setup.declined': [['setup_intent.setup_failed', 'setup']],
  'setup.canceled': [['setup_intent.canceled', 'setup']],
  'mandate.updated': [['mandate.updated', 'mandate']],
  'cash.moved': [['customer_cash_balance_transaction.created', 'cash']],
  'clock.created': [['test_helpers.test_clock.created', 'clock']],
  'clock.advancing': [['test_helpers.test_clock.advancing', 'clock']],
  'clock.ready': [['test_helpers.test_clock.ready', 'clock']],
  'clock.failed': [['test_helpers.test_clock.internal_failure', 'clock']],
  'clock.deleted': [['test_helpers.test_clock.deleted', 'clock']],
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

const SUBJECT_KINDS_SHOWN = {
  intent: PAYMENT_INTENT,
  attempt: CHARGE,
  customer: CUSTOMER,
  method: PAYMENT_METHOD,
  refund: REFUND,
  dispute: DISPUTE,
  inquiry: DISPUTE,
  warning: EARLY_FRAUD_WARNING,
  clock: TEST_CLOCK,
  cash: CASH_MOVEMENT,
  setup: SETUP_INTENT,
  mandate: MANDATE,
} as const;

/** The subject of an event as it then was, with `earlier` laid over it. */
function subjectView(
  fact: Fact,
  subject: SubjectKind,
  view: View,
  earlier: object = {},
): WireObject {
  const row = subjectOf(fact, subject);
  if (row === null) throw new Error(`fact ${fact.id} has no ${subject}`);
  const kind = SUBJECT_KINDS_SHOWN[subject] as Kind<TableName>;
  // Read from its text only where it is asked for: that is most of what an event costs.
  const get = (table: TableName) =>
    (table === 'attempts' ? subjectOf(fact, 'attempt') : null) as never;
  const rows = { ...NO_ROWS, get };
  const object = kind.render({ ...row, ...earlier } as RowTypes[TableName], rows, view);
  return subject === 'intent' ? withCharges(object, fact, view) : object;
}

/** Before 2022-11-15 an intent held its charges: of those, an event knows the one it is about. */
function withCharges(object: WireObject, fact: Fact, view: View): WireObject {
  if (!embeds(view.version, 'payment_intent', 'charges')) return object;
  const attempt = subjectOf(fact, 'attempt');
  const data = attempt === null ? [] : [chargeView(attempt, view)];
  const url = `/v1/charges?payment_intent=${object.id}`;
  const charges = { object: 'list', data, has_more: false, total_count: data.length, url };
  return { ...object, charges };
}

/** The domain's fields of an event's subject as they were before; null where nothing tells. */
function earlierOf(fact: Fact, type: string): object | null {
  // What changed is the dispute's: its charge only takes part in that.
  if (type === 'charge.updated' && fact.dispute !== null) return {};
  if (type !== 'charge.refunded') return fact.previous;
  const refunded = subjectOf(fact, 'attempt')?.refunded ?? 0n;
  return { refunded: refunded - (subjectOf(fact, 'refund')?.amount ?? 0n) };
}

/** What `before` had in other words than `now`: of hashes the differing keys, missing as null. */
function differences(before: WireObject, now: WireObject): WireObject {
  const found: WireObject = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [old, current] = [before[field] ?? null, now[field] ?? null];
    if (isHash(old) && isHash(current)) {
      const inner = differences(old, current);
      if (Object.keys(inner).length > 0) found[field] = inner as JsonObject;
    } else if (JSON.stringify(old) !== JSON.stringify(current)) found[field] = old;
  }
  return found;
}

function isHash(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An Event as it is listed and delivered; `pending` is how many endpoints it goes to. */
export function eventView(fact: Fact, index: number, pending: number, view: View): WireObject {
  const event = eventsOf(fact)[index];
  if (event === undefined) throw new Error(`fact ${fact.id} has no event ${index}`);
  const data: WireObject = { object: subjectView(fact, event.subject, view) };
  const earlier = earlierOf(fact, event.type);
  if (earlier !== null) {
    const before = subjectView(fact, event.subject, view, earlier);
    data.previous_attributes = differences(before, data.object as WireObject);
  }
  return {
    id: event.id,
    object: 'event',
    api_version: view.version,
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
export function stripeTeller(
  viewOf: (account: string, nowMs: number, version: string) => View,
): EventTeller {
  return {
    dialect: 'stripe',
    events: (fact) => eventsOf(fact),
    message: ({ fact, index, subscription, audience, secrets, nowMs }) => {
      // Rendered as of the fact, so that a replay differs in time and signature only.
      const version = subscription.apiVersion ?? API_VERSION;
      const view = viewOf(fact.account, fact.created * 1000, version);
      const body = JSON.stringify(eventView(fact, index, audience, view), null, 2);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureHeader(body, secrets, Math.floor(nowMs / 1000)),
      };
      return { headers, body };
    },
  };
}
