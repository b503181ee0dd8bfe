import {
  type Delivery,
  type DeliveryTry,
  RETRY_DELAYS_SECONDS,
  type Subscription,
} from '../domain/subscription.js';
import { type Command, done, refused } from './command.js';
import type { Work } from './work.js';

/** An endpoint that has failed for this long without one success is switched off. */
export const DISABLE_AFTER_MS = 3 * 24 * 3600 * 1000;

/** What the outcome of a try makes of a delivery. Pure: `nowMs` is the wall clock. */
export function afterTry(delivery: Delivery, made: DeliveryTry, nowMs: number): Delivery {
  const tries = [...delivery.tries, made];
  if (made.status !== null && made.status >= 200 && made.status < 300)
    return { ...delivery, tries, state: 'delivered', dueAtMs: nowMs };
  const delay = RETRY_DELAYS_SECONDS[tries.length - 1];
  if (delay === undefined) return { ...delivery, tries, state: 'abandoned', dueAtMs: nowMs };
  return { ...delivery, tries, dueAtMs: nowMs + delay * 1000 };
}

function noteHealth(work: Work, id: string, succeeded: boolean): void {
  const subscription = work.get('subscriptions', id);
  if (subscription === null) return;
  const nowMs = work.context.nowMs;
  if (succeeded) {
    if (subscription.failingSinceMs === null) return;
    work.update('subscriptions', { ...subscription, failingSinceMs: null });
    return;
  }
  const since = subscription.failingSinceMs ?? nowMs;
  const enabled = subscription.enabled && nowMs - since < DISABLE_AFTER_MS;
  const next: Subscription = { ...subscription, failingSinceMs: since, enabled };
  if (since !== subscription.failingSinceMs || enabled !== subscription.enabled)
    work.update('subscriptions', next);
}

/** Writes down how a try ended. */
export function recordTry(delivery: Delivery, made: DeliveryTry): Command<Delivery> {
  const { account, id, subscription } = delivery;
  return {
    account,
    needs: (need) => {
      need('deliveries', id);
      need('subscriptions', subscription);
    },
    decide: (work) => {
      const stored = work.get('deliveries', id);
      // Decided meanwhile by another process whose lease ran over ours.
      if (stored === null || stored.state !== 'waiting') return done(delivery);
      const next = work.update('deliveries', afterTry(stored, made, work.context.nowMs));
      noteHealth(work, subscription, next.state === 'delivered');
      return done(next);
    },
  };
}

/** Gives up a delivery whose subscription is gone or switched off. */
export function abandonDelivery({ account, id }: Delivery): Command<Delivery | null> {
  return {
    account,
    needs: (need) => void need('deliveries', id),
    decide: (work) => {
      const stored = work.get('deliveries', id);
      if (stored === null || stored.state !== 'waiting') return done(stored);
      return done(work.update('deliveries', { ...stored, state: 'abandoned' }));
    },
  };
}

/** Sends an event to its subscription once more, as a delivery of its own. Errors: missing. */
export function replayDelivery(account: string, id: string): Command<Delivery> {
  return {
    account,
    needs: (need) => void need('deliveries', id),
    decide: (work) => {
      const stored = work.get('deliveries', id);
      if (stored === null)
        return refused({ failure: 'missing', kind: 'delivery', id, where: 'path', param: null });
      return done(
        work.insert('deliveries', {
          ...stored,
          id: work.context.newId('del_', 24),
          state: 'waiting',
          dueAtMs: work.context.nowMs,
          tries: [],
          replayOf: stored.id,
        }),
      );
    },
  };
}
