import type { JsonObject } from './json.js';

/** What can happen, in the engine's own words; every dialect tells it in its events. */
export const FACT_TYPES = [
  'intent.created',
  'intent.action_required',
  'intent.processing',
  'intent.authorized',
  'intent.paid',
  'intent.captured',
  'intent.captured_in_part',
  'intent.authorization_raised',
  'intent.declined',
  'intent.funded_in_part',
  'intent.canceled',
  'intent.called_off',
  'intent.expired',
  'intent.updated',
  'intent.receipt_asked',
  'attempt.updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'method.attached',
  'method.detached',
  'method.updated',
  'dispute.updated',
  'dispute.submitted',
  'dispute.escalated',
  'dispute.won',
  'dispute.closed',
  'dispute.accepted',
  'warning.updated',
  'setup.created',
  'setup.action_required',
  'setup.succeeded',
  'setup.declined',
  'setup.canceled',
  'mandate.updated',
  'cash.moved',
  'clock.created',
  'clock.advancing',
  'clock.ready',
  'clock.failed',
  'clock.deleted',
] as const;
export type FactType = (typeof FACT_TYPES)[number];

/**
 * The kinds of object whose snapshot a fact may carry, named as the fact's columns are. A dispute
 * that moves no money when it is opened is an `inquiry`: a dialect tells it in fewer events.
 */
export const SUBJECT_KINDS = [
  'intent',
  'attempt',
  'refund',
  'customer',
  'method',
  'clock',
  'dispute',
  'inquiry',
  'warning',
  'setup',
  'mandate',
  'cash',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/**
 * An immutable record that something happened, with the objects as they then were. A snapshot is
 * the stored row as JSON text, written once and decoded only when an event is told.
 */
export interface Fact extends Record<SubjectKind, string | null> {
  account: string;
  id: string;
  type: FactType;
  /** The intent that it is about, itself or through what belongs to it; null: about none. */
  intentId: string | null;
  created: number;
  /** Wall time, Unix seconds: its age, whatever its clock says. */
  writtenAt: number;
  /** Version of the snapshots' form, so that old facts can be read for ever. */
  version: number;
  /** Earlier values of what changed, in the domain's names. */
  previous: JsonObject | null;
  requestId: string | null;
  idempotencyKey: string | null;
}

export const SNAPSHOT_VERSION = 1;
