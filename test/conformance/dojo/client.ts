import type Stripe from 'stripe';
import { expect } from 'vitest';
import { validateDojo } from '../../support/dojo-schema.js';
import { useTestTender } from '../../support/running-tender.js';
import { until } from '../../support/sink.js';
import { newName, type TestTender } from '../../support/tender.js';

/** JSON as it was answered: tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: any shape may be looked for in an answer
export type Wire = any;

/** One answer. */
export interface Answer {
  readonly status: number;
  /** The parsed JSON; undefined where there was no body. */
  readonly body: Wire;
  readonly headers: Headers;
}

export type SentHeaders = Readonly<Record<string, string>>;

/** A small client of the Dojo dialect: it throws nothing, and validates what is answered. */
export interface DojoClient {
  get(path: string, headers?: SentHeaders): Promise<Answer>;
  /** A body that is text is sent as it is; one that is undefined is not sent. */
  post(path: string, body?: unknown, headers?: SentHeaders): Promise<Answer>;
  put(path: string, body?: unknown, headers?: SentHeaders): Promise<Answer>;
  patch(path: string, body?: unknown, headers?: SentHeaders): Promise<Answer>;
  del(path: string, headers?: SentHeaders): Promise<Answer>;
}

/** A merchant of a test's own: an account that nobody else writes to. */
export interface DojoShop {
  readonly name: string;
  readonly dojo: DojoClient;
  /** The same account through the official client of the Stripe dialect. */
  readonly stripe: Stripe;
  /** Sends the smallest create with these fields laid over it, and answers with the intent. */
  newIntent(fields?: object): Promise<Wire>;
  /** Moves the account's business time on and runs what became due. */
  advance(seconds: number): Promise<void>;
}

export interface Fixture {
  readonly tender: TestTender;
  newShop(): DojoShop;
}

export const NEWEST = '2025-09-10';

/** An address with all of its parts. */
export const ADDRESS = {
  address1: 'The Brunel Building',
  address2: '2 Canalside Walk',
  address3: 'Floor 3',
  address4: 'Door 4',
  city: 'London',
  state: 'Greater London',
  postcode: 'W2 1DG',
  countryCode: 'GB',
  locality: 'Paddington',
  county: 'Middlesex',
};

/** The smallest payment intent that can be created. */
export const MINIMAL = { amount: { value: 1000, currencyCode: 'GBP' }, reference: 'Order 234' };

function clientOf(url: string, key: string, faults: string[]): DojoClient {
  const send = async (method: string, path: string, body?: unknown, headers: SentHeaders = {}) => {
    const sent = new Headers({ authorization: `Basic ${key}`, version: NEWEST });
    if (body !== undefined) sent.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers))
      if (value === '') sent.delete(name);
      else sent.set(name, value);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: sent,
      ...(text === undefined ? {} : { body: text }),
    });
    const answered = await reply.text();
    const answer: Answer = {
      status: reply.status,
      body: answered === '' ? undefined : JSON.parse(answered),
      headers: reply.headers,
    };
    // The description is the newest version's: what an older one looks like has its own tests.
    if (reply.status >= 400 || (sent.get('version') ?? '') >= '2024-02-05')
      for (const fault of validateDojo(
        method,
        new URL(reply.url).pathname,
        reply.status,
        answer.body,
      ))
        faults.push(`${method} ${path} ${reply.status} ${fault}`);
    return answer;
  };
  return {
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    del: (path, headers) => send('DELETE', path, undefined, headers),
  };
}

/** The body of an answer that must have succeeded. */
export async function ok(answer: Promise<Answer>): Promise<Wire> {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body;
}

/** The problem of an answer that must have this status. */
export async function problem(answer: Promise<Answer>, status: number): Promise<Wire> {
  const { status: told, body, headers } = await answer;
  expect(told, JSON.stringify(body)).toBe(status);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return body;
}

/** The id by which the Stripe dialect knows the same intent, setup, customer or method. */
export function stripeId(id: string): string {
  return id
    .replace('_sandbox_', '_')
    .replace(/^si_/, 'seti_')
    .replace(/^cust_/, 'cus_');
}

/** Pays an intent by a test method, as its customer would. */
export function pay({ stripe }: DojoShop, id: string, method = 'pm_card_visa') {
  return stripe.paymentIntents.confirm(stripeId(id), { payment_method: method });
}

/** Moves the account's business time on, and waits until all that became due is done. */
async function advance({ testHelpers }: Stripe, seconds: number): Promise<void> {
  const { frozen_time } = await testHelpers.testClocks.retrieve('account');
  await testHelpers.testClocks.advance('account', { frozen_time: frozen_time + seconds });
  await until(async () => (await testHelpers.testClocks.retrieve('account')).status === 'ready');
}

/** A shop of a Tender that runs already. */
export function newDojoShop(tender: TestTender, faults: string[]): DojoShop {
  const name = newName();
  const stripe = tender.client(name);
  const dojo = clientOf(tender.url, `sk_sandbox_${name}`, faults);
  return {
    name,
    dojo,
    stripe,
    newIntent: (fields = {}) => ok(dojo.post('/payment-intents', { ...MINIMAL, ...fields })),
    advance: (seconds) => advance(stripe, seconds),
  };
}

/**
 * One Tender for a test file. After each test no answer was wrong and nothing was logged; after the
 * last the whole store is audited.
 */
export function useDojo(): Fixture {
  const faults: string[] = [];
  const running = useTestTender(faults);
  return {
    get tender() {
      return running();
    },
    newShop: () => newDojoShop(running(), faults),
  };
}
