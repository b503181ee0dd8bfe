import type { DialectWords } from '../words.js';
import { INTENT_STATUS } from './view/payment-intent.js';

/** The core's own ids are Stripe's. */
export const stripeWords: DialectWords = {
  status: ({ state }) => INTENT_STATUS[state],
  intentId: (id) => id,
};
