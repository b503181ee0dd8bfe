import { bankAccountOf } from '../../../domain/bank.js';
import type { BillingDetails, Card, PaymentMethod } from '../../../domain/payment-method.js';
import { bankMethodView } from './bank.js';
import { CRYPTO_METHOD } from './crypto.js';
import type { View, WireObject } from './view.js';

const DISPLAY_BRANDS: Record<string, string> = {
  amex: 'american_express',
  diners: 'diners_club',
};

/** The name by which the network itself is shown; differs from `brand` for two of them. */
function displayBrand(brand: string): string {
  return DISPLAY_BRANDS[brand] ?? brand;
}

/** `billing_details`: always whole, with nulls. */
export function billingView({ address, email, name, phone, tax_id }: BillingDetails): WireObject {
  const { city, country, line1, line2, postal_code, state } = address;
  return {
    address: { city, country, line1, line2, postal_code, state },
    email,
    name,
    phone,
    tax_id,
  };
}

function cardView(card: Card, view: View): WireObject {
  const shown: WireObject = {
    brand: card.brand,
    checks: {
      address_line1_check: card.addressLine1Check,
      address_postal_code_check: card.postalCodeCheck,
      cvc_check: card.cvcCheck,
    },
    country: card.country,
    display_brand: displayBrand(card.brand),
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: card.networks, preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: card.threeDSecureSupported },
    wallet: null,
  };
  if (view.publishable) delete shown.fingerprint;
  return shown;
}

/** A PaymentMethod. */
export function paymentMethodView(method: PaymentMethod, view: View): WireObject {
  const shown: WireObject = {
    id: method.id,
    object: 'payment_method',
    allow_redisplay: method.allowRedisplay,
    billing_details: billingView(method.billing),
    created: method.created,
    customer: method.customer,
    customer_account: null,
    livemode: view.livemode,
    type: method.type,
  };
  if (!view.publishable) shown.metadata = method.metadata;
  if (method.card !== null) shown.card = cardView(method.card, view);
  else if (method.type === 'crypto') shown.crypto = CRYPTO_METHOD;
  else {
    const account = bankAccountOf(method.details);
    shown[method.type] =
      account === null ? (method.details ?? {}) : bankMethodView(method.type, account, view);
  }
  return shown;
}
