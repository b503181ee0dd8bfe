import type { Engine } from '../../engine/engine.js';
import type { CheckoutTeller } from '../checkout-terms.js';
import type { Mount } from '../http.js';
import { plainError } from '../plain-reply.js';
import type { CodeOffer } from './schema.js';

export interface CheckoutDependencies {
  readonly engine: Engine;
  readonly tellers: readonly CheckoutTeller[];
  readonly publicUrl: () => string;
  readonly mode: 'sandbox' | 'live';
  /** Makes the code that a wallet scans to pay an intent; null where none can. */
  readonly offerCode: (account: string, intent: string) => Promise<CodeOffer | null>;
  /** Whether letters go out; a sandbox keeps them in its mailbox. */
  readonly sendsMail: boolean;
  readonly logError: (error: unknown, what: string) => void;
}

/** The hosted checkout of every dialect's intents, at `/checkout/{id}`. */
export function checkoutMounts(_deps: CheckoutDependencies): Mount[] {
  return [
    {
      prefix: '/checkout/',
      handle: () => plainError(503, 'The checkout is not built yet.'),
      tooLarge: () => plainError(413, 'The request body is too large.'),
    },
  ];
}
