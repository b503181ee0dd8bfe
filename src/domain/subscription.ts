import type { JsonObject, Metadata } from './json.js';

/** Where events are sent: a webhook endpoint. */
export interface Subscription {
  account: string;
  id: string;
  created: number;
  dialect: 'stripe' | 'dojo' | 'code';
  enabled: boolean;
  url: string;
  /** The dialect's event types, or `*`. */
  events: string[];
  /** The signing secret, sealed. */
  secret: string;
  apiVersion: string | null;
  description: string | null;
  metadata: Metadata;
  /** Wall time of the first failure since the last success, Unix ms; null while it works. */
  failingSinceMs: number | null;
  wire: JsonObject;
}

export type DeliveryState = 'waiting' | 'delivered' | 'abandoned';

/** One answer, or none, of a receiver. */
export interface DeliveryTry {
  atMs: number;
  durationMs: number;
  status: number | null;
  error: string | null;
  /** The beginning of the answer's body. */
  response: string | null;
}

/** One event on its way to one subscription, with its tries. */
export interface Delivery {
  account: string;
  id: string;
  subscription: string;
  event: string;
  state: DeliveryState;
  /** Wall time from which it may be tried, Unix ms; while that happens, the lease's end. */
  dueAtMs: number;
  created: number;
  fact: string;
  /** Which of the fact's events. */
  index: number;
  type: string;
  /** To how many subscriptions the event goes: part of the body, so it must not change later. */
  audience: number;
  tries: DeliveryTry[];
  /** Sent again because somebody asked for it; null where the first version sent it. */
  isReplay: boolean | null;
}

export type JobKind =
  | 'expire_authorization'
  | 'expire_request'
  | 'recover_attempt'
  | 'settle_attempt'
  | 'settle_refund'
  | 'advance_clock'
  | 'delete_clock'
  | 'advance_dispute'
  | 'forget_access'
  | 'call_code_webhook'
  | 'fulfill'
  | 'expire_setup'
  | 'advance_terminal'
  | 'send_mail';

/**
 * Kinds that are due by the wall clock, whatever business time says: they deal with the world
 * outside, which does not stand still with it.
 */
export const WALL_JOBS: ReadonlySet<JobKind> = new Set([
  'recover_attempt',
  'advance_clock',
  'forget_access',
  'call_code_webhook',
  'fulfill',
  'send_mail',
]);

/** Work for later, written with what makes it necessary. */
export interface Job {
  account: string;
  id: string;
  /** When it is due by its clock, Unix seconds. */
  dueAt: number;
  /** A test clock's id, or `account` or `wall`. */
  clockId: string;
  kind: JobKind;
  /** The object it is about. */
  subject: string;
  tries: number;
}

/** How long a delivery waits after its n-th failure, in seconds: three days in all. */
export const RETRY_DELAYS_SECONDS = [
  5, 60, 300, 1800, 7200, 18_000, 36_000, 43_200, 43_200, 54_000, 55_800,
] as const;
