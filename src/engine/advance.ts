import { ACCOUNT_CLOCK, advanceClock, type Clock } from '../domain/clock.js';
import type { Failure } from '../domain/errors.js';
import type { Job } from '../domain/subscription.js';
import type { Store } from '../storage/store.js';
import { putAccount } from './accounts.js';
import { advanceJobId } from './clocks.js';
import { type Command, done, type Need } from './command.js';
import type { Engine } from './engine.js';
import type { Work } from './work.js';

/** Due jobs that one advance runs; more means that one of them makes itself due for ever. */
export const ADVANCE_JOBS_MAX = 100_000;
/** How often one job may fail within an advance before the clock gives up. */
export const ADVANCE_JOB_TRIES_MAX = 3;
/** For so long other processes leave an advance to the one that has it; then it has died. */
const LEASE_SECONDS = 10;

function needAdvance(need: Need, clock: string): void {
  need('clocks', clock);
  need('jobs', advanceJobId(clock));
}

/** The clock and its job while it is being advanced; null once that is over. */
function advancing(work: Work, id: string): { clock: Clock; job: Job; target: number } | null {
  const clock = work.get('clocks', id);
  const job = work.get('jobs', advanceJobId(id));
  if (clock === null || job === null || clock.target === null) return null;
  return { clock, job, target: clock.target };
}

function renewLease(work: Work, job: Job, tries: number): void {
  work.update('jobs', { ...job, tries, dueAt: work.wallNow() + LEASE_SECONDS });
}

/** Takes an advance over from whoever left it; null where another process was quicker. */
function claimAdvance({ account, subject, dueAt }: Job): Command<Clock | null> {
  return {
    account,
    needs: (need) => needAdvance(need, subject),
    decide: (work) => {
      const found = advancing(work, subject);
      if (found === null) work.unschedule(advanceJobId(subject));
      if (found?.job.dueAt !== dueAt) return done(null);
      renewLease(work, found.job, found.job.tries);
      return done(found.clock);
    },
  };
}

/** Moves a clock on, never back: the account's by what it is ahead of the wall clock. */
function moved(work: Work, clock: Clock, to: number): Clock {
  if (clock.id === ACCOUNT_CLOCK) {
    const { clockAheadSeconds } = work.account();
    putAccount(work, { clockAheadSeconds: Math.max(clockAheadSeconds, to - work.wallNow()) });
  }
  return { ...clock, frozenTime: Math.max(clock.frozenTime, to) };
}

/** Moves a clock to the moment of its next job; null once the advance is over. */
function moveTo(account: string, id: string, to: number): Command<Clock | null> {
  return {
    account,
    needs: (need) => needAdvance(need, id),
    decide: (work) => {
      const found = advancing(work, id);
      if (found === null) return done(null);
      const { clock, job, target } = found;
      if (clock.jobsRun >= ADVANCE_JOBS_MAX) return done(end(work, clock, 'fail'));
      renewLease(work, job, 0);
      const next = moved(work, clock, Math.min(to, target));
      return done(work.update('clocks', { ...next, jobsRun: clock.jobsRun + 1 }));
    },
  };
}

function end(work: Work, clock: Clock, how: 'arrive' | 'fail'): null {
  const status = advanceClock(clock, how);
  const next = work.update('clocks', { ...clock, status, target: null });
  work.unschedule(advanceJobId(clock.id));
  work.record(how === 'arrive' ? 'clock.ready' : 'clock.failed', { clock: next });
  return null;
}

/** Ends an advance: at its target, or where it stands when a job failed too often. */
function endAdvance(account: string, id: string, how: 'arrive' | 'fail'): Command<null> {
  return {
    account,
    needs: (need) => needAdvance(need, id),
    decide: (work) => {
      const found = advancing(work, id);
      if (found === null) return done(null);
      const { clock, target } = found;
      return done(end(work, how === 'arrive' ? moved(work, clock, target) : clock, how));
    },
  };
}

/** Leaves an advance to whoever finds it next. */
function leaveAdvance(account: string, id: string): Command<null> {
  return {
    account,
    needs: (need) => needAdvance(need, id),
    decide: (work) => {
      const found = advancing(work, id);
      if (found !== null) work.update('jobs', { ...found.job, dueAt: work.wallNow() });
      return done(null);
    },
  };
}

export interface AdvanceDependencies {
  readonly store: Pick<Store, 'nextJob' | 'hurryDeliveries'>;
  readonly engine: Pick<Engine, 'background'>;
  /** Wall time, Unix ms. */
  readonly nowMs: () => number;
  /** Runs a due job; false where it failed, and was put off. */
  readonly run: (job: Job) => Promise<boolean>;
  readonly isStopped: () => boolean;
}

/**
 * Advances a clock to its target: to the moment of each due job in turn, which is then run, also
 * those that such a job has made. Each step is durable, so whoever finds the job again goes on
 * where this ended. Where two processes are at it, each job still finds its own row and is done
 * once. It goes through the batches behind requests, one command at a time.
 */
export async function driveAdvance(deps: AdvanceDependencies, job: Job): Promise<void> {
  const { store, engine } = deps;
  const { account, subject: id } = job;
  const claimed = unfailed(await engine.background(claimAdvance(job)));
  if (claimed === null || claimed.target === null) return;
  await store.hurryDeliveries(account, deps.nowMs());
  const failures = new Map<string, number>();
  let last: Job | null = null;
  while (!deps.isStopped()) {
    const next = await store.nextJob({ account, id }, claimed.target);
    if (next === null) {
      await engine.background(endAdvance(account, id, 'arrive'));
      return;
    }
    if (unfailed(await engine.background(moveTo(account, id, next.dueAt))) === null) return;
    // One that was run and is due as before would be run for ever.
    const stays = last !== null && last.id === next.id && last.dueAt === next.dueAt;
    const isDone = await deps.run(next);
    last = next;
    if (isDone && !stays) continue;
    const failed = (failures.get(next.id) ?? 0) + 1;
    failures.set(next.id, failed);
    if (failed >= ADVANCE_JOB_TRIES_MAX) {
      await engine.background(endAdvance(account, id, 'fail'));
      return;
    }
  }
  await engine.background(leaveAdvance(account, id));
}

function unfailed(clock: Clock | Failure | null): Clock | null {
  if (clock !== null && 'failure' in clock) throw new Error(`a clock met ${clock.failure}`);
  return clock;
}
