import type { Delivery } from '../../../domain/subscription.js';
import { wireId } from '../ids.js';
import type { View, WireObject } from '../request.js';
import type { OpenSubscription } from '../subscriptions.js';
import { wireTime } from './time.js';

function secretList({ secrets }: OpenSubscription): WireObject[] {
  return secrets.map(({ id, value, created, isActive }) => ({
    id,
    value,
    createdAt: wireTime(created),
    isActive,
  }));
}

/** A subscription as it is listed: its owner may read the secrets at any time. */
export function subscriptionView(opened: OpenSubscription, { livemode }: View): WireObject {
  const { subscription, updatedAt } = opened;
  return {
    id: wireId('subscription', subscription.id, livemode),
    accountId: wireId('account', subscription.account, livemode),
    events: subscription.events,
    url: subscription.url,
    description: subscription.description,
    secrets: secretList(opened),
    createdAt: wireTime(subscription.created),
    updatedAt: wireTime(updatedAt),
  };
}

/** The secrets of a subscription, the oldest first. */
export function secretsView(opened: OpenSubscription, { livemode }: View): WireObject {
  return {
    id: wireId('subscription', opened.subscription.id, livemode),
    secrets: secretList(opened),
  };
}

const DELIVERY_STATUS = {
  waiting: 'Pending',
  delivered: 'Delivered',
  abandoned: 'Failed',
} as const satisfies Record<Delivery['state'], string>;

/** One event on its way to a subscription, with every try: an addition of ours. */
export function deliveryView(delivery: Delivery, { livemode }: View): WireObject {
  const waits = delivery.state === 'waiting';
  return {
    id: delivery.id,
    subscriptionId: wireId('subscription', delivery.subscription, livemode),
    eventId: delivery.event,
    event: delivery.type,
    status: DELIVERY_STATUS[delivery.state],
    isReplay: delivery.isReplay === true,
    createdAt: wireTime(delivery.created),
    nextAttemptAt: waits ? wireTime(Math.floor(delivery.dueAtMs / 1000)) : null,
    attempts: delivery.tries.map((made) => ({
      createdAt: wireTime(Math.floor(made.atMs / 1000)),
      durationMs: made.durationMs,
      statusCode: made.status,
      error: made.error,
      responseBody: made.response,
    })),
  };
}
