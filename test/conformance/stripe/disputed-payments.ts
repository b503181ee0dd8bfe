import type Stripe from 'stripe';
import { expect } from 'vitest';
import { eventsOf, expanded, PAID } from './shop.js';

/** Pays with a test card and answers the charge; `more` may hold another card or currency. */
export async function charged(
  stripe: Stripe,
  name: string,
  more: object = {},
): Promise<Stripe.Charge> {
  const intent = await stripe.paymentIntents.create({
    ...PAID,
    amount: 10_000,
    payment_method: `pm_card_${name}`,
    expand: ['latest_charge'],
    ...more,
  });
  return expanded(intent.latest_charge);
}

/** Pays with a test card and answers the dispute that followed at once. */
export async function disputed(
  stripe: Stripe,
  name = 'createDispute',
  more: object = {},
): Promise<Stripe.Dispute> {
  const { id } = await charged(stripe, name, more);
  const { data } = await stripe.disputes.list({ charge: id });
  expect(data).toHaveLength(1);
  return data[0] as Stripe.Dispute;
}

export async function available(stripe: Stripe, currency = 'usd'): Promise<number> {
  const balance = await stripe.balance.retrieve();
  return balance.available.find((one) => one.currency === currency)?.amount ?? 0;
}

/** The data of the newest event of a type. */
export async function newest(stripe: Stripe, type: string): Promise<Stripe.Event.Data> {
  const event = (await eventsOf(stripe)).findLast((one) => one.type === type);
  if (event === undefined) throw new Error(`no event ${type}`);
  return event.data;
}

/** Evidence of one of the texts that decide. */
export const answer = (text: string) => ({ evidence: { uncategorized_text: text } });
