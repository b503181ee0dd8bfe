import type { Attempt } from './attempt.js';
import type { Json, Metadata } from './json.js';
import { type Lifecycle, step } from './lifecycle.js';

/** The states of an inquiry begin with `warning_`: a bank asks, and no money has moved yet. */
export type DisputeState =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost';
export type DisputeTransition = 'respond' | 'win' | 'lose' | 'escalate' | 'end';

/** Evidence may be added while the bank looks at it; nothing leaves a decided dispute. */
export const DISPUTE_LIFECYCLE: Lifecycle<DisputeState, DisputeTransition> = {
  warning_needs_response: {
    respond: 'warning_under_review',
    escalate: 'needs_response',
    end: 'warning_closed',
  },
  warning_under_review: {
    respond: 'warning_under_review',
    escalate: 'needs_response',
    end: 'warning_closed',
  },
  warning_closed: {},
  needs_response: { respond: 'under_review', lose: 'lost' },
  under_review: { respond: 'under_review', win: 'won', lose: 'lost' },
  won: {},
  lost: {},
};

/** What a merchant can say or show; a document is named by its id. */
export const EVIDENCE_FIELDS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const;
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number] | 'appeal' | 'enhanced_evidence';

/** What was given so far; what was not, or was taken back, is not there. */
export type Evidence = { readonly [Field in EvidenceField]?: Json };

/** A transfer of the dispute's amount, as far as the dispute itself tells of it. */
export interface Movement {
  transfer: string;
  /** Business time, Unix seconds. */
  at: number;
}

export type DisputeReason = 'fraudulent' | 'product_not_received';

/** A customer's objection to a payment, raised through the bank. */
export interface Dispute {
  account: string;
  id: string;
  intent: string;
  attempt: string;
  state: DisputeState;
  /** Minor units that are disputed, and withdrawn unless it is an inquiry. */
  amount: bigint;
  /** What a withdrawal costs beside the amount; 0 while nothing was withdrawn. */
  fee: bigint;
  currency: string;
  /** Business time, Unix seconds. */
  created: number;
  reason: DisputeReason;
  /** Business time until which evidence is awaited. */
  dueBy: number;
  evidence: Evidence;
  submissions: number;
  /** Business time of the last submission; null before the first. */
  submittedAt: number | null;
  submissionMethod: string | null;
  withdrawn: Movement | null;
  reinstated: Movement | null;
  metadata: Metadata;
}

/** A bank's report that a payment may be fraud, before anybody disputes it. */
export interface FraudWarning {
  account: string;
  id: string;
  intent: string;
  attempt: string;
  created: number;
  fraudType: 'misc';
}

/**
 * Days until which evidence is awaited. Banks give 7 to 21 days for cards; the shortest is what an
 * integration must be able to keep.
 */
const RESPONSE_SECONDS = 7 * 86_400;

/** Until when evidence about a dispute of `now` is awaited; Unix seconds. */
export function evidenceDueBy(now: number): number {
  return now + RESPONSE_SECONDS;
}

/**
 * What a dispute costs, in minor units: 15.00 where a currency has two decimals. It is 1500 in
 * every other currency too, as yen it is about as much; 15 yen would be nothing.
 */
export const DISPUTE_FEE = 1500n;

/** Whether it is an inquiry: a question that moves no money. */
export function isInquiry({ state }: Pick<Dispute, 'state'>): boolean {
  return state.startsWith('warning_');
}

/** Whether nothing can happen to it any more. */
export function isClosed({ state }: Pick<Dispute, 'state'>): boolean {
  return Object.keys(DISPUTE_LIFECYCLE[state]).length === 0;
}

/** Whether the merchant may refund the payment: while the bank has not taken the money itself. */
export function allowsRefund(dispute: Pick<Dispute, 'state'>): boolean {
  return isInquiry(dispute) || dispute.state === 'won';
}

/** Whether a refund could still keep a reported payment from being disputed. */
export function isActionable(attempt: Attempt): boolean {
  return attempt.dispute === null && attempt.refunded < attempt.captured;
}

/** How the simulated bank decides about evidence; null: not, until it gets other evidence. */
export function rulingOn(dispute: Dispute): 'win' | 'lose' | 'escalate' | 'end' | null {
  const text = dispute.evidence.uncategorized_text;
  if (isInquiry(dispute)) {
    if (text === 'escalate_inquiry_evidence') return 'escalate';
    return text === 'winning_evidence' || text === 'losing_evidence' ? 'end' : null;
  }
  if (text === 'winning_evidence') return 'win';
  return text === 'losing_evidence' ? 'lose' : null;
}

/** Takes a transition that the caller has checked; a refusal here is a programming error. */
export function advanceDispute(dispute: Dispute, transition: DisputeTransition): DisputeState {
  const next = step(DISPUTE_LIFECYCLE, dispute.state, transition);
  if (next === null) throw new Error(`dispute ${dispute.id}: no ${transition} in ${dispute.state}`);
  return next;
}
