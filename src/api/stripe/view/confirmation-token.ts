import type { Confirmation } from '../../../domain/confirmation.js';
import type { JsonObject } from '../../../domain/json.js';
import type { PaymentMethod } from '../../../domain/payment-method.js';
import { paymentMethodView } from './payment-method.js';
import type { View, WireObject } from './view.js';

/** A method without what it will be known by: until it is used, it is a preview. */
function previewView(method: PaymentMethod, view: View): WireObject {
  const {
    id: _,
    object: __,
    created: ___,
    livemode: ____,
    metadata: _____,
    ...shown
  } = paymentMethodView(method, view);
  return shown;
}

function mandateView({ mandate }: Confirmation): WireObject | null {
  if (mandate === null) return null;
  const online =
    mandate.kind === 'offline' ? null : { ip_address: mandate.ip, user_agent: mandate.userAgent };
  return { customer_acceptance: { online, type: mandate.kind } };
}

function optionsView(options: JsonObject | null): WireObject | null {
  if (options === null) return null;
  const card = options.card as JsonObject | null | undefined;
  return { card: card ? { ...card, cvc_token: card.cvc_token ?? null } : null };
}

function shippingView(shipping: JsonObject | null): WireObject | null {
  if (shipping === null) return null;
  const { address = null, name = null, phone = null } = shipping;
  return { address, name, phone };
}

/** A ConfirmationToken, with the method that it holds. */
export function confirmationTokenView(
  token: Confirmation,
  method: PaymentMethod | null,
  view: View,
): WireObject {
  return {
    id: token.id,
    object: 'confirmation_token',
    created: token.created,
    expires_at: token.expiresAt,
    livemode: view.livemode,
    mandate_data: mandateView(token),
    metadata: null,
    payment_intent: token.intent,
    payment_method_options: optionsView(token.methodOptions),
    payment_method_preview: method === null ? null : previewView(method, view),
    return_url: token.returnUrl,
    setup_future_usage: token.futureUsage,
    setup_intent: token.setup,
    shipping: shippingView(token.shipping),
    use_stripe_sdk: token.inClient,
  };
}
