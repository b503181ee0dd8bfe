import { arrayOf, boolean, expand, hash, id, rangeQuery, string } from '../params.js';
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

/** `POST /v1/events/:id/retry`, as Stripe's command line asks for it. */
export const eventRetry = hash({ expand: expand(), webhook_endpoint: id() });
