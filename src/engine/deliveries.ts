import type { Fact } from '../domain/fact.js';
import {
  type Delivery,
  type DeliveryTry,
  RETRY_DELAYS_SECONDS,
  type Subscription,
} from '../domain/subscription.js';
import { type Command, done, refused } from './command.js';
import type { ToldEvent } from './events.js';
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

/** One event of a fact, to be sent again. */
export interface Replay {
  readonly fact: Fact;
  /** Which of the fact's events. */
  readonly index: number;
  readonly event: ToldEvent;
  readonly dialect: Subscription['dialect'];
  /** To this subscription only; null: to all that want the event. */
  readonly subscription: string | null;
}

/**
 * Sends an event once more, each time as a delivery of its own. Errors: missing (the named
 * subscription).
 */
export function replayEvent(account: string, replay: Replay): Command<Delivery[]> {
  const { fact, index, event, dialect, subscription: only } = replay;
  return {
    account,
    needs: (need) => void need.list('deliveries', 'event', event.id),
    decide: (work) => {
      const receivers = work
        .subscriptions()
        .filter((one) => one.enabled && one.dialect === dialect)
        .filter(({ id, events }) =>
          only === null ? events.includes('*') || events.includes(event.type) : id === only,
        );
      if (only !== null && receivers.length === 0) {
        const param = 'webhook_endpoint';
        const missing = { kind: 'subscription', id: only, where: 'body', param } as const;
        return refused({ failure: 'missing', ...missing });
      }
      // Part of the body: a replay says what the first sending said.
      const [first] = work.list('deliveries', 'event', event.id);
      const audience = first?.audience ?? receivers.length;
      const rows = receivers.map(({ id }) =>
        work.insert('deliveries', {
          account,
          id: work.context.newId('del_', 24),
          subscription: id,
          event: event.id,
          state: 'waiting',
          dueAtMs: work.context.nowMs,
          created: work.wallNow(),
          fact: fact.id,
          index,
          type: event.type,
          audience,
          tries: [],
          isReplay: true,
        }),
      );
      return done(rows);
    },
  };
}
