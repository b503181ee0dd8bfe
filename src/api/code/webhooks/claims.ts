import type { Fulfillment, RendezvousRequest, Submission } from '../../../domain/rendezvous.js';
import type { WebhookEvent } from '../../../engine/webhook-due.js';

/** What a webhook's JWT is made of. */
export interface Told {
  readonly event: WebhookEvent;
  readonly request: RendezvousRequest;
  /** What has paid the request; null where no wallet has, or it asks for a login only. */
  readonly submission: Submission | null;
  /** Who logged in, as the request's domain knows them; null where nobody did. */
  readonly user: string | null;
  /** The transaction that has settled it; null where no chain moves the money. */
  readonly fulfillment: Fulfillment | null;
  /** When this try is made, Unix ms. */
  readonly nowMs: number;
}

/** How long a JWT is good for. Each try brings a new one, so this is for slow clocks only. */
export const JWT_SECONDS = 300;

/**
 * The claims of a webhook: the published ones in their alphabetical order, then `iat`, `exp` and
 * `jti`. That last one is the same in every try to tell one event, so that a receiver knows what it
 * has heard before. Quarks are JSON numbers, as they were published; no request comes near 2^53.
 */
export function webhookClaims(told: Told): Record<string, unknown> {
  const { event, request, user, nowMs } = told;
  const iat = Math.floor(nowMs / 1000);
  return {
    ...(request.terms === null ? {} : paymentClaims(told)),
    ...(user === null ? {} : { user }),
    iat,
    exp: iat + JWT_SECONDS,
    jti: `${request.id}:${event}`,
  };
}

/** What was paid; of what was paid otherwise than by a wallet no quarks, and no rate, are known. */
function paymentClaims({ event, request, submission, fulfillment }: Told): Record<string, unknown> {
  if (submission === null) return askedClaims(request);
  const fees = submission.fees.reduce((sum, { quarks }) => sum + BigInt(quarks), 0n);
  return {
    amount: submission.nativeAmount,
    currency: submission.currency.toUpperCase(),
    destination: submission.destination,
    exchangeRate: submission.rate,
    fees: Number(fees),
    intent: request.id,
    quarks: Number(submission.quarks),
    state: event === 'settled' ? 'SETTLED' : 'SUBMITTED',
    ...(event === 'settled' && fulfillment !== null
      ? { transaction: fulfillment.transaction }
      : {}),
  };
}

function askedClaims({ id, terms }: RendezvousRequest): Record<string, unknown> {
  return {
    amount: terms?.nativeAmount,
    currency: terms?.currency.toUpperCase(),
    destination: terms?.destination,
    fees: 0,
    intent: id,
    state: 'SUBMITTED',
  };
}
