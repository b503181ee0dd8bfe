import type { CheckoutFault, CheckoutState, PayCall } from '../../../src/api/checkout/schema.js';
import type { Wire } from '../dojo/client.js';

/** An answer to a call of the page's. */
export interface Told {
  readonly status: number;
  readonly body: Wire;
  readonly text: string;
  readonly headers: Headers;
}

/** The calls of a checkout, as its page makes them. */
export interface Page {
  readonly address: string;
  call(name: string, body?: unknown, headers?: Record<string, string>): Promise<Told>;
  /** The state now. */
  state(query?: string): Promise<CheckoutState>;
  /** The state that a call leaves, which must have succeeded. */
  done(name: string, body: object): Promise<CheckoutState>;
  /** The fault of a call that must be refused. */
  refused(name: string, body: object, status: number): Promise<CheckoutFault['error']>;
}

export const CARD = {
  number: '4242424242424242',
  expMonth: 12,
  expYear: 2034,
  cvc: '123',
  name: 'Ada Lovelace',
};

/** A payment by card; other numbers have banks that refuse or ask. */
export function byCard(number = CARD.number, more: Partial<PayCall> = {}): PayCall {
  return { method: 'card', card: { ...CARD, number }, ...more };
}

export const NUMBERS = {
  declined: '4000000000000002',
  noFunds: '4000000000009995',
  stolen: '4000000000009979',
  asks: '4000000000003220',
} as const;

export function pageOf(url: string, link: string): Page {
  const address = `${url}/checkout/${link}`;
  const call: Page['call'] = async (name, body, headers = {}) => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const type = { 'content-type': 'application/json', ...headers };
    const reply = await fetch(`${address}/${name}`, { ...sent, headers: type });
    const text = await reply.text();
    return { status: reply.status, text, body: JSON.parse(text), headers: reply.headers };
  };
  const expecting = async (status: number, told: Promise<Told>): Promise<Wire> => {
    const { status: got, text, body } = await told;
    if (got !== status) throw new Error(`${got} instead of ${status}: ${text}`);
    return body;
  };
  return {
    address,
    call,
    state: (query = '') => expecting(200, call(`state${query}`)),
    done: (name, body) => expecting(200, call(name, body)),
    refused: async (name, body, status) => (await expecting(status, call(name, body))).error,
  };
}

/** Answers the bank's question. */
export async function answerBank(url: string, state: CheckoutState, answer: 'complete' | 'fail') {
  const body = new URLSearchParams({ answer });
  const reply = await fetch(`${url}${state.challenge?.url}`, { method: 'POST', body });
  return reply.status;
}
