import { createHmac } from 'node:crypto';
import type { Fact } from '../../domain/fact.js';
import type { Intent } from '../../domain/intent.js';
import type { EventTeller, ToldEvent } from '../../engine/events.js';
import { subjectOf } from '../../engine/snapshots.js';
import { wireId } from './ids.js';
import { intentStatus } from './status.js';
import { wireTime } from './view/time.js';

/** What can be subscribed to. */
export const EVENT_TYPES = [
  'payment_intent.created',
  'payment_intent.status_updated',
  'payment_intent.updated',
  'payment_intent.send-receipt',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * Ends an event's id. The other dialects' events of the same fact end in digits and capitals, so
 * that no two events have the same id.
 */
const ID_END = 'd';

function eventId(fact: Fact): string {
  return `evt_${fact.id.slice('fact_'.length)}${ID_END}`;
}

/** The fact behind an event's id; null where it cannot be one of this dialect's. */
export function factOfEventId(id: string): string | null {
  const [, rest] = /^evt_([0-9A-Za-z]{23})d$/.exec(id) ?? [];
  return rest === undefined ? null : `fact_${rest}`;
}

function intentOf(fact: Fact): Intent {
  const intent = subjectOf(fact, 'intent');
  if (intent === null) throw new Error(`fact ${fact.id} has no intent`);
  return intent;
}

/**
 * What the capture took that a fact tells of. An intent without a history says nothing of that:
 * each of its captures counts as the first.
 */
function capturedBy(fact: Fact, { history, captured }: Intent): bigint {
  if (history === null) return captured;
  const last = history.findLast(({ kind }) => kind === 'captured');
  return last?.at === fact.created ? BigInt(last.amount) : 0n;
}

/** The intent as it was before a capture, or before the end of what was held beside one. */
function beforeCapture(fact: Fact, intent: Intent): Intent {
  return {
    ...intent,
    state: 'authorized',
    captured: intent.captured - capturedBy(fact, intent),
  };
}

/** The intent as it was before a refund was made (`sign` 1), or came back (-1). */
function beforeRefund(fact: Fact, intent: Intent, sign: 1n | -1n): Intent {
  const amount = subjectOf(fact, 'refund')?.amount ?? 0n;
  return { ...intent, reversed: null, refunded: intent.refunded - sign * amount };
}

/** Whether the intent has another status than before, in this dialect's words. */
function changesStatus(fact: Fact): boolean {
  const now = intentOf(fact);
  const differs = (before: Intent): boolean => intentStatus(before) !== intentStatus(now);
  switch (fact.type) {
    case 'intent.captured':
    case 'intent.captured_in_part':
      return differs(beforeCapture(fact, now));
    case 'refund.created':
      return differs(beforeRefund(fact, now, 1n));
    case 'refund.updated':
    case 'refund.failed':
      return differs(beforeRefund(fact, now, -1n));
    default:
      return true;
  }
}

/** The event that a fact may be, before it is known whether the status changed. */
function typeOf(fact: Fact): EventType | null {
  switch (fact.type) {
    case 'intent.created':
      return 'payment_intent.created';
    case 'intent.updated':
    case 'intent.authorization_raised':
      return 'payment_intent.updated';
    case 'intent.receipt_asked':
      return 'payment_intent.send-receipt';
    case 'intent.authorized':
    case 'intent.paid':
    case 'intent.captured':
    case 'intent.captured_in_part':
    case 'intent.canceled':
    case 'intent.called_off':
    case 'intent.expired':
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return 'payment_intent.status_updated';
    default:
      return null;
  }
}

/** The events of a fact, whichever dialect's intent it is about: one or none. */
export function eventsOf(fact: Fact): ToldEvent[] {
  const type = typeOf(fact);
  // A refund's fact without an intent is about the refund alone.
  if (type === null || fact.intent === null) return [];
  if (type === 'payment_intent.status_updated' && !changesStatus(fact)) return [];
  return [{ id: eventId(fact), type }];
}

/** The event as it is sent: it names the intent, and the rest is fetched. */
function eventBody(fact: Fact, livemode: boolean): string {
  const [event] = eventsOf(fact);
  if (event === undefined) throw new Error(`fact ${fact.id} has no event`);
  const intent = intentOf(fact);
  return JSON.stringify({
    id: event.id,
    event: event.type,
    accountId: wireId('account', fact.account, livemode),
    createdAt: wireTime(fact.created),
    data: {
      paymentIntentId: wireId('intent', intent.id, livemode),
      paymentStatus: intentStatus(intent),
      captureMode: intent.captureMethod === 'manual' ? 'Manual' : 'Auto',
    },
  });
}

/**
 * The `dojo-signature` of a body: HMAC-SHA256 over its exact bytes with the secret's own text as
 * the key, in upper-case pairs joined by dashes.
 */
export function signatureOf(body: string, secret: string): string {
  const digest = createHmac('sha256', secret).update(body).digest('hex').toUpperCase();
  return `sha256=${digest.replace(/..(?!$)/g, '$&-')}`;
}

/** Tells facts as Dojo's webhooks: thin events, signed with the secret that is active. */
export function dojoEvents({ livemode }: { readonly livemode: boolean }): EventTeller {
  return {
    dialect: 'dojo',
    events: eventsOf,
    message: ({ fact, secrets: [secret = ''] }) => {
      const body = eventBody(fact, livemode);
      return {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'dojo-signature': signatureOf(body, secret),
        },
        body,
      };
    },
  };
}
