import type { Confirmation } from '../domain/confirmation.js';
import type { Failure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { type Mandate, needsMandate } from '../domain/mandate.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { Acceptance, SetupIntent } from '../domain/setup.js';
import type { Need } from './command.js';
import type { Work } from './work.js';

/** What the caller says of the customer's permission: it was given now, or before. */
export interface MandateInput {
  acceptance: (Omit<Acceptance, 'acceptedAt'> & { acceptedAt: number | null }) | null;
  /** A mandate's id. */
  named: string | null;
}

export const NO_MANDATE: MandateInput = { acceptance: null, named: null };

/** The permission that the request tells of, else the one that the customer's browser sent. */
export function permissionOf(
  confirmation: Confirmation | null,
  asked: MandateInput = NO_MANDATE,
): MandateInput {
  const sent = confirmation?.mandate ?? null;
  if (asked.acceptance !== null || asked.named !== null || sent === null) return asked;
  return { ...asked, acceptance: sent };
}

/** Names the mandates of a method that may be needed to charge it; few types have any. */
export function needMandates(need: Need, method: PaymentMethod | null | undefined): void {
  if (method && needsMandate(method.type)) need.list('mandates', 'method', method.id);
}

/** The acceptance as it is kept: unless said otherwise, it was given now. */
export function acceptanceOf(work: Work, { acceptance }: MandateInput): Acceptance | null {
  if (acceptance === null) return null;
  return { ...acceptance, acceptedAt: acceptance.acceptedAt ?? work.now() };
}

interface Grant {
  readonly acceptance: Acceptance;
  readonly singleUse: Mandate['singleUse'];
  readonly givenFor: string;
  readonly state: Mandate['state'];
}

/** Writes down a customer's permission to charge a method. */
export function giveMandate(work: Work, method: PaymentMethod, grant: Grant): Mandate {
  const id = work.context.newId('mandate_', 24);
  return work.insert('mandates', {
    account: work.accountId,
    id,
    method: method.id,
    methodType: method.type,
    created: work.now(),
    reference: needsMandate(method.type) ? work.context.secret(16).toUpperCase() : null,
    secret: work.context.secret(32),
    ...grant,
  });
}

/** Takes a mandate to another state and tells it. */
export function changeMandate(work: Work, mandate: Mandate, state: Mandate['state']): Mandate {
  const { state: before } = mandate;
  const changed = work.update('mandates', { ...mandate, state });
  work.record('mandate.updated', { mandate: changed }, { state: before });
  return changed;
}

/** Ends the permissions to charge a method that its customer has taken away. */
export function endMandates(work: Work, method: PaymentMethod): void {
  if (!needsMandate(method.type)) return;
  for (const mandate of work.list('mandates', 'method', method.id))
    if (mandate.state !== 'inactive') changeMandate(work, mandate, 'inactive');
}

/** The permission that holds for a method until it is revoked; null where there is none. */
export function standingMandate(work: Work, method: PaymentMethod): Mandate | null {
  if (!needsMandate(method.type)) return null;
  const mandates = work.list('mandates', 'method', method.id);
  return mandates.findLast((one) => one.state === 'active' && one.singleUse === null) ?? null;
}

/**
 * The mandate to pay an intent under: the one that is named, one that is given now, or the
 * method's own; null where the method needs none. Errors: missing, mandate_unfit,
 * mandate_required.
 */
export function mandateFor(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  input: MandateInput,
): Mandate | Failure | null {
  if (input.named !== null) return namedMandate(work, intent, method, input.named);
  const acceptance = acceptanceOf(work, input);
  if (acceptance !== null) {
    const { id, futureUsage } = intent;
    const singleUse =
      futureUsage === null ? { amount: Number(intent.amount), currency: intent.currency } : null;
    return giveMandate(work, method, { acceptance, singleUse, givenFor: id, state: 'active' });
  }
  const standing = standingMandate(work, method);
  if (standing !== null || !needsMandate(method.type)) return standing;
  // A challenge or an unfinished try may have left the permission that was given for this payment.
  const own = intent.mandate === null ? null : work.get('mandates', intent.mandate);
  if (own !== null && own.method === method.id && own.state === 'active') return own;
  return { failure: 'mandate_required', method, intent, setup: null };
}

function namedMandate(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
  id: string,
): Mandate | Failure {
  const mandate = work.get('mandates', id);
  if (mandate === null)
    return { failure: 'missing', kind: 'mandate', id, where: 'body', param: 'mandate' };
  const { singleUse, givenFor } = mandate;
  const sum = singleUse === null ? null : `${singleUse.amount} ${singleUse.currency}`;
  const isForThis = sum === null || sum === `${intent.amount} ${intent.currency}`;
  if (mandate.method !== method.id || mandate.state !== 'active' || !isForThis)
    return { failure: 'mandate_unfit', mandate: id, intent };
  // A permission for one payment is used up by it, and stays with the payment it was given for.
  if (singleUse === null || givenFor === intent.id) return mandate;
  return changeMandate(work, mandate, 'inactive');
}

/** Whether saving a method needs a permission that was not given. Errors: mandate_required. */
export function mandateFault(setup: SetupIntent, method: PaymentMethod): Failure | null {
  if (setup.acceptance !== null || !needsMandate(method.type)) return null;
  return { failure: 'mandate_required', method, intent: null, setup };
}
