import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { validateStripe } from '../../support/schema.js';
import { newName } from '../../support/tender.js';
import { expanded, useTender } from './shop.js';

const fixture = useTender();

/** Only key and host are ours; the calls below are the document's own. */
function documentClient(): Stripe {
  const { port } = fixture.tender;
  return new Stripe(`sk_test_${newName()}`, { host: '127.0.0.1', port, protocol: 'http' });
}

/** The newest typings have dropped `payment_method_types`; the document's calls still send it. */
type Documented = Stripe.PaymentIntentCreateParams;

function validated<T>(object: T): T {
  const { lastResponse: _, ...body } = object as T & { lastResponse?: unknown };
  expect(validateStripe(body)).toEqual([]);
  return object;
}

describe('the examples of "The Payment Intents API", for Node', () => {
  test('creating a PaymentIntent', async () => {
    const stripe = documentClient();
    const paymentIntent = await stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
    });
    expect(validated(paymentIntent)).toMatchObject({
      amount: 1099,
      currency: 'usd',
      status: 'requires_payment_method',
    });
    expect(paymentIntent.client_secret).toContain(`${paymentIntent.id}_secret_`);
  });

  test('optimizing for future payments', async () => {
    const stripe = documentClient();
    const paymentIntent = await stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      setup_future_usage: 'off_session',
    });
    expect(validated(paymentIntent).setup_future_usage).toBe('off_session');
  });

  test('a dynamic statement descriptor', async () => {
    const stripe = documentClient();
    const paymentIntent = await stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      payment_method_types: ['card'],
      statement_descriptor: 'Custom descriptor',
    } as Documented);
    expect(validated(paymentIntent)).toMatchObject({
      payment_method_types: ['card'],
      statement_descriptor: 'Custom descriptor',
    });
  });

  test('storing information in metadata', async () => {
    const stripe = documentClient();
    const paymentIntent = await stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      payment_method_types: ['card'],
      metadata: {
        order_id: '6735',
      },
    } as Documented);
    expect(validated(paymentIntent).metadata).toEqual({ order_id: '6735' });
  });
});

describe('the same calls as curl sends them', () => {
  const EXAMPLES = [
    ['amount=1099', 'currency=usd'],
    ['amount=1099', 'currency=usd', 'setup_future_usage=off_session'],
    [
      'amount=1099',
      'currency=usd',
      'payment_method_types[]=card',
      'statement_descriptor=Custom descriptor',
    ],
    ['amount=1099', 'currency=usd', 'payment_method_types[]=card', 'metadata[order_id]=6735'],
  ];

  /** `curl -u key: -d …`: Basic auth with an empty password, brackets and spaces as typed. */
  async function curl(key: string, data: readonly string[]): Promise<Response> {
    return fetch(`${fixture.tender.url}/v1/payment_intents`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: data.join('&'),
    });
  }

  test.each(EXAMPLES)('%s %s %s %s', async (...data) => {
    const given = data.filter((one) => one !== undefined);
    const reply = await curl(`sk_test_${newName()}`, given);
    const text = await reply.text();
    expect(reply.status).toBe(200);
    const body = validated(JSON.parse(text));
    expect(body).toMatchObject({ object: 'payment_intent', amount: 1099, currency: 'usd' });
    // Shell scripts search the answer by eye and by grep: one field a line, a space after it.
    expect(text).toContain('\n  "status": "requires_payment_method"');
    if (given.includes('metadata[order_id]=6735'))
      expect(body.metadata).toEqual({ order_id: '6735' });
    if (given.includes('payment_method_types[]=card'))
      expect(body.payment_method_types).toEqual(['card']);
  });
});

describe('what the document says around its examples', () => {
  test('an amount that changes is updated, and an interrupted checkout goes on', async () => {
    const stripe = documentClient();
    const { id } = await stripe.paymentIntents.create({ amount: 1099, currency: 'usd' });
    await stripe.paymentIntents.update(id, { amount: 2198 });
    const resumed = await stripe.paymentIntents.retrieve(id);
    expect(resumed).toMatchObject({ amount: 2198, status: 'requires_payment_method' });
  });

  test('an idempotency key of the cart makes one PaymentIntent', async () => {
    const stripe = documentClient();
    const order = { amount: 1099, currency: 'usd' };
    const key = { idempotencyKey: 'cart-6735' };
    const calls = [1, 2, 3, 4].map(() => stripe.paymentIntents.create(order, key));
    const made = await Promise.all(calls);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  test('several attempts leave several charges, each with its outcome and method', async () => {
    const stripe = documentClient();
    const { id } = await stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    await stripe.paymentIntents
      .confirm(id, { payment_method: 'pm_card_chargeDeclined' })
      .catch(() => {});
    const paid = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      expand: ['latest_charge'],
    });
    const { data } = await stripe.charges.list({ payment_intent: id });
    expect(data.map(({ outcome }) => outcome?.type)).toEqual(['authorized', 'issuer_declined']);
    expect(data.map((charge) => charge.payment_method_details?.card?.last4)).toEqual([
      '4242',
      '0002',
    ]);
    expect(expanded(paid.latest_charge).id).toBe(data[0]?.id);
  });

  test('the descriptor comes after prefix, asterisk and space, in 22 characters', async () => {
    const stripe = documentClient();
    const { latest_charge } = await stripe.paymentIntents.create({
      amount: 1099,
      currency: 'usd',
      payment_method_types: ['card'],
      statement_descriptor: 'Custom descriptor',
      payment_method: 'pm_card_visa',
      confirm: true,
      expand: ['latest_charge'],
    } as Documented);
    const line = expanded(latest_charge).calculated_statement_descriptor;
    expect(line).toBe('TENDER* Custom descriptor'.slice(0, 22));
  });
});
