import type { Failure } from '../../../domain/errors.js';
import type { Intent } from '../../../domain/intent.js';
import type { IntentFields } from '../../../engine/intents.js';
import type { BillingInput } from '../../../engine/methods.js';
import { type KeptCustomer, type KeptIntent, keptOf, withKept } from '../kept.js';
import { coreAddress, coreShipping } from '../schema/core-address.js';
import { METADATA_KEYS_MAX } from '../schema/fields.js';
import type { Address, Details } from './bodies.js';

/** What a token's holder can pay with, as the wire names it. */
export type Way = NonNullable<KeptIntent['paymentMethods']>[number];

/** Whether it may be paid in this way. An intent that names no ways leaves all of them open. */
export function takes(intent: Intent, way: Way): boolean {
  const { paymentMethods = [] } = keptOf(intent);
  return paymentMethods.length === 0 || paymentMethods.includes(way);
}

/** Whether its customer has proved, by his secret, that he is there. */
export function isProven(intent: Intent): boolean {
  return intent.customer !== null && keptOf(intent).customer?.proven === true;
}

/** An address as it is kept: the wire's always has a country. */
function whole(address: Address) {
  return { ...address, countryCode: address.countryCode ?? '' };
}

/** What the customer told, as it is kept with the intent. Errors: limit_reached (metadata). */
export function keptFields(intent: Intent, details: Details): IntentFields | Failure {
  const { email, phone, billing, shipping, metadata } = details;
  // The merchant's own entries stay: a customer's page may add to them, and change none.
  const joined = { ...metadata, ...intent.metadata };
  if (Object.keys(joined).length > METADATA_KEYS_MAX)
    return { failure: 'limit_reached', what: 'metadata', max: METADATA_KEYS_MAX };
  const isNamed = email !== undefined || phone !== undefined;
  const shippingDetails = shipping && wholeShipping(shipping);
  const fields: Partial<KeptIntent> = {
    ...(isNamed ? { customer: contactOf(intent, details) } : {}),
    ...(billing === undefined ? {} : { billingAddress: whole(billing) }),
    ...(shippingDetails === undefined ? {} : { shippingDetails }),
  };
  const next: IntentFields = {};
  if (Object.keys(fields).length > 0) next.wire = withKept(intent, fields);
  if (email !== undefined) next.receiptEmail = email;
  if (shippingDetails?.address !== undefined) next.shipping = coreShipping(shippingDetails);
  if (metadata !== undefined) next.metadata = () => joined;
  return next;
}

function wholeShipping({
  address,
  ...rest
}: NonNullable<Details['shipping']>): NonNullable<KeptIntent['shippingDetails']> {
  return address === undefined ? rest : { ...rest, address: whole(address) };
}

function contactOf(intent: Intent, { email, phone }: Details): KeptCustomer {
  const contact: KeptCustomer = { ...keptOf(intent).customer };
  if (email !== undefined) contact.emailAddress = email;
  if (phone !== undefined) contact.phoneNumber = phone;
  return contact;
}

/** The details as a payment method has them. */
export function billingOf({ email, phone, billing }: Details, name: string | null): BillingInput {
  return {
    ...(name === null ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(billing === undefined ? {} : { address: coreAddress(billing) }),
  };
}
