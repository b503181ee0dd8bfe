import {
  arrayOf,
  boolean,
  defaulted,
  enumeration,
  expand,
  hash,
  id,
  integer,
  openHash,
  required,
  string,
  timestamp,
} from '../params.js';
import { invalidRequest } from '../wire-error.js';
import { clearable, listFields } from './fields.js';

const name = clearable({ chars_max: 100 });

/** `POST /v1/api_keys`: an addition to the dialect. */
export const apiKeyCreate = hash(
  {
    expand: expand(),
    expires_at: timestamp(),
    name,
    permissions: openHash(),
    type: required(enumeration(['secret', 'publishable', 'restricted'])),
  },
  ({ type, permissions }) =>
    permissions !== undefined && type !== 'restricted'
      ? invalidRequest('Only restricted keys have permissions.', 'permissions')
      : null,
);

/** `GET /v1/api_keys` */
export const apiKeyList = hash(listFields);

/** `POST /v1/api_keys/:id` */
export const apiKeyUpdate = hash({ expand: expand(), name, permissions: openHash() });

/** `POST /v1/api_keys/:id/roll`: the old key works on for so long, a week at most. */
export const apiKeyRoll = hash({
  expand: expand(),
  expires_in_hours: defaulted(integer({ min: 0, max: 168 }), 0),
});

/** `POST /v1/ephemeral_keys`; keys for issuing and identity are of products that Tender has not. */
export const ephemeralKeyCreate = hash({
  customer: id(),
  expand: expand(),
  issuing_card: id(),
  nonce: string(),
  verification_session: id(),
});

const enabled = hash({ enabled: required(boolean()) });
const switched = enumeration(['disabled', 'enabled']);
const filters = arrayOf(enumeration(['always', 'limited', 'unspecified']), 3);
const override = enumeration(['always', 'limited', 'unspecified']);

/** `POST /v1/customer_sessions` */
export const customerSessionCreate = hash(
  {
    components: required(
      hash({
        active_entitlements: enabled,
        buy_button: enabled,
        customer_portal: enabled,
        customer_sheet: hash({
          enabled: required(boolean()),
          features: hash({
            payment_method_allow_redisplay_filters: filters,
            payment_method_remove: switched,
          }),
        }),
        mobile_payment_element: hash({
          enabled: required(boolean()),
          features: hash({
            payment_method_allow_redisplay_filters: filters,
            payment_method_redisplay: switched,
            payment_method_remove: switched,
            payment_method_save: switched,
            payment_method_save_allow_redisplay_override: override,
          }),
        }),
        payment_element: hash({
          enabled: required(boolean()),
          features: hash({
            payment_method_allow_redisplay_filters: filters,
            payment_method_redisplay: switched,
            payment_method_redisplay_limit: integer({ min: 1, max: 10 }),
            payment_method_remove: switched,
            payment_method_save: switched,
            payment_method_save_usage: enumeration(['off_session', 'on_session']),
          }),
        }),
        pricing_table: enabled,
      }),
    ),
    customer: id(),
    customer_account: id(),
    expand: expand(),
  },
  ({ customer, customer_account }) =>
    customer === undefined && customer_account === undefined
      ? invalidRequest('Must provide customer or customer_account.', undefined, 'parameter_missing')
      : null,
);
