import type { Intent } from '../domain/intent.js';
import type { ExpiryInput } from './expiry.js';
import type { Work } from './work.js';

/** What is said of an intent when it is created, and never changed as a plain field. */
export interface IntentTerms extends ExpiryInput {
  dialect: Intent['dialect'];
  amount: bigint;
  currency: string;
  confirmationMethod: Intent['confirmationMethod'];
  parts?: Intent['parts'];
  holdTerms?: Intent['holdTerms'];
  /** Whether what happens to its payment is noted in its `history`. */
  keepsHistory?: boolean;
}

/** An intent of these terms with nothing else said of it; the caller writes it. */
export function newIntent(work: Work, input: IntentTerms): Intent {
  const id = work.context.newId('pi_', 24);
  return {
    account: work.accountId,
    id,
    state: 'awaiting_method',
    amount: input.amount,
    authorized: 0n,
    captured: 0n,
    released: 0n,
    refunded: 0n,
    currency: input.currency,
    customer: null,
    clockId: null,
    created: work.now(),
    dialect: input.dialect,
    captureOpen: false,
    captureMethod: 'automatic_async',
    confirmationMethod: input.confirmationMethod,
    clientSecret: `${id}_secret_${work.context.secret(25)}`,
    method: null,
    methodTypes: work.account().methodTypes,
    latestAttempt: null,
    lastError: null,
    challenge: null,
    asks: null,
    authenticated: null,
    makesDefault: null,
    mandate: null,
    description: null,
    metadata: {},
    receiptEmail: null,
    shipping: null,
    futureUsage: null,
    statementDescriptor: null,
    statementDescriptorSuffix: null,
    canceledAt: null,
    cancellationReason: null,
    parts: input.parts ?? null,
    holdTerms: input.holdTerms ?? null,
    expiresAt: null,
    history: input.keepsHistory === true ? [] : null,
    reversed: null,
    wire: {},
  };
}
