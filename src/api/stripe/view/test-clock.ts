import type { Clock } from '../../../domain/clock.js';
import type { View, WireObject } from './view.js';

const STATUS = { ready: 'ready', advancing: 'advancing', failed: 'internal_failure' } as const;

/** What the field says of a clock that is never deleted: the last second of the year 9999. */
const NEVER = 253_402_300_799;

/** A test clock; a deleted one is three fields. */
export function testClockView(clock: Clock, view: View): WireObject {
  const object = 'test_helpers.test_clock';
  if (clock.status === 'deleted') return { id: clock.id, object, deleted: true };
  return {
    id: clock.id,
    object,
    created: clock.created,
    deletes_after: clock.deletesAfter ?? NEVER,
    frozen_time: clock.frozenTime,
    livemode: view.livemode,
    name: clock.name,
    status: STATUS[clock.status],
    status_details:
      clock.target === null ? {} : { advancing: { target_frozen_time: clock.target } },
  };
}
