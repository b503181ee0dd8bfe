import type { Fact } from '../../src/domain/fact.js';
import type { Intent } from '../../src/domain/intent.js';
import type { Delivery, Subscription } from '../../src/domain/subscription.js';
import type { Row, TableName } from '../../src/storage/schema.js';
import type { Books } from './books.js';
import type { Commit, Written } from './disk.js';
import type { Sink } from './network.js';

/** What must be true of the rows that a commit changes. */

/** States that may follow, any number of steps on: one commit may take several. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  authorized: ['authorized', 'captured', 'canceled'],
  captured: ['captured'],
  canceled: ['canceled'],
};
/** States of other objects that nothing leaves. */
const LAST_STATES: Partial<Record<TableName, readonly string[]>> = {
  attempts: ['failed', 'captured', 'released'],
  refunds: ['failed', 'canceled'],
  setups: ['succeeded', 'canceled'],
  disputes: ['won', 'lost', 'warning_closed'],
  deliveries: ['delivered', 'abandoned'],
};
/** Rows that say what was: they are written once. */
const WRITTEN_ONCE: readonly TableName[] = ['facts', 'idempotency', 'submissions'];

const stateOf = (row: Row): string => ('state' in row ? String(row.state) : '');

/** Faults of single rows, by what they were before. */
export function rowFaults({ table, before, after }: Written): string[] {
  if (before === null) return [];
  const name = `${table} ${before.id}`;
  if (WRITTEN_ONCE.includes(table)) return [`${name} was written once more`];
  if (after === null) return table === 'jobs' ? [] : [`${name} was deleted`];
  const [was, is] = [stateOf(before), stateOf(after)];
  if (table === 'intents' && FOLLOWS[was]?.includes(is) === false)
    return [`${name} went from ${was} to ${is}`];
  if (was !== is && LAST_STATES[table]?.includes(was)) return [`${name} went from ${was} to ${is}`];
  return table === 'intents' ? amountFaults(before as Intent, after as Intent) : [];
}

function amountFaults(before: Intent, after: Intent): string[] {
  const faults: string[] = [];
  for (const amount of ['authorized', 'captured', 'released'] as const)
    if (after[amount] < before[amount]) faults.push(`${after.id} has less ${amount} than before`);
  if (after.metadata.op !== before.metadata.op) faults.push(`${after.id} has another maker`);
  for (const key of Object.keys(before.metadata))
    if (!(key in after.metadata)) faults.push(`${after.id} has lost ${key} of its metadata`);
  return faults;
}

/** A change of an intent's state without a fact, and facts without their deliveries. */
export function outboxFaults(
  books: Books,
  commit: Commit,
  isKnown: (subscription: string) => boolean,
): string[] {
  const facts = commit.written.filter(({ table }) => table === 'facts');
  const told = new Set(facts.map(({ after }) => (after as Fact).intentId));
  const silent = commit.written.filter(
    ({ table, before, after }) =>
      table === 'intents' &&
      after !== null &&
      // That it may be confirmed is the answer to whoever has made it so, and no event.
      stateOf(after) !== 'awaiting_confirmation' &&
      (before === null || stateOf(before) !== stateOf(after)) &&
      !told.has(after.id),
  );
  return [
    ...silent.map(
      ({ after }) => `${after?.id} became ${stateOf(after as Row)}, and nobody is told`,
    ),
    ...facts.flatMap(({ after }) => deliveryFaults(books, after as Fact, isKnown)),
  ];
}

function deliveryFaults(
  books: Books,
  fact: Fact,
  isKnown: (subscription: string) => boolean,
): string[] {
  const have = books.of('deliveries', fact.id);
  const receivers = books
    .all('subscriptions')
    .filter((one) => one.account === fact.account && one.enabled && isKnown(one.id));
  return receivers.flatMap((one) => {
    const wanted = one.dialect === 'stripe' && fact.type === 'intent.paid' ? 2 : 1;
    const found = have.filter(({ subscription }) => subscription === one.id).length;
    if (found === wanted) return [];
    return [`${fact.type} ${fact.id} has ${found} deliveries to ${one.id}, not ${wanted}`];
  });
}

/** Tries of a delivery, after which it may be given up. */
const TRIES_MAX = 12;

/** What a delivery says, against what its receiver has seen. */
export function deliveryEndFaults(books: Books, sink: Sink, delivery: Delivery): string[] {
  const { id, state, subscription, event, tries } = delivery;
  const to = books.get('subscriptions', subscription) as Subscription | null;
  if (to === null) return [`${id} goes to nobody`];
  if (state === 'delivered' && !sink.answered.has(`${to.url} ${event}`))
    return [`${id} is delivered, and its receiver never said so`];
  if (state === 'abandoned' && to.enabled && tries.length < TRIES_MAX)
    return [`${id} is given up after ${tries.length} tries`];
  return [];
}

/** What waits without anything that would end its waiting. */
export function waitingFaults(books: Books, intent: Intent): string[] {
  const { id, state, latestAttempt, expiresAt } = intent;
  const attempt = latestAttempt === null ? null : books.get('attempts', latestAttempt);
  const jobs = (name: string) => books.get('jobs', name) !== null;
  if (state === 'processing') {
    if (attempt?.state !== 'started') return [`${id} is processing without an attempt`];
    return jobs(`job_recover_${attempt.id}`) ? [] : [`nobody will ask about ${attempt.id}`];
  }
  if (state === 'authorized')
    return jobs(`job_expire_${latestAttempt}`) ? [] : [`the hold of ${id} would never end`];
  if (state === 'captured' || state === 'canceled' || expiresAt === null) return [];
  const waits = books.all('jobs').some((job) => job.subject === id);
  return waits ? [] : [`${id} is to end, and nobody will end it`];
}
