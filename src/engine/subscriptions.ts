import type { Failure } from '../domain/errors.js';
import type { Metadata } from '../domain/json.js';
import type { Subscription } from '../domain/subscription.js';
import { markAccount } from './accounts.js';
import { type Command, done, refused } from './command.js';
import type { DecisionContext, Work } from './work.js';

/** Webhook endpoints that one account may have. */
export const SUBSCRIPTIONS_MAX = 16;

export interface SubscriptionInput {
  dialect: Subscription['dialect'];
  url: string;
  events: string[];
  apiVersion: string | null;
  description: string | null;
  metadata: Metadata;
  wire: Subscription['wire'];
}

/** A new subscription with its signing secret, which is never shown again. */
export interface CreatedSubscription {
  subscription: Subscription;
  secret: string;
}

/**
 * Counts in the account's row that its endpoints were changed. What is decided over all of them
 * (how many there may be, one for each event) would else hold only within a process: two that each
 * add one write different rows. Of two that write this one the second decides again.
 */
function noteEndpoints(work: Work): void {
  const changed = Number(work.account().wire.endpointsChanged ?? 0) + 1;
  markAccount(work, { endpointsChanged: changed });
}

/** Errors: limit_reached. `makeSecret` gives the signing secret the dialect's form. */
export function createSubscription(
  account: string,
  input: SubscriptionInput,
  makeSecret = (random: DecisionContext['secret']): string => `whsec_${random(32)}`,
): Command<CreatedSubscription> {
  return {
    account,
    needs: () => {},
    decide: (work) => {
      if (work.subscriptions().length >= SUBSCRIPTIONS_MAX)
        return refused({ failure: 'limit_reached', what: 'endpoints', max: SUBSCRIPTIONS_MAX });
      noteEndpoints(work);
      const id = work.context.newId('we_', 24);
      const secret = makeSecret(work.context.secret);
      const subscription = work.insert('subscriptions', {
        account,
        id,
        created: work.now(),
        enabled: true,
        secret: work.context.vault.sealSecret(secret, id),
        failingSinceMs: null,
        ...input,
      });
      return done({ subscription, secret });
    },
  };
}

export interface SubscriptionChanges {
  url?: string;
  events?: string[];
  description?: string | null;
  metadata?: (old: Metadata) => Metadata;
  enabled?: boolean;
}

/** The subscription, where it is one of the dialect's; else why there is none. */
export function findSubscription(
  work: Work,
  dialect: Subscription['dialect'],
  id: string,
): Subscription | Failure {
  const stored = work.get('subscriptions', id);
  if (stored?.dialect === dialect) return stored;
  const param = 'webhook_endpoint';
  return { failure: 'missing', kind: 'subscription', id, where: 'path', param };
}

/** Errors: missing. */
export function updateSubscription(
  account: string,
  dialect: Subscription['dialect'],
  id: string,
  changes: SubscriptionChanges,
): Command<Subscription> {
  return {
    account,
    needs: (need) => void need('subscriptions', id),
    decide: (work) => {
      const stored = findSubscription(work, dialect, id);
      if ('failure' in stored) return refused(stored);
      const { metadata, ...plain } = changes;
      const next: Subscription = { ...stored, ...plain };
      if (metadata !== undefined) next.metadata = metadata(stored.metadata);
      if (plain.enabled === true) next.failingSinceMs = null;
      if (plain.events !== undefined) noteEndpoints(work);
      return done(work.update('subscriptions', next));
    },
  };
}

/** Removes an endpoint; what waits for it is abandoned when its turn comes. Errors: missing. */
export function deleteSubscription(
  account: string,
  dialect: Subscription['dialect'],
  id: string,
): Command<Subscription> {
  return {
    account,
    needs: (need) => void need('subscriptions', id),
    decide: (work) => {
      const stored = findSubscription(work, dialect, id);
      if ('failure' in stored) return refused(stored);
      work.remove('subscriptions', stored);
      return done(stored);
    },
  };
}
