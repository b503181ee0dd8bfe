import type { Account } from '../../../domain/account.js';
import type { CustomerSession } from '../../../domain/customer-session.js';
import type { JsonObject } from '../../../domain/json.js';
import type { PaymentMethod } from '../../../domain/payment-method.js';
import { customerSessionView } from './customer-session.js';
import { paymentMethodView } from './payment-method.js';
import type { View, WireObject } from './view.js';

/** What a customer must enter to pay by each type; a type that is not here needs nothing. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  acss_debit: ['name', 'email', 'institution_number', 'transit_number', 'account_number'],
  au_becs_debit: ['name', 'email', 'bsb_number', 'account_number'],
  bacs_debit: ['name', 'email', 'address', 'sort_code', 'account_number'],
  card: ['number', 'expiry', 'cvc', 'country', 'postal_code'],
  eps: ['name', 'bank'],
  ideal: ['name'],
  klarna: ['email', 'country'],
  p24: ['name', 'email', 'bank'],
  sepa_debit: ['name', 'email', 'iban'],
  us_bank_account: ['name', 'email', 'account_holder_type', 'routing_number', 'account_number'],
};

/** Types whose form shows the text of a mandate. */
const MANDATE_TYPES = new Set([
  'acss_debit',
  'au_becs_debit',
  'bacs_debit',
  'sepa_debit',
  'us_bank_account',
]);

function specOf(type: string): WireObject {
  return { type, fields: [...(FIELDS[type] ?? [])], needs_mandate: MANDATE_TYPES.has(type) };
}

/** A form's part of a customer session; nulls where it was not asked for. */
interface Features extends JsonObject {
  payment_method_redisplay: string;
  payment_method_allow_redisplay_filters: string[];
  payment_method_redisplay_limit: number;
}

/** The features of the payment form; null where the session does not open it. */
export function formFeatures({ components }: CustomerSession): Features | null {
  const form = components.payment_element as { features: Features | null } | undefined;
  return form?.features ?? null;
}

/** The saved methods that a form may show again, the newest first. */
export function redisplayed(
  session: CustomerSession,
  saved: readonly PaymentMethod[],
  types: readonly string[],
): PaymentMethod[] {
  const features = formFeatures(session);
  if (features?.payment_method_redisplay !== 'enabled') return [];
  const { payment_method_allow_redisplay_filters: allowed } = features;
  return saved
    .filter(({ type, allowRedisplay }) => types.includes(type) && allowed.includes(allowRedisplay))
    .slice(0, features.payment_method_redisplay_limit);
}

export interface ElementsSession {
  readonly id: string;
  readonly type: 'payment_intent' | 'setup_intent' | 'deferred_intent';
  readonly locale: string | null;
  /** The intent as a browser sees it; null where it is still to be made. */
  readonly intent: WireObject | null;
  readonly mode: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly futureUsage: string | null;
  readonly types: readonly string[];
  readonly customer: {
    readonly session: CustomerSession;
    readonly methods: readonly PaymentMethod[];
    readonly defaultMethod: string | null;
  } | null;
}

/**
 * What the browser's script needs to draw a payment form. It is ours where the original is on no
 * record; `@tender/sdk` reads it:
 *
 * - `session_id`, `type`, `livemode`, `locale` (as asked), `mode` (`payment`, `setup` or
 *   `subscription`), `amount` and `currency` (null where there are none), `setup_future_usage`
 * - `business_name`, `merchant_id`, `merchant_country`, `merchant_currency`
 * - `payment_method_preference.ordered_payment_method_types`: the types in the order in which they
 *   are to be offered; beside it, under the name of `type`, the intent with its browser's fields
 *   (absent for a deferred one)
 * - `payment_method_specs`: for each of those types `fields` to be entered, in their order, and
 *   `needs_mandate`
 * - `customer`: null without a customer session, else `payment_methods` that may be shown again,
 *   the newest first, `default_payment_method` if it is among them, and `customer_session`
 */
export function elementsSessionView(
  session: ElementsSession,
  account: Account,
  view: View,
): WireObject {
  const { type, intent, customer } = session;
  const methods = customer?.methods ?? [];
  const standard = methods.find(({ id }) => id === customer?.defaultMethod)?.id ?? null;
  return {
    object: 'elements_session',
    session_id: session.id,
    type,
    livemode: view.livemode,
    locale: session.locale,
    mode: session.mode,
    amount: session.amount,
    currency: session.currency,
    setup_future_usage: session.futureUsage,
    business_name: account.businessName,
    merchant_id: view.accountId,
    merchant_country: account.country,
    merchant_currency: account.currency,
    payment_method_preference: {
      object: 'payment_method_preference',
      country_code: account.country,
      ordered_payment_method_types: [...session.types],
      type,
      ...(intent === null ? {} : { [type]: intent }),
    },
    payment_method_specs: session.types.map(specOf),
    customer: customer && {
      customer_session: customerSessionView(customer.session, view),
      default_payment_method: standard,
      payment_methods: methods.map((method) => paymentMethodView(method, view)),
    },
  };
}
