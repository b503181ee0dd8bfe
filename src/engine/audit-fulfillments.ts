import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import type { ChainNonce, Fulfillment, Submission } from '../domain/rendezvous.js';
import type { Job } from '../domain/subscription.js';
import type { TableName } from '../storage/schema.js';
import type { AuditStore } from '../storage/store.js';
import { fulfillmentJobId } from './fulfillments.js';

/**
 * What is wrong with a page of transactions: each belongs to its submission, has its nonce and the
 * job that sends it for as long as it needs them, and has paid what it settled. One that moved
 * while it was read is looked at again, `looks_max` times.
 */
export async function fulfillmentFaults(
  store: AuditStore,
  page: readonly Fulfillment[],
  looks_max: number,
): Promise<string[]> {
  let faults = await faultsOf(store, page);
  for (let look = 1; look < looks_max && faults.size > 0; look++) {
    const open = page.filter(({ id }) => faults.has(id));
    faults = await faultsOf(store, open);
  }
  return [...faults].flatMap(([id, texts]) => texts.map((text) => `fulfillment ${id}: ${text}`));
}

/** What is wrong now, by the ids of those where anything is. */
async function faultsOf(
  store: AuditStore,
  page: readonly Fulfillment[],
): Promise<Map<string, string[]>> {
  const faults = new Map<string, string[]>();
  for (const { account, id, nonce: nonceId, submission: submissionId } of page) {
    const { rows } = await store.load(
      [
        { table: 'fulfillments', account, id },
        { table: 'submissions', account, id: submissionId },
        { table: 'nonces', account, id: nonceId },
        { table: 'jobs', account, id: fulfillmentJobId(id) },
      ],
      [],
    );
    const [row, submission, nonce, job] = rows as [
      Fulfillment | null,
      Submission | null,
      ChainNonce | null,
      Job | null,
    ];
    // That there is no submission is said where parents are looked for.
    if (row === null || submission === null) continue;
    const found = [
      ...ownerFaults(row, submission),
      ...nonceFaults(row, nonce, job),
      ...intentFaults(row, ...(await paidBy(store, submission))),
    ];
    if (found.length > 0) faults.set(id, found);
  }
  return faults;
}

async function paidBy(
  store: AuditStore,
  { merchant, intent }: Submission,
): Promise<[Intent | null, Attempt | null]> {
  const one = async <T>(table: TableName, id: string | null): Promise<T | null> => {
    if (merchant === null || id === null) return null;
    const { rows } = await store.load([{ table, account: merchant, id }], []);
    return rows[0] as T | null;
  };
  const found = await one<Intent>('intents', intent);
  return [found, await one<Attempt>('attempts', found?.latestAttempt ?? null)];
}

function ownerFaults({ id, owner }: Fulfillment, submission: Submission): string[] {
  const faults: string[] = [];
  if (submission.fulfillment !== id) faults.push(`${submission.id} is carried out by another`);
  if (submission.owner !== owner) faults.push(`${submission.id} is another owner's`);
  return faults;
}

function nonceFaults(row: Fulfillment, nonce: ChainNonce | null, job: Job | null): string[] {
  const isHeld = nonce?.state === 'reserved' && nonce.fulfillment === row.id;
  if (row.state === 'pending') {
    const faults: string[] = [];
    if (!isHeld || nonce.untilMs !== null) faults.push('it is pending, and its nonce is not kept');
    if (job === null) faults.push('it is pending, and no job will send it');
    return faults;
  }
  return isHeld && job === null ? ['it has ended, and nobody gives its nonce back'] : [];
}

function intentFaults(
  { id, state }: Fulfillment,
  intent: Intent | null,
  attempt: Attempt | null,
): string[] {
  if (intent === null) return [];
  const isOurs = attempt?.methodDetails?.fulfillment === id;
  if (isOurs && attempt.state === 'captured' && state !== 'confirmed')
    return [`it is ${state}, and has paid ${intent.id}`];
  const isPaid = isOurs && (attempt.state === 'captured' || attempt.state === 'started');
  return state === 'confirmed' && !isPaid
    ? [`it is confirmed, and has not paid ${intent.id}, which is ${intent.state}`]
    : [];
}
