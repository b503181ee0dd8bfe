import { PAYMENT_AMOUNT_MAX } from '../../domain/money.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/**
 * The currencies a payment can be presented in, in the order of Stripe's own error text: the
 * dollar first, then the alphabet. Codes that ISO 4217 has withdrawn are left out.
 */
export const presentmentCurrencies: readonly string[] = (
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp ' +
  'byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel ghs ' +
  'gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd ' +
  'kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok ' +
  'npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos ' +
  'srd svc szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer ' +
  'zar zmw'
).split(' ');

const supported = new Set(presentmentCurrencies);

/** Amounts of these are whole units, whatever ISO 4217 says (mga has two decimals there). */
const zeroDecimal = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);

const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '));

/** Whole units only, but sent with two decimals for compatibility: 5 kr. is 500. */
const wholeInHundreds = new Set(['isk', 'ugx']);

/**
 * The smallest charge, in the minor units of the wire. Stripe requires the equivalent of 0.50 usd
 * for a currency that is not here; without a rate there is nothing to hold it against.
 */
const minimums: Readonly<Record<string, bigint>> = {
  usd: 50n,
  aed: 200n,
  aud: 50n,
  bgn: 100n,
  brl: 50n,
  cad: 50n,
  chf: 50n,
  czk: 1500n,
  dkk: 250n,
  eur: 50n,
  gbp: 30n,
  hkd: 400n,
  huf: 17500n,
  inr: 50n,
  jpy: 50n,
  mxn: 1000n,
  myr: 200n,
  nok: 300n,
  nzd: 50n,
  pln: 200n,
  ron: 200n,
  sek: 300n,
  sgd: 50n,
  thb: 1000n,
};

const signs: Readonly<Record<string, string>> = {
  usd: '$',
  aud: '$',
  cad: '$',
  hkd: '$',
  mxn: '$',
  nzd: '$',
  sgd: '$',
  eur: '€',
  gbp: '£',
  jpy: '¥',
  inr: '₹',
};

/** Whether a payment can be in the currency; `currency` is in lower case. */
export function isSupportedCurrency(currency: string): boolean {
  return supported.has(currency);
}

/** How many decimals the wire's amounts of a currency have: 0, 2 or 3. */
export function currencyDecimals(currency: string): 0 | 2 | 3 {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

/** The smallest amount that can be charged, in minor units of the wire. */
export function minimumCharge(currency: string): bigint {
  return minimums[currency] ?? 1n;
}

/** A currency that no payment can be in. */
export function unsupportedCurrency(currency: string, param: string): StripeError {
  const shown = currency.length <= 20 ? currency : `${currency.slice(0, 20)}...`;
  const message = `Invalid currency: ${shown}. Stripe currently supports these currencies: `;
  return invalidRequest(message + presentmentCurrencies.join(', '), param);
}

/**
 * The rules for an amount that need its currency: minimum, eight digits, and the currencies whose
 * last digits must be zero.
 * @param amount minor units as on the wire, at least 1
 * @param currency supported, in lower case
 * @returns null when the amount can be charged
 */
export function checkChargeAmount(
  amount: bigint,
  currency: string,
  param = 'amount',
): StripeError | null {
  const minimum = minimumCharge(currency);
  if (amount < minimum) {
    const message = `Amount must be at least ${formatAmount(minimum, currency)} ${currency}`;
    return invalidRequest(message, param, 'amount_too_small');
  }
  if (amount > PAYMENT_AMOUNT_MAX) {
    const message = `Amount must be no more than ${formatAmount(PAYMENT_AMOUNT_MAX, currency)}`;
    return invalidRequest(message, param, 'amount_too_large');
  }
  return checkAmountDigits(amount, currency, param);
}

/**
 * The last digits alone, for amounts that have no minimum of their own, such as a refund.
 * Networks settle three-decimal currencies to two decimals, and isk and ugx have none.
 */
export function checkAmountDigits(
  amount: bigint,
  currency: string,
  param = 'amount',
): StripeError | null {
  const step = threeDecimal.has(currency) ? 10n : wholeInHundreds.has(currency) ? 100n : 1n;
  if (amount % step === 0n) return null;
  const message = `Invalid amount: amounts in ${currency} must be divisible by ${step}.`;
  return invalidRequest(message, param, 'parameter_invalid_integer');
}

/** `$1,234.50`: the sign where the currency has a well-known one, and all of its decimals. */
export function formatAmount(amount: bigint, currency: string): string {
  const decimals = currencyDecimals(currency);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(?:\d{3})+$)/g, ',');
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0n ? '-' : ''}${signs[currency] ?? ''}${whole}${fraction}`;
}
