import type { DojoShop, Wire } from './client.js';
import { stripeId } from './client.js';

/** A card as the scripts send it. */
export const CARD = {
  cardNumber: '4242424242424242',
  cardName: 'Ada Example',
  expiryDate: '12 / 40',
  cV2: '123',
};

/** Cards of the sandbox by what they do. */
export const NUMBERS = {
  declines: '4000000000000002',
  poor: '4000000000009995',
  fails: '4000000000000119',
  asks: '4000002760003184',
  asksThenDeclines: '4000008400001629',
};

/** What the gateway answered. */
export interface Said {
  readonly status: number;
  readonly body: Wire;
  readonly headers: Headers;
}

/** Sends to the gateway as a page of any origin does. */
export async function send(
  { url }: { readonly url: string },
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
  const answered = await reply.text();
  return { status: reply.status, body: JSON.parse(answered), headers: reply.headers };
}

/** An intent with a token that pays it. */
export async function payable(shop: DojoShop, fields: object = {}): Promise<Wire> {
  return shop.newIntent({ generateRemoteToken: true, ...fields });
}

/** Pays by the token with a card. */
export function payWith(
  tender: { readonly url: string },
  token: string,
  fields: object = {},
): Promise<Said> {
  return send(tender, `/api/payments/${token}`, { ...CARD, ...fields });
}

/** Answers the bank's question as the customer does on its page. */
export async function answerBank(stepUpUrl: string, answer: 'complete' | 'fail'): Promise<string> {
  const reply = await fetch(stepUpUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ answer }),
  });
  return reply.text();
}

/** The intent as the Stripe dialect shows it. */
export function stripeIntent({ stripe }: DojoShop, id: string) {
  return stripe.paymentIntents.retrieve(stripeId(id), { expand: ['latest_charge'] });
}
