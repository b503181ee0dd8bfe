import {
  address,
  config,
  customer,
  description,
  metadata,
  money,
  orderDetails,
  paymentMethods,
  reference,
  shippingDetails,
} from './fields.js';
import { moment, object, oneOf, type Read, required, text } from './shape.js';

/** `POST /setup-intents` */
export const createSetupIntent = object({
  reference,
  description,
  merchantInitiatedTransactionType: required(oneOf(['NoShow', 'Unscheduled'])),
  terms: required(text({ min: 1, max: 10_240 })),
  intendedAmount: money(0),
  // Nothing is captured; the original takes this one word all the same.
  captureMode: oneOf(['Auto']),
  paymentMethods,
  customer,
  billingAddress: address,
  shippingDetails,
  config,
  metadata,
  orderDetails,
  expireAt: moment(),
});
export type CreateSetupIntent = Read<typeof createSetupIntent>;
