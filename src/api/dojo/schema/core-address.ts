import type { JsonObject } from '../../../domain/json.js';
import type { Address } from '../../../domain/payment-method.js';
import type { address, shippingDetails } from './fields.js';
import type { Read } from './shape.js';

/** An address as the core keeps it, so that every dialect can show it; it knows two lines. */
export function coreAddress(sent: Partial<Read<typeof address>>): Address {
  const { address1, address2, city, locality, state, county, postcode, countryCode } = sent;
  return {
    city: city ?? locality ?? null,
    country: countryCode ?? null,
    line1: address1 ?? null,
    line2: address2 ?? null,
    postal_code: postcode ?? null,
    state: state ?? county ?? null,
  };
}

/** Where goods go, in the core's form; null where no address is said. */
export function coreShipping(sent: Read<typeof shippingDetails> | undefined): JsonObject | null {
  if (sent?.address === undefined) return null;
  return {
    address: { ...coreAddress(sent.address) },
    carrier: null,
    name: sent.name ?? '',
    phone: null,
    tracking_number: null,
  };
}
