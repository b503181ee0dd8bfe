import type { Intent } from '../../../domain/intent.js';
import type { JsonObject } from '../../../domain/json.js';
import type { SetupIntent } from '../../../domain/setup.js';
import { paymentMethodTypes } from '../schema/payment-method-types.js';
import type { WireObject } from './view.js';

const CARD = { mandate_options: null, network: null, request_three_d_secure: 'automatic' };

/** What a payment's options of a type hold before anybody has set them, where that is something. */
const PAYMENT_OPTIONS: ReadonlyMap<string, WireObject> = new Map<string, WireObject>([
  ['afterpay_clearpay', { reference: null }],
  ['bancontact', { preferred_language: 'en' }],
  ['boleto', { expires_after_days: 3 }],
  ['card', { installments: null, ...CARD }],
  [
    'card_present',
    { request_extended_authorization: false, request_incremental_authorization_support: false },
  ],
  ['customer_balance', { funding_type: null }],
  ['klarna', { preferred_locale: null }],
  [
    'konbini',
    {
      confirmation_number: null,
      expires_after_days: null,
      expires_at: null,
      product_description: null,
    },
  ],
  ['link', { persistent_token: null }],
  ['oxxo', { expires_after_days: 3 }],
  ['paypal', { preferred_locale: null, reference: null }],
  ['pix', { expires_after_seconds: null, expires_at: null }],
  ['sofort', { preferred_language: null }],
  ['swish', { reference: null }],
  ['wechat_pay', { app_id: null, client: null }],
]);

/** The types whose options a payment shows: all that have parameters, but for the shop's own. */
const SHOWN_OF_PAYMENTS: ReadonlySet<string> = new Set(
  paymentMethodTypes.filter((type) => type !== 'custom'),
);

/** The same of a setup. Types that are not here have no options there. */
const SETUP_OPTIONS: ReadonlyMap<string, WireObject> = new Map<string, WireObject>([
  ['acss_debit', { currency: null }],
  ['amazon_pay', {}],
  ['bacs_debit', {}],
  ['bizum', {}],
  ['blik', {}],
  ['card', CARD],
  ['card_present', {}],
  ['klarna', { currency: null, preferred_locale: null }],
  ['link', { persistent_token: null }],
  ['paypal', { billing_agreement_id: null }],
  ['payto', {}],
  ['pix', {}],
  ['sepa_debit', {}],
  ['upi', {}],
  ['us_bank_account', {}],
]);

/** The options of each type, with what was set laid over what is there anyway. */
function optionsView(
  { wire, methodTypes }: Pick<Intent | SetupIntent, 'wire' | 'methodTypes'>,
  usual: (type: string) => WireObject | undefined,
): WireObject {
  const given = (wire.payment_method_options ?? {}) as JsonObject;
  const options: WireObject = {};
  for (const type of methodTypes) {
    const anyway = usual(type);
    const own = given[type] as JsonObject | undefined;
    if (anyway !== undefined || own !== undefined)
      options[type] = { ...anyway, ...own } as JsonObject;
  }
  return options;
}

export function paymentOptionsView(intent: Intent): WireObject {
  return optionsView(
    intent,
    (type) => PAYMENT_OPTIONS.get(type) ?? (SHOWN_OF_PAYMENTS.has(type) ? {} : undefined),
  );
}

export function setupOptionsView(setup: SetupIntent): WireObject {
  return optionsView(setup, (type) => SETUP_OPTIONS.get(type));
}
