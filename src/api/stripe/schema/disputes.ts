import { EVIDENCE_FIELDS } from '../../../domain/dispute.js';
import {
  arrayOf,
  boolean,
  enumeration,
  expand,
  hash,
  id,
  metadata,
  rangeQuery,
  required,
  string,
  unsettable,
} from '../params.js';
import { invalidRequest } from '../wire-error.js';
import { address, clearable, listFields, retrieveOnly } from './fields.js';

/** Characters of one piece of evidence, and of all of it together; Stripe's limits. */
const evidence_field_chars_max = 20_000;
const evidence_chars_max = 150_000;
/** Earlier payments that Visa's rules let a merchant name. */
const prior_transactions_max = 5;

type TextField = (typeof EVIDENCE_FIELDS)[number];

const texts = Object.fromEntries(
  EVIDENCE_FIELDS.map((field) => [field, clearable({ chars_max: evidence_field_chars_max })]),
) as Record<TextField, ReturnType<typeof clearable>>;

/** What both payments of Visa's Compelling Evidence 3.0 say of their buyer. */
const buyer = {
  customer_account_id: clearable(),
  customer_device_fingerprint: clearable(),
  customer_device_id: clearable(),
  customer_email_address: clearable(),
  customer_purchase_ip: clearable(),
  product_description: clearable(),
  shipping_address: address,
};

const enhancedEvidence = hash({
  mastercard_compliance: hash({ fee_acknowledged: boolean() }),
  visa_compelling_evidence_3: hash({
    disputed_transaction: hash({
      ...buyer,
      merchandise_or_services: enumeration(['merchandise', 'services']),
    }),
    prior_undisputed_transactions: arrayOf(
      hash({ ...buyer, charge: required(id()) }),
      prior_transactions_max,
    ),
  }),
  visa_compliance: hash({ fee_acknowledged: boolean() }),
});

const appeal = hash({
  card: unsettable(
    hash({ reason_for_filing: clearable(), supporting_files: unsettable(arrayOf(string(), 20)) }),
  ),
});

const evidence = hash(
  { ...texts, appeal: unsettable(appeal), enhanced_evidence: unsettable(enhancedEvidence) },
  (sent, param) => {
    const chars = EVIDENCE_FIELDS.reduce((sum, field) => sum + (sent[field]?.length ?? 0), 0);
    return chars > evidence_chars_max
      ? invalidRequest(
          `The combined character count of all evidence is limited to ${evidence_chars_max}.`,
          param,
        )
      : null;
  },
);

/** `POST /v1/disputes/:id`. Evidence is submitted unless `submit` is false. */
export const disputeUpdate = hash({
  evidence,
  expand: expand(),
  intended_submission_method: enumeration([
    'manual',
    'prefer_manual',
    'prefer_smart_disputes',
    'smart_disputes',
  ]),
  metadata: metadata(),
  submit: boolean(),
});

const byPayment = { ...listFields, charge: id(), created: rangeQuery(), payment_intent: id() };

/** `GET /v1/disputes` */
export const disputeList = hash(byPayment);

/** `GET /v1/disputes/:id` */
export const disputeRetrieve = retrieveOnly;

/** `POST /v1/disputes/:id/close` */
export const disputeClose = hash({ expand: expand() });

/** `GET /v1/radar/early_fraud_warnings` */
export const earlyFraudWarningList = hash(byPayment);

/** `GET /v1/radar/early_fraud_warnings/:id` */
export const earlyFraudWarningRetrieve = retrieveOnly;
