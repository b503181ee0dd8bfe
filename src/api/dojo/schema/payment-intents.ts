import { CURSOR_FIELDS } from '../paging.js';
import { INTENT_STATUSES } from '../status.js';
import {
  AMOUNT_MAX,
  actionLink,
  address,
  captureMode,
  config,
  description,
  itemLines,
  metadata,
  money,
  orderDetails,
  payingCustomer,
  paymentMethods,
  reference,
  requestSecurity,
  shippingDetails,
  taxLines,
} from './fields.js';
import { flag, int, list, moment, object, oneOf, type Read, required, text } from './shape.js';
import { holdSpan } from './timespan.js';

/** `POST /payment-intents` */
export const createPaymentIntent = object({
  captureMode,
  amount: required(money(1)),
  tipsAmount: money(0),
  cashbackAmount: money(0),
  serviceChargeAmount: money(0),
  reference,
  description,
  customer: payingCustomer,
  billingAddress: address,
  shippingDetails,
  cardHolderNotPresent: flag(),
  // Until 2024 the way to say that the card holder is not present; others may be sent, too.
  transactionSource: text({ max: 50 }),
  // Not in the description, but in the documentation's examples.
  paymentSource: text({ max: 50 }),
  config,
  requestSecurity,
  itemLines,
  taxLines,
  paymentMethods,
  actionLink,
  expireAt: moment(),
  autoExpireIn: holdSpan(),
  autoExpireAction: oneOf(['Release', 'Capture']),
  metadata,
  setupIntentId: text({ max: 100 }),
  orderDetails,
  generateRemoteToken: flag(),
});
export type CreatePaymentIntent = Read<typeof createPaymentIntent>;

/** `POST /payment-intents/:id/captures`; amounts are in minor units. */
export const createCapture = object({
  amount: required(int(1, AMOUNT_MAX)),
  tipsAmount: int(0, AMOUNT_MAX),
});

/** `POST /payment-intents/:id/tips-amount` */
export const setTipsAmount = object({ tipsAmount: required(money(0)) });

/** `POST /payment-intents/:id/amount` */
export const setAmount = object({ amount: required(money(1)), itemLines, taxLines });

/** `POST /payment-intents/:id/receipt` */
export const sendReceipt = object({
  emails: required(list(text({ min: 1, max: 254, format: 'email' }), 20)),
});

/** `POST /payment-intents/:id/refunds`; the amount is in minor units. */
export const createRefund = object({
  amount: required(int(1, AMOUNT_MAX)),
  previousTransactionId: text({ max: 100 }),
  refundReason: text({ max: 1024 }),
  notes: text({ max: 4096 }),
});

/** `POST /payment-intents/search` */
export const searchPaymentIntents = object({
  statuses: list(oneOf(INTENT_STATUSES), INTENT_STATUSES.length),
  startDate: moment(),
  endDate: moment(),
  cursor: object(CURSOR_FIELDS),
});
