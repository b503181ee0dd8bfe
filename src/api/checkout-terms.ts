import type { CheckoutCase } from '../domain/checkout-methods.js';
import type { Intent } from '../domain/intent.js';
import type { SetupIntent } from '../domain/setup.js';
import type { IntentFields } from '../engine/intents.js';
import type { PayOptions } from '../engine/pay.js';
import type { SetupFields } from '../engine/setups.js';
import type { CheckoutState, DetailsCall } from './checkout/schema.js';

/**
 * What a checkout shows and asks beside what every intent has. The dialect that created the intent
 * knows it; one that has no such terms leaves it at `PLAIN_TERMS`.
 */
export interface CheckoutTerms
  extends Pick<
    CheckoutState,
    | 'title'
    | 'reference'
    | 'lines'
    | 'taxes'
    | 'tipsAllowed'
    | 'customAmountAllowed'
    | 'collect'
    | 'email'
    | 'billing'
    | 'shipping'
    | 'terms'
    | 'actionLink'
    | 'redirectUrl'
    | 'cancelUrl'
  > {
  readonly showsTotal: boolean;
  readonly showsReference: boolean;
  readonly takes: CheckoutCase['takes'];
  /** The core's id of the customer whose saved cards may be shown: he has proved who he is. */
  readonly savedCardsOf: string | null;
}

/** The terms of what says nothing of its own. */
export const PLAIN_TERMS: CheckoutTerms = {
  title: '',
  reference: '',
  showsTotal: true,
  showsReference: true,
  lines: [],
  taxes: [],
  tipsAllowed: false,
  customAmountAllowed: false,
  collect: { email: false, billing: false, shipping: false },
  email: '',
  billing: null,
  shipping: null,
  terms: '',
  takes: { newCards: true, savedCards: false, wallets: true },
  savedCardsOf: null,
  actionLink: null,
  redirectUrl: null,
  cancelUrl: null,
};

/** A dialect's part in the checkout of what it created. `main.ts` registers one per dialect. */
export interface CheckoutTeller {
  readonly dialect: Intent['dialect'];
  intent(intent: Intent): CheckoutTerms;
  setup(setup: SetupIntent): CheckoutTerms;
  /**
   * How what the customer entered is kept with the intent: the fields of an update. Only what the
   * terms ask for is handed in.
   */
  keep(intent: Intent, entered: DetailsCall): IntentFields;
  /** The same of a setup. */
  keepSetup(setup: SetupIntent, entered: DetailsCall): SetupFields;
  /** Whether the merchant wants the customer's bank to ask. */
  requestChallenge(intent: Intent): PayOptions['requestChallenge'];
}

/** Finds the part of a dialect. */
export type TellerOf = (dialect: CheckoutTeller['dialect']) => CheckoutTeller;

/** The part of a dialect that has no terms of its own. */
export function plainTeller(dialect: CheckoutTeller['dialect']): CheckoutTeller {
  return {
    dialect,
    intent: () => PLAIN_TERMS,
    setup: () => PLAIN_TERMS,
    keep: () => ({}),
    keepSetup: () => ({}),
    requestChallenge: () => 'automatic',
  };
}
