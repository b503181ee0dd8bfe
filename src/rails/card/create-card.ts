import type { Card } from '../../domain/payment-method.js';
import { brandOf, passesLuhn } from './brands.js';
import { type TestCard, testCardNamed, testCardOf } from './test-cards.js';

/** A card as it was typed. `expYear` may have two digits. */
export interface CardInput {
  readonly number: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvc: string | null;
  /** Business time, Unix seconds. */
  readonly now: number;
}

export type CardErrorCode =
  | 'incorrect_number'
  | 'invalid_number'
  | 'invalid_expiry_month'
  | 'invalid_expiry_year'
  | 'invalid_cvc';

export type CardParam = 'number' | 'exp_month' | 'exp_year' | 'cvc';

/** A card without its fingerprint, which only the holder of the keys can make. */
export type NewCard = Omit<Card, 'fingerprint'>;

export type CreateCardResult =
  | {
      readonly ok: true;
      readonly card: NewCard;
      /** Digits alone: what to seal and to take the fingerprint of. */
      readonly number: string;
    }
  | { readonly ok: false; readonly code: CardErrorCode; readonly param: CardParam };

/** No card is valid for longer. */
const VALIDITY_YEARS_MAX = 50;

/** Nineteen digits with something between each of them fit. */
const NUMBER_CHARS_MAX = 40;

/**
 * Checks a typed card, in the order number, month, year, CVC, and describes it. Spaces and hyphens
 * in the number are dropped. A valid number that is no test card becomes one that is refused later
 * (`live_card`): this rail only simulates.
 */
export function createCard(input: CardInput): CreateCardResult {
  if (input.number.length > NUMBER_CHARS_MAX) return fail('invalid_number', 'number');
  const number = input.number.replace(/[ -]/g, '');
  if (!/^\d+$/.test(number)) return fail('invalid_number', 'number');
  const brand = brandOf(number);
  const lengths: readonly number[] = brand.numberLengths;
  if (!lengths.includes(number.length) || !passesLuhn(number)) {
    return fail('incorrect_number', 'number');
  }
  const expYear = fullYear(input.expYear);
  const expiry = checkExpiry(input.expMonth, expYear, input.now);
  if (expiry !== null) return expiry;
  if (input.cvc !== null && !isCvc(input.cvc, brand.cvcLengths)) return fail('invalid_cvc', 'cvc');
  return {
    ok: true,
    number,
    card: describeCard(
      testCardOf(number) ?? liveCard(number),
      input.expMonth,
      expYear,
      input.cvc !== null,
    ),
  };
}

/**
 * The card behind a `pm_card_…` or `tok_…` name, with its number for the fingerprint; null when
 * there is no such name. It has a CVC, and expires in August of the year after `now` (Unix s).
 */
export function cardFromToken(
  name: string,
  now: number,
): { readonly card: NewCard; readonly number: string } | null {
  const testCard = testCardNamed(name);
  if (testCard === null) return null;
  const { year } = monthOf(now);
  return { number: testCard.number, card: describeCard(testCard, 8, year + 1, true) };
}

function describeCard(from: TestCard, month: number, year: number, hasCvc: boolean): NewCard {
  return {
    brand: from.brand,
    country: from.country,
    expMonth: month,
    expYear: year,
    funding: from.funding,
    last4: from.number.slice(-4),
    networks: [...from.networks],
    threeDSecureSupported: from.threeDSecureSupported,
    cvcCheck: hasCvc ? 'unchecked' : null,
    addressLine1Check: null,
    postalCodeCheck: null,
    behaviour: from.behaviour,
  };
}

function liveCard(number: string): TestCard {
  const brand = brandOf(number);
  return {
    number,
    names: [],
    behaviour: 'live_card',
    brand: brand.name,
    country: brand.country,
    funding: 'unknown',
    networks: [brand.name],
    threeDSecureSupported: false,
  };
}

/** A card is good to the end of its month; one that ran out this year has a wrong month. */
function checkExpiry(month: number, year: number, now: number): CreateCardResult | null {
  const today = monthOf(now);
  if (!Number.isInteger(month) || month < 1 || month > 12) {
    return fail('invalid_expiry_month', 'exp_month');
  }
  const latest = today.year + VALIDITY_YEARS_MAX;
  if (!Number.isInteger(year) || year < today.year || year > latest) {
    return fail('invalid_expiry_year', 'exp_year');
  }
  if (year === today.year && month < today.month) return fail('invalid_expiry_month', 'exp_month');
  return null;
}

function fullYear(year: number): number {
  return year >= 0 && year < 100 ? 2000 + year : year;
}

/** In UTC: the last hours of a month are decided alike for everyone. */
function monthOf(now: number): { month: number; year: number } {
  const date = new Date(now * 1000);
  return { month: date.getUTCMonth() + 1, year: date.getUTCFullYear() };
}

function isCvc(cvc: string, lengths: readonly number[]): boolean {
  return /^\d+$/.test(cvc) && lengths.includes(cvc.length);
}

function fail(code: CardErrorCode, param: CardParam): CreateCardResult {
  return { ok: false, code, param };
}
