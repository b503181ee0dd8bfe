import { metadata } from '../schema/fields.js';
import { flag, object, type Read, required, type Shape, text } from '../schema/shape.js';

/** A country: by ISO 3166-1's letters or, as Connect-E has it, by its number (`826`, also bare). */
function country(): Shape<string> {
  const letters = text({ max: 10 });
  return {
    schema: { type: ['string', 'integer'] },
    parse: (value, place, faults) => {
      const sent = typeof value === 'number' ? String(value).padStart(3, '0') : value;
      const read = letters.parse(sent, place, faults);
      if (read === undefined || read === '') return undefined;
      const region = regionOf(read);
      if (region !== null) return region;
      return faults.add(place.field, `The ${place.name} field is not a country of ISO 3166-1.`);
    },
  };
}

/** Unicode's canonical form of a region's number is its letters. */
function regionOf(code: string): string | null {
  if (!/^(?:[a-z]{2}|\d{3})$/i.test(code)) return null;
  const region = new Intl.Locale(`und-${code}`).region ?? '';
  return /^[A-Z]{2}$/.test(region) && region !== 'ZZ' ? region : null;
}

const line = text({ max: 100 });

const address = object({
  address1: line,
  address2: line,
  address3: line,
  address4: line,
  city: line,
  state: line,
  postcode: text({ max: 50 }),
  countryCode: country(),
});

/** As a device's wallet names the parts of an address. */
const contact = object({
  name: line,
  email: text({ max: 254, format: 'email' }),
  phoneNumber: text({ max: 50 }),
  address1: line,
  address2: line,
  address3: line,
  locality: line,
  administrativeArea: line,
  postalCode: text({ max: 50 }),
  countryCode: country(),
});

const shared = {
  userEmailAddress: text({ max: 254, format: 'email' }),
  userPhoneNumber: text({ max: 50 }),
  billingAddress: address,
  shippingDetails: object({ name: line, deliveryNotes: text({ max: 1024 }), address }),
  metaData: metadata,
};

const code = text({ max: 4 });

/** `POST /api/payments/{token}` and `/api/device-data/{token}`: a card as it was typed. */
export const cardBody = object({
  cardNumber: required(text({ min: 1, max: 40 })),
  expiryDate: required(text({ min: 1, max: 20 })),
  cV2: required(code),
  cardName: text({ max: 100 }),
  ...shared,
  savePaymentMethod: flag(),
  mitConsentGiven: flag(),
});

/** `POST /api/payments/recurring/{token}`: a card that was saved before. */
export const savedBody = object({
  paymentMethodId: required(text({ min: 1, max: 100 })),
  cV2: code,
  ...shared,
});

/** `POST /api/payments/{token}/google-pay` and `/apple-pay`. */
export const walletBody = object({
  token: required(text({ min: 1, max: 20_000 })),
  email: text({ max: 254, format: 'email' }),
  phoneNumber: text({ max: 50 }),
  billingContact: contact,
  shippingContact: contact,
  metaData: metadata,
});

/** `POST /mobile/payments/{token}/three-ds-complete`: what became of a challenge. */
export const completionBody = object({
  paRes: text({ max: 20_000 }),
  transactionId: text({ max: 100 }),
  cardinalValidateResponse: object({
    actionCode: text({ max: 40 }),
    isValidated: flag(),
  }),
});

export type Address = Read<typeof address>;
type Contact = Read<typeof contact>;

/** What a customer tells beside what he pays with; `undefined` was not told. */
export interface Details {
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly billing: Address | undefined;
  readonly shipping: Read<typeof shared.shippingDetails> | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

/** The details of a body that names them as Connect-E does. */
export function detailsOf(sent: Partial<Read<typeof cardBody>>): Details {
  return {
    email: sent.userEmailAddress,
    phone: sent.userPhoneNumber,
    billing: sent.billingAddress,
    shipping: sent.shippingDetails,
    metadata: sent.metaData,
  };
}

/** The details of a body that comes of a device's wallet. */
export function walletDetailsOf(sent: Read<typeof walletBody>): Details {
  const { billingContact: billing, shippingContact: shipping } = sent;
  return {
    email: sent.email ?? billing?.email ?? shipping?.email,
    phone: sent.phoneNumber ?? billing?.phoneNumber,
    billing: billing && addressOf(billing),
    shipping: shipping && { name: shipping.name ?? '', address: addressOf(shipping) },
    metadata: sent.metaData,
  };
}

function addressOf(contact: Contact): Address {
  const { address1, address2, address3, countryCode } = contact;
  const { locality: city, administrativeArea: state, postalCode: postcode } = contact;
  const parts = { address1, address2, address3, city, state, postcode, countryCode };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}
