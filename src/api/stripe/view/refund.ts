import type { Attempt } from '../../../domain/attempt.js';
import { REFUND_DETAILS_SECONDS, type Refund, type RefundState } from '../../../domain/refund.js';
import { transferType } from './bank-transfer.js';
import { type View, type WireObject, wireAmount } from './view.js';

/** Seconds after which the acquirer's reference of a card refund is known. */
const REFERENCE_DELAY_SECONDS = 5;

/** A made-up acquirer reference of 23 digits, the same for the same refund. */
function acquirerReference(id: string): string {
  let digits = '7';
  for (const character of id.slice(-22)) digits += character.charCodeAt(0) % 10;
  return digits.padEnd(23, '0');
}

const STATUS: Record<RefundState, string> = {
  awaiting_action: 'requires_action',
  pending: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
};

/** Where the money goes, for what is paid back otherwise than onto a card. */
const DESTINATIONS: Record<string, string> = {
  sepa_debit: 'eu_bank_transfer',
  us_bank_account: 'us_bank_transfer',
  crypto: 'crypto',
};

function destinationOf({ currency, instructionsEmail }: Refund, type: string): string | undefined {
  if (type !== 'customer_balance') return DESTINATIONS[type];
  return instructionsEmail === null ? 'customer_cash_balance' : transferType(currency);
}

function nextActionView(refund: Refund): WireObject {
  const { created, instructionsEmail } = refund;
  return {
    display_details: {
      email_sent: { email_sent_at: created, email_sent_to: instructionsEmail },
      expires_at: created + REFUND_DETAILS_SECONDS,
    },
    type: 'display_details',
  };
}

/** What is told of where the payee finds the money. */
function referenceView(destination: string): WireObject {
  if (destination === 'crypto') return { reference: null };
  return destination.endsWith('_bank_transfer')
    ? { reference: null, reference_status: 'unavailable' }
    : {};
}

function destinationView(refund: Refund, type: string, view: View): WireObject {
  const destination = destinationOf(refund, type);
  if (destination !== undefined) {
    return { [destination]: referenceView(destination), type: destination };
  }

  const known = view.now - refund.created >= REFERENCE_DELAY_SECONDS;
  const reference: WireObject = known
    ? { reference: acquirerReference(refund.id), reference_status: 'available' }
    : { reference_status: 'pending' };
  return {
    card: { ...reference, reference_type: 'acquirer_reference_number', type: 'refund' },
    type: 'card',
  };
}

/** A Refund. Customer and method are its attempt's, where that is known. */
export function refundView(refund: Refund, attempt: Attempt | null, view: View): WireObject {
  const shown: WireObject = {
    id: refund.id,
    object: 'refund',
    amount: wireAmount(refund.amount),
    balance_transaction: refund.transfer,
    charge: refund.attempt,
    created: refund.created,
    currency: refund.currency,
    customer: attempt?.customer ?? null,
    customer_account: null,
    metadata: refund.metadata,
    payment_intent: refund.intent,
    payment_method: attempt?.method ?? null,
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: STATUS[refund.state],
    transfer_reversal: null,
  };
  shown.destination_details = destinationView(refund, attempt?.methodType ?? 'card', view);
  if (refund.state === 'awaiting_action') shown.next_action = nextActionView(refund);
  if (refund.state === 'pending') shown.pending_reason = 'processing';
  if (refund.failureReason !== null) shown.failure_reason = refund.failureReason;
  if (refund.returnTransfer !== null) shown.failure_balance_transaction = refund.returnTransfer;
  if (refund.instructionsEmail !== null) shown.instructions_email = refund.instructionsEmail;
  return shown;
}
