import { address } from './fields.js';
import { object, type Read, text } from './shape.js';

/** `POST /customers` and `PATCH /customers/:id`, where what is not sent stays as it is. */
export const customerFields = object({
  name: text({ max: 100 }),
  shippingAddress: address,
  billingAddress: address,
  emailAddress: text({ max: 254, format: 'email' }),
  phoneNumber: text({ min: 5, max: 50 }),
  vatNumber: text({ max: 50 }),
});
export type CustomerFields = Read<typeof customerFields>;
