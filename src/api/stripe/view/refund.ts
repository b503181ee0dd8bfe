import type { Attempt } from '../../../domain/attempt.js';
import type { Refund } from '../../../domain/refund.js';
import { type View, type WireObject, wireAmount } from './view.js';

/** Seconds after which the acquirer's reference of a card refund is known. */
const REFERENCE_DELAY_SECONDS = 5;

/** A made-up acquirer reference of 23 digits, the same for the same refund. */
function acquirerReference(id: string): string {
  let digits = '7';
  for (const character of id.slice(-22)) digits += character.charCodeAt(0) % 10;
  return digits.padEnd(23, '0');
}

function destinationView(refund: Refund, view: View): WireObject {
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
    status: refund.state,
    transfer_reversal: null,
  };
  if (attempt === null || attempt.methodType === 'card')
    shown.destination_details = destinationView(refund, view);
  if (refund.instructionsEmail !== null) shown.instructions_email = refund.instructionsEmail;
  return shown;
}
