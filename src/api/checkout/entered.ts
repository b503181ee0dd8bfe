import type { BillingInput, MethodInput } from '../../engine/methods.js';
import type { CheckoutTerms } from '../checkout-terms.js';
import { CallFault, missingField } from './fault.js';
import type { DetailsCall, PayCall, PostalAddress } from './schema.js';

/**
 * What of a call the customer may change: what the merchant asks of him. The rest of what he says
 * goes with the payment method, and changes nothing that the merchant has set.
 */
export function keptPart(
  call: DetailsCall,
  { collect }: Pick<CheckoutTerms, 'collect'>,
): DetailsCall {
  const { email, billing, shipping } = call;
  return {
    ...(collect.email && email !== undefined ? { email } : {}),
    ...(collect.billing && billing !== undefined ? { billing } : {}),
    ...(collect.shipping && shipping !== undefined ? { shipping } : {}),
  };
}

/** Refuses to pay before all is there that the merchant asks for. Throws CallFault. */
export function requireDetails(call: DetailsCall, terms: CheckoutTerms): void {
  const { collect } = terms;
  if (collect.email && !(call.email ?? terms.email))
    throw missingField('email', 'Enter your e-mail address.');
  if (collect.billing)
    requireAddress('billing', call.billing ?? terms.billing, ['line1', 'country']);
  if (collect.shipping)
    requireAddress('shipping', call.shipping ?? terms.shipping, ['name', 'line1', 'country']);
}

const ADDRESS_TEXTS: Readonly<Partial<Record<keyof PostalAddress, string>>> = {
  name: 'Enter a name.',
  line1: 'Enter an address.',
  country: 'Choose a country.',
};

function requireAddress(
  field: 'billing' | 'shipping',
  address: PostalAddress | null,
  parts: readonly (keyof PostalAddress)[],
): void {
  const missing = parts.find((part) => !address?.[part]);
  if (missing !== undefined)
    throw missingField(`${field}.${missing}`, ADDRESS_TEXTS[missing] ?? 'This is missing.');
}

/** The customer's details as a payment method has them. */
function billingOf(call: PayCall, terms: CheckoutTerms): BillingInput {
  const address = call.billing ?? terms.billing ?? {};
  const name = call.card?.name || call.accountName || address.name || undefined;
  const email = call.email || terms.email || undefined;
  const { line1, line2, city, state, postcode, country } = address;
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    address: {
      line1: line1 ?? null,
      line2: line2 ?? null,
      city: city ?? null,
      state: state ?? null,
      postal_code: postcode ?? null,
      country: country ?? null,
    },
  };
}

/** What a device's wallet hands over in a sandbox: the card that always pays. */
export const SIMULATED_CARD = 'tok_visa';

/** The method to make for a call; null for one that is saved, or that is none of ours to make. */
export function methodInput(call: PayCall, terms: CheckoutTerms): MethodInput | null {
  const common = {
    card: null,
    billing: billingOf(call, terms),
    metadata: {},
    allowRedisplay: call.save === true ? 'always' : 'unspecified',
    details: null,
  } as const;
  switch (call.method) {
    case 'card':
      return { ...common, type: 'card', card: call.card ?? null };
    case 'device_wallet':
      return { ...common, type: 'card', card: { token: SIMULATED_CARD } };
    case 'sepa_debit':
      return { ...common, type: 'sepa_debit', details: { iban: call.iban ?? '' } };
    case 'us_bank_account':
      return {
        ...common,
        type: 'us_bank_account',
        details: {
          routing_number: call.routingNumber ?? '',
          account_number: call.accountNumber ?? '',
          account_holder_type: 'individual',
        },
      };
    case 'saved_card':
    case 'code_wallet':
      return null;
  }
}

/** What is said where a way to pay does not fit, or does not any more. */
export function unavailable(): CallFault {
  const text = 'This way to pay does not fit this payment. Choose another one.';
  return new CallFault(409, 'method_unavailable', text, 'method');
}
