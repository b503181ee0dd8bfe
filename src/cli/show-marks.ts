import type Stripe from 'stripe';
import { amountText } from './tail-rows.js';

/** How a mark is painted: money that moved, something that went wrong, or neither. */
export type Tone = 'good' | 'bad' | 'plain';

/** A point of a payment's timeline, with the word that each dialect has for it. */
export interface Mark {
  /** Id of the event that tells of it. */
  readonly event: string;
  /** Unix seconds. */
  readonly at: number;
  /** One of BRAND's shapes: a state is told by shape and word, never by colour alone. */
  readonly shape: string;
  readonly tone: Tone;
  readonly text: string;
  readonly words: { readonly stripe: string; readonly dojo: string; readonly code: string };
}

/** What an event's object has, whichever it is: intent, charge, refund, dispute or warning. */
interface Told {
  readonly id: string;
  readonly object: string;
  readonly status?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly amount_received?: number;
  readonly amount_capturable?: number;
  readonly amount_captured?: number;
  readonly amount_refunded?: number;
  readonly failure_message?: string | null;
  readonly failure_reason?: string | null;
  readonly cancellation_reason?: string | null;
  readonly last_payment_error?: { readonly message?: string } | null;
  readonly payment_method_details?: {
    readonly type?: string;
    readonly card?: { readonly brand?: string | null; readonly last4?: string | null };
  } | null;
}

type Look = readonly [shape: string, tone: Tone, text: (told: Told) => string];

const sum = ({ amount, currency }: Told, own = amount): string =>
  own === undefined || currency === undefined ? '' : amountText(own, currency);

/** What was paid with: `Visa •••• 4242`, or the method’s type. */
function means({ payment_method_details: details }: Told): string {
  const { brand, last4 } = details?.card ?? {};
  if (brand && last4) return `${brand[0]?.toUpperCase()}${brand.slice(1)} •••• ${last4}`;
  return details?.type ?? 'method';
}

const because = (reason: string | null | undefined): string => (reason ? `: ${reason}` : '');

/** A status of the wire without its underscores. */
const spoken = (status = 'changed'): string => status.replaceAll('_', ' ');

/** How each event looks and reads; what is not listed is a plain point with its status. */
const LOOKS: Readonly<Record<string, Look>> = {
  'payment_intent.created': ['○', 'plain', (told) => `Created, ${sum(told)}`],
  'payment_intent.requires_action': ['◐', 'plain', () => 'The customer has to act'],
  'payment_intent.processing': ['◌', 'plain', () => 'The bank was asked'],
  'payment_intent.amount_capturable_updated': [
    '◇',
    'good',
    (told) => `Held, ${sum(told, told.amount_capturable)} to capture`,
  ],
  'payment_intent.partially_funded': ['◌', 'plain', () => 'Paid in part'],
  'payment_intent.succeeded': ['●', 'good', (told) => `Paid, ${sum(told, told.amount_received)}`],
  'payment_intent.payment_failed': [
    '▲',
    'bad',
    ({ last_payment_error: error }) => error?.message ?? 'The payment failed.',
  ],
  'payment_intent.canceled': [
    '✕',
    'plain',
    ({ cancellation_reason: reason }) => `Canceled${because(reason)}`,
  ],
  'charge.pending': ['◌', 'plain', (told) => `Attempt by ${means(told)} under way`],
  'charge.succeeded': ['●', 'good', (told) => `Attempt by ${means(told)} went through`],
  'charge.failed': ['▲', 'bad', (told) => `Attempt by ${means(told)} failed`],
  'charge.captured': ['●', 'good', (told) => `Captured, ${sum(told, told.amount_captured)}`],
  'charge.expired': ['✕', 'plain', () => 'The hold ended'],
  'charge.updated': ['·', 'plain', () => 'Attempt changed'],
  'charge.refunded': [
    '↺',
    'plain',
    (told) => `Refunded so far, ${sum(told, told.amount_refunded)}`,
  ],
  'refund.created': ['↺', 'plain', (told) => `Refund of ${sum(told)}`],
  'refund.failed': ['▲', 'bad', (told) => `Refund failed${because(told.failure_reason)}`],
  'charge.dispute.created': ['▲', 'bad', (told) => `Disputed, ${sum(told)}`],
  'charge.dispute.funds_withdrawn': ['▲', 'bad', (told) => `Withdrawn, ${sum(told)}`],
  'charge.dispute.funds_reinstated': ['●', 'good', (told) => `Given back, ${sum(told)}`],
  'charge.dispute.closed': ['·', 'plain', ({ status }) => `Dispute ${spoken(status)}`],
  'radar.early_fraud_warning.created': ['▲', 'bad', () => 'The bank suspects fraud'],
};

/** What of the money is known at a point; each event tells a part of it. */
interface Standing {
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
  readonly wasHeld: boolean;
}

const UNPAID: Standing = { status: '', captured: 0, refunded: 0, wasHeld: false };

function after(before: Standing, told: Told): Standing {
  if (told.object === 'payment_intent') {
    const { status = before.status, amount_received: received = 0 } = told;
    return {
      ...before,
      status,
      captured: Math.max(before.captured, received),
      wasHeld: before.wasHeld || status === 'requires_capture',
    };
  }
  if (told.object !== 'charge') return before;
  return {
    ...before,
    captured: Math.max(before.captured, told.amount_captured ?? 0),
    refunded: told.amount_refunded ?? before.refunded,
  };
}

/** What Dojo calls it: `intentStatus` of that dialect, by what the events tell. */
function dojoWord({ status, captured, refunded, wasHeld }: Standing): string {
  if (status === 'succeeded') return refunded > 0 && refunded >= captured ? 'Refunded' : 'Captured';
  if (status === 'requires_capture') return captured > 0 ? 'Captured' : 'Authorized';
  if (status === 'canceled') return wasHeld ? 'Reversed' : 'Canceled';
  return 'Created';
}

/** What a Code client hears: whether there is a payment for good. */
function codeWord({ status }: Standing): string {
  return status === 'succeeded' ? 'SUBMITTED' : 'PENDING';
}

/** The points of a payment's timeline, from its events in their order. */
export function marksOf(events: readonly Stripe.Event[]): Mark[] {
  let standing = UNPAID;
  return events.map(({ id, type, created, data }) => {
    const told = data.object as unknown as Told;
    standing = after(standing, told);
    const [shape, tone, text] = LOOKS[type] ?? ['·', 'plain', plainText];
    const words = { stripe: type, dojo: dojoWord(standing), code: codeWord(standing) };
    return { event: id, at: created, shape, tone, text: text(told), words };
  });
}

function plainText({ object, status }: Told): string {
  const name = object.replaceAll('_', ' ');
  return `${name[0]?.toUpperCase()}${name.slice(1)} ${spoken(status)}`;
}

/** The shape and word for how a payment stands, by its status in the Stripe dialect. */
export function standingOf(
  intent: Stripe.PaymentIntent,
  refunded: number,
): readonly [string, string] {
  if (refunded > 0 && refunded >= intent.amount_received) return ['↺', 'refunded'];
  return STANDINGS[intent.status] ?? ['·', intent.status];
}

const STANDINGS: Readonly<Record<string, readonly [string, string]>> = {
  requires_payment_method: ['○', 'awaiting a payment method'],
  requires_confirmation: ['○', 'awaiting confirmation'],
  requires_action: ['◐', 'action needed'],
  processing: ['◌', 'processing'],
  requires_capture: ['◇', 'authorized'],
  succeeded: ['●', 'captured'],
  canceled: ['✕', 'canceled'],
};
