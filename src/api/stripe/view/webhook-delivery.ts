import type { Delivery } from '../../../domain/subscription.js';
import type { WireObject } from './view.js';

/** How a delivery's states are called on the wire. */
export const DELIVERY_STATUS = {
  waiting: 'pending',
  delivered: 'succeeded',
  abandoned: 'failed',
} as const;

/** One event on its way to one endpoint, with its tries: Tender's own object, not Stripe's. */
export function webhookDeliveryView(delivery: Delivery): WireObject {
  const waits = delivery.state === 'waiting';
  return {
    id: delivery.id,
    object: 'webhook_delivery',
    attempts: delivery.tries.map((made) => ({
      created: Math.floor(made.atMs / 1000),
      duration_ms: made.durationMs,
      error: made.error,
      http_status: made.status,
      response_body: made.response,
    })),
    created: delivery.created,
    event: delivery.event,
    event_type: delivery.type,
    next_attempt: waits ? Math.floor(delivery.dueAtMs / 1000) : null,
    replay: delivery.isReplay === true,
    status: DELIVERY_STATUS[delivery.state],
    webhook_endpoint: delivery.subscription,
  };
}
