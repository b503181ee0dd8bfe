import { EMAIL_CHARS_MAX, isEmail } from '../../domain/mail.js';
import { PAYMENT_AMOUNT_MAX } from '../../domain/money.js';
import { invalidField, missingField } from './fault.js';
import { flagIn, type Members, numberIn, objectIn, readBody, textIn } from './fields.js';
import type { CheckoutMethod, DetailsCall, PayCall, PostalAddress, ReceiptCall } from './schema.js';

/** A tip, and what is sold without it; minor units. */
const AMOUNT_MAX = Number(PAYMENT_AMOUNT_MAX);

/** As the dialects' own addresses have them. */
const LINE_CHARS_MAX = 100;
const POSTCODE_CHARS_MAX = 50;
const CARD_NUMBER_CHARS_MAX = 40;
const ID_CHARS_MAX = 100;

/** Every way to pay, and what its call must have beside its name. */
const NEEDS: Readonly<Record<CheckoutMethod, readonly (keyof PayCall)[]>> = {
  saved_card: ['savedCard', 'cvc'],
  card: ['card'],
  device_wallet: [],
  code_wallet: [],
  sepa_debit: ['iban', 'accountName', 'email'],
  us_bank_account: ['routingNumber', 'accountNumber', 'accountName'],
};

/** Leaves out what is undefined: a field that is absent stays as it was. */
function present<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as never;
}

/** Reads `POST …/details`. Throws CallFault, as the others here. */
export function readDetails(body: Buffer): DetailsCall {
  return detailsOf(readBody(body));
}

function detailsOf(from: Members): DetailsCall {
  return present({
    tips: numberIn(from, 'tips', 0, AMOUNT_MAX),
    amount: numberIn(from, 'amount', 1, AMOUNT_MAX),
    email: emailIn(from),
    billing: addressIn(from, 'billing'),
    shipping: addressIn(from, 'shipping'),
    country: countryIn(from),
  });
}

function emailIn(from: Members): string | undefined {
  const email = textIn(from, 'email', EMAIL_CHARS_MAX);
  if (email === undefined || email === '') return undefined;
  if (!isEmail(email))
    throw invalidField('email', 'This is no e-mail address: like ada@example.com.');
  return email;
}

function countryIn(from: Members): string | undefined {
  const country = textIn(from, 'country', 2)?.toUpperCase();
  if (country === undefined || country === '') return undefined;
  if (!/^[A-Z]{2}$/.test(country)) throw invalidField(`${from.at}country`, 'This is no country.');
  return country;
}

function addressIn(from: Members, name: 'billing' | 'shipping'): PostalAddress | undefined {
  const address = objectIn(from, name);
  if (address === undefined) return undefined;
  return present({
    name: textIn(address, 'name', LINE_CHARS_MAX),
    line1: textIn(address, 'line1', LINE_CHARS_MAX),
    line2: textIn(address, 'line2', LINE_CHARS_MAX),
    city: textIn(address, 'city', LINE_CHARS_MAX),
    state: textIn(address, 'state', LINE_CHARS_MAX),
    postcode: textIn(address, 'postcode', POSTCODE_CHARS_MAX),
    country: countryIn(address),
  });
}

/** Reads `POST …/pay`: each way to pay with what it needs, and nothing of the others. */
export function readPay(body: Buffer): PayCall {
  const from = readBody(body);
  const method = textIn(from, 'method', ID_CHARS_MAX);
  if (method === undefined) throw missingField('method', 'Choose a way to pay.');
  if (!isMethod(method)) throw invalidField('method', 'There is no such way to pay.');
  const own = present({
    total: numberIn(from, 'total', 0, Number.MAX_SAFE_INTEGER),
    card: method === 'card' ? cardIn(from) : undefined,
    savedCard: textIn(from, 'savedCard', ID_CHARS_MAX),
    cvc: cvcIn(from),
    iban: textIn(from, 'iban', LINE_CHARS_MAX),
    routingNumber: textIn(from, 'routingNumber', LINE_CHARS_MAX),
    accountNumber: textIn(from, 'accountNumber', LINE_CHARS_MAX),
    accountName: textIn(from, 'accountName', LINE_CHARS_MAX),
  });
  const boxes = { save: flagIn(from, 'save'), agreed: flagIn(from, 'agreed') };
  return { ...detailsOf(from), ...own, ...boxes, method };
}

/** Why a call cannot be tried: something that its way to pay needs is not there. */
export function missingFor(call: PayCall): string | null {
  return NEEDS[call.method].find((name) => !call[name]) ?? null;
}

function isMethod(name: string): name is CheckoutMethod {
  return Object.hasOwn(NEEDS, name);
}

function cvcIn(from: Members): string | undefined {
  const cvc = textIn(from, 'cvc', CARD_NUMBER_CHARS_MAX);
  if (cvc === undefined || /^(\d{3,4})?$/.test(cvc)) return cvc;
  throw invalidField(`${from.at}cvc`, 'A security code has three or four digits.');
}

/** What was typed, as it is: whether that can be a card is the card rail's to say. */
function cardIn(from: Members): PayCall['card'] {
  const card = objectIn(from, 'card');
  if (card === undefined) return undefined;
  const number = textIn(card, 'number', CARD_NUMBER_CHARS_MAX);
  if (!number) throw missingField('card.number', 'Enter the card number.');
  const expMonth = numberIn(card, 'expMonth', 1, 12);
  if (expMonth === undefined) throw missingField('card.expMonth', 'Enter the expiry date.');
  const expYear = numberIn(card, 'expYear', 0, 9999);
  if (expYear === undefined) throw missingField('card.expYear', 'Enter the expiry date.');
  const cvc = cvcIn(card);
  if (!cvc) throw missingField('card.cvc', 'Enter the security code.');
  return { number, expMonth, expYear, cvc, name: textIn(card, 'name', LINE_CHARS_MAX) ?? '' };
}

/** Reads `POST …/receipt`. */
export function readReceipt(body: Buffer): ReceiptCall {
  const email = emailIn(readBody(body));
  if (email === undefined) throw missingField('email', 'Enter an e-mail address.');
  return { email };
}

/** Reads the body of a call that says nothing. */
export function readNothing(body: Buffer): void {
  if (body.length > 0) readBody(body);
}
