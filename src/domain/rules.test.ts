import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matches, type Rule, type RuleAction, type RuleFacts, rulingOf } from './rules.js';
import {
  PREDICATE_CHARS_MAX,
  PREDICATE_COMPARISONS_MAX,
  PREDICATE_DEPTH_MAX,
  parsePredicate,
} from './rules-parse.js';

const FACTS: RuleFacts = {
  amount: 5000n,
  billing_address_country: null,
  card_brand: 'visa',
  card_country: 'US',
  card_fingerprint: 'abcdefghijklmnop',
  card_funding: 'credit',
  currency: 'usd',
  customer: null,
  metadata: { order_type: "x'y", 'two words': 'z' },
  count: (attribute) => (attribute.includes('customer') ? null : 3n),
};

function predicateOf(text: string) {
  const read = parsePredicate(text);
  if ('fault' in read) throw new Error(read.fault);
  return read.predicate;
}

function faultOf(text: string): string {
  const read = parsePredicate(text);
  return 'fault' in read ? read.fault : '';
}

describe('a condition', () => {
  test.each([
    [":card_country: = 'US'", true],
    [':card_country: = "us"', false],
    [":card_brand: != 'visa'", false],
    [":currency: in ('eur', 'usd')", true],
    [":currency: in ('eur','gbp')", false],
    [':amount: in (1, 5000)', true],
    [':amount: = 005000', true],
    [':amount: > 5000', false],
    [':amount: >= 5000', true],
    [':amount: < 5001', true],
    [':amount: <= 4999', false],
    [':amount: != 5000', false],
    [`::metadata[order_type]:: = "x'y"`, true],
    ["::metadata[two words]:: = 'z'", true],
    ["::metadata[__proto__]:: != 'z'", false],
    [':total_charges_per_card_number_hourly: >= 3', true],
    [':declined_charges_per_card_number_daily: > 3', false],
    [':blocked_charges_per_card_number_daily: in (2, 3)', true],
    [':total_charges_per_customer_hourly: < 5', false],
    // Nothing is true of what is not known, and the opposite of nothing is.
    [":customer: = 'cus_1'", false],
    [":customer: != 'cus_1'", false],
    [":billing_address_country: in ('US')", false],
    ["not :customer: = 'cus_1'", true],
    // `and` binds more than `or`, and brackets more than both.
    [":amount: = 1 and :amount: = 2 or :card_brand: = 'visa'", true],
    [":amount: = 1 and (:amount: = 2 or :card_brand: = 'visa')", false],
    [":card_brand: = 'visa' or :amount: = 1 and :amount: = 2", true],
    ["not :amount: = 1 and :card_funding: = 'credit'", true],
    ['not (:amount: = 5000 and :amount: > 1)', false],
    [`  not not :amount: = 5000  `, true],
  ])('%s is %s', (text, expected) => {
    expect(matches(predicateOf(text), FACTS)).toBe(expected);
  });

  test.each([
    ['', 'The predicate should have ::metadata[…]:: or one of :amount:, '],
    [':amount:', "The predicate should have a comparison or 'in' at character 9."],
    [':amount: 5', "a comparison or 'in' at character 10."],
    [":amount: > '5'", 'a whole number of minor units, up to 15 digits at character 12.'],
    [':total_charges_per_customer_daily: > 1001', 'a whole number, up to 1000 at character 38.'],
    [":total_charges_per_customer_daily: = '1'", 'a whole number, up to 1000 at character 38.'],
    [':total_charges_per_customer_weekly: = 1', ':total_charges_per_customer_hourly:'],
    [':amount: > 1234567890123456', 'up to 15 digits'],
    [':amount: > 1.5', 'cannot be read from character 13 on.'],
    [":currency: > 'usd'", "'=' or '!=' (only :amount: and counts have an order)"],
    [':currency: = usd', 'a text in quotes at character 14.'],
    [":currency: = 'usd", 'cannot be read from character 14 on.'],
    [":nothing: = 'x'", 'or one of :amount:'],
    [":currency: in 'usd'", "'('"],
    [":currency: in ('usd'", "',' or ')'"],
    ["(:currency: = 'usd'", "')'"],
    [":currency: = 'usd' :amount: > 1", "'and', 'or' or the end at character 20."],
    [":currency: = 'usd' xor :amount: > 1", "'and', 'or' or the end"],
    ["::metadata[]:: = 'x'", 'cannot be read from character 1 on.'],
  ])('%j is refused where it goes wrong', (text, fault) => {
    expect(faultOf(text)).toContain(fault);
  });

  test('has limits to its length, its depth and its number of comparisons', () => {
    expect(faultOf(' '.repeat(PREDICATE_CHARS_MAX + 1))).toContain('longer than');
    const nested = (depth: number) => `${'not '.repeat(depth)}:amount: = 1`;
    expect(faultOf(nested(PREDICATE_DEPTH_MAX))).toBe('');
    expect(faultOf(nested(PREDICATE_DEPTH_MAX + 1))).toContain('nested deeper');
    const joined = (count: number) => Array(count).fill(':amount:=1').join(' or ');
    expect(faultOf(joined(PREDICATE_COMPARISONS_MAX))).toBe('');
    expect(faultOf(joined(PREDICATE_COMPARISONS_MAX + 1))).toContain('comparisons');
  });

  test('made of any pieces is read or refused with a sentence', () => {
    const piece = fc.constantFrom(
      ...[':amount:', ':currency:', '::metadata[a]::', 'and', 'or', 'not', 'in'],
      ...['(', ')', ',', '=', '!=', '<', '7', "'", '"', "'usd'", ' ', ':', '[', '\0', '😀'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const read = parsePredicate(pieces.join(' '));
        if ('fault' in read) expect(read.fault).toMatch(/^The predicate .+\.$/);
        else expect(typeof matches(read.predicate, FACTS)).toBe('boolean');
      }),
    );
  });
});

describe('the rules', () => {
  const rule = (id: string, action: RuleAction, text: string): Rule => ({
    id,
    action,
    text,
    predicate: predicateOf(text),
    created: 0,
  });

  test('give way to the strongest action that matches, and to the oldest of these', () => {
    const rules = [
      rule('r1', 'review', ':amount: > 1'),
      rule('b1', 'block', ':amount: > 100'),
      rule('b2', 'block', ':amount: > 1'),
      rule('a1', 'allow', ':amount: > 6000'),
    ];
    const at = (amount: bigint) => rulingOf(rules, { ...FACTS, amount });
    expect(at(1n)).toBeNull();
    expect(at(2n)).toEqual({ action: 'block', rule: 'b2' });
    expect(at(5000n)).toEqual({ action: 'block', rule: 'b1' });
    expect(at(6001n)).toEqual({ action: 'allow', rule: 'a1' });
    expect(rulingOf(rules.slice(0, 1), FACTS)).toEqual({ action: 'review', rule: 'r1' });
  });
});
