import {
  enumeration,
  expand,
  hash,
  id,
  integer,
  metadata,
  required,
  unsettable,
} from '../params.js';
import { invalidRequest, missingParam, type StripeError } from '../wire-error.js';
import {
  billingDetails,
  browserFields,
  clearable,
  listFields,
  radarOptions,
  retrieveOnly,
} from './fields.js';
import { allowRedisplay, paymentMethodTypeFields } from './payment-method-data.js';
import { paymentMethodTypes } from './payment-method-types.js';

const type = enumeration(paymentMethodTypes);

/** `POST /v1/payment_methods`; a publishable key is enough. */
export const paymentMethodCreate = hash(
  {
    ...paymentMethodTypeFields,
    ...browserFields,
    allow_redisplay: allowRedisplay,
    billing_details: billingDetails,
    custom: hash({ type: required(id()) }),
    customer: id(),
    expand: expand(),
    metadata: metadata(),
    payment_method: id(),
    radar_options: radarOptions,
    type,
  },
  checkCreate,
);

/** `POST /v1/payment_methods/:id` */
export const paymentMethodUpdate = hash({
  allow_redisplay: allowRedisplay,
  billing_details: billingDetails,
  card: hash({
    exp_month: integer(),
    exp_year: integer(),
    networks: hash({
      preferred: unsettable(enumeration(['cartes_bancaires', 'mastercard', 'visa'])),
    }),
  }),
  expand: expand(),
  // Left the API after 2023-08-16; it never had a field.
  link: unsettable(hash({})),
  metadata: metadata(),
  us_bank_account: hash({
    account_holder_type: enumeration(['company', 'individual']),
    account_type: enumeration(['checking', 'savings']),
  }),
});

/** `GET /v1/payment_methods` */
export const paymentMethodList = hash({
  ...listFields,
  allow_redisplay: allowRedisplay,
  customer: id(),
  customer_account: id(),
  type,
});

/** `POST /v1/payment_methods/:id/attach` */
export const paymentMethodAttach = hash(
  { customer: id(), customer_account: id(), expand: expand() },
  (sent) =>
    sent.customer === undefined && sent.customer_account === undefined
      ? invalidRequest('Must provide customer or customer_account.', undefined, 'parameter_missing')
      : null,
);

/** `POST /v1/payment_methods/:id/detach` */
export const paymentMethodDetach = retrieveOnly;

/** `GET /v1/payment_methods/:id`; older stripe.js reads a method with its publishable key. */
export const paymentMethodRetrieve = hash({
  ...browserFields,
  client_secret: clearable(),
  expand: expand(),
});

interface Created {
  readonly type?: string;
  readonly customer?: string;
  readonly payment_method?: string;
}

/** Copying a method of a connected account takes its id and customer, creating one its type. */
function checkCreate(sent: Created): StripeError | null {
  if (sent.payment_method !== undefined) return null;
  if (sent.type === undefined) return missingParam('type');
  if (sent.customer === undefined) return null;
  return invalidRequest(
    'You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please ' +
      'instead create the PaymentMethod and then attach it using the attachment method of the ' +
      'PaymentMethods API.',
    'customer',
  );
}
