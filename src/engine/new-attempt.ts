import type { Attempt } from '../domain/attempt.js';
import type { Intent } from '../domain/intent.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import { statementLine } from '../domain/statement.js';
import type { Rail } from '../rails/rail.js';
import { rulingFor } from './rules.js';
import type { Work } from './work.js';

/** A try's row before its outcome is known, with what the merchant's rules make of it. */
export function newAttempt(work: Work, intent: Intent, method: PaymentMethod, rail: Rail): Attempt {
  const { statementDescriptor, statementDescriptorSuffix } = intent;
  return {
    account: intent.account,
    id: work.context.newId('ch_', 24),
    intent: intent.id,
    state: 'started',
    amount: intent.amount,
    captured: 0n,
    released: 0n,
    refunded: 0n,
    currency: intent.currency,
    customer: intent.customer,
    created: work.now(),
    rail: rail.name,
    method: method.id,
    methodType: method.type,
    card: method.card,
    methodDetails: method.details,
    billing: method.billing,
    approval: null,
    decline: null,
    ruling: rulingFor(work, intent, method),
    captureBefore: null,
    manualCapture: intent.captureMethod === 'manual',
    mandate: intent.mandate,
    increments: null,
    hold: null,
    transfer: null,
    dispute: null,
    warning: null,
    description: intent.description,
    // The merchant's data as it is now: later changes of the intent do not reach the attempt.
    metadata: intent.metadata,
    receiptEmail: intent.receiptEmail,
    shipping: intent.shipping,
    statementDescriptor,
    statementDescriptorSuffix,
    calculatedDescriptor: statementLine(
      work.account(),
      statementDescriptor,
      statementDescriptorSuffix,
    ),
    wire: intent.wire,
  };
}
