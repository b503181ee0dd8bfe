import { amount, boolean, enumeration, expand, hash, id, metadata, rangeQuery } from '../params.js';
import { invalidRequest } from '../wire-error.js';
import { listFields, retrieveOnly } from './fields.js';
import { currency, email } from './formats.js';

/**
 * `POST /v1/refunds`. Refunds of a customer's cash balance name the customer instead of a payment.
 * Whether the amount is still unrefunded is the engine's to say.
 */
export const refundCreate = hash(
  {
    amount: amount('positive'),
    charge: id(),
    currency: currency(),
    customer: id(),
    expand: expand(),
    instructions_email: email(),
    metadata: metadata(),
    origin: enumeration(['customer_balance']),
    payment_intent: id(),
    reason: enumeration(['duplicate', 'fraudulent', 'requested_by_customer']),
    refund_application_fee: boolean(),
    reverse_transfer: boolean(),
  },
  (sent) =>
    sent.charge === undefined && sent.payment_intent === undefined && sent.origin === undefined
      ? invalidRequest(
          'One of the following params should be provided for this request: payment_intent or ' +
            'charge.',
          undefined,
          'parameter_missing',
        )
      : null,
);

/** `POST /v1/charges/:id/refunds`, where the path names the charge. */
export const chargeRefundCreate = hash({
  amount: amount('positive'),
  expand: expand(),
  instructions_email: email(),
  metadata: metadata(),
  payment_intent: id(),
  reason: enumeration(['duplicate', 'fraudulent', 'requested_by_customer']),
  refund_application_fee: boolean(),
  reverse_transfer: boolean(),
});

/** `POST /v1/refunds/:id` */
export const refundUpdate = hash({ expand: expand(), metadata: metadata() });

/** `POST /v1/refunds/:id/cancel`, and the test helper that lets one run out of time */
export const refundEnd = hash({ expand: expand() });

/** `GET /v1/refunds` */
export const refundList = hash({
  ...listFields,
  charge: id(),
  created: rangeQuery(),
  payment_intent: id(),
});

/** `GET /v1/refunds/:id` */
export const refundRetrieve = retrieveOnly;
