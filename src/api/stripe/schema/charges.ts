import { checkChargeAmount } from '../currencies.js';
import {
  amount,
  boolean,
  either,
  enumeration,
  expand,
  hash,
  id,
  metadata,
  rangeQuery,
  required,
  string,
  unsettable,
} from '../params.js';
import { invalidRequest } from '../wire-error.js';
import {
  clearable,
  listFields,
  radarOptions,
  retrieveOnly,
  shipping,
  typedCard,
} from './fields.js';
import { currency, email, statementDescriptor } from './formats.js';

/** `POST /v1/charges`, the oldest way to charge a card. `card` is an older name of `source`. */
export const chargeCreate = hash(
  {
    amount: required(amount('charge')),
    application_fee: amount('not_negative'),
    application_fee_amount: amount('not_negative'),
    capture: boolean(),
    card: either(id(), typedCard),
    currency: required(currency()),
    customer: id(),
    description: clearable({ chars_max: 40_000 }),
    // Before `transfer_data`.
    destination: either(id(), hash({ account: required(id()), amount: amount('not_negative') })),
    expand: expand(),
    metadata: metadata(),
    on_behalf_of: id(),
    radar_options: radarOptions,
    receipt_email: email(),
    shipping,
    source: either(id(), typedCard),
    statement_descriptor: statementDescriptor(),
    statement_descriptor_suffix: statementDescriptor(),
    transfer_data: hash({
      amount: amount('not_negative'),
      description: string(),
      destination: required(id()),
    }),
    transfer_group: clearable(),
  },
  (sent) =>
    sent.source === undefined && sent.card === undefined && sent.customer === undefined
      ? invalidRequest('Must provide source or customer.', undefined, 'parameter_missing')
      : checkChargeAmount(sent.amount, sent.currency),
);

/** `POST /v1/charges/:id/capture` */
export const chargeCapture = hash({
  amount: amount('positive'),
  application_fee: amount('not_negative'),
  application_fee_amount: amount('not_negative'),
  expand: expand(),
  receipt_email: email(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptor(),
  transfer_data: hash({ amount: amount('not_negative') }),
  transfer_group: clearable(),
});

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
