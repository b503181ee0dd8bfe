import { ACCOUNT_CLOCK, advanceClock, type Clock } from '../domain/clock.js';
import { isFailure } from '../domain/errors.js';
import { advanceJobId, deleteJobId, findClock } from './clocks.js';
import { type Command, done, refused } from './command.js';
import { dropCustomer } from './customers.js';
import { needMandates } from './mandates.js';

/**
 * Deletes a test clock with its customers and their payment methods. The payments stay, and the
 * clock stands still for them. Errors: missing, clock_of_account.
 */
export function deleteClock(account: string, id: string): Command<Clock> {
  return {
    account,
    needs: (need) => {
      need('clocks', id);
      need('jobs', advanceJobId(id));
      need('jobs', deleteJobId(id));
      for (const customer of need.list('customers', 'clockId', id) ?? [])
        for (const method of need.list('methods', 'customer', customer.id) ?? [])
          needMandates(need, method);
    },
    decide: (work) => {
      if (id === ACCOUNT_CLOCK) return refused({ failure: 'clock_of_account' });
      const stored = findClock(work, id, 'path');
      if (isFailure(stored)) return refused(stored);
      work.unschedule(advanceJobId(id));
      work.unschedule(deleteJobId(id));
      const status = advanceClock(stored, 'delete');
      const clock = work.update('clocks', { ...stored, status, target: null });
      work.record('clock.deleted', { clock: stored });
      work.goBy(id);
      for (const customer of work.list('customers', 'clockId', id))
        if (!customer.deleted)
          dropCustomer(work, customer, work.list('methods', 'customer', customer.id));
      return done(clock);
    },
  };
}
