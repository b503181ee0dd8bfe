import type { Attempt, AttemptState } from '../../../domain/attempt.js';
import { bankAccountOf, bankMessage, isBankDebit } from '../../../domain/bank.js';
import { declineMessage } from '../../../domain/decline-messages.js';
import type { DeclineCodes } from '../../../domain/errors.js';
import type { Json, JsonObject } from '../../../domain/json.js';
import { atVersion } from '../versions.js';
import { bankChargeView } from './bank.js';
import { cryptoChargeView } from './crypto.js';
import { billingView } from './payment-method.js';
import { cardObjectView } from './token.js';
import { type View, type WireObject, wireAmount } from './view.js';

const APPROVED: WireObject = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
};

/** What the rails said, and what a rule of the merchant's made of it. */
function outcomeView(attempt: Attempt): WireObject | null {
  const { approval, decline, ruling } = attempt;
  const ruled = ruling === null ? {} : { reason: 'rule', rule: ruling.rule };
  if (approval !== null)
    return {
      ...APPROVED,
      risk_level: approval.riskLevel,
      risk_score: approval.riskScore,
      seller_message: 'Payment complete.',
      type: ruling?.action === 'review' ? 'manual_review' : 'authorized',
      ...ruled,
    };
  if (decline === null) return null;
  if (ruling?.action === 'block')
    return {
      ...APPROVED,
      network_status: 'not_sent_to_network',
      risk_level: 'normal',
      risk_score: 32,
      seller_message: 'A rule of yours blocked this payment.',
      type: 'blocked',
      ...ruled,
    };
  const blocked = decline.declineCode === 'fraudulent';
  return {
    advice_code: decline.adviceCode,
    network_advice_code: decline.networkAdviceCode,
    network_decline_code: decline.networkDeclineCode,
    network_status: blocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: blocked ? 'highest_risk_level' : (decline.declineCode ?? decline.code),
    risk_level: blocked ? 'highest' : 'normal',
    risk_score: blocked ? 92 : 32,
    seller_message: blocked
      ? 'Stripe blocked this payment as too risky.'
      : 'The bank did not return any further details with this decline.',
    type: blocked ? 'blocked' : 'issuer_declined',
  };
}

/** Amount, dates and abilities that only an authorization to be captured later has. */
function holdView(attempt: Attempt): WireObject {
  const options = attempt.wire.payment_method_options as JsonObject | null | undefined;
  const card = options?.card as JsonObject | null | undefined;
  const status = (ability: string): JsonObject => ({
    status:
      attempt.manualCapture && card?.[ability] === 'if_available' ? 'available' : 'unavailable',
  });
  const view: WireObject = {
    extended_authorization: { status: 'disabled' },
    incremental_authorization: status('request_incremental_authorization'),
    multicapture: status('request_multicapture'),
    overcapture: {
      maximum_amount_capturable: wireAmount(attempt.amount),
      status: 'unavailable',
    },
  };
  if (attempt.captureBefore !== null) view.capture_before = attempt.captureBefore;
  return view;
}

function threeDSecureView(attempt: Attempt): WireObject | null {
  if (!attempt.approval?.authenticated) return null;
  return {
    authentication_flow: 'challenge',
    electronic_commerce_indicator: '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: attempt.approval.networkTransactionId,
    version: attempt.approval.authenticated,
  };
}

function cardDetailsView(attempt: Attempt): WireObject {
  const { card, approval } = attempt;
  if (card === null) return {};
  return {
    amount_authorized: approval === null ? null : wireAmount(attempt.amount),
    authorization_code: approval?.authorizationCode ?? null,
    brand: card.brand,
    checks: {
      address_line1_check: card.addressLine1Check,
      address_postal_code_check: card.postalCodeCheck,
      cvc_check: card.cvcCheck,
    },
    country: card.country,
    electronic_commerce_indicator: approval?.authenticated ? '05' : '07',
    exp_month: card.expMonth,
    exp_year: card.expYear,
    ...holdView(attempt),
    fingerprint: card.fingerprint,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: attempt.mandate,
    network: card.networks[0] ?? card.brand,
    network_token: { used: false },
    network_transaction_id: approval?.networkTransactionId ?? null,
    regulated_status: 'unregulated',
    three_d_secure: threeDSecureView(attempt),
    transaction_link_id: null,
    wallet: null,
  };
}

function otherDetailsView(attempt: Attempt): WireObject {
  if (attempt.methodType === 'crypto') return cryptoChargeView(attempt);
  const account = bankAccountOf(attempt.methodDetails);
  // A type without an account has its mandate beside what it told.
  return account === null
    ? {
        ...attempt.methodDetails,
        ...(attempt.mandate === null ? {} : { mandate: attempt.mandate }),
      }
    : bankChargeView(attempt, account);
}

function failureMessage(methodType: string, { code, declineCode }: DeclineCodes): string {
  return isBankDebit(methodType) ? bankMessage(code) : declineMessage(code, declineCode);
}

/** The fields that the intent's dialect handed down to the attempt. */
function inherited(attempt: Attempt, field: string): Json {
  return attempt.wire[field] ?? null;
}

/** Only a charge that was made without a payment intent of the client's own shows its card so. */
function sourceView({ wire, card, method, billing }: Attempt): Json {
  if (wire.direct !== true || card === null) return null;
  return cardObjectView(method.replace(/^pm_/, 'card_'), card, billing) as Json;
}

/** The engine's states in Stripe's words. */
export function chargeStatus(state: AttemptState): 'succeeded' | 'pending' | 'failed' {
  if (state === 'failed') return 'failed';
  return state === 'started' ? 'pending' : 'succeeded';
}

/** Whether all that was captured went back. */
export function isRefunded({ state, refunded, captured }: Attempt): boolean {
  return state === 'captured' && refunded === captured;
}

/** A Charge: an attempt in Stripe's words. `refunds` comes only by expansion. */
export function chargeView(attempt: Attempt, view: View): WireObject {
  const { decline } = attempt;
  const status = chargeStatus(attempt.state);
  const captured = attempt.captured > 0n;
  const details: WireObject = { type: attempt.methodType };
  details[attempt.methodType] =
    attempt.card === null ? otherDetailsView(attempt) : cardDetailsView(attempt);
  const shown: WireObject = {
    id: attempt.id,
    object: 'charge',
    amount: wireAmount(attempt.amount),
    amount_captured: wireAmount(attempt.captured),
    amount_refunded: wireAmount(attempt.refunded),
    application: null,
    application_fee: null,
    application_fee_amount: inherited(attempt, 'application_fee_amount'),
    balance_transaction: attempt.transfer,
    billing_details: billingView(attempt.billing),
    calculated_statement_descriptor: attempt.calculatedDescriptor,
    captured,
    created: attempt.created,
    currency: attempt.currency,
    customer: attempt.customer,
    description: attempt.description,
    destination: null,
    disputed: attempt.dispute !== null,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline === null ? null : failureMessage(attempt.methodType, decline),
    fraud_details: inherited(attempt, 'fraud_details') ?? {},
    livemode: view.livemode,
    metadata: attempt.metadata,
    on_behalf_of: inherited(attempt, 'on_behalf_of'),
    order: null,
    outcome: outcomeView(attempt),
    paid: status === 'succeeded',
    payment_intent: attempt.intent,
    payment_method: attempt.method,
    payment_method_details: details,
    radar_options: {},
    receipt_email: attempt.receiptEmail,
    receipt_number: null,
    receipt_url: null,
    refunded: isRefunded(attempt),
    review: null,
    shipping: attempt.shipping,
    source: sourceView(attempt),
    source_transfer: null,
    statement_descriptor: attempt.statementDescriptor,
    statement_descriptor_suffix: attempt.statementDescriptorSuffix,
    status,
    transaction_link_id: null,
    transfer_data: inherited(attempt, 'transfer_data'),
    transfer_group: inherited(attempt, 'transfer_group'),
  };
  // Not in the typings; without it a dispute could not be expanded from its charge.
  if (attempt.dispute !== null) shown.dispute = attempt.dispute;
  return atVersion(shown, view.version);
}
