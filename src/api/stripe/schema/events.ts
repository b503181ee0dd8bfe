import { arrayOf, boolean, hash, rangeQuery, string } from '../params.js';
import { exclusiveParams } from '../wire-error.js';
import { listFields, retrieveOnly } from './fields.js';

/** `GET /v1/events`. A type may end in `.*`, so types are plain text here. */
export const eventList = hash(
  {
    ...listFields,
    created: rangeQuery(),
    delivery_success: boolean(),
    type: string(),
    types: arrayOf(string(), 20),
  },
  (sent) =>
    sent.type !== undefined && sent.types !== undefined ? exclusiveParams(['type', 'types']) : null,
);

/** `GET /v1/events/:id` */
export const eventRetrieve = retrieveOnly;
