import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import { entryRows, holdEntries } from '../domain/ledger.js';
import { type Command, type Decision, declined, done, refused } from './command.js';
import { type IntentFields, onIntent } from './intents.js';
import { changedFields } from './previous.js';
import type { Work } from './work.js';

/** Stripe's bound: refused tries count. */
const INCREMENTS_MAX = 10;

export interface IncrementInput extends Pick<IntentFields, 'metadata' | 'description' | 'wire'> {
  /** The new whole amount to be held, minor units. */
  amount: bigint;
  statementDescriptor?: string | null;
}

/**
 * Raises what is held before it is captured; the bank is asked about the difference. A refusal
 * leaves the hold as it was. Errors: missing, intent_state, increment_not_above,
 * increments_used_up, rail_cannot, declined.
 */
export function incrementAuthorization(
  account: string,
  id: string,
  input: IncrementInput,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (intent.state !== 'authorized' || intent.captured > 0n)
      return refused({ failure: 'intent_state', operation: 'increment', intent });
    if (input.amount <= intent.authorized)
      return refused({ failure: 'increment_not_above', intent });
    const attempt = work.get('attempts', intent.latestAttempt ?? '');
    if (attempt === null) throw new Error(`intent ${id} is authorized without an attempt`);
    const tries = (attempt.increments ?? 0) + 1;
    if (tries > INCREMENTS_MAX)
      return refused({ failure: 'increments_used_up', intent, max: INCREMENTS_MAX });
    return increment(work, intent, { ...attempt, increments: tries }, input);
  });
}

function increment(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  input: IncrementInput,
): Decision<Intent> {
  const rail = work.context.railFor(attempt.methodType);
  const method = work.get('methods', attempt.method);
  if (rail?.kind !== 'atomic' || method === null)
    return refused({ failure: 'rail_cannot', rail: attempt.rail, operation: 'increment' });
  const result = rail.authorize({
    account: intent.account,
    attempt: `${attempt.id}_${attempt.increments}`,
    amount: input.amount - intent.authorized,
    currency: intent.currency,
    method,
    // The customer agreed to the first amount; nobody is there to be asked about more.
    offSession: true,
    authenticated: true,
    setUpFor: null,
    requestChallenge: 'automatic',
    now: work.now(),
  });
  if (result.outcome !== 'succeeded') {
    work.update('attempts', attempt);
    if (result.outcome !== 'failed')
      return refused({ failure: 'rail_cannot', rail: attempt.rail, operation: 'increment' });
    const { reachedIssuer: _, ...decline } = result.decline;
    const found = { attempt: attempt.id, intent, method: { ...method, sealed: null } };
    return declined({ failure: 'declined', decline, ...found });
  }
  return done(raise(work, intent, attempt, input));
}

function raise(work: Work, intent: Intent, attempt: Attempt, input: IncrementInput): Intent {
  const { amount } = input;
  const hold = work.get('transfers', attempt.hold ?? '');
  if (hold === null) throw new Error(`intent ${intent.id} holds nothing`);
  work.transfer(hold, { ...hold, amount, entries: entryRows(holdEntries(amount)) });
  const raised = work.update('attempts', { ...attempt, amount });
  const next: Intent = { ...intent, amount, authorized: amount };
  if (input.description !== undefined) next.description = input.description;
  if (input.metadata !== undefined) next.metadata = input.metadata(intent.metadata);
  if (input.wire !== undefined) next.wire = { ...intent.wire, ...input.wire };
  if (input.statementDescriptor !== undefined) next.statementDescriptor = input.statementDescriptor;
  work.update('intents', next);
  const subjects = { intent: next, attempt: raised };
  work.record('intent.authorization_raised', subjects, changedFields(attempt, raised));
  return next;
}
