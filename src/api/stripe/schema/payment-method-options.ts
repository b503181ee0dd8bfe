import {
  amount,
  arrayOf,
  boolean,
  enumeration,
  hash,
  integer,
  openArray,
  openHash,
  required,
  string,
  timestamp,
  unsettable,
} from '../params.js';
import { clearable } from './fields.js';
import { returnUrl } from './formats.js';

const manual = unsettable(enumeration(['manual']));
const never = unsettable(enumeration(['none']));
const later = unsettable(enumeration(['none', 'off_session']));
const laterOrHere = unsettable(enumeration(['none', 'off_session', 'on_session']));
const ifAvailable = enumeration(['if_available', 'never']);
/** Why a card on file is charged again. */
export const reuse = enumeration(['installment', 'recurring', 'unscheduled']);

/** Networks that a card can be asked to go by. */
export const cardNetworks = [
  'amex',
  'cartes_bancaires',
  'diners',
  'discover',
  'eftpos_au',
  'girocard',
  'interac',
  'jcb',
  'link',
  'mastercard',
  'unionpay',
  'unknown',
  'visa',
] as const;

const installmentPlan = hash({
  count: integer({ min: 1 }),
  interval: enumeration(['month']),
  type: required(enumeration(['fixed_count', 'bonus', 'revolving'])),
});

/** What a customer's bank is told of the payments to come. */
export const cardMandateFields = {
  amount: required(amount('positive')),
  amount_type: required(enumeration(['fixed', 'maximum'])),
  description: string({ chars_max: 200 }),
  end_date: timestamp(),
  interval: required(enumeration(['day', 'month', 'sporadic', 'week', 'year'])),
  interval_count: integer({ min: 1 }),
  reference: required(string({ chars_max: 80 })),
  start_date: required(timestamp()),
  supported_types: arrayOf(enumeration(['india'])),
};

/** A 3-D Secure authentication that was done elsewhere. */
export const importedThreeDSecure = hash({
  ares_trans_status: enumeration(['A', 'C', 'I', 'N', 'R', 'U', 'Y']),
  cryptogram: required(string()),
  electronic_commerce_indicator: enumeration(['01', '02', '05', '06', '07']),
  exemption_indicator: enumeration(['low_risk', 'none']),
  network_options: openHash(),
  requestor_challenge_indicator: string({ chars_max: 2 }),
  transaction_id: required(string()),
  version: required(enumeration(['1.0.2', '2.1.0', '2.2.0', '2.3.0', '2.3.1'])),
});

const card = hash({
  capture_method: manual,
  // Only in a browser, where the security code is asked for again.
  cvc: clearable(),
  cvc_token: string(),
  installments: hash({ enabled: boolean(), plan: unsettable(installmentPlan) }),
  mandate_options: hash(cardMandateFields),
  moto: boolean(),
  network: enumeration(cardNetworks),
  request_extended_authorization: ifAvailable,
  request_incremental_authorization: ifAvailable,
  request_multicapture: ifAvailable,
  request_overcapture: ifAvailable,
  request_three_d_secure: enumeration(['any', 'automatic', 'challenge']),
  require_cvc_recollection: boolean(),
  setup_credential_usage: reuse,
  setup_future_usage: laterOrHere,
  statement_descriptor_suffix_kana: clearable({ chars_max: 22 }),
  statement_descriptor_suffix_kanji: clearable({ chars_max: 17 }),
  stored_credential_usage: reuse,
  three_d_secure: importedThreeDSecure,
});

const cardPresent = hash({
  capture_method: enumeration(['manual', 'manual_preferred']),
  request_extended_authorization: boolean(),
  request_incremental_authorization_support: boolean(),
  routing: hash({ requested_priority: enumeration(['domestic', 'international']) }),
});

const usBankAccount = hash({
  financial_connections: hash({
    filters: hash({ account_subcategories: arrayOf(enumeration(['checking', 'savings'])) }),
    permissions: arrayOf(enumeration(['balances', 'ownership', 'payment_method', 'transactions'])),
    prefetch: arrayOf(enumeration(['balances', 'ownership', 'transactions'])),
    return_url: returnUrl(),
  }),
  mandate_options: hash({ collection_method: unsettable(enumeration(['paper'])) }),
  networks: hash({ requested: arrayOf(enumeration(['ach', 'us_domestic_wire'])) }),
  // Left the API after 2023-08-16.
  preferred_settlement_speed: unsettable(enumeration(['fastest', 'standard'])),
  setup_future_usage: laterOrHere,
  target_date: string(),
  transaction_purpose: unsettable(enumeration(['goods', 'other', 'services', 'unspecified'])),
  verification_method: enumeration(['automatic', 'instant', 'microdeposits']),
});

const klarna = hash({
  capture_method: manual,
  on_demand: openHash(),
  preferred_locale: string(),
  setup_future_usage: laterOrHere,
  subscriptions: unsettable(openArray(100)),
});

const onlyNever = unsettable(hash({ setup_future_usage: never }));
const onlyLater = unsettable(hash({ setup_future_usage: later }));
const onlyManual = unsettable(hash({ capture_method: manual }));
const manualNever = unsettable(hash({ capture_method: manual, setup_future_usage: never }));
const manualLater = unsettable(hash({ capture_method: manual, setup_future_usage: later }));
const manualAny = unsettable(hash({ capture_method: manual, setup_future_usage: laterOrHere }));
const nothing = unsettable(hash({}));

/**
 * Settings of a payment for each type of method. What Tender's rails act on is spelled out; what
 * it only keeps and returns, such as the mandates of bank debits, is an open hash.
 */
export const paymentMethodOptions = hash({
  acss_debit: unsettable(
    hash({
      mandate_options: openHash(),
      setup_future_usage: laterOrHere,
      target_date: string(),
      verification_method: enumeration(['automatic', 'instant', 'microdeposits']),
    }),
  ),
  affirm: unsettable(
    hash({ capture_method: manual, preferred_locale: string(), setup_future_usage: never }),
  ),
  afterpay_clearpay: unsettable(
    hash({
      capture_method: manual,
      reference: string({ chars_max: 128 }),
      setup_future_usage: never,
    }),
  ),
  alipay: onlyLater,
  alma: onlyManual,
  amazon_pay: manualLater,
  au_becs_debit: unsettable(hash({ setup_future_usage: laterOrHere, target_date: string() })),
  bacs_debit: unsettable(
    hash({
      mandate_options: openHash(),
      setup_future_usage: laterOrHere,
      target_date: string(),
    }),
  ),
  bancontact: unsettable(
    hash({
      preferred_language: enumeration(['de', 'en', 'fr', 'nl']),
      setup_future_usage: later,
    }),
  ),
  billie: unsettable(
    hash({
      capture_method: manual,
      company_details: unsettable(openHash()),
      reference: string(),
    }),
  ),
  bizum: nothing,
  blik: unsettable(
    hash({ code: string(), mandate_options: openHash(), setup_future_usage: later }),
  ),
  boleto: unsettable(
    hash({ expires_after_days: integer({ min: 0 }), setup_future_usage: laterOrHere }),
  ),
  card: unsettable(card),
  card_present: unsettable(cardPresent),
  cashapp: manualAny,
  crypto: onlyNever,
  customer_balance: unsettable(
    hash({
      bank_transfer: openHash(),
      funding_type: enumeration(['bank_transfer']),
      setup_future_usage: never,
    }),
  ),
  eps: onlyNever,
  fpx: onlyNever,
  giropay: onlyNever,
  grabpay: onlyNever,
  ideal: onlyLater,
  interac_present: nothing,
  kakao_pay: manualLater,
  klarna: unsettable(klarna),
  konbini: unsettable(
    hash({
      confirmation_number: clearable({ chars_max: 11 }),
      expires_after_days: unsettable(integer({ min: 0, max: 60 })),
      expires_at: unsettable(timestamp()),
      product_description: clearable({ chars_max: 22 }),
      setup_future_usage: never,
    }),
  ),
  kr_card: manualLater,
  link: unsettable(
    hash({ capture_method: manual, persistent_token: string(), setup_future_usage: later }),
  ),
  mb_way: onlyNever,
  mobilepay: manualNever,
  multibanco: onlyNever,
  naver_pay: manualLater,
  nz_bank_account: unsettable(hash({ setup_future_usage: laterOrHere, target_date: string() })),
  oxxo: unsettable(hash({ expires_after_days: integer({ min: 0 }), setup_future_usage: never })),
  p24: unsettable(hash({ setup_future_usage: never, tos_shown_and_accepted: boolean() })),
  pay_by_bank: nothing,
  payco: manualNever,
  paynow: onlyNever,
  paypal: unsettable(
    hash({
      capture_method: manual,
      preferred_locale: string(),
      reference: string({ chars_max: 127 }),
      risk_correlation_id: string({ chars_max: 32 }),
      setup_future_usage: later,
    }),
  ),
  paypay: nothing,
  payto: unsettable(hash({ mandate_options: openHash(), setup_future_usage: later })),
  pix: unsettable(
    hash({
      amount_includes_iof: enumeration(['always', 'never']),
      expires_after_seconds: integer({ min: 0 }),
      expires_at: timestamp(),
      mandate_options: openHash(),
      setup_future_usage: later,
    }),
  ),
  promptpay: onlyNever,
  revolut_pay: manualLater,
  samsung_pay: manualNever,
  satispay: manualAny,
  scalapay: onlyManual,
  sepa_debit: unsettable(
    hash({
      mandate_options: openHash(),
      setup_future_usage: laterOrHere,
      target_date: string(),
    }),
  ),
  sequra: manualNever,
  sofort: unsettable(
    hash({
      preferred_language: unsettable(enumeration(['de', 'en', 'es', 'fr', 'it', 'nl', 'pl'])),
      setup_future_usage: later,
    }),
  ),
  sunbit: manualNever,
  swish: unsettable(hash({ reference: clearable({ chars_max: 35 }), setup_future_usage: never })),
  twint: onlyLater,
  upi: unsettable(hash({ mandate_options: openHash(), setup_future_usage: laterOrHere })),
  us_bank_account: unsettable(usBankAccount),
  wechat_pay: unsettable(
    hash({
      app_id: string(),
      client: enumeration(['android', 'ios', 'web']),
      setup_future_usage: never,
    }),
  ),
  zip: onlyNever,
});
