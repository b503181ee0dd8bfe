export interface Brand {
  readonly name: string;
  readonly numberLengths: readonly number[];
  readonly cvcLengths: readonly number[];
  /** Where the brand's cards come from when nothing else says so. */
  readonly country: string;
}

const LONG = [16, 17, 18, 19];

const BRANDS = {
  visa: { name: 'visa', numberLengths: [13, 16, 19], cvcLengths: [3], country: 'US' },
  mastercard: { name: 'mastercard', numberLengths: [16], cvcLengths: [3], country: 'US' },
  // Four digits are printed on the card; three are let through, as card forms in the field do.
  amex: { name: 'amex', numberLengths: [15], cvcLengths: [3, 4], country: 'US' },
  discover: { name: 'discover', numberLengths: LONG, cvcLengths: [3], country: 'US' },
  diners: { name: 'diners', numberLengths: [14, ...LONG], cvcLengths: [3], country: 'US' },
  jcb: { name: 'jcb', numberLengths: LONG, cvcLengths: [3], country: 'JP' },
  unionpay: { name: 'unionpay', numberLengths: LONG, cvcLengths: [3], country: 'CN' },
  unknown: {
    name: 'unknown',
    numberLengths: [12, 13, 14, 15, ...LONG],
    cvcLengths: [3, 4],
    country: 'US',
  },
} as const satisfies Record<string, Brand>;

export type BrandName = keyof typeof BRANDS;

/** First digits, from and to with as many digits each, as the networks publish them (ISO 7812). */
const RANGES: readonly (readonly [from: string, to: string, brand: BrandName])[] = [
  ['4', '4', 'visa'],
  ['51', '55', 'mastercard'],
  ['2221', '2720', 'mastercard'],
  ['34', '34', 'amex'],
  ['37', '37', 'amex'],
  ['6011', '6011', 'discover'],
  ['644', '649', 'discover'],
  ['65', '65', 'discover'],
  ['300', '305', 'diners'],
  ['309', '309', 'diners'],
  ['36', '36', 'diners'],
  ['38', '39', 'diners'],
  ['3528', '3589', 'jcb'],
  ['62', '62', 'unionpay'],
  ['8100', '8171', 'unionpay'],
];

/** The brand of a card by the first digits of its number; `unknown` when no range holds it. */
export function brandOf(number: string): Brand & { readonly name: BrandName } {
  for (const [from, to, brand] of RANGES) {
    const start = number.slice(0, from.length);
    if (start.length === from.length && start >= from && start <= to) return BRANDS[brand];
  }
  return BRANDS.unknown;
}

/** The check digit of ISO 7812: whether a number of digits alone can be a card's. */
export function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index += 1) {
    const digit = number.charCodeAt(number.length - 1 - index) - 48;
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return number !== '' && sum % 10 === 0;
}
