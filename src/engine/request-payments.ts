import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Need } from './command.js';
import { putMessage } from './rendezvous.js';
import { dueWebhook } from './webhook-due.js';
import type { Work } from './work.js';

/** The id of the request that an intent was made for; null for one that has none. */
function requestOf({ dialect, wire }: Intent): string | null {
  const { rendezvous } = wire;
  return dialect === 'code' && typeof rendezvous === 'string' ? rendezvous : null;
}

/** Names the request of an intent that the Code dialect has made. */
export function needRequestOf(need: Need, intent: Intent): void {
  const id = requestOf(intent);
  if (id !== null) need.of(INSTALLATION)('requests', id);
}

/**
 * Tells whoever waits at a request, and its webhook, that it is paid by other means than a wallet;
 * a wallet's payment tells them itself. Nothing happens where the intent has no request.
 */
export function tellRequestPaid(work: Work, intent: Intent, { methodType }: Attempt): void {
  const id = requestOf(intent);
  if (id === null || methodType === 'crypto') return;
  const ours = work.of(INSTALLATION);
  const request = ours.get('requests', id);
  if (request === null) return;
  if (request.paidMessage !== null) putMessage(ours, request.id, request.paidMessage);
  dueWebhook(ours, request, 'submitted');
}
