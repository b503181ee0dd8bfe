import {
  arrayOf,
  boolean,
  defaulted,
  enumeration,
  expand,
  hash,
  id,
  integer,
  openHash,
  required,
  string,
  timestamp,
  unsettable,
} from '../params.js';
import { currency, email } from './formats.js';

/** Text that an empty string unsets. */
export function clearable(options: { chars_max?: number } = {}) {
  return unsettable(string(options));
}

/** Only `expand`: what retrieving an object by its id takes. */
export const retrieveOnly = hash({ expand: expand() });

/** The cursors and size of a list. Out of 1..100 the limit is moved into it, not refused. */
export const listFields = {
  limit: defaulted(integer({ min: 1, max: 100, clamp: true }), 10),
  starting_after: id(),
  ending_before: id(),
  expand: expand(),
};

/** A card as typed; the parts of an address are as the form left them. */
export const typedCard = hash({
  address_city: clearable(),
  address_country: clearable(),
  address_line1: clearable(),
  address_line2: clearable(),
  address_state: clearable(),
  address_zip: clearable(),
  currency: currency(),
  cvc: clearable(),
  // Ours: of a security code that was typed into a frame of its own.
  cvc_token: string(),
  exp_month: required(integer()),
  exp_year: required(integer()),
  name: clearable(),
  networks: hash({ preferred: clearable() }),
  number: required(string()),
});

const addressFields = {
  city: clearable(),
  country: clearable(),
  line1: clearable(),
  line2: clearable(),
  postal_code: clearable(),
  state: clearable(),
};

/** A postal address; each line can be sent empty, as checkout forms do. */
export const address = hash(addressFields);

/** Where a payment's goods go. */
export const shipping = hash({
  address: required(address),
  carrier: clearable(),
  name: required(string()),
  phone: clearable(),
  tracking_number: clearable(),
});

/** Who pays. */
export const billingDetails = hash({
  address: unsettable(address),
  email: email(),
  name: clearable(),
  phone: clearable(),
  tax_id: clearable(),
});

const acceptanceTypes = enumeration(['offline', 'online']);

/** The customer's agreement to be charged later, as the merchant's server has recorded it. */
export const mandateData = hash({
  customer_acceptance: required(
    hash({
      accepted_at: timestamp(),
      offline: unsettable(hash({})),
      online: hash({ ip_address: required(string()), user_agent: required(string()) }),
      type: required(acceptanceTypes),
    }),
  ),
});

/** The same from a browser, which may leave its address and name to be read off the request. */
export const browserMandateData = hash({
  customer_acceptance: required(
    hash({
      accepted_at: timestamp(),
      offline: unsettable(hash({})),
      online: hash({
        infer_from_client: boolean(),
        ip_address: clearable(),
        user_agent: clearable(),
      }),
      type: required(acceptanceTypes),
    }),
  ),
});

/** Hints against fraud that stripe.js makes. */
export const radarOptions = hash({
  referrer: clearable(),
  session: clearable(),
  // Sent by stripe.js where the page passed a challenge.
  hcaptcha_token: clearable(),
});

/** What stripe.js tells about the page; kept nowhere, refused nowhere. */
export const pageFields = {
  client_attribution_metadata: openHash(),
  guid: clearable(),
  muid: clearable(),
  pasted_fields: clearable(),
  payment_user_agent: clearable(),
  referrer: clearable(),
  sid: clearable(),
  time_on_page: clearable(),
};

/**
 * What a browser adds to a call made with a publishable key: the key itself, where no header is
 * sent, and whom it speaks for.
 */
export const browserFields = {
  ...pageFields,
  _stripe_account: clearable(),
  _stripe_version: clearable(),
  expected_payment_method_type: clearable(),
  is_stripe_sdk: boolean(),
  key: clearable(),
};

/** A browser's access to one intent. */
export const clientFields = { ...browserFields, client_secret: string() };

/** Texts of a bank's or shop's languages, such as `preferred_locales`. */
export const texts = arrayOf(string());
