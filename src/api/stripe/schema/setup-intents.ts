import {
  amount,
  arrayOf,
  boolean,
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
import { exclusiveParams, invalidRequest, type StripeError } from '../wire-error.js';
import { browserMandateData, clearable, clientFields, listFields, mandateData } from './fields.js';
import { currency, paymentMethodType, returnUrl } from './formats.js';
import { paymentMethodData } from './payment-method-data.js';
import { setupMethodOptions } from './setup-method-options.js';

const types = arrayOf(paymentMethodType());

/** What create, update and confirm have in common. */
const sharedFields = {
  allowed_payment_method_types: unsettable(types),
  expand: expand(),
  payment_method: id(),
  payment_method_data: paymentMethodData,
  payment_method_options: setupMethodOptions,
};

/** What create and update have in common. */
const keptFields = {
  ...sharedFields,
  attach_to_self: boolean(),
  customer: id(),
  customer_account: id(),
  description: clearable({ chars_max: 1_000 }),
  excluded_payment_method_types: unsettable(types),
  flow_directions: arrayOf(enumeration(['inbound', 'outbound']), 2),
  metadata: metadata(),
  payment_method_configuration: id(),
  // Left the API at 2026-09-30, but every older client sends it.
  payment_method_types: types,
};

const confirmFields = {
  confirmation_token: id(),
  return_url: returnUrl(),
  use_stripe_sdk: boolean(),
};

/** `POST /v1/setup_intents` */
export const setupIntentCreate = hash(
  {
    ...keptFields,
    ...confirmFields,
    automatic_payment_methods: hash({
      allow_redirects: enumeration(['always', 'never']),
      enabled: required(boolean()),
    }),
    confirm: boolean(),
    mandate_data: unsettable(mandateData),
    on_behalf_of: id(),
    single_use: hash({ amount: required(amount('positive')), currency: required(currency()) }),
    usage: enumeration(['off_session', 'on_session']),
  },
  (sent) => checkSources(sent) ?? (sent.confirm === true ? null : checkUnconfirmed(sent)),
);

/** `POST /v1/setup_intents/:id` */
export const setupIntentUpdate = hash(keptFields, checkSources);

/** `POST /v1/setup_intents/:id/confirm` */
export const setupIntentConfirm = hash(
  {
    ...sharedFields,
    ...confirmFields,
    ...clientFields,
    mandate_data: unsettable(browserMandateData),
  },
  checkSources,
);

/** `POST /v1/setup_intents/:id/cancel` */
export const setupIntentCancel = hash({
  cancellation_reason: enumeration(['abandoned', 'duplicate', 'requested_by_customer']),
  expand: expand(),
});

/** `POST /v1/setup_intents/:id/verify_microdeposits` */
export const setupIntentVerify = hash(
  {
    ...clientFields,
    amounts: arrayOf(amount('not_negative'), 10),
    descriptor_code: string(),
    expand: expand(),
  },
  ({ amounts, descriptor_code: code }) => {
    if (amounts !== undefined && code !== undefined)
      return exclusiveParams(['amounts', 'descriptor_code']);
    return amounts === undefined && code === undefined
      ? invalidRequest('You must provide either `amounts` or `descriptor_code`.')
      : null;
  },
);

/** `GET /v1/setup_intents` */
export const setupIntentList = hash({
  ...listFields,
  attach_to_self: boolean(),
  created: rangeQuery(),
  customer: id(),
  customer_account: id(),
  payment_method: id(),
});

/** `GET /v1/setup_intents/:id` */
export const setupIntentRetrieve = hash({ ...clientFields, expand: expand() });

/** `GET /v1/setup_attempts` */
export const setupAttemptList = hash({
  ...listFields,
  created: rangeQuery(),
  setup_intent: required(id()),
});

interface Sources {
  readonly payment_method?: unknown;
  readonly payment_method_data?: unknown;
  readonly confirmation_token?: unknown;
  readonly automatic_payment_methods?: { readonly enabled: boolean };
  readonly payment_method_types?: unknown;
  readonly attach_to_self?: boolean;
  readonly customer?: unknown;
}

/** A method, or which methods there may be, is named once; and whose it becomes. */
function checkSources(sent: Sources): StripeError | null {
  const sources = ['payment_method', 'payment_method_data', 'confirmation_token'] as const;
  const named = sources.filter((source) => sent[source] !== undefined);
  if (named.length > 1) return exclusiveParams(named);
  if (sent.attach_to_self === true && sent.customer !== undefined)
    return exclusiveParams(['attach_to_self', 'customer']);
  const isAutomatic = sent.automatic_payment_methods?.enabled === true;
  return isAutomatic && sent.payment_method_types !== undefined
    ? exclusiveParams(['automatic_payment_methods', 'payment_method_types'])
    : null;
}

interface Unconfirmed {
  readonly confirmation_token?: unknown;
  readonly mandate_data?: unknown;
  readonly return_url?: unknown;
}

/** Parameters of a confirmation need one. */
function checkUnconfirmed(sent: Unconfirmed): StripeError | null {
  const names = ['confirmation_token', 'mandate_data', 'return_url'] as const;
  const found = names.find((name) => sent[name] !== undefined && sent[name] !== null);
  if (found === undefined) return null;
  const message = `The \`${found}\` parameter can only be used with \`confirm=true\`.`;
  return invalidRequest(message, found);
}
