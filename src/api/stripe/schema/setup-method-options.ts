import {
  arrayOf,
  boolean,
  enumeration,
  hash,
  openArray,
  openHash,
  required,
  string,
  unsettable,
} from '../params.js';
import { currency, returnUrl } from './formats.js';
import {
  cardMandateFields,
  cardNetworks,
  importedThreeDSecure,
  reuse,
} from './payment-method-options.js';

/** A setup has no currency of its own, so that its card mandate names one. */
const setupCardMandate = hash({ ...cardMandateFields, currency: required(currency()) });

const verification = enumeration(['automatic', 'instant', 'microdeposits']);
const onlyMandate = hash({ mandate_options: openHash() });
const nothing = hash({});

/**
 * Settings of a setup for each type of method. What Tender acts on is spelled out; what it only
 * keeps and returns is an open hash.
 */
export const setupMethodOptions = hash({
  acss_debit: hash({
    currency: enumeration(['cad', 'usd']),
    mandate_options: openHash(),
    verification_method: verification,
  }),
  amazon_pay: nothing,
  bacs_debit: onlyMandate,
  bizum: nothing,
  blik: hash({ code: string(), mandate_options: openHash() }),
  card: hash({
    mandate_options: setupCardMandate,
    moto: boolean(),
    network: enumeration(cardNetworks),
    request_three_d_secure: enumeration(['any', 'automatic', 'challenge']),
    setup_credential_usage: reuse,
    three_d_secure: importedThreeDSecure,
  }),
  card_present: nothing,
  klarna: hash({
    currency: currency(),
    on_demand: openHash(),
    preferred_locale: string(),
    subscriptions: unsettable(openArray(100)),
  }),
  link: hash({ persistent_token: string() }),
  paypal: hash({ billing_agreement_id: string() }),
  payto: onlyMandate,
  pix: onlyMandate,
  sepa_debit: onlyMandate,
  upi: hash({
    mandate_options: openHash(),
    setup_future_usage: unsettable(enumeration(['none', 'off_session', 'on_session'])),
  }),
  us_bank_account: hash({
    financial_connections: hash({
      filters: hash({ account_subcategories: arrayOf(enumeration(['checking', 'savings'])) }),
      permissions: arrayOf(
        enumeration(['balances', 'ownership', 'payment_method', 'transactions']),
      ),
      prefetch: arrayOf(enumeration(['balances', 'ownership', 'transactions'])),
      return_url: returnUrl(),
    }),
    mandate_options: hash({ collection_method: unsettable(enumeration(['paper'])) }),
    networks: hash({ requested: arrayOf(enumeration(['ach', 'us_domestic_wire'])) }),
    verification_method: verification,
  }),
});
