import { type Failure, isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { SetupIntent } from '../domain/setup.js';
import type { Need } from './command.js';
import { needConfirmation } from './confirmations.js';
import { needMandates } from './mandates.js';
import { findMethod, givenMethod, type MethodInput, needMethodInput } from './methods.js';
import type { Work } from './work.js';

/** What to pay with or to save: a stored method's id, a method to make, or what a browser chose. */
export interface MethodChoice {
  method?: string | null;
  methodData?: MethodInput | null;
  confirmationToken?: string;
}

/** What a method is chosen for. */
export type Purpose = Intent | SetupIntent;

/** Which method types are left of those that stand, given those that the account has on. */
export type TypesLeft = (
  standing: Pick<Purpose, 'methodTypes' | 'wire'>,
  usual: readonly string[],
) => string[];

/** Tells a setup from a payment. */
export function isSetup(purpose: Purpose): purpose is SetupIntent {
  return !('amount' in purpose);
}

/** Names the rows that choosing a method reads. */
export function needChoice(need: Need, input: MethodChoice & { customer?: string | null }): void {
  needMethodInput(need, input.methodData ?? null);
  needConfirmation(need, input.confirmationToken);
  const method = need('methods', input.method);
  if (method) need('customers', method.customer);
  needMandates(need, method);
  const customer = need('customers', input.customer);
  if (customer?.defaultMethod) needMandates(need, need('methods', customer.defaultMethod));
}

/** Whether a method fits what it is chosen for; a null says yes. */
export function methodMismatch(purpose: Purpose, method: PaymentMethod): Failure | null {
  if (method.consumed) return { failure: 'method_consumed', method: method.id };
  const { customer, methodTypes: allowed } = purpose;
  if (!allowed.includes(method.type))
    return isSetup(purpose)
      ? { failure: 'setup_method_type', method, allowed, setup: purpose }
      : { failure: 'method_type', method, allowed, intent: purpose };
  if (method.customer === null || method.customer === customer) return null;
  if (isSetup(purpose))
    return { failure: 'setup_method_customer', method, customer, setup: purpose };
  return customer === null
    ? { failure: 'method_customer_missing', method }
    : { failure: 'method_customer_mismatch', method, customer };
}

/** The method that the input chooses; null when it chooses none. */
export function chosenMethod(
  work: Work,
  purpose: Purpose,
  choice: MethodChoice,
): PaymentMethod | Failure | null {
  const chosen = givenMethod(work, choice);
  if (chosen === null || isFailure(chosen)) return chosen;
  return methodMismatch(purpose, chosen) ?? chosen;
}

/** The method on it; a payment's else its customer's default, which a setup never takes. */
export function standingMethod(work: Work, purpose: Purpose): PaymentMethod | Failure | null {
  const { customer: id } = purpose;
  const customer = id === null || isSetup(purpose) ? null : work.get('customers', id);
  const standing = purpose.method ?? customer?.defaultMethod ?? null;
  if (standing === null) return null;
  const method = findMethod(work, standing, 'body');
  return isFailure(method) ? method : (methodMismatch(purpose, method) ?? method);
}
