import type { BillingDetails, Card } from '../../../domain/payment-method.js';
import type { Token } from '../../../domain/token.js';
import type { View, WireObject } from './view.js';

const BRAND_NAMES: Record<string, string> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'MasterCard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** A card in the older, flat form. */
export function cardObjectView(
  id: string | null,
  card: Card,
  { address, name }: BillingDetails,
): WireObject {
  return {
    id,
    object: 'card',
    address_city: address.city,
    address_country: address.country,
    address_line1: address.line1,
    address_line1_check: card.addressLine1Check,
    address_line2: address.line2,
    address_state: address.state,
    address_zip: address.postal_code,
    address_zip_check: card.postalCodeCheck,
    brand: BRAND_NAMES[card.brand] ?? 'Unknown',
    country: card.country,
    cvc_check: card.cvcCheck,
    dynamic_last4: null,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding: card.funding,
    last4: card.last4,
    metadata: {},
    name,
    networks: { preferred: null },
    regulated_status: 'unregulated',
    tokenization_method: null,
  };
}

/** A Token; its card is in the older, flat form. */
export function tokenView(token: Token, view: View): WireObject {
  const shown: WireObject = {
    id: token.id,
    object: 'token',
    client_ip: token.clientIp,
    created: token.created,
    livemode: view.livemode,
    type: token.type,
    used: token.used,
  };
  if (token.card !== null) {
    const card = cardObjectView(token.cardId, token.card, token.billing);
    if (view.publishable) delete card.fingerprint;
    shown.card = card;
  }
  return shown;
}
