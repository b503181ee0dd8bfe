import type { CustomerSession } from '../../../domain/customer-session.js';
import type { JsonObject } from '../../../domain/json.js';
import type { View, WireObject } from './view.js';

const PLAIN = ['active_entitlements', 'buy_button', 'customer_portal', 'pricing_table'] as const;

/** The features of each part of a page, as they are where nothing was said of them. */
const FEATURES = {
  customer_sheet: {
    payment_method_allow_redisplay_filters: ['always'],
    payment_method_remove: 'disabled',
  },
  mobile_payment_element: {
    payment_method_allow_redisplay_filters: ['always'],
    payment_method_redisplay: 'disabled',
    payment_method_remove: 'disabled',
    payment_method_save: 'disabled',
    payment_method_save_allow_redisplay_override: null,
  },
  payment_element: {
    payment_method_allow_redisplay_filters: ['always'],
    payment_method_redisplay: 'disabled',
    payment_method_redisplay_limit: 3,
    payment_method_remove: 'disabled',
    payment_method_save: 'disabled',
    payment_method_save_usage: null,
  },
} as const;

interface Asked {
  readonly enabled?: boolean;
  readonly features?: JsonObject;
}

/** Every component, whole: what was asked for, over what each has by itself. */
export function wholeComponents(asked: { readonly [name: string]: unknown }): JsonObject {
  const of = (name: string): Asked => (asked[name] ?? {}) as Asked;
  const plain = PLAIN.map((name) => [name, { enabled: of(name).enabled ?? false }]);
  const rich = Object.entries(FEATURES).map(([name, usual]) => {
    const { enabled = false, features } = of(name);
    return [name, { enabled, features: enabled ? { ...usual, ...features } : null }];
  });
  return Object.fromEntries([...plain, ...rich]) as JsonObject;
}

/** A CustomerSession. */
export function customerSessionView(session: CustomerSession, { livemode }: View): WireObject {
  return {
    object: 'customer_session',
    client_secret: session.clientSecret,
    components: session.components,
    created: session.created,
    customer: session.customer,
    customer_account: null,
    expires_at: session.expiresAt,
    livemode,
  };
}
