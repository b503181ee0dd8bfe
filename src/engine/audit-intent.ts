import type { Attempt } from '../domain/attempt.js';
import { capturable, type Intent, intentFaults } from '../domain/intent.js';
import type { Transfer } from '../domain/ledger.js';
import type { Refund } from '../domain/refund.js';
import type { Job } from '../domain/subscription.js';
import type { RowTypes } from '../storage/schema.js';
import { FINDING_ROWS_MAX, type Finding, type Key, type Store } from '../storage/store.js';
import { expiryJobId, recoveryJobId } from './pay.js';

/** An intent with everything that happened to it. */
export interface IntentBooks {
  readonly intent: Intent;
  readonly attempts: readonly Attempt[];
  readonly refunds: readonly Refund[];
  readonly transfers: readonly Transfer[];
  /** Those that its attempts may wait for. */
  readonly jobs: readonly Job[];
}

/** Reads what belongs to a page of intents. */
export async function loadBooks(store: Store, intents: readonly Intent[]): Promise<IntentBooks[]> {
  const byIntent = (table: 'attempts' | 'refunds'): Finding[] =>
    intents.map(({ account, id }) => finding(table, account, 'intent', id));
  const [attempts, refunds] = [
    await findAll(store, 'attempts', byIntent('attempts')),
    await findAll(store, 'refunds', byIntent('refunds')),
  ];
  const sources = [...attempts.flat(), ...refunds.flat()];
  const transferLists = await findAll(
    store,
    'transfers',
    sources.map(({ account, id }) => finding('transfers', account, 'source', id)),
  );
  const transfers = new Map(sources.map((source, i) => [source, transferLists[i] ?? []]));
  const jobKeys = attempts.flat().flatMap(({ account, id }): Key<'jobs'>[] => [
    { table: 'jobs', account, id: expiryJobId(id) },
    { table: 'jobs', account, id: recoveryJobId(id) },
  ]);
  const { rows } = await store.load(jobKeys, []);
  const jobs = new Map(jobKeys.map(({ account, id }, i) => [`${account}/${id}`, rows[i] as Job]));
  return intents.map((intent, i) => {
    const own = [...(attempts[i] ?? []), ...(refunds[i] ?? [])];
    return {
      intent,
      attempts: attempts[i] ?? [],
      refunds: refunds[i] ?? [],
      transfers: own.flatMap((source) => transfers.get(source) ?? []),
      jobs: (attempts[i] ?? []).flatMap(({ account, id }) =>
        [expiryJobId(id), recoveryJobId(id)].flatMap((job) => jobs.get(`${account}/${job}`) ?? []),
      ),
    };
  });
}

function finding(
  table: 'attempts' | 'refunds' | 'transfers',
  account: string,
  column: string,
  value: string,
): Finding {
  return { table, account, where: { column, value } };
}

/** One list per finding, however long: what a finding cuts off is read in pages. */
async function findAll<T extends 'attempts' | 'refunds' | 'transfers'>(
  store: Store,
  table: T,
  findings: readonly Finding[],
): Promise<RowTypes[T][][]> {
  const { found } = await store.load([], findings);
  const lists = found as RowTypes[T][][];
  for (const [i, list] of lists.entries()) {
    const { account, where } = findings[i] as Finding;
    if (where === undefined) continue;
    const conditions = [{ column: where.column, comparison: 'eq' as const, value: where.value }];
    for (let more = list.length === FINDING_ROWS_MAX; more; ) {
      const newerThan = list.at(-1)?.id ?? '';
      const limit = FINDING_ROWS_MAX;
      const page = await store.page({ table, account, conditions, limit, newerThan });
      list.push(...page.reverse());
      more = page.length === limit;
    }
  }
  return lists;
}

/** What is wrong with an intent, its attempts, refunds, transfers and jobs. */
export function intentBookFaults(books: IntentBooks): string[] {
  return [
    ...intentFaults(books.intent),
    ...sumFaults(books),
    ...books.attempts.flatMap((attempt) =>
      attemptFaults(books, attempt).map((fault) => `attempt ${attempt.id}: ${fault}`),
    ),
    ...books.refunds.flatMap((refund) =>
      refundFaults(books, refund).map((fault) => `refund ${refund.id}: ${fault}`),
    ),
    ...stateFaults(books),
  ];
}

function sum<R>(rows: readonly R[], amount: (row: R) => bigint): bigint {
  return rows.reduce((total, row) => total + amount(row), 0n);
}

/** Refunds that move money, or will. */
function standing(refunds: readonly Refund[]): Refund[] {
  return refunds.filter(({ state }) => state === 'succeeded' || state === 'pending');
}

const ACCEPTED = new Set<Attempt['state']>(['authorized', 'captured', 'released']);

function sumFaults({ intent, attempts, refunds, transfers }: IntentBooks): string[] {
  const faults: string[] = [];
  const expectEqual = (what: string, stored: bigint, computed: bigint): void => {
    if (stored !== computed) faults.push(`${what} is ${stored}, its parts sum to ${computed}`);
  };
  const accepted = attempts.filter(({ state }) => ACCEPTED.has(state));
  const captures = transfers.filter(({ kind, state }) => kind === 'capture' && state === 'posted');
  if (accepted.length > 1) faults.push(`it was paid ${accepted.length} times`);
  expectEqual(
    'authorized',
    intent.authorized,
    sum(accepted, ({ amount }) => amount),
  );
  expectEqual(
    'captured',
    intent.captured,
    sum(captures, ({ amount }) => amount),
  );
  expectEqual(
    'released',
    intent.released,
    sum(attempts, ({ released }) => released),
  );
  expectEqual(
    'refunded',
    intent.refunded,
    sum(standing(refunds), ({ amount }) => amount),
  );
  for (const { id, currency } of [...attempts, ...refunds, ...transfers])
    if (currency !== intent.currency)
      faults.push(`${id} is in ${currency}, not ${intent.currency}`);
  return faults;
}

function attemptFaults({ refunds, transfers, jobs }: IntentBooks, attempt: Attempt): string[] {
  const faults: string[] = [];
  const own = transfers.filter(({ source }) => source === attempt.id);
  const captures = own.filter(({ kind }) => kind === 'capture');
  const holds = own.filter(({ kind }) => kind === 'authorization');
  const captured = sum(captures, ({ amount }) => amount);
  if (attempt.captured !== captured)
    faults.push(`captured ${attempt.captured}, its captures sum to ${captured}`);
  const back = standing(refunds).filter((refund) => refund.attempt === attempt.id);
  const refunded = sum(back, ({ amount }) => amount);
  if (attempt.refunded !== refunded)
    faults.push(`refunded ${attempt.refunded}, its refunds sum to ${refunded}`);
  if (attempt.captured + attempt.released > attempt.amount)
    faults.push('captured and released exceed its amount');
  const accepted = attempt.captured + attempt.released === attempt.amount;
  if ((attempt.state === 'captured' || attempt.state === 'released') && !accepted)
    faults.push(`${attempt.state}, and part of its amount neither captured nor released`);
  if (!ACCEPTED.has(attempt.state) && own.length > 0)
    faults.push(`has transfers in state ${attempt.state}`);
  if (attempt.transfer !== null && !captures.some(({ id }) => id === attempt.transfer))
    faults.push(`its transfer ${attempt.transfer} is none of its captures`);
  if (holds.length > 1 || (holds[0]?.id ?? null) !== attempt.hold)
    faults.push(`its hold is ${attempt.hold}, there are ${holds.length}`);
  const [hold] = holds;
  const settled = attempt.hold === null ? 0n : attempt.captured;
  if (hold !== undefined && hold.settled !== settled)
    faults.push(`its hold has ${hold.settled} settled, captured were ${settled}`);
  if (hold !== undefined && (hold.state === 'pending') !== (attempt.state === 'authorized'))
    faults.push(`its hold is ${hold.state}`);
  const expiry = jobs.some(({ id }) => id === expiryJobId(attempt.id));
  if (expiry !== (attempt.state === 'authorized'))
    faults.push(expiry ? 'a job is left to expire it' : 'no job will expire it');
  const recovery = jobs.some(({ id }) => id === recoveryJobId(attempt.id));
  if (attempt.state === 'started' && !recovery) faults.push('no job will recover it');
  return faults;
}

function refundFaults({ transfers }: IntentBooks, refund: Refund): string[] {
  const transfer = transfers.find(({ id }) => id === refund.transfer);
  if (refund.state !== 'succeeded') return [];
  if (transfer === undefined) return ['it has no transfer'];
  return transfer.amount === -refund.amount ? [] : ['its transfer moves another amount'];
}

function stateFaults({ intent, attempts, transfers }: IntentBooks): string[] {
  const faults: string[] = [];
  const latest = attempts.find(({ id }) => id === intent.latestAttempt);
  if (intent.latestAttempt !== null && latest === undefined)
    faults.push(`its latest attempt ${intent.latestAttempt} is none of its attempts`);
  const held = sum(
    transfers.filter(({ kind, state }) => kind === 'authorization' && state === 'pending'),
    ({ amount, settled }) => amount - settled,
  );
  if (held !== capturable(intent))
    faults.push(`${held} are held, ${capturable(intent)} could be captured`);
  if (intent.state === 'authorized' && latest?.state !== 'authorized')
    faults.push('authorized without an authorized attempt');
  if (intent.state === 'captured' && latest?.state !== 'captured')
    faults.push('captured without a captured attempt');
  const started = attempts.filter(({ state }) => state === 'started').length;
  if (started !== (intent.state === 'processing' ? 1 : 0))
    faults.push(`${started} attempts are started in state ${intent.state}`);
  if (intent.state === 'awaiting_action' && intent.challenge === null)
    faults.push('awaits an action without a challenge');
  if (intent.captureOpen !== (intent.state === 'authorized'))
    faults.push(`capture is ${intent.captureOpen ? 'open' : 'closed'} in state ${intent.state}`);
  return faults;
}
