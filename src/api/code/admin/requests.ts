import { INSTALLATION, type RendezvousRequest } from '../../../domain/rendezvous.js';
import type { HttpRequest } from '../../http.js';
import { type AdminDependencies, authorized, notAllowed, Refused } from './answers.js';

/** A request by its rendezvous, for its merchant alone; null where there is none of his. */
export async function ownRequest(
  { engine }: Pick<AdminDependencies, 'engine'>,
  merchant: string,
  id: string,
): Promise<RendezvousRequest | null> {
  const found = await engine.read(
    INSTALLATION,
    (need) => void need('requests', id),
    (rows) => rows.get('requests', id),
  );
  // Another account's is no different from none.
  return found?.merchant === merchant ? found : null;
}

/**
 * What lies at a rendezvous: `GET requests/{rendezvous}`, for the request's merchant. It leads from
 * the id that clients know to the payment intent, which is null where a login is all that is asked.
 */
export async function request(
  deps: AdminDependencies,
  asked: HttpRequest,
  id: string,
): Promise<object> {
  if (asked.method !== 'GET') throw notAllowed(asked);
  const found = await ownRequest(deps, await authorized(deps, asked), id);
  if (found === null) throw new Refused(404, 'You have no request of that id.');
  const { intent, created, domain, scannedAt, rejectedAt } = found;
  return {
    ...{ id: found.id, payment_intent: intent, created, domain },
    scanned_at: scannedAt,
    rejected_at: rejectedAt,
  };
}
