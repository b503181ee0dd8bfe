import { type Client, intentOf, type WireObject } from './api.js';
import { isObject, type Params, textOf } from './form.js';
import type { PaymentSetup, SavedMethod, WireError } from './protocol.js';

/**
 * What a payment form offers: by the intent of the client secret, or by what the shop tells of an
 * intent that it will make later. A wrong secret is an error that the element reports.
 */
export async function paymentSetup(
  client: Client,
  options: Params,
): Promise<PaymentSetup | WireError> {
  const session = textOf(options, 'customerSessionClientSecret');
  const saved = session === null ? [] : await savedMethods(client, options, session);
  const secret = textOf(options, 'clientSecret');
  const place = secret === null ? null : intentOf(secret);
  if (secret === null || place === null) return { ...deferred(options), saved };
  const reply = await client.call('GET', place.path, { client_secret: secret });
  if (!reply.ok) return reply.error;
  return { ...ofIntent(place.kind, reply.value), saved };
}

type Unsaved = Omit<PaymentSetup, 'saved'>;

function ofIntent(mode: 'payment' | 'setup', intent: WireObject): Unsaved {
  return {
    mode,
    amount: mode === 'payment' ? (intent.amount as number) : null,
    currency: textOf(intent, 'currency'),
    methodTypes: textsOf(intent.payment_method_types) ?? ['card'],
    setupFutureUsage: usageOf(intent.setup_future_usage),
  };
}

/** Cards alone, unless the shop says which: only an intent knows what its account has enabled. */
function deferred(options: Params): Unsaved {
  const excluded = textsOf(options.excludedPaymentMethodTypes) ?? [];
  const named = options.paymentMethodTypes ?? options.allowedPaymentMethodTypes;
  return {
    mode: options.mode === 'setup' ? 'setup' : 'payment',
    amount: typeof options.amount === 'number' ? options.amount : null,
    currency: textOf(options, 'currency'),
    methodTypes: (textsOf(named) ?? ['card']).filter((type) => !excluded.includes(type)),
    setupFutureUsage: usageOf(options.setupFutureUsage ?? options.setup_future_usage),
  };
}

/** Saved cards of a customer session; none where it has expired, or shows none. */
async function savedMethods(
  client: Client,
  options: Params,
  session: string,
): Promise<SavedMethod[]> {
  const secret = textOf(options, 'clientSecret');
  const kind = secret === null ? 'deferred' : (intentOf(secret)?.kind ?? 'payment');
  const { mode, amount, currency } = options;
  const reply = await client.call('GET', 'elements/sessions', {
    type: `${kind}_intent`,
    locale: client.locale,
    customer_session_client_secret: session,
    ...(secret === null
      ? { deferred_intent: { mode, amount, currency } }
      : { client_secret: secret }),
  });
  if (!reply.ok) return [];
  const { customer } = reply.value;
  const methods = isObject(customer) ? customer.payment_methods : null;
  return Array.isArray(methods) ? methods.flatMap(savedOf) : [];
}

/** A card as the form lists it; other types have nothing that tells them apart there. */
export function savedOf(method: unknown): SavedMethod[] {
  if (!isObject(method) || !isObject(method.card)) return [];
  const { brand, last4, exp_month, exp_year } = method.card;
  const texts = { id: String(method.id), brand: String(brand), last4: String(last4) };
  return [{ ...texts, expMonth: Number(exp_month), expYear: Number(exp_year) }];
}

function textsOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null;
}

function usageOf(value: unknown): 'on_session' | 'off_session' | null {
  return value === 'on_session' || value === 'off_session' ? value : null;
}
