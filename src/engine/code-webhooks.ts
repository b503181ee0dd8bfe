import { INSTALLATION, type RendezvousRequest, type RequestWebhook } from '../domain/rendezvous.js';
import type { Job } from '../domain/subscription.js';
import { type Command, done } from './command.js';
import { type MessageInput, putMessage } from './rendezvous.js';
import { isSubmitted, needRendezvous, rendezvousAt } from './requests.js';
import {
  dueWebhook,
  progressOf,
  type WebhookEvent,
  webhookJobId,
  withProgress,
} from './webhook-due.js';
import type { Work } from './work.js';

/** How a merchant's webhook for one request comes to be called, and how that goes. */

/**
 * How long the next try waits after the n-th has failed, in seconds. These are the protocol's
 * times: within a second, a second more, 15 s, a minute, a quarter of an hour, an hour, a day.
 * Jobs are due by whole seconds, so one second from now is up to one second away.
 */
export const WEBHOOK_DELAYS_SECONDS = [1, 2, 15, 60, 900, 3600, 86_400] as const;

/** Tries that are kept with a request; redelivery can make any number of them. */
const TRIES_KEPT_MAX = 32;
/** For so long other processes leave a call to the one that makes it; a try takes 3 s at most. */
const LEASE_SECONDS = 15;

/** What a receiver answered, or why there was no answer. */
export type WebhookTry = RequestWebhook['tries'][number];

/** How a registration ends, by the protocol's names. */
export type Registration = 'ok' | 'already_registered' | 'request_not_found' | 'intent_exists';

/** What the job of that id tells. */
function eventOfWebhookJob({ id, subject }: Pick<Job, 'id' | 'subject'>): WebhookEvent {
  return id === webhookJobId(subject, 'settled') ? 'settled' : 'submitted';
}

/**
 * Registers where a request's merchant wants to be told. The first URL stands; the same one again
 * is well, so that a create that is sent again succeeds again.
 */
export function registerCodeWebhook(request: string, url: string): Command<Registration> {
  return {
    account: INSTALLATION,
    needs: (need) => void needRendezvous(need, request),
    decide: (work) => {
      const rendezvous = rendezvousAt(work, request);
      if (isSubmitted(rendezvous)) return done('intent_exists');
      const found = rendezvous.request;
      if (found === null) return done('request_not_found');
      if (found.webhook !== null)
        return done(found.webhook.url === url ? 'ok' : 'already_registered');
      work.update('requests', { ...found, webhook: { url, state: 'waiting', tries: [] } });
      return done('ok');
    },
  };
}

/** A call that is to be made now. */
export interface WebhookCall {
  readonly job: Job;
  readonly event: WebhookEvent;
  readonly request: RendezvousRequest;
  readonly url: string;
}

/** Takes a due call over; null where it was made meanwhile, or by another process. */
export function claimWebhook(seen: Job): Command<WebhookCall | null> {
  const event = eventOfWebhookJob(seen);
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('jobs', seen.id);
      need('requests', seen.subject);
    },
    decide: (work) => {
      const job = work.get('jobs', seen.id);
      if (job === null || job.dueAt !== seen.dueAt) return done(null);
      const request = work.get('requests', seen.subject);
      const progress = request === null ? null : progressOf(request, event);
      if (request?.webhook == null || progress?.state !== 'due') {
        work.unschedule(seen.id);
        return done(null);
      }
      const claimed = work.update('jobs', { ...job, dueAt: work.wallNow() + LEASE_SECONDS });
      return done({ job: claimed, event, request, url: request.webhook.url });
    },
  };
}

/** An answer that broke off is none, whatever its status was. */
function isSuccess({ status, error }: WebhookTry): boolean {
  return status === 200 && error === null;
}

/**
 * Writes down how a try ended: after a 200 the call is over, and `message` (that the webhook was
 * called) is put down for who listens at the rendezvous; else it is tried again later, or given up
 * after the last try. What another process has written meanwhile stands.
 */
export function recordWebhookTry(
  { job: claimed, event }: WebhookCall,
  made: WebhookTry,
  message: MessageInput | null,
): Command<RequestWebhook | null> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('jobs', claimed.id);
      need('requests', claimed.subject);
    },
    decide: (work) => {
      const job = work.get('jobs', claimed.id);
      const request = work.get('requests', claimed.subject);
      const before = request === null ? null : progressOf(request, event);
      if (request === null || before?.state !== 'due') return done(request?.webhook ?? null);
      const tries = [...before.tries, made].slice(-TRIES_KEPT_MAX);
      const delay = WEBHOOK_DELAYS_SECONDS[tries.length - 1];
      const isDelivered = isSuccess(made);
      const isOver = isDelivered || delay === undefined;
      const state = isDelivered ? 'delivered' : isOver ? 'abandoned' : 'due';
      if (job !== null) {
        if (isOver) work.remove('jobs', job);
        else work.update('jobs', { ...job, tries: tries.length, dueAt: work.wallNow() + delay });
      }
      // Who listens is told once, however often it is delivered again.
      if (isDelivered && message !== null && !before.tries.some(isSuccess))
        putMessage(work, request.id, message);
      const after = withProgress(request, event, { state, tries });
      return done(work.update('requests', after).webhook);
    },
  };
}

/**
 * Has a merchant's webhook called at once for all that it has been told, or was to be told: again
 * where that has ended, and sooner where it waits for its next try. Answers the request as it then
 * is; null where the merchant has none of that id with a webhook.
 */
export function redeliverWebhook(merchant: string, id: string): Command<RendezvousRequest | null> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      need('requests', id);
      for (const event of EVENTS) need('jobs', webhookJobId(id, event));
    },
    decide: (work) => {
      const request = work.get('requests', id);
      if (request === null || request.merchant !== merchant || request.webhook === null)
        return done(null);
      return done(EVENTS.reduce((left, event) => redeliver(work, left, event), request));
    },
  };
}

const EVENTS: readonly WebhookEvent[] = ['submitted', 'settled'];

function redeliver(work: Work, request: RendezvousRequest, event: WebhookEvent): RendezvousRequest {
  const progress = progressOf(request, event);
  if (progress === null || progress.state === 'waiting') return request;
  const job = work.get('jobs', webhookJobId(request.id, event));
  if (job === null)
    return dueWebhook(work, withProgress(request, event, { ...progress, state: 'waiting' }), event);
  // Nearer than that, it may be under way: a second call must not be made beside it.
  if (job.dueAt > work.wallNow() + LEASE_SECONDS)
    work.update('jobs', { ...job, dueAt: work.wallNow() });
  return request;
}
