import { type CheckoutTeller, plainTeller } from '../checkout-terms.js';
import { requestChallenge } from './resources/payment-intents.js';

/** What the checkout shows and asks of what this dialect created: nothing of its own. */
export const stripeCheckout: CheckoutTeller = { ...plainTeller('stripe'), requestChallenge };
