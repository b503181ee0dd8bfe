import type { BillingDetails, PaymentMethod } from '../../../domain/payment-method.js';
import type { BillingInput, MethodInput } from '../../../engine/methods.js';
import type { Infer } from '../params.js';
import { changedMetadata, plainJson } from '../request.js';
import type { billingDetails } from '../schema/fields.js';
import type { paymentMethodData } from '../schema/payment-method-data.js';

/** Wire billing details as the engine's. */
export function billingInput(sent: Infer<typeof billingDetails> | undefined): BillingInput {
  return (sent ?? {}) as Partial<Omit<BillingDetails, 'address'>> & BillingInput;
}

interface TypedCard {
  readonly number?: string | null;
  readonly exp_month?: number;
  readonly exp_year?: number;
  readonly cvc?: string | null;
  readonly cvc_token?: string;
  readonly token?: string | null;
}

/** A typed card, or the token that stands for one. */
export function cardInput(sent: TypedCard | undefined): MethodInput['card'] {
  if (sent === undefined) return null;
  if (sent.token) return { token: sent.token };
  return {
    number: sent.number ?? '',
    expMonth: sent.exp_month ?? 0,
    expYear: sent.exp_year ?? 0,
    cvc: sent.cvc ?? null,
    ...(sent.cvc_token === undefined ? {} : { cvcToken: sent.cvc_token }),
  };
}

/** The parameters of `POST /v1/payment_methods`, or `payment_method_data`, as the engine's. */
export function methodInput(
  sent: Omit<Infer<typeof paymentMethodData>, 'type'> & { readonly type?: string },
): MethodInput {
  const type = sent.type ?? 'card';
  const details = (sent as Record<string, unknown>)[type];
  return {
    type,
    card: type === 'card' ? cardInput(sent.card as TypedCard | undefined) : null,
    billing: billingInput(sent.billing_details),
    metadata: sent.metadata === undefined ? {} : changedMetadata(sent.metadata)({}),
    allowRedisplay: (sent.allow_redisplay ?? 'unspecified') as PaymentMethod['allowRedisplay'],
    details: type === 'card' ? null : (plainJson(details ?? {}) as MethodInput['details']),
  };
}
