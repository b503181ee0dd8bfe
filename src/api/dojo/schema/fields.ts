import { PAYMENT_AMOUNT_MAX } from '../../../domain/money.js';
import {
  flag,
  int,
  list,
  moment,
  object,
  oneOf,
  required,
  type Shape,
  text,
  textMap,
} from './shape.js';

/** Largest amount of one payment, in minor units: what the Stripe dialect takes, too. */
export const AMOUNT_MAX = Number(PAYMENT_AMOUNT_MAX);

/** Lines of one kind on one payment, and modifiers of one line; Dojo documents no limit. */
export const LINES_MAX = 250;
export const MODIFIERS_MAX = 50;

/** What Dojo's own schema leaves open: an id or a name of somebody else's. */
const NAME_CHARS_MAX = 255;

/** The currencies that Dojo pays in. */
export const CURRENCIES = ['GBP', 'EUR'] as const;

/** A sum of money: minor units and the code of the currency, in upper case. */
export type Money = { value: number; currencyCode: string };

function currencyCode(): Shape<string> {
  const plain = text({ min: 1, max: 10 });
  return {
    schema: { type: 'string', enum: [...CURRENCIES] },
    parse: (value, place, faults) => {
      const code = plain.parse(value, place, faults)?.toUpperCase();
      if (code === undefined || CURRENCIES.some((known) => known === code)) return code;
      return faults.add(place.field, `The field ${place.name} must be ${CURRENCIES.join(' or ')}.`);
    },
  };
}

/** A sum between two limits, in minor units. */
export function money(min: number, max = AMOUNT_MAX): Shape<Money> {
  return object({ value: required(int(min, max)), currencyCode: required(currencyCode()) });
}

/** A sum that may be below zero: a discount. */
export const signedMoney: Shape<Money> = money(-AMOUNT_MAX);

const line = (): Shape<string> => text({ max: 100 });

/** A postal address. */
export const address = object({
  address1: line(),
  address2: line(),
  address3: line(),
  address4: line(),
  city: line(),
  state: line(),
  postcode: text({ max: 50 }),
  countryCode: required(text({ min: 1, max: 10 })),
  locality: line(),
  county: line(),
});

export const shippingDetails = object({
  name: line(),
  deliveryNotes: text({ max: 1024 }),
  address,
});

const contact = {
  id: text({ max: NAME_CHARS_MAX }),
  emailAddress: text({ max: 254, format: 'email' }),
  phoneNumber: text({ max: 50 }),
};

/** Who pays, as a setup intent takes it. */
export const customer = object(contact);

/** Who pays, as a payment intent takes it; the secret shows that he has come himself. */
export const payingCustomer = object({
  ...contact,
  secret: text({ max: NAME_CHARS_MAX }),
  savedCardId: text({ max: NAME_CHARS_MAX }),
});

const collection = object({ collectionRequired: flag() });

/** Longest address of a page, in characters. */
const url = (): Shape<string> => text({ max: 2048, format: 'uri' });

/** How the checkout looks, and what it asks for. */
export const config = object({
  title: text({ max: 100 }),
  redirectUrl: url(),
  cancelUrl: url(),
  customerEmail: collection,
  details: object({ showTotal: flag(), showReference: flag() }),
  billingAddress: collection,
  shippingDetails: collection,
  payment: object({ customAmountAllowed: flag(), tipsAllowed: flag() }),
});

export const requestSecurity = object({
  userAgent: text({ max: 300 }),
  ipAddress: text({ max: 70 }),
  device: text({ max: 120 }),
});

const INT32_MAX = 2 ** 31 - 1;

const modifier = object({
  id: required(text({ max: NAME_CHARS_MAX })),
  name: required(text({ max: NAME_CHARS_MAX })),
  quantity: required(int(0, INT32_MAX)),
  amountPerModifier: required(signedMoney),
});

const itemLine = object({
  id: text({ max: 60 }),
  quantity: int(0, INT32_MAX),
  name: text({ max: 100 }),
  // The name until 2024.
  caption: text({ max: 100 }),
  category: text({ max: NAME_CHARS_MAX }),
  modifiers: list(modifier, MODIFIERS_MAX),
  amountTotal: required(signedMoney),
  plu: text({ max: 200 }),
});

const taxLine = object({
  id: text({ max: 60 }),
  caption: text({ max: 100 }),
  subCaption: text({ max: 100 }),
  amountTotal: required(signedMoney),
  affectedPlu: text({ max: 200 }),
});

export const itemLines = list(itemLine, LINES_MAX);
export const taxLines = list(taxLine, LINES_MAX);

export const PAYMENT_METHODS = ['Card', 'Wallet', 'SavedCard'] as const;
export const paymentMethods = list(oneOf(PAYMENT_METHODS), PAYMENT_METHODS.length);

export const CAPTURE_MODES = ['Auto', 'Manual'] as const;
export const captureMode = oneOf(CAPTURE_MODES);

/** A button on the checkout. */
export const actionLink = object({
  url: required(text({ min: 1, max: 2048, format: 'uri' })),
  action: oneOf(['OpenLink', 'DownloadFile']),
  label: required(text({ min: 1, max: 60 })),
  fileName: text({ max: 256 }),
});

/** Entries of one object's metadata: as many as the Stripe dialect keeps. */
export const METADATA_KEYS_MAX = 50;

/** Values as long as the Stripe dialect keeps them; keys may be longer. */
export const metadata = textMap({
  keys_max: METADATA_KEYS_MAX,
  key_chars_max: 100,
  value_chars_max: 500,
});

export const orderDetails = object({
  availabilityDate: moment(),
  isUpdate: flag(),
  id: text({ max: NAME_CHARS_MAX }),
  externalId: text({ max: NAME_CHARS_MAX }),
});

/** A payment's reference, which its merchant makes. */
export const reference = required(text({ min: 1, max: 60 }));
export const description = text({ max: 4096 });
