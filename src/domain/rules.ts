import type { Metadata } from './json.js';
import { COUNT_ATTRIBUTES, type CountAttribute } from './tally.js';

/** What a rule does with the payments that it matches, strongest first. */
export const RULE_ACTIONS = ['allow', 'block', 'review'] as const;
export type RuleAction = (typeof RULE_ACTIONS)[number];

/** What a rule can ask of a payment, beside its metadata. */
const FACT_ATTRIBUTES = [
  'amount',
  'billing_address_country',
  'card_brand',
  'card_country',
  'card_fingerprint',
  'card_funding',
  'currency',
  'customer',
] as const;
type FactAttribute = (typeof FACT_ATTRIBUTES)[number];
export type RuleAttribute = FactAttribute | CountAttribute;
export const RULE_ATTRIBUTES: readonly RuleAttribute[] = [...FACT_ATTRIBUTES, ...COUNT_ATTRIBUTES];

const COUNTS: ReadonlySet<string> = new Set(COUNT_ATTRIBUTES);

/** Whether an attribute counts tries to pay: a number, as an amount is. */
export function isCount(attribute: RuleAttribute): attribute is CountAttribute {
  return COUNTS.has(attribute);
}

/** Who is compared: an attribute, or a key of the payment's metadata. */
export type Subject = { attribute: RuleAttribute } | { metadata: string };

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A predicate as data: what a rule's text says, kept so that no payment has to read the text. */
export type Predicate =
  | { kind: 'compare'; subject: Subject; comparison: Comparison; value: string }
  | { kind: 'in'; subject: Subject; values: string[] }
  | { kind: 'not'; of: Predicate }
  | { kind: 'and' | 'or'; of: Predicate[] };

/** A rule of a merchant's over his payments by card. */
export interface Rule {
  id: string;
  action: RuleAction;
  /** The condition as it was written. */
  text: string;
  predicate: Predicate;
  /** Business time, Unix seconds. */
  created: number;
}

/** What became of a payment by a rule. */
export interface Ruling {
  action: RuleAction;
  /** Its id; the rule itself may be gone since. */
  rule: string;
}

/** What rules see of a payment; null is what is not known of it. The amount in minor units. */
export interface RuleFacts
  extends Readonly<Record<Exclude<FactAttribute, 'amount'>, string | null>> {
  readonly amount: bigint;
  readonly metadata: Metadata;
  /** How often was tried before; null where the subject is not known. */
  count(attribute: CountAttribute): bigint | null;
}

/** Rules of one account: its row is read with every command, so it stays small. */
export const RULES_MAX = 20;

/**
 * What the rules make of a payment: of those that match, the one with the strongest action, and
 * of these the oldest; null where none does.
 */
export function rulingOf(rules: readonly Rule[], facts: RuleFacts): Ruling | null {
  let found: Rule | null = null;
  for (const rule of rules) {
    if (found !== null && strength(found.action) <= strength(rule.action)) continue;
    if (matches(rule.predicate, facts)) found = rule;
  }
  return found && { action: found.action, rule: found.id };
}

/** Whether a condition asks how often was tried. */
export function asksCounts(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.of.some(asksCounts);
    case 'not':
      return asksCounts(predicate.of);
    default:
      return 'attribute' in predicate.subject && isCount(predicate.subject.attribute);
  }
}

function strength(action: RuleAction): number {
  return RULE_ACTIONS.indexOf(action);
}

/** Whether a payment fulfils a condition. Of what is not known no comparison is true. */
export function matches(predicate: Predicate, facts: RuleFacts): boolean {
  switch (predicate.kind) {
    case 'and':
      return predicate.of.every((one) => matches(one, facts));
    case 'or':
      return predicate.of.some((one) => matches(one, facts));
    case 'not':
      return !matches(predicate.of, facts);
    case 'in': {
      const known = knownOf(predicate.subject, facts);
      return known !== null && predicate.values.includes(String(known));
    }
    case 'compare':
      return compare(predicate, facts);
  }
}

function knownOf(subject: Subject, facts: RuleFacts): string | bigint | null {
  if ('attribute' in subject) {
    const { attribute } = subject;
    return isCount(attribute) ? facts.count(attribute) : facts[attribute];
  }
  // Own keys only: a rule may name any word.
  const { metadata: key } = subject;
  return Object.hasOwn(facts.metadata, key) ? (facts.metadata[key] ?? null) : null;
}

function compare(
  { subject, comparison, value }: Extract<Predicate, { kind: 'compare' }>,
  facts: RuleFacts,
): boolean {
  const known = knownOf(subject, facts);
  if (known === null) return false;
  const wanted = typeof known === 'bigint' ? BigInt(value) : value;
  switch (comparison) {
    case '=':
      return known === wanted;
    case '!=':
      return known !== wanted;
    case '<':
      return known < wanted;
    case '<=':
      return known <= wanted;
    case '>':
      return known > wanted;
    case '>=':
      return known >= wanted;
  }
}
