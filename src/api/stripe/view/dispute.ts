import type { Attempt } from '../../../domain/attempt.js';
import {
  allowsRefund,
  type Dispute,
  EVIDENCE_FIELDS,
  type FraudWarning,
  isActionable,
  isInquiry,
  type Movement,
} from '../../../domain/dispute.js';
import type { Json, JsonObject } from '../../../domain/json.js';
import { balanceTransactionView } from './balance.js';
import { type View, type WireObject, wireAmount } from './view.js';

/** Visa's codes of the reasons that test cards give. */
const NETWORK_CODES: Record<Dispute['reason'], string> = {
  fraudulent: '10.4',
  product_not_received: '13.1',
};

/** What Visa's Compelling Evidence 3.0 wants to know about a payment. */
const TRANSACTION = {
  customer_account_id: null,
  customer_device_fingerprint: null,
  customer_device_id: null,
  customer_email_address: null,
  customer_purchase_ip: null,
  product_description: null,
};

const ADDRESS = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

type Sent = { readonly [field: string]: Json | undefined } | null | undefined;

function transactionView(sent: Sent, blank: JsonObject): JsonObject {
  const address = sent?.shipping_address as Sent;
  return { ...blank, ...sent, shipping_address: address ? { ...ADDRESS, ...address } : null };
}

/** What was given for the networks' own programs, with a null for each answer that is missing. */
function enhancedEvidenceView(sent: Sent): JsonObject {
  const shown: JsonObject = {};
  for (const program of ['mastercard_compliance', 'visa_compliance'])
    if (sent?.[program]) shown[program] = { fee_acknowledged: false, ...(sent[program] as object) };
  const visa = sent?.visa_compelling_evidence_3 as Sent;
  if (!visa) return shown;
  const disputed = visa.disputed_transaction as Sent;
  const prior = (visa.prior_undisputed_transactions ?? []) as JsonObject[];
  shown.visa_compelling_evidence_3 = {
    disputed_transaction: disputed
      ? transactionView(disputed, { ...TRANSACTION, merchandise_or_services: null })
      : null,
    prior_undisputed_transactions: prior.map((one) => transactionView(one, TRANSACTION)),
  };
  return shown;
}

/** All fields of the evidence: what was not given is null. */
function evidenceView({ evidence }: Dispute): WireObject {
  const shown: WireObject = {};
  for (const field of EVIDENCE_FIELDS) shown[field] = evidence[field] ?? null;
  shown.enhanced_evidence = enhancedEvidenceView(evidence.enhanced_evidence as Sent);
  if (evidence.appeal) shown.appeal = evidence.appeal;
  return shown;
}

function evidenceDetailsView(dispute: Dispute): WireObject {
  const { dueBy, submittedAt, submissions } = dispute;
  return {
    due_by: dueBy,
    enhanced_eligibility: {},
    has_evidence: Object.values(dispute.evidence).some((value) => value !== null),
    past_due: submittedAt !== null && submittedAt > dueBy,
    submission_count: submissions,
    submission_method: submissions === 0 ? 'not_submitted' : 'manual',
  };
}

function transactionsView(dispute: Dispute, view: View): WireObject[] {
  const { withdrawn, reinstated, amount, currency } = dispute;
  const one = (movement: Movement | null, kind: 'dispute' | 'dispute_reversal'): WireObject[] => {
    if (movement === null) return [];
    const { transfer: id, at } = movement;
    const isWithdrawal = kind === 'dispute';
    const moved = isWithdrawal ? -amount : amount;
    const fee = isWithdrawal ? dispute.fee : 0n;
    const when = { created: at, availableOn: at };
    const row = { id, kind, source: dispute.id, amount: moved, fee, currency, description: null };
    return [balanceTransactionView({ ...row, ...when }, dispute.attempt, view)];
  };
  return [...one(withdrawn, 'dispute'), ...one(reinstated, 'dispute_reversal')];
}

/** A Dispute. Card and refunds are its attempt's. */
export function disputeView(dispute: Dispute, attempt: Attempt | null, view: View): WireObject {
  const code = NETWORK_CODES[dispute.reason];
  const shown: WireObject = {
    id: dispute.id,
    object: 'dispute',
    amount: wireAmount(dispute.amount),
    balance_transactions: transactionsView(dispute, view) as JsonObject[],
    charge: dispute.attempt,
    created: dispute.created,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: evidenceView(dispute) as JsonObject,
    evidence_details: evidenceDetailsView(dispute) as JsonObject,
    intended_submission_method: dispute.submissionMethod,
    is_charge_refundable:
      allowsRefund(dispute) && attempt !== null && attempt.refunded < attempt.captured,
    livemode: view.livemode,
    metadata: dispute.metadata,
    network_reason_code: code,
    payment_intent: dispute.intent,
    reason: dispute.reason,
    status: dispute.state,
  };
  const card = attempt?.card;
  if (card)
    shown.payment_method_details = {
      card: {
        brand: card.brand,
        case_type: isInquiry(dispute) ? 'inquiry' : 'chargeback',
        network: card.networks[0] ?? card.brand,
        network_reason_code: code,
      },
      type: 'card',
    };
  return shown;
}

/** An EarlyFraudWarning; a refund of all that was paid still answers it. */
export function earlyFraudWarningView(
  warning: FraudWarning,
  attempt: Attempt | null,
  view: View,
): WireObject {
  return {
    id: warning.id,
    object: 'radar.early_fraud_warning',
    actionable: attempt !== null && isActionable(attempt),
    charge: warning.attempt,
    created: warning.created,
    fraud_type: warning.fraudType,
    livemode: view.livemode,
    payment_intent: warning.intent,
  };
}
