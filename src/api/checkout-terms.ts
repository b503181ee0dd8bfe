import type { Intent } from '../domain/intent.js';
import type { SetupIntent } from '../domain/setup.js';
import type { IntentFields } from '../engine/intents.js';
import type { PayOptions } from '../engine/pay.js';
import type { SetupFields } from '../engine/setups.js';
import type { DetailsCall, Line, PostalAddress } from './checkout/schema.js';

/**
 * What a checkout shows and asks beside what every intent has. The dialect that created the intent
 * knows it; one that has no such terms leaves it at `PLAIN_TERMS`.
 */
export interface CheckoutTerms {
  readonly title: string;
  readonly reference: string;
  readonly showsTotal: boolean;
  readonly showsReference: boolean;
  readonly lines: readonly Line[];
  readonly taxes: readonly Line[];
  readonly tipsAllowed: boolean;
  readonly customAmountAllowed: boolean;
  readonly collect: {
    readonly email: boolean;
    readonly billing: boolean;
    readonly shipping: boolean;
  };
  readonly email: string;
  readonly billing: PostalAddress | null;
  readonly shipping: PostalAddress | null;
  /** What the customer agrees to by saving a card. */
  readonly terms: string;
  /** Which of the ways to pay it leaves open, beside what its method types say. */
  readonly takes: {
    readonly newCards: boolean;
    readonly savedCards: boolean;
    readonly wallets: boolean;
  };
  /** The core's id of the customer whose saved cards may be shown: he has proved who he is. */
  readonly savedCardsOf: string | null;
  readonly actionLink: {
    readonly url: string;
    readonly label: string;
    readonly fileName: string | null;
  } | null;
  readonly redirectUrl: string | null;
  readonly cancelUrl: string | null;
}

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
