import { expand, hash, id, integer, required, string } from '../params.js';
import { listFields } from './fields.js';

/** The last second of the year 9999: what calendars can show. */
const frozenTime = required(integer({ min: 0, max: 253_402_300_799 }));

/** `POST /v1/test_helpers/test_clocks` */
export const testClockCreate = hash({
  customer: id(),
  expand: expand(),
  frozen_time: frozenTime,
  name: string({ chars_max: 300 }),
});

/** `POST /v1/test_helpers/test_clocks/:id/advance` */
export const testClockAdvance = hash({ expand: expand(), frozen_time: frozenTime });

/** `GET /v1/test_helpers/test_clocks` */
export const testClockList = hash(listFields);
