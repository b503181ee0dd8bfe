import {
  enumeration,
  expand,
  hash,
  id,
  metadata,
  rangeQuery,
  required,
  unsettable,
} from '../params.js';
import { clearable, listFields, retrieveOnly, shipping } from './fields.js';
import { email } from './formats.js';

/** `GET /v1/charges` */
export const chargeList = hash({
  ...listFields,
  created: rangeQuery(),
  customer: id(),
  payment_intent: id(),
  transfer_group: id(),
});

/** `GET /v1/charges/:id` */
export const chargeRetrieve = retrieveOnly;

/** `POST /v1/charges/:id` */
export const chargeUpdate = hash({
  customer: id(),
  description: clearable({ chars_max: 40_000 }),
  expand: expand(),
  fraud_details: hash({
    user_report: required(unsettable(enumeration(['fraudulent', 'safe']))),
  }),
  metadata: metadata(),
  receipt_email: email(),
  shipping,
  transfer_group: clearable(),
});
