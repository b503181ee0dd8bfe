import {
  amount,
  arrayOf,
  boolean,
  either,
  enumeration,
  expand,
  hash,
  id,
  integer,
  metadata,
  openHash,
  rangeQuery,
  required,
  string,
  unsettable,
} from '../params.js';
import { address, clearable, listFields, retrieveOnly, texts } from './fields.js';
import { email } from './formats.js';
import { allowRedisplay } from './payment-method-data.js';
import { paymentMethodTypes } from './payment-method-types.js';

const invoiceSettings = hash({
  custom_fields: unsettable(
    arrayOf(
      hash({
        name: required(string({ chars_max: 40 })),
        value: required(string({ chars_max: 140 })),
      }),
      4,
    ),
  ),
  default_payment_method: clearable(),
  footer: clearable(),
  rendering_options: unsettable(
    hash({
      amount_tax_display: unsettable(enumeration(['exclude_tax', 'include_inclusive_tax'])),
      template: string(),
    }),
  ),
});

/** A saved card or bank account of before payment methods: a token's id, or the details. */
const legacySource = either(string(), openHash());

const customerFields = {
  address: unsettable(address),
  balance: amount('signed'),
  business_name: clearable({ chars_max: 150 }),
  cash_balance: hash({
    settings: hash({
      reconciliation_mode: enumeration(['automatic', 'manual', 'merchant_default']),
    }),
  }),
  // Coupons left customers after 2023-08-16.
  coupon: clearable(),
  description: clearable(),
  email: email(),
  expand: expand(),
  individual_name: clearable({ chars_max: 150 }),
  invoice_prefix: clearable({ chars_max: 12 }),
  invoice_settings: invoiceSettings,
  metadata: metadata(),
  name: clearable({ chars_max: 256 }),
  next_invoice_sequence: integer({ min: 1 }),
  phone: clearable({ chars_max: 20 }),
  preferred_locales: unsettable(texts),
  promotion_code: clearable(),
  shipping: unsettable(
    hash({ address: required(address), name: required(string()), phone: clearable() }),
  ),
  source: legacySource,
  tax: hash({
    ip_address: clearable(),
    validate_location: enumeration(['auto', 'deferred', 'immediately']),
  }),
  // The order is that of Stripe's error.
  tax_exempt: unsettable(enumeration(['none', 'reverse', 'exempt'])),
  validate: boolean(),
};

/** `POST /v1/customers` */
export const customerCreate = hash({
  ...customerFields,
  payment_method: id(),
  tax_id_data: arrayOf(hash({ type: required(string()), value: required(string()) }), 5),
  test_clock: id(),
});

/** `POST /v1/customers/:id` */
export const customerUpdate = hash({
  ...customerFields,
  bank_account: legacySource,
  card: legacySource,
  default_alipay_account: string({ chars_max: 500 }),
  default_bank_account: string({ chars_max: 500 }),
  default_card: string({ chars_max: 500 }),
  default_source: string({ chars_max: 500 }),
});

/** `GET /v1/customers` */
export const customerList = hash({
  ...listFields,
  created: rangeQuery(),
  email: string({ chars_max: 512 }),
  test_clock: id(),
});

/** `DELETE /v1/customers/:id` */
export const customerDelete = retrieveOnly;

/** `GET /v1/customers/:id` */
export const customerRetrieve = retrieveOnly;

/** `GET /v1/customers/:id/payment_methods` */
export const customerPaymentMethodList = hash({
  ...listFields,
  allow_redisplay: allowRedisplay,
  type: enumeration(paymentMethodTypes),
});
