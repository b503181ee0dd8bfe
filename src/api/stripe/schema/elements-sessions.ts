import {
  amount,
  arrayOf,
  enumeration,
  expand,
  hash,
  openHash,
  required,
  string,
} from '../params.js';
import { missingParam } from '../wire-error.js';
import { browserFields, clearable, texts } from './fields.js';
import { currency } from './formats.js';

/** What a page tells of an intent that its server has still to make. */
const deferredIntent = hash({
  amount: amount('not_negative'),
  capture_method: clearable(),
  currency: currency(),
  excluded_payment_method_types: texts,
  mode: required(enumeration(['payment', 'setup', 'subscription'])),
  on_behalf_of: clearable(),
  payment_method_configuration: clearable(),
  payment_method_options: openHash(),
  payment_method_types: arrayOf(string(), 50),
  setup_future_usage: clearable(),
});

/** `GET /v1/elements/sessions`, as stripe.js asks. */
export const elementsSession = hash(
  {
    ...browserFields,
    client_betas: texts,
    client_secret: string(),
    currency: clearable(),
    custom_payment_methods: texts,
    customer_session_client_secret: string(),
    deferred_intent: deferredIntent,
    elements_init_source: clearable(),
    expand: expand(),
    external_payment_methods: texts,
    frontend_sdk: clearable(),
    hosted_surface: clearable(),
    locale: clearable(),
    mobile_app_id: clearable(),
    mobile_session_id: clearable(),
    referrer_host: clearable(),
    session_id: clearable(),
    stripe_js_id: clearable(),
    top_level_referrer_host: clearable(),
    type: required(enumeration(['payment_intent', 'setup_intent', 'deferred_intent'])),
  },
  (sent) => {
    const needed = sent.type === 'deferred_intent' ? 'deferred_intent' : 'client_secret';
    return sent[needed] === undefined ? missingParam(needed) : null;
  },
);
