import { isFailure } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import type { Subscription } from '../../domain/subscription.js';
import { type Command, type Decision, done, refused } from '../../engine/command.js';
import {
  createSubscription,
  findSubscription,
  type SubscriptionChanges,
  updateSubscription,
} from '../../engine/subscriptions.js';
import type { Work } from '../../engine/work.js';
import { Refusal } from './problem.js';
import { notFound } from './request.js';

/** A secret as it is kept; the one that the core's `secret` is, too, signs. */
type SealedSecret = { id: string; sealed: string; created: number };

/** What this dialect keeps of a subscription beside the core's fields. */
interface Kept {
  readonly secrets: readonly SealedSecret[];
  /** Business time, Unix seconds. */
  readonly updatedAt: number;
}

/** A secret in clear. */
export interface OpenSecret {
  readonly id: string;
  readonly value: string;
  /** Business time, Unix seconds. */
  readonly created: number;
  readonly isActive: boolean;
}

/** A subscription with its secrets in clear: their owner may read them at any time. */
export interface OpenSubscription {
  readonly subscription: Subscription;
  readonly secrets: readonly OpenSecret[];
  readonly updatedAt: number;
}

/** Secrets of one subscription: the one that signs, and those to come or to go back to. */
export const SECRETS_MAX = 5;

/** As long as Dojo's: 131 bits. */
const SECRET_CHARS = 22;

function keptOf({ wire }: Subscription): Kept {
  return wire.dojo as unknown as Kept;
}

function keep(work: Work, subscription: Subscription, secrets: readonly SealedSecret[]) {
  const dojo: JsonObject = { secrets: [...secrets], updatedAt: work.now() };
  const wire = { ...subscription.wire, dojo };
  return open(work, work.update('subscriptions', { ...subscription, wire }));
}

function open({ context }: Work, subscription: Subscription): OpenSubscription {
  const { secrets, updatedAt } = keptOf(subscription);
  const opened = secrets.map(({ id, sealed, created }) => ({
    id,
    value: context.vault.openSecret(sealed, subscription.id),
    created,
    isActive: sealed === subscription.secret,
  }));
  return { subscription, secrets: opened, updatedAt };
}

function mine(work: Work): Subscription[] {
  return work.subscriptions().filter(({ dialect }) => dialect === 'dojo');
}

function conflict(detail: string): never {
  throw new Refusal({ status: 409, title: 'Conflict', detail });
}

/** There is one subscription for each event. */
function demandFree(work: Work, events: readonly string[], except: string | null): void {
  for (const { id, events: taken } of mine(work)) {
    const both = id === except ? undefined : events.find((event) => taken.includes(event));
    if (both !== undefined) conflict(`The event ${both} already has a subscription.`);
  }
}

/** All subscriptions of the account, oldest first. */
export function listSubscriptions(account: string): Command<OpenSubscription[]> {
  return {
    account,
    needs: () => {},
    decide: (work) => done(mine(work).map((one) => open(work, one))),
  };
}

/** Errors: limit_reached; refused where an event has a subscription. */
export function subscribe(
  account: string,
  sent: Pick<Subscription, 'url' | 'events' | 'description'>,
): Command<OpenSubscription> {
  const input = { ...sent, dialect: 'dojo' as const, apiVersion: null, metadata: {}, wire: {} };
  const create = createSubscription(account, input, (random) => random(SECRET_CHARS));
  return {
    ...create,
    decide: (work) => {
      demandFree(work, sent.events, null);
      const decision = create.decide(work);
      if (decision.end !== 'done') return decision;
      const { subscription } = decision.value;
      const first = newSecret(work, subscription.secret);
      return done(keep(work, subscription, [first]));
    },
  };
}

function newSecret(work: Work, sealed: string): SealedSecret {
  return { id: work.context.newId('sc_', SECRET_CHARS), sealed, created: work.now() };
}

/**
 * Changes a subscription, and switches it on where its receiver had failed for too long. Errors:
 * missing; refused where another has one of the events.
 */
export function changeSubscription(
  account: string,
  id: string,
  changes: Pick<SubscriptionChanges, 'url' | 'events' | 'description'>,
): Command<OpenSubscription> {
  const update = updateSubscription(account, 'dojo', id, { ...changes, enabled: true });
  return {
    ...update,
    decide: (work) => {
      const decision = update.decide(work);
      if (decision.end !== 'done') return decision;
      const subscription = decision.value;
      demandFree(work, subscription.events, id);
      return done(keep(work, subscription, keptOf(subscription).secrets));
    },
  };
}

/** A command about the secrets of a stored subscription. Errors: missing. */
function onSecrets(
  account: string,
  id: string,
  decide: (work: Work, subscription: Subscription) => OpenSubscription,
): Command<OpenSubscription> {
  return {
    account,
    needs: (need) => void need('subscriptions', id),
    decide: (work): Decision<OpenSubscription> => {
      const stored = findSubscription(work, 'dojo', id);
      return isFailure(stored) ? refused(stored) : done(decide(work, stored));
    },
  };
}

/** One subscription with its secrets. Errors: missing. */
export function readSubscription(account: string, id: string): Command<OpenSubscription> {
  return onSecrets(account, id, open);
}

function findSecret({ secrets }: Kept, id: string): SealedSecret {
  return secrets.find((one) => one.id === id) ?? notFound('secret');
}

/** Adds a secret that does not sign yet. Errors: missing; refused where there are enough. */
export function generateSecret(account: string, id: string): Command<OpenSubscription> {
  return onSecrets(account, id, (work, subscription) => {
    const { secrets } = keptOf(subscription);
    if (secrets.length >= SECRETS_MAX)
      conflict(`A subscription has at most ${SECRETS_MAX} secrets. Delete one first.`);
    const value = work.context.secret(SECRET_CHARS);
    const sealed = work.context.vault.sealSecret(value, subscription.id);
    return keep(work, subscription, [...secrets, newSecret(work, sealed)]);
  });
}

/**
 * Lets a secret sign, in place of the one that did: a message carries one signature, so that two
 * cannot be active at once. Errors: missing; refused where there is no such secret.
 */
export function activateSecret(
  account: string,
  id: string,
  secretId: string,
): Command<OpenSubscription> {
  return onSecrets(account, id, (work, subscription) => {
    const kept = keptOf(subscription);
    const { sealed } = findSecret(kept, secretId);
    return keep(work, { ...subscription, secret: sealed }, kept.secrets);
  });
}

/** Errors: missing; refused where there is no such secret, or it signs. */
export function deleteSecret(
  account: string,
  id: string,
  secretId: string,
): Command<OpenSubscription> {
  return onSecrets(account, id, (work, subscription) => {
    const kept = keptOf(subscription);
    const found = findSecret(kept, secretId);
    if (found.sealed === subscription.secret)
      conflict('The active secret cannot be deleted. Activate another one first.');
    const others = kept.secrets.filter((one) => one !== found);
    return keep(work, subscription, others);
  });
}
