import { declineMessage } from '../../../domain/decline-messages.js';
import type { DeclineCodes } from '../../../domain/errors.js';
import type { Json } from '../../../domain/json.js';
import type { SetupAttempt, SetupError, SetupIntent, SetupState } from '../../../domain/setup.js';
import { pageUrl } from '../../place.js';
import { atVersion } from '../versions.js';
import { depositsView } from './bank.js';
import { docUrl } from './doc-url.js';
import { setupOptionsView } from './method-options.js';
import { configurationId, paymentErrorMessage } from './payment-intent.js';
import { paymentMethodView } from './payment-method.js';
import { type View, type WireObject, withoutNulls } from './view.js';

/** The engine's states in Stripe's words. */
export const SETUP_STATUS: Record<SetupState, string> = {
  awaiting_method: 'requires_payment_method',
  awaiting_confirmation: 'requires_confirmation',
  awaiting_action: 'requires_action',
  processing: 'processing',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

/** Not for the browser. */
const SECRET_FIELDS = [
  'allowed_payment_method_types',
  'application',
  'attach_to_self',
  'customer',
  'customer_account',
  'excluded_payment_method_types',
  'flow_directions',
  'latest_attempt',
  'managed_payments',
  'mandate',
  'metadata',
  'on_behalf_of',
  'single_use_mandate',
] as const;

const DEPOSIT_FAILURES: Readonly<Record<string, string>> = {
  payment_method_microdeposit_verification_attempts_exceeded:
    'You have exceeded the number of allowed verification attempts.',
  payment_method_microdeposit_verification_timeout:
    'Microdeposit verification timeout. Customer failed to verify microdeposits within the ' +
    'required 10 day period.',
};

/** The text, type and parameter of a refused setup. */
export function setupErrorView({ code, declineCode }: DeclineCodes): WireObject {
  const deposits = DEPOSIT_FAILURES[code];
  if (deposits !== undefined) return { message: deposits, type: 'invalid_request_error' };
  if (code === 'setup_intent_authentication_failure') {
    const message = paymentErrorMessage('payment_intent_authentication_failure', null);
    return { message, type: 'invalid_request_error' };
  }
  const param = CARD_PARAMS[code];
  const shown = { message: declineMessage(code, declineCode), type: 'card_error' };
  return param === undefined ? shown : { ...shown, param };
}

const CARD_PARAMS: Readonly<Record<string, string>> = {
  expired_card: 'exp_month',
  incorrect_cvc: 'cvc',
  incorrect_number: 'number',
};

function lastErrorView(error: SetupError, view: View): WireObject {
  return withoutNulls({
    advice_code: error.adviceCode,
    code: error.code,
    decline_code: error.declineCode,
    doc_url: docUrl(error.code),
    network_advice_code: error.networkAdviceCode,
    network_decline_code: error.networkDeclineCode,
    ...setupErrorView(error),
    payment_method: error.method === null ? null : paymentMethodView(error.method, view),
  });
}

/** The page on which a setup's challenge is answered. */
export function setupChallengeUrl(setup: SetupIntent, view: View): string {
  const { account, id, challenge } = setup;
  return pageUrl(view.publicUrl, 'challenge', { account, id, secret: challenge?.secret ?? '' });
}

function nextActionView(setup: SetupIntent, view: View): WireObject | null {
  const { challenge, deposits } = setup;
  if (deposits !== null) return depositsView(setup, deposits, view);
  if (challenge === null) return null;
  const url = setupChallengeUrl(setup, view);
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
      source: setup.id,
      three_ds_method_url: '',
    },
  };
}

/** A SetupIntent. */
export function setupIntentView(setup: SetupIntent, view: View): WireObject {
  const wire = (field: string): Json => setup.wire[field] ?? null;
  const automatic = wire('automatic_payment_methods');
  const isSingle = setup.singleUse !== null;
  const shown: WireObject = {
    id: setup.id,
    object: 'setup_intent',
    allowed_payment_method_types: wire('allowed_payment_method_types'),
    application: null,
    ...(setup.attachToSelf ? { attach_to_self: true } : {}),
    automatic_payment_methods: automatic,
    cancellation_reason: setup.cancellationReason,
    client_secret: setup.clientSecret,
    created: setup.created,
    customer: setup.customer,
    customer_account: wire('customer_account'),
    description: setup.description,
    excluded_payment_method_types: wire('excluded_payment_method_types'),
    flow_directions: setup.flowDirections,
    last_setup_error: setup.lastError === null ? null : lastErrorView(setup.lastError, view),
    latest_attempt: setup.latestAttempt,
    livemode: view.livemode,
    managed_payments: { enabled: false },
    mandate: isSingle ? null : setup.mandate,
    metadata: setup.metadata,
    next_action: nextActionView(setup, view),
    on_behalf_of: wire('on_behalf_of'),
    payment_method: setup.method,
    payment_method_configuration_details:
      automatic === null ? null : { id: configurationId(view.accountId), parent: null },
    payment_method_options: setupOptionsView(setup),
    payment_method_types: setup.methodTypes,
    single_use_mandate: isSingle ? setup.mandate : null,
    status: SETUP_STATUS[setup.state],
    usage: setup.usage,
  };
  if (view.publishable) for (const field of SECRET_FIELDS) delete shown[field];
  return atVersion(shown, view.version);
}

function attemptDetailsView(attempt: SetupAttempt): WireObject {
  const { card, authenticated } = attempt;
  if (card === null) return {};
  return {
    brand: card.brand,
    checks: {
      address_line1_check: card.addressLine1Check,
      address_postal_code_check: card.postalCodeCheck,
      cvc_check: card.cvcCheck,
    },
    country: card.country,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding: card.funding,
    last4: card.last4,
    network: card.networks[0] ?? card.brand,
    three_d_secure:
      authenticated === null
        ? null
        : {
            authentication_flow: 'challenge',
            electronic_commerce_indicator: '05',
            result: 'authenticated',
            result_reason: null,
            transaction_id: null,
            version: authenticated,
          },
    wallet: null,
  };
}

/** A SetupAttempt. */
export function setupAttemptView(attempt: SetupAttempt, view: View): WireObject {
  return {
    id: attempt.id,
    object: 'setup_attempt',
    application: null,
    ...(attempt.attachToSelf ? { attach_to_self: true } : {}),
    created: attempt.created,
    customer: attempt.customer,
    customer_account: null,
    flow_directions: attempt.flowDirections,
    livemode: view.livemode,
    on_behalf_of: null,
    payment_method: attempt.method,
    payment_method_details: {
      [attempt.methodType]: attemptDetailsView(attempt) as never,
      type: attempt.methodType,
    },
    setup_error: attempt.error === null ? null : (lastErrorView(attempt.error, view) as never),
    setup_intent: attempt.setup,
    status: attempt.state,
    usage: attempt.usage,
  };
}
