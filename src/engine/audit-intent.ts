import type { Attempt } from '../domain/attempt.js';
import { appliedTo } from '../domain/cash.js';
import type { Dispute } from '../domain/dispute.js';
import { capturable, INTENT_LIFECYCLE, type Intent, intentFaults } from '../domain/intent.js';
import { entriesOf, LEDGER, type Transfer } from '../domain/ledger.js';
import { step } from '../domain/lifecycle.js';
import type { Refund } from '../domain/refund.js';
import { INSTALLATION, type Submission } from '../domain/rendezvous.js';
import type { Job } from '../domain/subscription.js';
import type { AuditStore, Finding } from '../storage/store.js';
import { disputeFaults } from './audit-dispute.js';
import { historyFaults } from './audit-history.js';
import { findAll } from './audit-reads.js';
import { walletRefundFaults } from './audit-wallet-refunds.js';
import { disputeJobId } from './disputes.js';
import { unusedJobId } from './expiry.js';
import { expiryJobId, recoveryJobId } from './pay.js';
import { refundJobId } from './refund-life.js';
import { refundCodeId, walletPaymentOf } from './wallet-refunds.js';

/** An intent with everything that happened to it. */
export interface IntentBooks {
  readonly intent: Intent;
  readonly attempts: readonly Attempt[];
  readonly refunds: readonly Refund[];
  readonly disputes: readonly Dispute[];
  readonly transfers: readonly Transfer[];
  /** What has gone back to wallets. */
  readonly walletRefunds: readonly Submission[];
  /** Those that it and its attempts may wait for. */
  readonly jobs: readonly Job[];
}

/** Reads what belongs to a page of intents. */
export async function loadBooks(
  store: AuditStore,
  intents: readonly Intent[],
): Promise<IntentBooks[]> {
  const byIntent = (table: 'attempts' | 'refunds' | 'disputes'): Finding[] =>
    intents.map(({ account, id }) => finding(table, account, 'intent', id));
  const [attempts, refunds, disputes] = [
    await findAll(store, 'attempts', byIntent('attempts')),
    await findAll(store, 'refunds', byIntent('refunds')),
    await findAll(store, 'disputes', byIntent('disputes')),
  ];
  const sources = [...attempts.flat(), ...refunds.flat(), ...disputes.flat()];
  const payers = [...intents, ...sources];
  const transferLists = await findAll(
    store,
    'transfers',
    payers.map(({ account, id }) => finding('transfers', account, 'source', id)),
  );
  const transfers = new Map(payers.map((source, i) => [source, transferLists[i] ?? []]));
  const wallets = new Set(attempts.flat().filter(walletPaymentOf).map(nameOf));
  const back = refunds
    .flat()
    .filter(({ account, attempt: id }) => wallets.has(nameOf({ account, id })));
  const submissions = await findAll(
    store,
    'submissions',
    back.map(({ id }) => finding('submissions', INSTALLATION, 'codeId', refundCodeId(id))),
  );
  const walletRefunds = new Map(back.map((refund, i) => [refund, submissions[i] ?? []]));
  const jobKeys = payers.flatMap((row) =>
    jobIds(row).map((job) => finding('jobs', row.account, 'id', job)),
  );
  const jobLists = await findAll(store, 'jobs', jobKeys);
  const jobs = new Map(jobLists.flat().map((job) => [nameOf(job), job]));
  return intents.map((intent, i) => {
    const own = [intent, ...(attempts[i] ?? []), ...(refunds[i] ?? []), ...(disputes[i] ?? [])];
    return {
      intent,
      attempts: attempts[i] ?? [],
      refunds: refunds[i] ?? [],
      disputes: disputes[i] ?? [],
      transfers: own.flatMap((source) => transfers.get(source) ?? []),
      walletRefunds: (refunds[i] ?? []).flatMap((refund) => walletRefunds.get(refund) ?? []),
      jobs: own.flatMap((row) =>
        jobIds(row).flatMap((id) => jobs.get(nameOf({ account: row.account, id })) ?? []),
      ),
    };
  });
}

function nameOf({ account, id }: { account: string; id: string }): string {
  return `${account}/${id}`;
}

/** The jobs that an intent, an attempt, a refund or a dispute may wait for. */
function jobIds(row: Intent | Attempt | Refund | Dispute): string[] {
  if ('captureOpen' in row) return [unusedJobId(row.id)];
  if ('released' in row) return [expiryJobId(row.id), recoveryJobId(row.id)];
  return [refundJobId(row.id), disputeJobId(row.id)];
}

type AuditedTable = 'attempts' | 'refunds' | 'disputes' | 'transfers' | 'submissions' | 'jobs';

function finding(table: AuditedTable, account: string, column: string, value: string): Finding {
  return { table, account, where: { column, value } };
}

/** What is wrong with an intent, its attempts, refunds, transfers and jobs. */
export function intentBookFaults(books: IntentBooks): string[] {
  return [
    ...intentFaults(books.intent),
    ...historyFaults(books.intent, standing(books.refunds)),
    ...sumFaults(books),
    ...books.attempts.flatMap((attempt) =>
      attemptFaults(books, attempt).map((fault) => `attempt ${attempt.id}: ${fault}`),
    ),
    ...books.refunds.flatMap((refund) =>
      refundFaults(books, refund).map((fault) => `refund ${refund.id}: ${fault}`),
    ),
    ...books.attempts.flatMap((attempt) => {
      const own = books.refunds.filter((refund) => refund.attempt === attempt.id);
      return walletRefundFaults(attempt, own, books.walletRefunds);
    }),
    ...books.disputes.flatMap((dispute) => {
      const attempt = books.attempts.find(({ id }) => id === dispute.attempt);
      return disputeFaults(dispute, attempt, books.transfers, books.jobs).map(
        (fault) => `dispute ${dispute.id}: ${fault}`,
      );
    }),
    ...stateFaults(books),
  ];
}

function sum<R>(rows: readonly R[], amount: (row: R) => bigint): bigint {
  return rows.reduce((total, row) => total + amount(row), 0n);
}

/** Refunds that move money, or will. */
function standing(refunds: readonly Refund[]): Refund[] {
  return refunds.filter(({ state }) => state !== 'failed' && state !== 'canceled');
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
  expectEqual(
    'what was put aside for it',
    appliedTo(intent),
    sum(transfers.flatMap(entriesOf), ({ ledgerAccount, amount }) =>
      ledgerAccount.startsWith(LEDGER.applied('')) ? amount : 0n,
    ),
  );
  for (const { id, currency } of [...attempts, ...refunds, ...transfers])
    if (currency !== intent.currency)
      faults.push(`${id} is in ${currency}, not ${intent.currency}`);
  return faults;
}

function attemptFaults(books: IntentBooks, attempt: Attempt): string[] {
  const { refunds, disputes, transfers, jobs } = books;
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
  if (attempt.dispute !== null && !disputes.some(({ id }) => id === attempt.dispute))
    faults.push(`its dispute ${attempt.dispute} is none of its payment's`);
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
  if (recovery !== (attempt.state === 'started'))
    faults.push(recovery ? 'a job is left to recover it' : 'no job will recover it');
  return faults;
}

function refundFaults({ transfers, jobs }: IntentBooks, refund: Refund): string[] {
  const faults: string[] = [];
  const transfer = transfers.find(({ id }) => id === refund.transfer);
  if (transfer === undefined) faults.push('it has no transfer');
  else if (transfer.amount !== -refund.amount) faults.push('its transfer moves another amount');
  const moved = sum(
    transfers.filter(({ source }) => source === refund.id),
    ({ amount }) => amount,
  );
  const stands = refund.state !== 'failed' && refund.state !== 'canceled';
  if (moved !== (stands ? -refund.amount : 0n)) faults.push(`${refund.state}, ${moved} moved`);
  if (stands !== (refund.returnTransfer === null)) faults.push('it came back and stands');
  const waits = refund.state === 'pending' || refund.state === 'awaiting_action';
  const job = jobs.some(({ id }) => id === refundJobId(refund.id));
  if (waits && !job) faults.push(`${refund.state}, and no job will settle it`);
  return faults;
}

function stateFaults({ intent, attempts, transfers, jobs }: IntentBooks): string[] {
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
  const actions = [intent.challenge, intent.asks].filter((action) => action !== null).length;
  if (intent.state === 'awaiting_action' && actions !== 1) faults.push(`awaits ${actions} actions`);
  if (intent.captureOpen !== (intent.state === 'authorized'))
    faults.push(`capture is ${intent.captureOpen ? 'open' : 'closed'} in state ${intent.state}`);
  // Requests of an older version have a job, and say nothing of their end.
  const ends = jobs.some(({ id }) => id === unusedJobId(intent.id));
  if (intent.expiresAt !== null && ends !== (step(INTENT_LIFECYCLE, intent.state, 'pay') !== null))
    faults.push(`in state ${intent.state}, and ${ends ? 'a' : 'no'} job will cancel it`);
  return faults;
}
