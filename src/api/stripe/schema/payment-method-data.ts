import {
  enumeration,
  hash,
  integer,
  metadata,
  openHash,
  required,
  string,
  unsettable,
} from '../params.js';
import { billingDetails, clearable, pageFields, radarOptions } from './fields.js';
import { paymentMethodTypes } from './payment-method-types.js';

/** A type that has nothing to tell; some clients send its empty hash as an empty string. */
const bare = unsettable(hash({}));

const bank = hash({ bank: clearable() });

const holderTypes = ['company', 'individual'] as const;

/** A card as typed (only from our frames or a test), or a token made from one. */
const card = hash({
  cvc: clearable(),
  // Ours: of a security code that was typed into a frame of its own.
  cvc_token: string(),
  exp_month: integer(),
  exp_year: integer(),
  networks: hash({ preferred: clearable() }),
  number: string(),
  token: string(),
});

const upi = hash({
  mandate_options: openHash(),
});

const usBankAccount = hash({
  account_holder_type: enumeration(holderTypes),
  account_number: string(),
  account_type: enumeration(['checking', 'savings']),
  financial_connections_account: string(),
  routing_number: string(),
});

/** The hashes of every type, each under the type's name. */
export const paymentMethodTypeFields = {
  acss_debit: hash({
    account_number: required(string()),
    institution_number: required(string()),
    transit_number: required(string()),
  }),
  affirm: bare,
  afterpay_clearpay: bare,
  alipay: bare,
  alma: bare,
  amazon_pay: bare,
  au_becs_debit: hash({ account_number: required(string()), bsb_number: required(string()) }),
  bacs_debit: hash({ account_number: string(), sort_code: string() }),
  bancontact: bare,
  billie: bare,
  bizum: bare,
  blik: bare,
  boleto: hash({ tax_id: required(string()) }),
  card,
  cashapp: bare,
  crypto: bare,
  customer_balance: bare,
  eps: bank,
  fpx: hash({ account_holder_type: enumeration(holderTypes), bank: required(string()) }),
  giropay: bare,
  grabpay: bare,
  ideal: bank,
  interac_present: bare,
  kakao_pay: bare,
  klarna: unsettable(
    hash({
      dob: hash({
        day: required(integer()),
        month: required(integer()),
        year: required(integer()),
      }),
    }),
  ),
  konbini: bare,
  kr_card: bare,
  link: bare,
  mb_way: bare,
  mobilepay: bare,
  multibanco: bare,
  naver_pay: unsettable(hash({ funding: enumeration(['card', 'points']) })),
  nz_bank_account: hash({
    account_holder_name: string(),
    account_number: required(string()),
    bank_code: required(string()),
    branch_code: required(string()),
    reference: string(),
    suffix: required(string()),
  }),
  oxxo: bare,
  p24: bank,
  pay_by_bank: bare,
  payco: bare,
  paynow: bare,
  paypal: bare,
  paypay: bare,
  payto: unsettable(hash({ account_number: string(), bsb_number: string(), pay_id: string() })),
  pix: bare,
  promptpay: bare,
  revolut_pay: bare,
  samsung_pay: bare,
  satispay: bare,
  scalapay: bare,
  sepa_debit: hash({ iban: required(string()) }),
  sequra: bare,
  sofort: hash({ country: required(string()) }),
  sunbit: bare,
  swish: bare,
  twint: bare,
  upi,
  us_bank_account: usBankAccount,
  wechat_pay: bare,
  zip: bare,
};

/** Who may be shown the method again. */
export const allowRedisplay = enumeration(['always', 'limited', 'unspecified']);

/** A payment method described in place, in the parameters of an intent. */
export const paymentMethodData = hash({
  ...paymentMethodTypeFields,
  ...pageFields,
  allow_redisplay: allowRedisplay,
  billing_details: billingDetails,
  metadata: metadata(),
  radar_options: radarOptions,
  type: required(enumeration(paymentMethodTypes)),
});
