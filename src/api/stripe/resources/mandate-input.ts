import type { MandateInput } from '../../../engine/mandates.js';
import type { Infer } from '../params.js';
import type { StripeRequest } from '../request.js';
import type { browserMandateData } from '../schema/fields.js';

/** The permission that a request tells of; what a browser leaves out is read off its request. */
export function permissionInput(
  sent: {
    readonly mandate?: string | undefined;
    readonly mandate_data?: Infer<typeof browserMandateData> | null | undefined;
  },
  request: StripeRequest,
): MandateInput {
  const named = sent.mandate ?? null;
  if (!sent.mandate_data) return { acceptance: null, named };
  const { type: kind, online, accepted_at } = sent.mandate_data.customer_acceptance;
  const isOnline = kind === 'online';
  return {
    acceptance: {
      kind,
      acceptedAt: accepted_at ?? null,
      ip: online?.ip_address ?? (isOnline ? request.remoteAddress : null),
      userAgent: online?.user_agent ?? (isOnline ? request.userAgent : null),
    },
    named,
  };
}
