import type { RendezvousRequest, RequestWebhook } from '../domain/rendezvous.js';
import type { Work } from './work.js';

/** What is told: that the payment was submitted, or that a chain has settled it. */
export type WebhookEvent = 'submitted' | 'settled';

/** The id of the job that calls a request's webhook, found from the request. */
export function webhookJobId(request: string, event: WebhookEvent): string {
  return `job_webhook_${event}_${request}`;
}

/**
 * Has a request's webhook called at once, where one is registered: part of the command that pays
 * the request, logs somebody in by it, or writes down that a chain has settled it. `work` is over
 * the installation's rows, in which the command has asked for the request. Answers the request as
 * it then is.
 */
export function dueWebhook(
  work: Work,
  request: RendezvousRequest,
  event: WebhookEvent,
): RendezvousRequest {
  const progress = progressOf(request, event);
  if (progress === null || progress.state !== 'waiting') return request;
  const id = webhookJobId(request.id, event);
  const kind = 'call_code_webhook';
  work.schedule({ id, dueAt: work.wallNow(), kind, subject: request.id });
  return work.update('requests', withProgress(request, event, { ...progress, state: 'due' }));
}

/** How far it has got to tell of one event. */
type Progress = Pick<RequestWebhook, 'state' | 'tries'>;

/** How far an event has got; null where nobody wants to hear of it. */
export function progressOf({ webhook }: RendezvousRequest, event: WebhookEvent): Progress | null {
  if (webhook === null || event === 'submitted') return webhook;
  return webhook.settled ?? { state: 'waiting', tries: [] };
}

/** A request with what has become of telling one event. */
export function withProgress(
  request: RendezvousRequest,
  event: WebhookEvent,
  { state, tries }: Progress,
): RendezvousRequest {
  const { webhook } = request;
  if (webhook === null) return request;
  if (event === 'submitted') return { ...request, webhook: { ...webhook, state, tries } };
  return { ...request, webhook: { ...webhook, settled: { state, tries } } };
}
