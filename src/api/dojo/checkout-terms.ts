import { type CheckoutTeller, PLAIN_TERMS } from '../checkout-terms.js';

/** What the checkout shows and asks of what this dialect created. */
export const dojoCheckout: CheckoutTeller = {
  dialect: 'dojo',
  intent: () => PLAIN_TERMS,
  setup: () => PLAIN_TERMS,
  keep: () => ({}),
};
