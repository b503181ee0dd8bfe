import { checkChargeAmount } from '../currencies.js';
import {
  amount,
  arrayOf,
  boolean,
  booleanOr,
  enumeration,
  expand,
  hash,
  id,
  metadata,
  openArray,
  openHash,
  rangeQuery,
  required,
  unsettable,
} from '../params.js';
import { exclusiveParams, invalidRequest, type StripeError } from '../wire-error.js';
import {
  browserMandateData,
  clearable,
  clientFields,
  listFields,
  mandateData,
  radarOptions,
  shipping,
} from './fields.js';
import { currency, email, paymentMethodType, returnUrl, statementDescriptor } from './formats.js';
import { paymentMethodData } from './payment-method-data.js';
import { paymentMethodOptions } from './payment-method-options.js';

const captureMethods = ['automatic', 'automatic_async', 'manual'] as const;

/** Line items and taxes. Tender keeps and returns them; it does not add them up. */
const amountDetails = hash({
  discount_amount: unsettable(amount('not_negative')),
  enforce_arithmetic_validation: boolean(),
  line_items: unsettable(openArray(200)),
  shipping: unsettable(openHash()),
  tax: unsettable(openHash()),
});

const paymentDetails = hash({
  customer_reference: clearable({ chars_max: 25 }),
  order_reference: clearable({ chars_max: 25 }),
});

const hooks = hash({ inputs: hash({ tax: hash({ calculation: required(clearable()) }) }) });

/** Of a payment for a connected account; kept and returned. */
const transferData = {
  amount: amount('not_negative'),
  description: clearable(),
  metadata: metadata(),
  payment_data: hash({ description: clearable(), metadata: metadata() }),
};

/** What create, update and confirm have in common. */
const sharedFields = {
  allowed_payment_method_types: arrayOf(paymentMethodType()),
  amount_details: unsettable(amountDetails),
  capture_method: enumeration(captureMethods),
  excluded_payment_method_types: unsettable(arrayOf(paymentMethodType())),
  expand: expand(),
  hooks,
  payment_details: unsettable(paymentDetails),
  payment_method: id(),
  payment_method_data: paymentMethodData,
  payment_method_options: paymentMethodOptions,
  // Left the API at 2026-09-30, but every older client sends it.
  payment_method_types: arrayOf(paymentMethodType()),
  receipt_email: email(),
  setup_future_usage: unsettable(enumeration(['off_session', 'on_session'])),
  shipping: unsettable(shipping),
};

/** What create and update have in common. */
const keptFields = {
  ...sharedFields,
  application_fee_amount: unsettable(amount('not_negative')),
  customer: id(),
  customer_account: id(),
  description: clearable({ chars_max: 1_000 }),
  metadata: metadata(),
  payment_method_configuration: id(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptor(),
  transfer_group: clearable(),
};

/** What may be sent where a payment is confirmed. */
const confirmFields = {
  confirmation_token: id(),
  error_on_requires_action: boolean(),
  mandate: id(),
  off_session: booleanOr(['one_off', 'recurring']),
  radar_options: radarOptions,
  return_url: returnUrl(),
  use_stripe_sdk: boolean(),
};

/** `POST /v1/payment_intents` */
export const paymentIntentCreate = hash(
  {
    ...keptFields,
    ...confirmFields,
    amount: required(amount('charge')),
    automatic_payment_methods: hash({
      allow_redirects: enumeration(['always', 'never']),
      enabled: required(boolean()),
    }),
    confirm: boolean(),
    confirmation_method: enumeration(['automatic', 'manual']),
    currency: required(currency()),
    mandate_data: unsettable(mandateData),
    on_behalf_of: id(),
    transfer_data: hash({ ...transferData, destination: required(id()) }),
  },
  (sent) =>
    checkChargeAmount(sent.amount, sent.currency) ??
    checkMethodSources(sent) ??
    (sent.confirm === true ? null : checkUnconfirmed(sent)),
);

/**
 * `POST /v1/payment_intents/:id`. An amount without a currency is checked by the caller, who has
 * the intent's.
 */
export const paymentIntentUpdate = hash(
  {
    ...keptFields,
    amount: amount('charge'),
    currency: currency(),
    transfer_data: hash(transferData),
  },
  (sent) =>
    (sent.amount !== undefined && sent.currency !== undefined
      ? checkChargeAmount(sent.amount, sent.currency)
      : null) ?? checkMethodSources(sent),
);

/** `POST /v1/payment_intents/:id/confirm` */
export const paymentIntentConfirm = hash(
  {
    ...sharedFields,
    ...confirmFields,
    ...clientFields,
    amount_to_confirm: amount('charge'),
    mandate_data: unsettable(browserMandateData),
  },
  checkMethodSources,
);

/** `POST /v1/payment_intents/:id/capture` */
export const paymentIntentCapture = hash({
  amount_details: unsettable(amountDetails),
  // Live names `amount` in the error for zero.
  amount_to_capture: amount('positive', 'amount'),
  application_fee_amount: amount('not_negative'),
  expand: expand(),
  final_capture: boolean(),
  hooks,
  metadata: metadata(),
  payment_details: unsettable(paymentDetails),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptor(),
  transfer_data: hash({ amount: amount('not_negative') }),
});

/** `POST /v1/payment_intents/:id/increment_authorization` */
export const paymentIntentIncrement = hash({
  amount: required(amount('positive')),
  amount_details: unsettable(amountDetails),
  application_fee_amount: amount('not_negative'),
  description: clearable({ chars_max: 1_000 }),
  expand: expand(),
  hooks,
  metadata: metadata(),
  payment_details: unsettable(paymentDetails),
  statement_descriptor: statementDescriptor(),
  transfer_data: hash({ amount: amount('not_negative') }),
});

/** `POST /v1/payment_intents/:id/cancel` */
export const paymentIntentCancel = hash({
  cancellation_reason: enumeration([
    'duplicate',
    'fraudulent',
    'requested_by_customer',
    'abandoned',
  ]),
  expand: expand(),
});

/** `GET /v1/payment_intents` */
export const paymentIntentList = hash({
  ...listFields,
  created: rangeQuery(),
  customer: id(),
  customer_account: id(),
});

/** `GET /v1/payment_intents/:id` */
export const paymentIntentRetrieve = hash({ ...clientFields, expand: expand() });

interface MethodSources {
  readonly payment_method?: unknown;
  readonly payment_method_data?: unknown;
  readonly confirmation_token?: unknown;
  readonly automatic_payment_methods?: { readonly enabled: boolean };
  readonly payment_method_types?: unknown;
}

/** A method, or which methods there may be, is named once. */
function checkMethodSources(sent: MethodSources): StripeError | null {
  const sources = ['payment_method', 'payment_method_data', 'confirmation_token'] as const;
  const named = sources.filter((source) => sent[source] !== undefined);
  if (named.length > 1) return exclusiveParams(named);
  const isAutomatic = sent.automatic_payment_methods?.enabled === true;
  return isAutomatic && sent.payment_method_types !== undefined
    ? exclusiveParams(['automatic_payment_methods', 'payment_method_types'])
    : null;
}

interface Unconfirmed {
  readonly off_session?: unknown;
  readonly mandate_data?: unknown;
  readonly return_url?: unknown;
  readonly error_on_requires_action?: unknown;
  readonly confirmation_token?: unknown;
}

/** Parameters of a confirmation need one; a `false` or empty one asks for nothing. */
function checkUnconfirmed(sent: Unconfirmed): StripeError | null {
  const names = [
    'off_session',
    'mandate_data',
    'return_url',
    'error_on_requires_action',
    'confirmation_token',
  ] as const;
  const found = names.find((name) => {
    const value = sent[name];
    return value !== undefined && value !== null && value !== false;
  });
  if (found === undefined) return null;
  return invalidRequest(
    `The \`${found}\` parameter can only be used with \`confirm=true\`.`,
    found,
  );
}
