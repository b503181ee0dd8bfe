import { bankMessage, isBankDebit } from '../../../domain/bank.js';
import { declineMessage } from '../../../domain/decline-messages.js';
import {
  capturable,
  type Intent,
  type IntentError,
  type IntentState,
} from '../../../domain/intent.js';
import type { Json } from '../../../domain/json.js';
import { pageUrl } from '../../place.js';
import { atVersion } from '../versions.js';
import { askedView } from './bank.js';
import { docUrl } from './doc-url.js';
import { paymentOptionsView } from './method-options.js';
import { paymentMethodView } from './payment-method.js';
import { type View, type WireObject, wireAmount, withoutNulls } from './view.js';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

/** The engine's states in Stripe's words. */
export const INTENT_STATUS: Record<IntentState, IntentStatus> = {
  awaiting_method: 'requires_payment_method',
  awaiting_confirmation: 'requires_confirmation',
  awaiting_action: 'requires_action',
  processing: 'processing',
  authorized: 'requires_capture',
  captured: 'succeeded',
  canceled: 'canceled',
};

/** Not for the browser, as recorded of the live API. */
const SECRET_FIELDS = [
  'allowed_payment_method_types',
  'amount_capturable',
  'amount_received',
  'application',
  'application_fee_amount',
  'customer',
  'customer_account',
  'excluded_payment_method_types',
  'hooks',
  'latest_charge',
  'managed_payments',
  'metadata',
  'on_behalf_of',
  'payment_details',
  'payment_record',
  'review',
  'shared_payment_granted_token',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
] as const;

const AUTHENTICATION_FAILURE =
  'We are unable to authenticate your payment method. Please choose a different payment method ' +
  'and try again.';

/** The text for why the last try did not pay. */
export function paymentErrorMessage(
  code: string,
  declineCode: string | null,
  methodType = 'card',
): string {
  if (code === 'payment_intent_authentication_failure') return AUTHENTICATION_FAILURE;
  return isBankDebit(methodType) ? bankMessage(code) : declineMessage(code, declineCode);
}

function lastErrorView(error: IntentError, view: View): WireObject {
  const type = error.method?.type ?? 'card';
  const isCardError = error.code !== 'payment_intent_authentication_failure' && !isBankDebit(type);
  return withoutNulls({
    advice_code: error.adviceCode,
    charge: error.attempt,
    code: error.code,
    decline_code: error.declineCode,
    doc_url: docUrl(error.code),
    message: paymentErrorMessage(error.code, error.declineCode, type),
    network_advice_code: error.networkAdviceCode,
    network_decline_code: error.networkDeclineCode,
    payment_method: error.method === null ? null : paymentMethodView(error.method, view),
    payment_method_type: error.method?.type ?? null,
    type: isCardError ? 'card_error' : 'invalid_request_error',
  });
}

/** The page on which a challenge is answered. */
export function challengeUrl(intent: Intent, view: View): string {
  const { account, id, challenge } = intent;
  return pageUrl(view.publicUrl, 'challenge', { account, id, secret: challenge?.secret ?? '' });
}

function nextActionView(intent: Intent, view: View): WireObject | null {
  const { challenge } = intent;
  if (challenge === null) return askedView(intent, view);
  const url = challengeUrl(intent, view);
  if (!challenge.inClient)
    return {
      redirect_to_url: { return_url: challenge.returnUrl, url },
      type: 'redirect_to_url',
    };
  return {
    type: 'use_stripe_sdk',
    use_stripe_sdk: {
      type: 'three_d_secure_redirect',
      stripe_js: url,
      source: intent.id,
      three_ds_method_url: '',
    },
  };
}

/** Only cards have something to tell here. */
function processingView({ state, methodTypes }: Intent): WireObject | null {
  const [type = 'card'] = methodTypes;
  return state === 'processing' && !isBankDebit(type) ? { type } : null;
}

/** A PaymentIntent. */
export function paymentIntentView(intent: Intent, view: View): WireObject {
  const wire = (field: string): Json => intent.wire[field] ?? null;
  const automatic = wire('automatic_payment_methods');
  const shown: WireObject = {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: wire('allowed_payment_method_types'),
    amount: wireAmount(intent.amount),
    amount_capturable: wireAmount(capturable(intent)),
    amount_details: wire('amount_details') ?? { tip: {} },
    amount_received: wireAmount(intent.captured),
    application: null,
    application_fee_amount: wire('application_fee_amount'),
    automatic_payment_methods: automatic,
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancellationReason,
    capture_method: intent.captureMethod,
    client_secret: intent.clientSecret,
    confirmation_method: intent.confirmationMethod,
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer,
    customer_account: wire('customer_account'),
    description: intent.description,
    excluded_payment_method_types: wire('excluded_payment_method_types'),
    last_payment_error: intent.lastError === null ? null : lastErrorView(intent.lastError, view),
    latest_charge: intent.latestAttempt,
    livemode: view.livemode,
    managed_payments: { enabled: false },
    metadata: intent.metadata,
    next_action: nextActionView(intent, view),
    on_behalf_of: wire('on_behalf_of'),
    payment_method: intent.method,
    payment_method_configuration_details:
      automatic === null ? null : { id: configurationId(view.accountId), parent: null },
    payment_method_options: paymentOptionsView(intent),
    payment_method_types: intent.methodTypes,
    payment_record: null,
    processing: processingView(intent),
    receipt_email: intent.receiptEmail,
    review: null,
    setup_future_usage: intent.futureUsage,
    shared_payment_granted_token: null,
    shipping: intent.shipping,
    source: null,
    statement_descriptor: intent.statementDescriptor,
    statement_descriptor_suffix: intent.statementDescriptorSuffix,
    status: INTENT_STATUS[intent.state],
    transfer_data: wire('transfer_data'),
    transfer_group: wire('transfer_group'),
  };
  if (wire('payment_details') !== null) shown.payment_details = wire('payment_details');
  if (wire('hooks') !== null) shown.hooks = wire('hooks');
  if (view.publishable) for (const field of SECRET_FIELDS) delete shown[field];
  return atVersion(shown, view.version);
}

/** The account's one configuration of payment methods. */
export function configurationId(account: string): string {
  return `pmc_${account
    .replace(/^acct_/, '')
    .slice(-24)
    .padEnd(24, '0')}`;
}
