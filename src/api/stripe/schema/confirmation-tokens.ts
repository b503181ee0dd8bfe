import {
  boolean,
  enumeration,
  expand,
  hash,
  id,
  integer,
  openHash,
  required,
  unsettable,
} from '../params.js';
import { exclusiveParams, type StripeError } from '../wire-error.js';
import { browserFields, browserMandateData, clearable, shipping } from './fields.js';
import { returnUrl } from './formats.js';
import { paymentMethodData } from './payment-method-data.js';

const installments = hash({
  plan: required(
    hash({
      count: integer(),
      interval: enumeration(['month']),
      type: required(enumeration(['bonus', 'fixed_count', 'revolving'])),
    }),
  ),
});

const sharedFields = {
  expand: expand(),
  payment_method: id(),
  payment_method_data: paymentMethodData,
  payment_method_options: hash({ card: hash({ cvc_token: clearable(), installments }) }),
  return_url: returnUrl(),
  setup_future_usage: unsettable(enumeration(['off_session', 'on_session'])),
  shipping: unsettable(shipping),
};

interface Sources {
  readonly payment_method?: unknown;
  readonly payment_method_data?: unknown;
}

function checkSources(sent: Sources): StripeError | null {
  return sent.payment_method !== undefined && sent.payment_method_data !== undefined
    ? exclusiveParams(['payment_method', 'payment_method_data'])
    : null;
}

/** `POST /v1/confirmation_tokens`, as stripe.js sends it with a publishable key. */
export const confirmationTokenCreate = hash(
  {
    ...sharedFields,
    ...browserFields,
    client_context: openHash(),
    mandate_data: unsettable(browserMandateData),
    set_as_default_payment_method: boolean(),
    use_stripe_sdk: boolean(),
  },
  checkSources,
);

/** `POST /v1/test_helpers/confirmation_tokens` */
export const testConfirmationTokenCreate = hash(sharedFields, checkSources);

/** `GET /v1/confirmation_tokens/:id` */
export const confirmationTokenRetrieve = hash({ expand: expand() });
