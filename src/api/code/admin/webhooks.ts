import type { RendezvousRequest, RequestWebhook } from '../../../domain/rendezvous.js';
import { redeliverWebhook } from '../../../engine/code-webhooks.js';
import type { HttpRequest } from '../../http.js';
import { callEngine } from '../call.js';
import { type AdminDependencies, authorized, notAllowed, Refused } from './answers.js';
import { ownRequest } from './requests.js';

/**
 * How it goes to call the webhook of an intent, for its merchant alone: `GET webhooks/{intent}`;
 * `POST webhooks/{intent}/redeliver` has it called again at once, as after a fault of the receiver.
 */
export async function webhook(
  deps: AdminDependencies,
  request: HttpRequest,
  intent: string,
  action: string,
): Promise<object> {
  if (action !== '' && action !== 'redeliver') throw new Refused(404, 'There is nothing here.');
  if (request.method !== (action === '' ? 'GET' : 'POST')) throw notAllowed(request);
  const merchant = await authorized(deps, request);
  if (action === '') return owned(await ownRequest(deps, merchant, intent));
  const found = await callEngine(deps.engine, redeliverWebhook(merchant, intent));
  if (found?.webhook?.state === 'waiting')
    throw new Refused(409, 'There is nothing to tell yet: the intent was not submitted.');
  return owned(found);
}

function owned(request: RendezvousRequest | null): object {
  if (request === null || request.webhook === null)
    throw new Refused(404, 'You have no intent of that id with a webhook.');
  const { url, settled, ...submitted } = request.webhook;
  return {
    intent: request.id,
    url,
    submitted: progressView(submitted),
    settled: settled === undefined ? null : progressView(settled),
  };
}

function progressView({ state, tries }: Pick<RequestWebhook, 'state' | 'tries'>): object {
  return { state, tries: tries.map(({ atMs, ...made }) => ({ at_ms: atMs, ...made })) };
}
