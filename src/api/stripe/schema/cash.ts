import { amount, enumeration, expand, hash, required, string } from '../params.js';
import { listFields } from './fields.js';
import { currency } from './formats.js';

/** `POST /v1/test_helpers/customers/:id/fund_cash_balance` */
export const cashFund = hash({
  amount: required(amount('positive')),
  currency: required(currency()),
  expand: expand(),
  reference: string({ chars_max: 500 }),
});

/** `POST /v1/customers/:id/cash_balance` */
export const cashUpdate = hash({
  expand: expand(),
  settings: hash({
    reconciliation_mode: enumeration(['automatic', 'manual', 'merchant_default']),
  }),
});

/** `GET /v1/customers/:id/cash_balance_transactions` */
export const cashMovementList = hash({ ...listFields });

/** `POST /v1/payment_intents/:id/apply_customer_balance` */
export const applyCustomerBalance = hash({
  amount: amount('positive'),
  currency: currency(),
  expand: expand(),
});
