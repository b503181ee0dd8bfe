import type { Attempt } from '../domain/attempt.js';
import { type Dispute, isClosed, rulingOn } from '../domain/dispute.js';
import type { Transfer } from '../domain/ledger.js';
import type { Job } from '../domain/subscription.js';
import { disputeJobId } from './disputes.js';

/** Whether its amount is withdrawn for good or for now; an inquiry moves nothing. */
const WITHDRAWN: Record<Dispute['state'], boolean> = {
  warning_needs_response: false,
  warning_under_review: false,
  warning_closed: false,
  needs_response: true,
  under_review: true,
  won: false,
  lost: true,
};

/** What is wrong with a dispute, given its own transfers and the jobs of its payment. */
export function disputeFaults(
  dispute: Dispute,
  attempt: Attempt | undefined,
  transfers: readonly Transfer[],
  jobs: readonly Job[],
): string[] {
  const faults: string[] = [];
  const { id, state, amount, fee, withdrawn, reinstated } = dispute;
  const own = transfers.filter(({ source }) => source === id);
  const moved = own.reduce((sum, transfer) => sum + transfer.amount, 0n);
  if (moved !== (WITHDRAWN[state] ? -amount : 0n)) faults.push(`${state}, ${moved} moved`);
  const charged = own.reduce((sum, transfer) => sum + transfer.fee, 0n);
  if (charged !== fee) faults.push(`its fee is ${fee}, its transfers charge ${charged}`);
  const told = [withdrawn, reinstated].flatMap((movement) => movement?.transfer ?? []);
  if (told.join() !== own.map((transfer) => transfer.id).join())
    faults.push(`it tells of other transfers than it has: ${told.join()}`);
  if ((withdrawn === null) !== state.startsWith('warning_'))
    faults.push(`${state}, and ${withdrawn === null ? 'nothing' : 'its amount'} was withdrawn`);
  if (attempt?.dispute !== id) faults.push('its attempt does not know of it');
  if (attempt !== undefined && WITHDRAWN[state] && amount > attempt.captured - attempt.refunded)
    faults.push('it takes more than was paid');
  const waits = state === 'needs_response' || state === 'warning_needs_response';
  const awaited = waits || (!isClosed(dispute) && rulingOn(dispute) !== null);
  if (jobs.some((job) => job.id === disputeJobId(id)) !== awaited)
    faults.push(awaited ? 'no job will take it further' : 'a job is left to take it further');
  return faults;
}
