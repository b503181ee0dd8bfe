import { CONFIRMATION_SECONDS, type Confirmation } from '../domain/confirmation.js';
import { type Failure, isFailure } from '../domain/errors.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import { type Command, done, type Need, refused } from './command.js';
import { needMandates } from './mandates.js';
import { givenMethod, type MethodInput, needMethodInput } from './methods.js';
import { changedFields } from './previous.js';
import type { Work } from './work.js';

type Kept = 'returnUrl' | 'futureUsage' | 'shipping' | 'mandate' | 'methodOptions';

/** What a browser sends ahead: a method, and how it is to be used. */
export interface ConfirmationInput extends Pick<Confirmation, Kept | 'makesDefault' | 'inClient'> {
  method: string | null;
  methodData: MethodInput | null;
}

/**
 * Keeps what a customer entered. The method is made at once, so that a card that cannot be one is
 * refused to the browser that sent it; nobody learns its id before the confirmation is used.
 * Errors: missing (method, token), card_invalid, token_used.
 */
export function createConfirmation(
  account: string,
  { method, methodData, ...kept }: ConfirmationInput,
): Command<Confirmation> {
  return {
    account,
    needs: (need) => {
      need('methods', method);
      needMethodInput(need, methodData);
    },
    decide: (work) => {
      const chosen = givenMethod(work, { method, methodData });
      if (chosen !== null && isFailure(chosen)) return refused(chosen);
      return done(
        work.insert('confirmations', {
          account,
          id: work.context.newId('ctoken_', 24),
          created: work.now(),
          expiresAt: work.wallNow() + CONFIRMATION_SECONDS,
          method: chosen?.id ?? null,
          intent: null,
          setup: null,
          ...kept,
        }),
      );
    },
  };
}

/** Names the rows that using a confirmation reads. */
export function needConfirmation(need: Need, id: string | null | undefined): void {
  const confirmation = need('confirmations', id);
  const method = confirmation && need('methods', confirmation.method);
  if (method) need('customers', method.customer);
  needMandates(need, method);
}

/**
 * Takes a confirmation for an intent or setup, which uses it up: a decline as well as a payment.
 * Null where none is named. Errors: missing, confirmation_used, confirmation_expired.
 */
export function redeem(
  work: Work,
  id: string | undefined,
  by: { readonly intent: string } | { readonly setup: string },
): Confirmation | Failure | null {
  if (id === undefined) return null;
  const found = work.get('confirmations', id);
  const param = 'confirmation_token';
  if (found === null) return { failure: 'missing', kind: 'confirmation', id, where: 'body', param };
  if (found.intent !== null || found.setup !== null)
    return { failure: 'confirmation_used', confirmation: id };
  if (found.expiresAt <= work.wallNow())
    return { failure: 'confirmation_expired', confirmation: id };
  return work.update('confirmations', { ...found, ...by });
}

/** What a confirmation says of the intent; what the request says itself is laid over it. */
export function wishesOf(
  confirmation: Confirmation | null,
): Partial<{ [K in 'method' | 'shipping' | 'futureUsage']: NonNullable<Confirmation[K]> }> {
  const { method = null, shipping = null, futureUsage = null } = confirmation ?? {};
  return {
    ...(method === null ? {} : { method }),
    ...(shipping === null ? {} : { shipping }),
    ...(futureUsage === null ? {} : { futureUsage }),
  };
}

/** How a payment or setup is tried: the request's own way, else the confirmation's. */
export function waysOf(
  confirmation: Confirmation | null,
  asked: { readonly returnUrl?: string | null; readonly inClient?: boolean },
): { returnUrl: string | null; inClient: boolean } {
  return {
    returnUrl: asked.returnUrl ?? confirmation?.returnUrl ?? null,
    inClient: asked.inClient ?? confirmation?.inClient ?? false,
  };
}

/** Makes a method that is saved with a customer the one that is taken where none is named. */
export function makeDefault(work: Work, { id, customer: owner }: PaymentMethod): void {
  const customer = owner === null ? null : work.get('customers', owner);
  if (customer === null || customer.deleted || customer.defaultMethod === id) return;
  const next = work.update('customers', { ...customer, defaultMethod: id });
  work.record('customer.updated', { customer: next }, changedFields(customer, next));
}
