import { hash, id, rangeQuery, string } from '../params.js';
import { listFields, retrieveOnly } from './fields.js';

/** `GET /v1/balance_transactions`. An unknown type or currency gives an empty list. */
export const balanceTransactionList = hash({
  ...listFields,
  created: rangeQuery(),
  currency: string(),
  payout: id(),
  source: id(),
  type: string(),
});

/** `GET /v1/balance_transactions/:id` */
export const balanceTransactionRetrieve = retrieveOnly;
