import type { Customer } from '../../domain/customer.js';
import type { JsonObject } from '../../domain/json.js';
import type { CustomerInput } from '../../engine/customers.js';
import type { Address } from './postal.js';
import { coreAddress } from './schema/core-address.js';
import type { CustomerFields } from './schema/customers.js';

/** What only this dialect knows of a customer: `wire.dojo` of its row. */
export interface KeptProfile {
  /** The addresses with the lines that the core has no place for. */
  readonly billingAddress?: Address;
  readonly shippingAddress?: Address;
  readonly vatNumber?: string;
  /** Changes since it was made. */
  readonly documentVersion?: number;
  /** Business time, Unix seconds. */
  readonly updatedAt?: number;
}

/** What is kept of a customer; nothing where another dialect has made it. */
export function keptOf({ wire }: Pick<Customer, 'wire'>): KeptProfile {
  return (wire.dojo ?? {}) as KeptProfile;
}

function keptFields(sent: CustomerFields, stored: KeptProfile, now: number): JsonObject {
  const { billingAddress, shippingAddress, vatNumber } = sent;
  const { documentVersion: version } = stored;
  return {
    ...stored,
    ...(billingAddress === undefined ? {} : { billingAddress }),
    ...(shippingAddress === undefined ? {} : { shippingAddress }),
    ...(vatNumber === undefined ? {} : { vatNumber }),
    documentVersion: version === undefined ? 0 : version + 1,
    updatedAt: now,
  } as JsonObject;
}

/**
 * What was sent, as the engine's: the core's own fields, so that every dialect sees them, and the
 * rest. `stored` is null for a new customer; `now` is business time, Unix seconds.
 */
export function inputOf(sent: CustomerFields, stored: Customer | null, now: number): CustomerInput {
  const { name, emailAddress, phoneNumber, billingAddress, shippingAddress } = sent;
  const kept = stored === null ? {} : { documentVersion: 0, ...keptOf(stored) };
  const input: CustomerInput = { wire: { dojo: keptFields(sent, kept, now) } };
  if (name !== undefined) input.name = name;
  if (emailAddress !== undefined) input.email = emailAddress;
  if (phoneNumber !== undefined) input.phone = phoneNumber;
  if (billingAddress !== undefined) input.address = { ...coreAddress(billingAddress) };
  if (shippingAddress !== undefined)
    input.shipping = {
      address: { ...coreAddress(shippingAddress) },
      name: name ?? stored?.name ?? '',
      phone: phoneNumber ?? stored?.phone ?? null,
    };
  return input;
}
