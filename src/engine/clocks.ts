import {
  ACCOUNT_CLOCK,
  advanceClock,
  CLOCK_LIFECYCLE,
  type Clock,
  isTestClock,
} from '../domain/clock.js';
import { type Failure, isFailure } from '../domain/errors.js';
import { step } from '../domain/lifecycle.js';
import { type Command, done, type Need, refused } from './command.js';
import type { Work } from './work.js';

/** Test clocks that one account may have. */
export const CLOCKS_MAX = 100;
/** Customers that one test clock may have had: all of them go when it is deleted. */
export const CLOCK_CUSTOMERS_MAX = 20;
/** How long a test clock is kept, by its account's clock. */
export const CLOCK_KEPT_SECONDS = 30 * 86_400;
/** How far a clock may be advanced at once: two years. */
export const ADVANCE_SECONDS_MAX = 2 * 366 * 86_400;

/** The id of the job that advances a clock. */
export function advanceJobId(clock: string): string {
  return `job_advance_${clock}`;
}

/** The id of the job that deletes a clock in the end. */
export function deleteJobId(clock: string): string {
  return `job_delete_${clock}`;
}

function missingClock(id: string, where: 'path' | 'body'): Failure {
  return { failure: 'missing', kind: 'clock', id, where, param: 'test_clock' };
}

/** A test clock that was not deleted, or why there is none. */
export function findClock(work: Work, id: string, where: 'path' | 'body'): Clock | Failure {
  const clock = isTestClock(id) ? work.get('clocks', id) : null;
  return clock === null || clock.status === 'deleted' ? missingClock(id, where) : clock;
}

/** The account's own clock, as it stands now. */
export function accountClock(account: string, stored: Clock | null, now: number): Clock {
  const standing: Clock = stored ?? {
    account,
    id: ACCOUNT_CLOCK,
    created: now,
    status: 'ready',
    frozenTime: now,
    target: null,
    name: null,
    deletesAfter: null,
    jobsRun: 0,
  };
  return { ...standing, frozenTime: now };
}

/** Names what `joinClock` reads. */
export function needCustomersClock(need: Need, id: string): void {
  need('clocks', id);
  need.list('customers', 'clockId', id);
}

/** Puts a test clock in force for a customer that joins it; answers why that cannot be. */
export function joinClock(work: Work, id: string): Failure | null {
  const clock = findClock(work, id, 'body');
  if (isFailure(clock)) return clock;
  const max = CLOCK_CUSTOMERS_MAX;
  if (work.list('customers', 'clockId', id).length >= max)
    return { failure: 'limit_reached', what: 'customers on one test clock', max };
  work.goBy(id);
  return null;
}

export interface ClockInput {
  /** What it says at first, Unix seconds. */
  frozenTime: number;
  name: string | null;
  /** A customer on no clock who is to live by this one; payments made before do not. */
  customer: string | null;
}

const ALIVE = ['ready', 'advancing', 'failed'] as const;

/** Errors: limit_reached, missing (customer), customer_on_clock. */
export function createClock(account: string, input: ClockInput): Command<Clock> {
  return {
    account,
    needs: (need) => {
      for (const status of ALIVE) need.list('clocks', 'status', status);
      need('customers', input.customer);
    },
    decide: (work) => {
      const alive = ALIVE.flatMap((status) => work.list('clocks', 'status', status));
      if (alive.filter(({ id }) => isTestClock(id)).length >= CLOCKS_MAX)
        return refused({ failure: 'limit_reached', what: 'test clocks', max: CLOCKS_MAX });
      const id = work.context.newId('clock_', 24);
      if (input.customer !== null) {
        const fault = adopt(work, id, input.customer);
        if (fault !== null) return refused(fault);
      }
      const now = work.now();
      const deletesAfter = now + CLOCK_KEPT_SECONDS;
      const clock = work.insert('clocks', {
        account,
        id,
        created: now,
        status: 'ready',
        frozenTime: input.frozenTime,
        target: null,
        name: input.name,
        deletesAfter,
        jobsRun: 0,
      });
      const job = { id: deleteJobId(id), dueAt: deletesAfter, subject: id };
      work.schedule({ ...job, kind: 'delete_clock' });
      work.record('clock.created', { clock });
      return done(clock);
    },
  };
}

function adopt(work: Work, clockId: string, id: string): Failure | null {
  const customer = work.get('customers', id);
  if (customer === null || customer.deleted)
    return { failure: 'missing', kind: 'customer', id, where: 'body', param: 'customer' };
  if (customer.clockId !== null)
    return { failure: 'customer_on_clock', customer: id, clock: customer.clockId };
  work.update('customers', { ...customer, clockId });
  return null;
}

/**
 * Begins to advance a clock, a test clock or the account's own: a job moves it on, from one due
 * job to the next. Errors: missing, clock_advancing, clock_not_later, clock_too_far.
 */
export function startAdvance(account: string, id: string, target: number): Command<Clock> {
  return {
    account,
    needs: (need) => void need('clocks', id),
    decide: (work) => {
      const stored = work.get('clocks', id);
      const clock =
        id === ACCOUNT_CLOCK
          ? accountClock(account, stored, work.now())
          : findClock(work, id, 'path');
      if (isFailure(clock)) return refused(clock);
      if (step(CLOCK_LIFECYCLE, clock.status, 'advance') === null)
        return refused({ failure: 'clock_advancing', clock: id });
      const at = clock.frozenTime;
      if (target <= at) return refused({ failure: 'clock_not_later', at });
      const latest = at + ADVANCE_SECONDS_MAX;
      if (target > latest) return refused({ failure: 'clock_too_far', latest });
      const moving: Clock = {
        ...clock,
        status: advanceClock(clock, 'advance'),
        target,
        jobsRun: 0,
      };
      if (stored === null) work.insert('clocks', moving);
      else work.update('clocks', moving);
      const dueAt = work.wallNow();
      work.schedule({ id: advanceJobId(id), dueAt, kind: 'advance_clock', subject: id });
      work.record('clock.advancing', { clock: moving });
      return done(moving);
    },
  };
}
