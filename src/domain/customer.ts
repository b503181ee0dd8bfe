import type { JsonObject, Metadata } from './json.js';
import type { Lifecycle } from './lifecycle.js';

export interface Customer {
  account: string;
  id: string;
  created: number;
  email: string | null;
  deleted: boolean;
  /** The test clock that the customer and all its payments live by. */
  clockId: string | null;
  name: string | null;
  phone: string | null;
  description: string | null;
  metadata: Metadata;
  address: JsonObject | null;
  shipping: JsonObject | null;
  defaultMethod: string | null;
  invoicePrefix: string;
  wire: JsonObject;
}

export type AttachmentState = 'loose' | 'attached' | 'consumed';
export type AttachmentTransition = 'attach' | 'detach' | 'use_up';

/**
 * A payment method's bond with a customer. Once detached, or used by a payment without a customer,
 * it can never be charged again: a card on file needs its holder's consent anew.
 */
export const ATTACHMENT_LIFECYCLE: Lifecycle<AttachmentState, AttachmentTransition> = {
  loose: { attach: 'attached', use_up: 'consumed' },
  attached: { attach: 'attached', detach: 'consumed' },
  consumed: {},
};

/** Reads a method's bond off its fields. */
export function attachment(method: {
  customer: string | null;
  consumed: boolean;
}): AttachmentState {
  if (method.customer !== null) return 'attached';
  return method.consumed ? 'consumed' : 'loose';
}
