import { COMPLETE, FULL, INCOMPLETE, type Verdict, wrong } from './verdict.js';

/** A network as far as typing needs to know it. */
export interface Brand {
  readonly name: string;
  readonly starts: RegExp;
  readonly lengths: readonly number[];
  /** Digits of each group but the last. */
  readonly groups: readonly number[];
  readonly cvcLength: number;
}

const FOURS = [4, 4, 4, 4];

const UNKNOWN: Brand = {
  name: 'unknown',
  starts: /^/,
  lengths: [16],
  groups: FOURS,
  cvcLength: 3,
};

const plain = (name: string, starts: RegExp, lengths: readonly number[] = [16]): Brand => ({
  ...UNKNOWN,
  name,
  starts,
  lengths,
});

/** The first that fits. The prefixes of Diners, JCB and Mastercard need several digits. */
const BRANDS: readonly Brand[] = [
  plain('visa', /^4/),
  plain('mastercard', /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/),
  { ...plain('amex', /^3[47]/, [15]), groups: [4, 6], cvcLength: 4 },
  plain('discover', /^(6011|64[4-9]|65)/),
  { ...plain('diners', /^36/, [14]), groups: [4, 6] },
  plain('diners', /^(30[0-5]|309|3[89])/, [14, 16]),
  plain('jcb', /^35(2[89]|[3-8])/),
  plain('unionpay', /^(62|81)/, [16, 17, 18, 19]),
];

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** The network of a number of which perhaps only the beginning is there. */
export function brandOf(text: string): Brand {
  const digits = digitsOf(text);
  return (digits && BRANDS.find(({ starts }) => starts.test(digits))) || UNKNOWN;
}

/** What is typed or pasted, in the groups that are printed on the card. */
export function formatNumber(text: string): string {
  const { groups, lengths } = brandOf(text);
  let rest = digitsOf(text).slice(0, Math.max(...lengths));
  const parts: string[] = [];
  for (const size of groups) {
    if (rest === '') break;
    parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  if (rest !== '') parts.push(rest);
  return parts.join(' ');
}

/** Whether the last digit fits the ones before it (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Judges a number; one that may still grow is not called wrong. */
export function judgeNumber(text: string): Verdict {
  const digits = digitsOf(text);
  const { lengths } = brandOf(digits);
  const longest = Math.max(...lengths);
  const right = lengths.includes(digits.length) && passesLuhn(digits);
  if (digits.length >= longest) return right ? FULL : wrong('invalid_number');
  return right ? COMPLETE : INCOMPLETE;
}
