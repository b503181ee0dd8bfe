import type { BillingDetails, Card } from './payment-method.js';

/** A single-use stand-in for card data that a browser sent ahead. */
export interface Token {
  account: string;
  id: string;
  created: number;
  type: 'card' | 'cvc_update';
  used: boolean;
  card: Card | null;
  /** Id of the card object inside the token. */
  cardId: string | null;
  sealed: string | null;
  billing: BillingDetails;
  clientIp: string | null;
}
