import type { Lifecycle } from './lifecycle.js';
import { step } from './lifecycle.js';

/** The account's own clock: it runs as the wall clock does, and may be ahead of it. */
export const ACCOUNT_CLOCK = 'account';
/** What work is due by that deals with the world outside, such as asking a rail again. */
export const WALL_CLOCK = 'wall';

/** Whether an id names a clock that stands still until it is advanced. */
export function isTestClock(id: string): boolean {
  return id !== ACCOUNT_CLOCK && id !== WALL_CLOCK;
}

/**
 * `deleted` clocks stand still for ever: the payments that were made on them keep their time.
 */
export type ClockStatus = 'ready' | 'advancing' | 'failed' | 'deleted';
export type ClockTransition = 'advance' | 'arrive' | 'fail' | 'delete';

/** The life of a clock. One that failed may be advanced again once the reason is mended. */
export const CLOCK_LIFECYCLE: Lifecycle<ClockStatus, ClockTransition> = {
  ready: { advance: 'advancing', delete: 'deleted' },
  advancing: { arrive: 'ready', fail: 'failed', delete: 'deleted' },
  failed: { advance: 'advancing', delete: 'deleted' },
  deleted: {},
};

/** Business time that is moved by hand; all times in Unix seconds, forward only. */
export interface Clock {
  account: string;
  id: string;
  /** By the account's clock. */
  created: number;
  status: ClockStatus;
  /** What the clock says; of the account's clock, what it said when it was last moved. */
  frozenTime: number;
  /** Where it is being advanced to. */
  target: number | null;
  name: string | null;
  /** By the account's clock; null for that clock itself, which is never deleted. */
  deletesAfter: number | null;
  /** Due jobs that the present advance has run. */
  jobsRun: number;
}

/** Takes a transition that the caller has checked; a refusal here is a programming error. */
export function advanceClock({ id, status }: Clock, transition: ClockTransition): ClockStatus {
  const next = step(CLOCK_LIFECYCLE, status, transition);
  if (next === null) throw new Error(`clock ${id}: no ${transition} from ${status}`);
  return next;
}
