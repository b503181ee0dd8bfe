import type { JsonObject } from '../../domain/json.js';
import { EMPTY_ADDRESS, type Address as Postal } from '../../domain/payment-method.js';
import { coreAddress } from './schema/core-address.js';
import type { address } from './schema/fields.js';
import type { Read } from './schema/shape.js';

/** A postal address in the wire's fields. */
export type Address = Read<typeof address>;

/**
 * An address of the core's in the wire's fields. The one that was sent here is given back whole, as
 * long as no other dialect has changed what of it the core knows.
 */
export function addressOf(stored: JsonObject | null, sent?: Address): Address | undefined {
  if (stored === null) return undefined;
  const postal: Postal = { ...EMPTY_ADDRESS, ...stored };
  if (sent !== undefined && isSame(postal, coreAddress(sent))) return sent;
  const { line1, line2, city, state, postal_code, country } = postal;
  return {
    ...(line1 === null ? {} : { address1: line1 }),
    ...(line2 === null ? {} : { address2: line2 }),
    ...(city === null ? {} : { city }),
    ...(state === null ? {} : { state }),
    ...(postal_code === null ? {} : { postcode: postal_code }),
    countryCode: country ?? '',
  };
}

function isSame(a: Postal, b: Postal): boolean {
  return (Object.keys(EMPTY_ADDRESS) as (keyof Postal)[]).every((part) => a[part] === b[part]);
}
