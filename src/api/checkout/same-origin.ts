import type { HttpRequest } from '../http.js';
import { isOwnOrigin } from '../own-page.js';
import { CallFault } from './fault.js';

/**
 * Refuses what another site's page sends, which would pay in its visitor's name. JSON cannot be
 * sent from there without being asked first, and we allow nobody; browsers also say where a request
 * comes from. What says nothing is no browser, and has no one's name to use. Throws CallFault.
 */
export function refuseStrangers({ headers }: HttpRequest, publicUrl: string): void {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new CallFault(415, 'invalid', 'A call is JSON: send content-type application/json.');
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin';
  if (!isOwn || !isOwnOrigin(headers.origin, headers.host, publicUrl))
    throw new CallFault(403, 'not_allowed', 'Only the checkout itself may call this.');
}
