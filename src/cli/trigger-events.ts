import { webhookEventTypes } from '../api/stripe/schema/webhook-event-types.js';
import { CODE_TRIGGERS } from './trigger-code.js';
import { CUSTOMER_TRIGGERS, DOJO_TRIGGERS } from './trigger-customers.js';
import { PAYMENT_TRIGGERS, type Steps } from './trigger-payments.js';

/** The steps for each event that can be made to happen, by its name. */
export const TRIGGERS: ReadonlyMap<string, Steps> = new Map(
  Object.entries({ ...PAYMENT_TRIGGERS, ...CUSTOMER_TRIGGERS, ...DOJO_TRIGGERS, ...CODE_TRIGGERS }),
);

/** Why an event cannot be made to happen, where its family does not say it. */
const REASONS: Readonly<Record<string, string>> = {
  'test_helpers.test_clock.internal_failure':
    'a clock stops only where something that is due fails three times, which is a fault',
  'payment_method.automatically_updated': 'no network renews the cards of a sandbox',
  'cash_balance.funds_available':
    'money that arrives is told by customer_cash_balance_transaction.created',
  'account.updated': 'the account is changed by its operator, which no event tells',
  'balance.available': 'the balance is told when it is asked for; there are no payouts',
};

/** An event type that an endpoint may ask for, but that nothing here makes happen. */
interface Impossible {
  readonly type: string;
  readonly reason: string;
}

/** Every event type that cannot be triggered, with the reason; Stripe's list comes first. */
export const IMPOSSIBLE: readonly Impossible[] = [
  ...webhookEventTypes
    .filter((type) => type !== '*' && !TRIGGERS.has(type))
    .map((type) => ({ type, reason: REASONS[type] ?? `Tender has no ${familyOf(type)}` })),
  { type: 'code:settled', reason: 'a chain settles what a wallet has paid, and not a card' },
  { type: 'code:login', reason: 'a person logs in, with a wallet' },
];

/** `customer.subscription.created` is of the family `customer.subscription`. */
function familyOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}
