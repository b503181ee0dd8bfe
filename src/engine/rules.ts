import type { Account } from '../domain/account.js';
import type { Intent } from '../domain/intent.js';
import type { Json } from '../domain/json.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import {
  asksCounts,
  type Predicate,
  RULES_MAX,
  type Rule,
  type RuleAction,
  type Ruling,
  rulingOf,
} from '../domain/rules.js';
import { markAccount } from './accounts.js';
import { type Command, done, refused } from './command.js';
import { tryCounter } from './tallies.js';
import type { Work } from './work.js';

const NO_RULES: readonly Rule[] = [];

/**
 * A merchant's rules, oldest first. They lie in his own row, which every command has at hand, so
 * that a payment reads nothing more for them.
 */
export function rulesOf({ wire }: Account): readonly Rule[] {
  return (wire.rules as readonly Rule[] | undefined) ?? NO_RULES;
}

/**
 * What the merchant's rules make of a try to pay; null where none matches. They are asked about
 * cards only: what a wallet has signed or a customer has sent ahead is not a risk any more.
 */
export function rulingFor(work: Work, intent: Intent, method: PaymentMethod): Ruling | null {
  const rules = rulesOf(work.account());
  const { card } = method;
  if (rules.length === 0 || card === null) return null;
  return rulingOf(rules, {
    amount: intent.amount,
    billing_address_country: method.billing.address.country,
    card_brand: card.brand,
    card_country: card.country,
    card_fingerprint: card.fingerprint,
    card_funding: card.funding,
    currency: intent.currency,
    customer: intent.customer,
    metadata: intent.metadata,
    count: tryCounter(work, intent, card),
  });
}

function keep(work: Work, rules: readonly Rule[]): void {
  const countsTries = rules.some(({ predicate }) => asksCounts(predicate));
  markAccount(work, { rules: rules as unknown as Json, countsTries });
}

export interface RuleInput {
  readonly action: RuleAction;
  /** The condition, as written and as read. */
  readonly text: string;
  readonly predicate: Predicate;
}

/** Adds a rule, in force from the next try to pay on. Errors: limit_reached. */
export function createRule(account: string, input: RuleInput): Command<Rule> {
  return {
    account,
    // The account's own row is loaded with every command.
    needs: () => {},
    decide: (work) => {
      const rules = rulesOf(work.account());
      if (rules.length >= RULES_MAX)
        return refused({ failure: 'limit_reached', what: 'rules', max: RULES_MAX });
      const { action, text, predicate } = input;
      const id = work.context.newId('rule_', 24);
      const rule = { id, action, text, predicate, created: work.now() };
      keep(work, [...rules, rule]);
      return done(rule);
    },
  };
}

/** Takes a rule out of force. Errors: missing. */
export function deleteRule(account: string, id: string): Command<Rule> {
  return {
    account,
    needs: () => {},
    decide: (work) => {
      const rules = rulesOf(work.account());
      const rule = rules.find((one) => one.id === id);
      if (rule === undefined)
        return refused({ failure: 'missing', kind: 'rule', id, where: 'path', param: null });
      keep(
        work,
        rules.filter((one) => one !== rule),
      );
      return done(rule);
    },
  };
}
