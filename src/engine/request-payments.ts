import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Need } from './command.js';
import { putMessage } from './rendezvous.js';
import { dueWebhook } from './webhook-due.js';
import type { Work } from './work.js';

/** Names the request of an intent that the Code dialect has made. */
export function needRequestOf(need: Need, { dialect, id }: Intent): void {
  if (dialect !== 'code') return;
  const ours = need.of(INSTALLATION);
  // By its id, too: so it is locked where others write to the same store.
  for (const request of ours.list('requests', 'intent', id) ?? []) ours('requests', request.id);
}

/**
 * Tells whoever waits at a request, and its webhook, that it is paid by other means than a wallet;
 * a wallet's payment tells them itself. Nothing happens where the intent has no request.
 */
export function tellRequestPaid(work: Work, intent: Intent, { methodType }: Attempt): void {
  if (intent.dialect !== 'code' || methodType === 'crypto') return;
  const ours = work.of(INSTALLATION);
  const [listed] = ours.list('requests', 'intent', intent.id);
  const request = listed === undefined ? null : ours.get('requests', listed.id);
  if (request === null) return;
  if (request.paidMessage !== null) putMessage(ours, request.id, request.paidMessage);
  dueWebhook(ours, request, 'submitted');
}
