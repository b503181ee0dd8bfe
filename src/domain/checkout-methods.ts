import { PAYMENT_AMOUNT_MAX } from './money.js';

/** A way to pay as a checkout offers it. */
export type OfferedMethod =
  | 'saved_card'
  | 'card'
  | 'device_wallet'
  | 'code_wallet'
  | 'sepa_debit'
  | 'us_bank_account';

/** One row: a way to pay, and where it fits. null stands for all there are. */
export interface MethodRow {
  readonly method: OfferedMethod;
  /** The intent's method type that it pays by; null: whatever types the intent takes. */
  readonly type: string | null;
  /** ISO 3166, upper case: where the customer is. */
  readonly countries: readonly string[] | null;
  /** ISO 4217, lower case. */
  readonly currencies: readonly string[] | null;
  /** Minor units of the currency, both ends included. */
  readonly least: bigint;
  readonly most: bigint;
  /** Whether there is a rail for it that moves money; where not, it is simulated. */
  readonly isReal: boolean;
  /** Whether an amount can be held and taken later. */
  readonly holds: boolean;
  /** Whether it can be saved without a payment. */
  readonly saves: boolean;
}

/** Countries whose accounts direct debits reach, as the European Payments Council lists them. */
const SEPA_COUNTRIES =
  'AD AL AT BE BG BL CH CY CZ DE DK EE ES FI FR GB GF GG GI GP GR HR HU IE IM IS IT JE LI LT LU ' +
  'LV MC MD ME MF MK MQ MT NL NO PL PM PT RE RO RS SE SI SK SM VA YT';

const CARD = {
  type: 'card',
  countries: null,
  currencies: null,
  least: 1n,
  most: PAYMENT_AMOUNT_MAX,
  isReal: false,
  holds: true,
  saves: false,
} as const;

const DEBIT = {
  least: 1n,
  most: PAYMENT_AMOUNT_MAX,
  isReal: false,
  holds: false,
  saves: false,
} as const;

/**
 * Wallets pay 0.05 to 250 US dollars: about that in round numbers, by currency. Whether a wallet
 * can pay just this amount is asked when its code is made, by the rate that then holds.
 */
function wallet(currency: string, least: bigint, most: bigint): MethodRow {
  const currencies = [currency];
  const rest = { type: null, countries: null, isReal: true, holds: false, saves: false };
  return { method: 'code_wallet', currencies, least, most, ...rest };
}

/** Every way to pay, in the order in which it is offered. */
export const METHOD_ROWS: readonly MethodRow[] = [
  { method: 'saved_card', ...CARD },
  { method: 'card', ...CARD, saves: true },
  { method: 'device_wallet', ...CARD },
  wallet('usd', 5n, 250_00n),
  wallet('eur', 5n, 215_00n),
  wallet('gbp', 4n, 190_00n),
  wallet('cad', 7n, 350_00n),
  wallet('aud', 8n, 380_00n),
  wallet('chf', 5n, 200_00n),
  wallet('jpy', 8n, 38_000n),
  {
    method: 'sepa_debit',
    type: 'sepa_debit',
    countries: SEPA_COUNTRIES.split(' '),
    currencies: ['eur'],
    ...DEBIT,
  },
  {
    method: 'us_bank_account',
    type: 'us_bank_account',
    countries: ['US'],
    currencies: ['usd'],
    ...DEBIT,
  },
];

/** What a checkout is for, as far as it decides which ways to pay fit. */
export interface CheckoutCase {
  readonly purpose: 'payment' | 'setup';
  /** Of the intent. */
  readonly methodTypes: readonly string[];
  /** What its creator leaves open beside them. */
  readonly takes: {
    readonly newCards: boolean;
    readonly savedCards: boolean;
    readonly wallets: boolean;
  };
  readonly hasSavedCards: boolean;
  /** Whether the merchant takes payments from wallets. */
  readonly takesCodes: boolean;
  readonly capturesLater: boolean;
  readonly livemode: boolean;
  readonly country: string;
  readonly currency: string;
  /** Minor units. */
  readonly amount: bigint;
}

/** The ways to pay that fit, in the order in which they are offered. */
export function methodsFor(asked: CheckoutCase): OfferedMethod[] {
  const rows = METHOD_ROWS.filter((row) => fits(row, asked));
  return [...new Set(rows.map(({ method }) => method))];
}

function fits(row: MethodRow, asked: CheckoutCase): boolean {
  const { methodTypes, livemode, capturesLater, country, currency, amount, purpose } = asked;
  if (!isLeftOpen(row.method, asked)) return false;
  if (row.type !== null && !methodTypes.includes(row.type)) return false;
  if (livemode && !row.isReal) return false;
  if (row.countries !== null && !row.countries.includes(country)) return false;
  // No money moves: there is no amount that it could be too much for.
  if (purpose === 'setup') return row.saves;
  if (capturesLater && !row.holds) return false;
  if (row.currencies !== null && !row.currencies.includes(currency)) return false;
  return amount >= row.least && amount <= row.most;
}

function isLeftOpen(method: OfferedMethod, { takes, ...asked }: CheckoutCase): boolean {
  switch (method) {
    case 'saved_card':
      return takes.savedCards && asked.hasSavedCards;
    case 'card':
      return takes.newCards;
    case 'device_wallet':
      return takes.wallets;
    case 'code_wallet':
      return asked.takesCodes;
    default:
      return true;
  }
}

/** What may tell where a customer is, in the order in which it is believed. */
export interface CountryHints {
  readonly billing: string | null;
  /** Chosen on the page. */
  readonly chosen: string | null;
  /** An `Accept-Language` header. */
  readonly languages: string | null;
  /** The merchant's own. */
  readonly account: string;
}

const COUNTRY = /^[A-Z]{2}$/;

/** The customer's country, ISO 3166, upper case. */
export function countryOf({ billing, chosen, languages, account }: CountryHints): string {
  const named = [billing, chosen].map((hint) => hint?.toUpperCase() ?? '');
  return [...named, regionOf(languages ?? '')].find((hint) => COUNTRY.test(hint)) ?? account;
}

/** The region of the first language that names one: `de-AT` of `en, de-AT;q=0.8`. */
function regionOf(languages: string): string {
  for (const part of languages.slice(0, LANGUAGES_CHARS_MAX).split(',')) {
    const [, region] = /^\s*[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\s*(?:;|$)/i.exec(part) ?? [];
    if (region !== undefined) return region.toUpperCase();
  }
  return '';
}

/** Browsers send some tens. */
const LANGUAGES_CHARS_MAX = 500;
