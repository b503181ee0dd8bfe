import type { Attempt } from '../domain/attempt.js';
import type { Transfer } from '../domain/ledger.js';
import type { Refund } from '../domain/refund.js';
import type { Job } from '../domain/subscription.js';
import { isOver, type TerminalSession } from '../domain/terminal.js';
import type { AuditStore, Finding, Key } from '../storage/store.js';
import { terminalJobId } from './card-machines.js';

/** Where what a task has moved is written down. */
const SUBJECTS = {
  sale: 'attempts',
  matched_refund: 'refunds',
  unlinked_refund: 'transfers',
} as const;

/** A session with what it is checked against. */
interface SessionBooks {
  readonly session: TerminalSession;
  readonly job: Job | null;
  readonly subject: Attempt | Refund | Transfer | null;
  /** Those that name it as their cause. */
  readonly transfers: readonly Transfer[];
}

/**
 * What is wrong with a page of sessions: one that goes on has a job, and one has moved money if
 * and only if it says so. What changes while it is read is looked at again, `looks_max` times.
 */
export async function terminalFaults(
  store: AuditStore,
  page: readonly TerminalSession[],
  looks_max: number,
): Promise<string[]> {
  let open = page;
  for (let look = 1; ; look++) {
    const wrong = (await load(store, open)).filter((books) => faultsOf(books).length > 0);
    if (wrong.length === 0) return [];
    if (look >= looks_max)
      return wrong.flatMap((books) => {
        const { account, id } = books.session;
        return faultsOf(books).map((fault) => `terminal session ${id} of ${account}: ${fault}`);
      });
    const keys = wrong.map(({ session: { account, id } }): Key<'terminal_sessions'> => {
      return { table: 'terminal_sessions', account, id };
    });
    const { rows } = await store.load(keys, []);
    open = (rows as (TerminalSession | null)[]).filter((session) => session !== null);
  }
}

async function load(
  store: AuditStore,
  sessions: readonly TerminalSession[],
): Promise<SessionBooks[]> {
  const keys = sessions.flatMap(({ account, terminal, task, subject }): Key[] => [
    { table: 'jobs', account, id: terminalJobId(terminal) },
    // An empty id is nothing's.
    { table: SUBJECTS[task.kind], account, id: subject ?? '' },
  ]);
  const findings = sessions.map(({ account, id }): Finding => {
    return { table: 'transfers', account, where: { column: 'source', value: id } };
  });
  const { rows, found } = await store.load(keys, findings);
  return sessions.map((session, i) => ({
    session,
    job: (rows[2 * i] ?? null) as Job | null,
    subject: (rows[2 * i + 1] ?? null) as SessionBooks['subject'],
    transfers: (found[i] ?? []) as Transfer[],
  }));
}

function faultsOf({ session, job, subject, transfers }: SessionBooks): string[] {
  const faults: string[] = [];
  const { id, state, task } = session;
  const hasJob = job?.subject === id;
  if (isOver(session) === hasJob)
    faults.push(`it is ${state} and ${hasJob ? 'a job' : 'no job'} advances it`);
  const isPaid = state === 'captured' || state === 'authorized';
  if (isPaid !== (session.subject !== null))
    faults.push(`it is ${state} and has moved ${session.subject ?? 'nothing'}`);
  if (session.subject !== null && subject === null)
    faults.push(`there is no ${session.subject} that it has moved`);
  if (subject !== null && task.kind !== 'unlinked_refund' && subject.intent !== task.intent)
    faults.push(`what it has moved is of ${subject.intent}`);
  const paidOut = transfers.reduce((sum, { amount }) => sum + amount, 0n);
  const expected = task.kind === 'unlinked_refund' && isPaid ? -BigInt(task.amount) : 0n;
  if (paidOut !== expected) faults.push(`it has paid out ${-paidOut} in place of ${-expected}`);
  if (transfers.some((transfer) => transfer.id !== session.subject || transfer.kind !== task.kind))
    faults.push('it is the cause of transfers that it does not tell of');
  return faults;
}
