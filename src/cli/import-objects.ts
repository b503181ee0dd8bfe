import type { CancellationReason } from '../domain/intent.js';
import type { PastAttempt, PastCustomer, PastPayment, PastRefund } from '../domain/past-payment.js';
import type { Card } from '../domain/payment-method.js';
import {
  amountOf,
  billingOf,
  checkOf,
  countOf,
  type Fields,
  fieldsOf,
  ImportFault,
  idAt,
  metadataOf,
  objectOf,
  textOf,
  wholeText,
  wordOf,
} from './import-fields.js';

/** The Stripe API's objects as history. All of these throw ImportFault. */

const FUNDINGS = ['credit', 'debit', 'prepaid', 'unknown'] as const;
const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
const CAPTURE_METHODS = ['automatic', 'automatic_async', 'manual'] as const;
const CANCELLATIONS: readonly CancellationReason[] = [
  'duplicate',
  'fraudulent',
  'requested_by_customer',
  'abandoned',
];

/** A Customer. */
export function pastCustomer(fields: Fields): PastCustomer {
  return {
    id: wholeText(fields, 'id'),
    created: countOf(fields, 'created'),
    email: textOf(fields, 'email'),
    name: textOf(fields, 'name'),
    phone: textOf(fields, 'phone'),
    description: textOf(fields, 'description'),
    metadata: metadataOf(fields),
    address: objectOf(fields, 'address'),
    shipping: objectOf(fields, 'shipping'),
    isWhole: true,
  };
}

/** Whether a Charge is over: it failed, was captured, or its hold ended. */
export function isChargeOver(charge: Fields): boolean {
  if (charge.status === 'failed') return true;
  return charge.status === 'succeeded' && (charge.captured === true || charge.refunded === true);
}

/** A PaymentIntent that is over, with its charges, oldest first. */
export function pastPayment(
  intent: Fields,
  charges: readonly Fields[],
  refundsOf: (charge: Fields) => readonly Fields[],
): PastPayment {
  const isCanceled = intent.status === 'canceled';
  const attempts = charges.map((charge) => pastAttempt(charge, refundsOf(charge)));
  const captured = attempts.reduce((sum, attempt) => sum + attempt.captured, 0n);
  if (amountOf(intent, 'amount_received', captured) !== captured)
    throw new ImportFault(`${intent.amount_received} were received, its charges are ${captured}`);
  const types = intent.payment_method_types;
  return {
    ...said(intent),
    id: wholeText(intent, 'id'),
    currency: wholeText(intent, 'currency'),
    customer: idAt(intent, 'customer'),
    captureMethod: wordOf(CAPTURE_METHODS, intent.capture_method) ?? 'automatic',
    methodTypes: Array.isArray(types) ? types.map(String) : ['card'],
    canceledAt: isCanceled ? amountOrCreated(intent, 'canceled_at') : null,
    cancellationReason: isCanceled ? wordOf(CANCELLATIONS, intent.cancellation_reason) : null,
    isDirect: false,
    attempts,
  };
}

function amountOrCreated(fields: Fields, key: string): number {
  return countOf(fields, (fields[key] ?? null) === null ? 'created' : key);
}

/** A Charge without an object of its PaymentIntent, or made without one. */
export function pastCharge(charge: Fields, refunds: readonly Fields[]): PastPayment {
  const attempt = pastAttempt(charge, refunds);
  const intent = idAt(charge, 'payment_intent');
  const isReleased = attempt.state === 'released';
  return {
    ...said(charge),
    id: intent ?? madeId('pi_', attempt.id),
    currency: wholeText(charge, 'currency'),
    customer: idAt(charge, 'customer'),
    captureMethod: isReleased || attempt.captured < attempt.amount ? 'manual' : 'automatic',
    methodTypes: [attempt.methodType],
    canceledAt: isReleased ? attempt.created : null,
    cancellationReason: null,
    isDirect: intent === null,
    attempts: [attempt],
  };
}

/** An id that an export does not tell, the same with every run. */
export function madeId(prefix: string, from: string): string {
  return `${prefix}${from.slice(from.indexOf('_') + 1)}imported`;
}

/** What intents and charges say in the same words. */
function said(fields: Fields) {
  return {
    created: countOf(fields, 'created'),
    amount: amountOf(fields, 'amount'),
    description: textOf(fields, 'description'),
    metadata: metadataOf(fields),
    receiptEmail: textOf(fields, 'receipt_email'),
    shipping: objectOf(fields, 'shipping'),
    statementDescriptor: textOf(fields, 'statement_descriptor'),
    statementDescriptorSuffix: textOf(fields, 'statement_descriptor_suffix'),
  };
}

function pastAttempt(charge: Fields, given: readonly Fields[]): PastAttempt {
  const id = wholeText(charge, 'id');
  const amount = amountOf(charge, 'amount');
  const isFailed = charge.status === 'failed';
  const isCaptured = !isFailed && charge.captured === true;
  const captured = isCaptured ? amountOf(charge, 'amount_captured', amount) : 0n;
  // One that failed or was canceled has moved nothing in the end.
  const open = given.find(({ status }) => status === 'pending' || status === 'requires_action');
  if (open !== undefined) throw new ImportFault(`its refund ${String(open.id)} is not over`);
  const refunds = given.filter(({ status }) => status === 'succeeded').map(pastRefund);
  if (isCaptured) demandRefunds(charge, captured, refunds);
  const details = fieldsOf(charge.payment_method_details);
  const methodType = (details && textOf(details, 'type')) ?? 'card';
  const fee = feeOf(charge);
  return {
    ...said(charge),
    id,
    // More than what was held may be captured; the books hold what was taken.
    amount: captured > amount ? captured : amount,
    state: isFailed ? 'failed' : isCaptured ? 'captured' : 'released',
    captured,
    fee: fee > captured ? captured : fee,
    method: idAt(charge, 'payment_method') ?? madeId('pm_', id),
    methodType,
    card: methodType === 'card' ? pastCard(fieldsOf(details?.card) ?? {}) : null,
    billing: billingOf(fieldsOf(charge.billing_details)),
    decline: isFailed ? declineOf(charge) : null,
    calculatedDescriptor: textOf(charge, 'calculated_statement_descriptor') ?? '',
    transfer: isCaptured ? idAt(charge, 'balance_transaction') : null,
    refunds: isCaptured ? refunds : [],
  };
}

/** What a charge says was paid back must be in the files: its refunds can be no guess. */
function demandRefunds(charge: Fields, captured: bigint, refunds: readonly PastRefund[]): void {
  const told = amountOf(charge, 'amount_refunded', 0n);
  const found = refunds.reduce((sum, { amount }) => sum + amount, 0n);
  // Old answers count what a partial capture let go as refunded.
  const released = amountOf(charge, 'amount') - captured;
  if (found === told || found + released === told) return;
  throw new ImportFault(
    `${told} of ${charge.id} were refunded, refunds of ${found} are in the files: add them`,
  );
}

function feeOf(charge: Fields): bigint {
  const transaction = fieldsOf(charge.balance_transaction);
  // A fee in another currency cannot be told in this one's minor units.
  if (transaction === null || transaction.currency !== charge.currency) return 0n;
  return amountOf(transaction, 'fee', 0n);
}

function declineOf(charge: Fields): PastAttempt['decline'] {
  const outcome = fieldsOf(charge.outcome) ?? {};
  const isBlocked = outcome.type === 'blocked';
  return {
    code: textOf(charge, 'failure_code') ?? 'card_declined',
    declineCode: isBlocked ? 'fraudulent' : textOf(outcome, 'reason'),
    adviceCode: textOf(outcome, 'advice_code'),
    networkAdviceCode: textOf(outcome, 'network_advice_code'),
    networkDeclineCode: textOf(outcome, 'network_decline_code'),
  };
}

/** What is known of a card; what is not told is empty, or 0. */
export function pastCard(card: Fields): Card {
  const checks = fieldsOf(card.checks);
  const brand = textOf(card, 'brand') ?? 'unknown';
  return {
    brand,
    country: textOf(card, 'country') ?? '',
    expMonth: Number(amountOf(card, 'exp_month', 0n)),
    expYear: Number(amountOf(card, 'exp_year', 0n)),
    fingerprint: textOf(card, 'fingerprint') ?? '',
    funding: wordOf(FUNDINGS, card.funding) ?? 'unknown',
    last4: textOf(card, 'last4') ?? '',
    networks: [textOf(card, 'network') ?? brand],
    threeDSecureSupported: false,
    cvcCheck: checkOf(checks, 'cvc_check'),
    addressLine1Check: checkOf(checks, 'address_line1_check'),
    postalCodeCheck: checkOf(checks, 'address_postal_code_check'),
    behaviour: 'live_card',
  };
}

function pastRefund(refund: Fields): PastRefund {
  return {
    id: wholeText(refund, 'id'),
    created: countOf(refund, 'created'),
    amount: amountOf(refund, 'amount'),
    reason: wordOf(REFUND_REASONS, refund.reason),
    metadata: metadataOf(refund),
    transfer: idAt(refund, 'balance_transaction'),
  };
}
