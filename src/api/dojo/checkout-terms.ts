import type { Intent } from '../../domain/intent.js';
import type { SetupIntent } from '../../domain/setup.js';
import type { IntentFields } from '../../engine/intents.js';
import type { SetupFields } from '../../engine/setups.js';
import type { DetailsCall, Line, Money, PostalAddress } from '../checkout/schema.js';
import { type CheckoutTeller, type CheckoutTerms, PLAIN_TERMS } from '../checkout-terms.js';
import { readMoney } from '../receipt-letter.js';
import { type KeptIntent, keptOf, withKept } from './kept.js';
import { keptOf as keptOfSetup, withKept as withKeptSetup } from './kept-setup.js';
import type { Address } from './postal.js';
import { coreShipping } from './schema/core-address.js';
import type { Money as WireMoney } from './schema/fields.js';

/** What the checkout shows and asks of what this dialect created. */
export const dojoCheckout: CheckoutTeller = {
  dialect: 'dojo',
  intent: termsOfIntent,
  setup: termsOfSetup,
  keep: keepWithIntent,
  keepSetup: keepWithSetup,
  requestChallenge: () => 'automatic',
};

type ItemLine = NonNullable<KeptIntent['itemLines']>[number];
type Kept = Partial<
  Pick<KeptIntent, 'reference' | 'paymentMethods' | 'billingAddress' | 'shippingDetails' | 'config'>
>;

function termsOfIntent(intent: Intent): CheckoutTerms {
  const kept = keptOf(intent);
  const { customer, itemLines = [], taxLines = [] } = kept;
  const { payment } = kept.config ?? {};
  return {
    ...commonTerms(kept),
    lines: itemLines.map(itemLine),
    taxes: taxLines.map(({ caption, subCaption, amountTotal }) => ({
      name: caption ?? 'Tax',
      note: subCaption ?? '',
      quantity: 1,
      total: money(amountTotal),
    })),
    tipsAllowed: payment?.tipsAllowed === true,
    customAmountAllowed: payment?.customAmountAllowed === true,
    email: customer?.emailAddress ?? intent.receiptEmail ?? '',
    savedCardsOf: customer?.proven === true ? intent.customer : null,
    actionLink: actionLinkOf(kept.actionLink),
  };
}

function termsOfSetup(setup: SetupIntent): CheckoutTerms {
  const kept = keptOfSetup(setup);
  const { customer, terms = '' } = kept;
  return { ...commonTerms(kept), email: customer?.emailAddress ?? '', terms };
}

function commonTerms(kept: Kept): CheckoutTerms {
  const { reference = '', config, paymentMethods = ['Card'] } = kept;
  const { details, customerEmail, billingAddress, shippingDetails } = config ?? {};
  const shipping = kept.shippingDetails;
  return {
    ...PLAIN_TERMS,
    title: config?.title ?? '',
    reference,
    showsTotal: details?.showTotal ?? true,
    showsReference: details?.showReference ?? true,
    collect: {
      email: customerEmail?.collectionRequired === true,
      billing: billingAddress?.collectionRequired === true,
      shipping: shippingDetails?.collectionRequired === true,
    },
    billing: postalOf(kept.billingAddress),
    shipping: postalOf(shipping?.address, shipping?.name),
    takes: {
      newCards: paymentMethods.includes('Card'),
      savedCards: paymentMethods.includes('SavedCard'),
      wallets: paymentMethods.includes('Wallet'),
    },
    redirectUrl: config?.redirectUrl ?? null,
    cancelUrl: config?.cancelUrl ?? null,
  };
}

function money({ value, currencyCode }: WireMoney): Money {
  return { value, currency: currencyCode.toLowerCase() };
}

/** The name was a caption until 2024. */
function itemLine({ name, caption, quantity = 1, modifiers = [], amountTotal }: ItemLine): Line {
  return {
    name: name ?? caption ?? '',
    note: modifiers.map(modifierText).join(', '),
    quantity,
    total: money(amountTotal),
  };
}

function modifierText({
  name,
  quantity,
  amountPerModifier: { value, currencyCode },
}: NonNullable<ItemLine['modifiers']>[number]): string {
  const shown = quantity === 1 ? name : `${quantity} × ${name}`;
  if (value === 0) return shown;
  const sum = readMoney(BigInt(Math.abs(value)), currencyCode.toLowerCase());
  return `${shown} (${value < 0 ? '−' : '+'}${sum})`;
}

function actionLinkOf(link: KeptIntent['actionLink']): CheckoutTerms['actionLink'] {
  if (link === undefined) return null;
  const { url, label, action, fileName } = link;
  return { url, label, fileName: action === 'DownloadFile' ? (fileName ?? 'download') : null };
}

function postalOf(address: Address | undefined, name?: string): PostalAddress | null {
  if (address === undefined && name === undefined) return null;
  const { address1, address2, city, locality, state, county, postcode, countryCode } =
    address ?? {};
  const parts = {
    name,
    line1: address1,
    line2: address2,
    city: city ?? locality,
    state: state ?? county,
    postcode,
    country: countryCode,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** An address as the wire has it; one without a country is none there. */
function addressOf({ line1, line2, city, state, postcode, country }: PostalAddress): Address {
  return {
    ...(line1 === undefined ? {} : { address1: line1 }),
    ...(line2 === undefined ? {} : { address2: line2 }),
    ...(city === undefined ? {} : { city }),
    ...(state === undefined ? {} : { state }),
    ...(postcode === undefined ? {} : { postcode }),
    countryCode: country ?? '',
  };
}

type Entered = Pick<KeptIntent, 'billingAddress' | 'shippingDetails'>;

function enteredFields({ billing, shipping }: DetailsCall, kept: Kept): Partial<Entered> {
  return {
    ...(billing === undefined ? {} : { billingAddress: addressOf(billing) }),
    ...(shipping === undefined ? {} : { shippingDetails: shippingOf(shipping, kept) }),
  };
}

/** The merchant's delivery notes stay. */
function shippingOf(
  { name, ...address }: PostalAddress,
  { shippingDetails }: Kept,
): NonNullable<KeptIntent['shippingDetails']> {
  return {
    ...shippingDetails,
    ...(name === undefined ? {} : { name }),
    address: addressOf(address),
  };
}

function keepWithIntent(intent: Intent, entered: DetailsCall): IntentFields {
  const kept = keptOf(intent);
  const { email } = entered;
  const fields = enteredFields(entered, kept);
  const { shippingDetails } = fields;
  const contact =
    email === undefined ? {} : { customer: { ...kept.customer, emailAddress: email } };
  return {
    wire: withKept(intent, { ...fields, ...contact }),
    ...(email === undefined ? {} : { receiptEmail: email }),
    ...(shippingDetails === undefined ? {} : { shipping: coreShipping(shippingDetails) }),
  };
}

function keepWithSetup(setup: SetupIntent, entered: DetailsCall): SetupFields {
  const kept = keptOfSetup(setup);
  const { email } = entered;
  const contact =
    email === undefined ? {} : { customer: { ...kept.customer, emailAddress: email } };
  return { wire: withKeptSetup(setup, { ...enteredFields(entered, kept), ...contact }) };
}
