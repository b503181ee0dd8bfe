import type { Account } from '../../domain/account.js';
import { type CountryHints, countryOf, methodsFor } from '../../domain/checkout-methods.js';
import type { Intent } from '../../domain/intent.js';
import type { SetupIntent } from '../../domain/setup.js';
import type { CheckoutTerms } from '../checkout-terms.js';
import type { CheckoutMethod } from './schema.js';

/** Who looks at a checkout, as far as his request tells. */
export interface Visit {
  readonly livemode: boolean;
  /** Wall time, Unix ms. */
  readonly nowMs: number;
  /** The page's choice; null where it has not said. */
  readonly country: string | null;
  /** The `Accept-Language` header. */
  readonly languages: string | null;
  readonly remoteAddress: string;
  readonly userAgent: string | null;
}

/** The customer's country, for which ways to pay are chosen. */
export function countryFor(
  { country: chosen, languages }: Pick<Visit, 'country' | 'languages'>,
  billing: CountryHints['billing'] | undefined,
  account: Pick<Account, 'country'>,
): string {
  return countryOf({ billing: billing ?? null, chosen, languages, account: account.country });
}

/**
 * A merchant takes payments from wallets unless its account says that it does not. A request of the
 * Code dialect has a code already, which only whoever made it can draw.
 */
function takesCodes(
  { dialect }: Pick<Intent, 'dialect'>,
  { wire }: Pick<Account, 'wire'>,
): boolean {
  return dialect !== 'code' && wire.takes_codes !== false;
}

/** The ways to pay an intent that fit, in the order in which they are offered. */
export function methodsForIntent(
  intent: Intent,
  { takes }: Pick<CheckoutTerms, 'takes'>,
  account: Account,
  visitor: {
    readonly livemode: boolean;
    readonly country: string;
    readonly hasSavedCards: boolean;
  },
): CheckoutMethod[] {
  const { methodTypes, currency, amount, captureMethod } = intent;
  return methodsFor({
    ...visitor,
    purpose: 'payment',
    methodTypes,
    takes,
    takesCodes: takesCodes(intent, account),
    capturesLater: captureMethod === 'manual',
    currency,
    amount,
  });
}

/** The ways to save something that fit. */
export function methodsForSetup(
  { methodTypes }: SetupIntent,
  { takes }: Pick<CheckoutTerms, 'takes'>,
  visitor: { readonly livemode: boolean; readonly country: string },
): CheckoutMethod[] {
  return methodsFor({
    ...visitor,
    purpose: 'setup',
    methodTypes,
    takes,
    hasSavedCards: false,
    takesCodes: false,
    capturesLater: false,
    currency: '',
    amount: 0n,
  });
}
